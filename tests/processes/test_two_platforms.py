"""Many platforms in one process share nothing and leave nothing (design §3, §8 rule 21)."""

import gc
import tempfile
import threading
from pathlib import Path
from typing import Any

import psutil
import pytest

from platform_sim.assemble import Options, Platform
from platform_sim.claim import DataFolderInUse
from platform_sim.settings import BadSetting

from .conftest import QUICK
from .customer import Customer, fetch
from .partner import TinyPartner, running_partner
from .sources import app
from .up import outer_environment
from .waiting import wait_until

pytestmark = pytest.mark.processes


def options(folder: Path, **more: Any) -> Options:
    return Options(environment=outer_environment(folder), rules=QUICK, **more)


def ids_of(customer: Customer) -> set[str]:
    """Every id that a customer can see."""
    paths = ("/account", "/apps", "/addons", "/addon-services", "/apps/acme/releases", "/apps/acme/dynos")
    found: set[str] = set()
    for path in paths:
        answer = customer.api("GET", path)
        found |= {each["id"] for each in (answer if isinstance(answer, list) else [answer])}
    return found


def whole(platform: Platform, partner: TinyPartner, folder: Path) -> Customer:
    """An app `acme` that runs, with an add-on."""
    folder.mkdir()
    customer = Customer(platform.url, platform.token, folder)
    customer.register(partner)
    customer.api("POST", "/apps", {"name": "acme"})
    customer.deploy("acme", app())
    customer.api("POST", "/apps/acme/addons", {"plan": "exceptions:test"})
    customer.up("acme")
    return customer


def test_two_at_once_share_nothing(tmp_path: Path) -> None:
    with (
        running_partner() as one_partner,
        running_partner() as other_partner,
        Platform(options(tmp_path)) as one_platform,
        Platform(options(tmp_path, data=tmp_path / "other-data")) as other_platform,
    ):
        one = whole(one_platform, one_partner, tmp_path / "one")
        other = whole(other_platform, other_partner, tmp_path / "other")
        assert one.port != other.port
        assert not ids_of(one) & ids_of(other)
        assert not one_partner.living.keys() & other_partner.living.keys()
        assert Customer(one.url, other.token, tmp_path).ask("GET", "/apps").status_code == 401
        urls = {each.page("acme", "/EXCEPTIONS_URL").text for each in (one, other)}
        assert len(urls) == 2, "two apps of one name, each its own"
        uuid = next(iter(other_partner.living))
        assert one.ask("GET", f"/addons/{uuid}").status_code == 404
        one.api("PATCH", "/apps/acme/config-vars", {"COLOUR": "blue"})
        assert "COLOUR" not in other.api("GET", "/apps/acme/config-vars")
        assert "COLOUR" not in other.log("acme")
        one_platform.stop()
        assert other.page("acme", "/DYNO").text == "web.1", "the end of one is nothing to the other"


def test_two_with_one_seed_have_the_same_ids_and_yet_their_own_rows(tmp_path: Path) -> None:
    with Platform(options(tmp_path, seed=5)) as first, Platform(options(tmp_path, seed=5)) as second:
        one, other = (Customer(each.url, each.token, tmp_path) for each in (first, second))
        assert one.token == other.token
        made = one.api("POST", "/apps")
        assert other.api("GET", "/apps") == []
        assert other.api("POST", "/apps")["id"] == made["id"]


def test_a_clock_that_is_moved_is_moved_for_one(tmp_path: Path) -> None:
    with Platform(options(tmp_path)) as one, Platform(options(tmp_path)) as other:
        before = other.clock.now()
        one.clock.freeze()
        assert one.clock.is_frozen
        assert not other.clock.is_frozen
        assert other.clock.now() >= before


def test_one_folder_takes_one_platform_and_is_free_again(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with Platform(options(tmp_path, data=data)):
        with pytest.raises(DataFolderInUse, match="already runs"):
            Platform(options(tmp_path, data=data))
        with pytest.raises(DataFolderInUse):
            Platform(options(tmp_path, data=data))
    with pytest.raises(BadSetting):
        Platform(Options(data=data, environment={"PLATFORM_SIM_STOP_GRACE": "soon"}))
    with Platform(options(tmp_path, data=data)):
        pass


def test_twenty_started_and_stopped_leave_no_thread_socket_or_file(tmp_path: Path) -> None:
    me = psutil.Process()

    def once(number: int) -> None:
        with Platform(options(tmp_path)) as platform:
            customer = Customer(platform.url, platform.token, tmp_path)
            customer.api("POST", "/apps", {"name": "acme"})
            if number % 7 == 0:
                customer.deploy("acme", app())
                customer.up("acme")
                customer.push("acme", app())
        assert not Path(platform.layout.root).exists()
        with pytest.raises(OSError):
            fetch("GET", platform.url)

    once(0)  # what Python and libraries keep for ever is there from here on
    gc.collect()
    threads, descriptors = set(threading.enumerate()), me.num_fds()
    for number in range(20):
        once(number)
    wait_until("all threads have ended", lambda: set(threading.enumerate()) <= threads)
    gc.collect()
    assert me.num_fds() <= descriptors, (me.open_files(), me.net_connections())
    assert me.children() == []
    assert list(Path(tempfile.gettempdir()).iterdir()) == []
