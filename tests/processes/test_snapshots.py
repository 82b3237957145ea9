"""Snapshots of platforms whose dynos run: restored in place, begun with by `up`, with what was pushed."""

import io
import json
from pathlib import Path

import psutil
import pytest

from platform_sim.assemble import Options, Platform
from platform_sim.core.model.apps import App, Dyno
from platform_sim.core.model.snapshots import Wanted

from .conftest import QUICK
from .customer import Customer, fetch
from .sources import app
from .up import Up, outer_environment
from .waiting import wait_until

pytestmark = pytest.mark.processes


def web_dynos(platform: Platform) -> list[Dyno]:
    with platform.database.snapshot() as rows:
        return [each for each in rows.all(Dyno, type="web") if each.state == "up"]


def test_dynos_run_again_as_the_snapshot_has_them(tmp_path: Path) -> None:
    """In the same platform, in another one with another port, and in one of its own process."""
    options = Options(environment=outer_environment(tmp_path), rules=QUICK, seed=3)
    with Platform(options) as platform:
        customer = Customer(platform.url, platform.token, tmp_path)
        customer.api("POST", "/apps", {"name": "acme"})
        customer.push("acme", app())
        customer.up("acme")
        [before] = web_dynos(platform)
        assert before.pid is not None
        file = io.BytesIO()
        platform.take(file, Wanted(secrets=True, files=True, logs=True))
        output = customer.api("GET", "/apps/acme/builds")[0]["output_stream_url"]
        said = fetch("GET", output).text
        customer.api("PATCH", "/apps/acme/formation", {"updates": [{"type": "web", "quantity": 0}]})
        customer.api("POST", "/apps", {"name": "later"})
        wait_until("the dyno is gone", lambda: not psutil.pid_exists(before.pid or 0))
        told = platform.restore(file)
        assert (told.apps, told.token, told.new_secrets) == (1, platform.token, 0)
        [again] = wait_until("it runs again", lambda: web_dynos(platform))
        assert (again.id, again.pid != before.pid, again.boot_id) == (before.id, True, platform.boot_id)
        customer.up("acme")
        assert customer.page("acme").status_code == 200
        assert fetch("GET", output).text == said
        platform.restore(file)
        wait_until("the dyno of before has ended", lambda: not psutil.pid_exists(again.pid or 0))
        with platform.fork(options) as fork:
            [its] = wait_until("it runs there", lambda: web_dynos(fork))
            [ours] = wait_until("it runs here", lambda: web_dynos(platform))
            assert (its.id, its.pid != ours.pid, its.port != ours.port) == (ours.id, True, True)
            with fork.database.snapshot() as rows:
                assert [each.name for each in rows.all(App)] == ["acme"]
        assert psutil.pid_exists(ours.pid or 0)
    (tmp_path / "kept").write_bytes(file.getvalue())
    _by_up(tmp_path, platform.token)


def _by_up(folder: Path, token: str) -> None:
    """It begins with the file; restored to another's, its ready file has that one's token."""
    with Platform(Options(environment=outer_environment(folder), token="of-another")) as other:
        file = io.BytesIO()
        other.take(file, Wanted(secrets=True))
    with Up(folder, "--data", str(folder / "new-data")) as up:
        ready = up.start("--snapshot", str(folder / "kept"))
        assert ready["token"] == token
        Customer(ready["url"], token, folder).up("acme")
        sent = {"Authorization": f"Bearer {token}"}
        answer = fetch("POST", f"{ready['url']}/sim/snapshot", data=file.getvalue(), headers=sent)
        assert answer.json()["token"] == "of-another"
        wait_until("it is in the ready file", lambda: json.loads(up.ready_file.read_text())["token"] == "of-another")
        assert up.stop() == 0
