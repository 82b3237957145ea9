"""`kill -9` at the worst moments, and what the next start makes of it (design §8 rules 2, 5, 8, 12)."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import requests

from .customer import Customer
from .leftovers import processes_below
from .package_index import BlockingIndex
from .partner import Gate, TinyPartner, said
from .sources import PYTHON, SHOWS, app
from .up import Up
from .waiting import LONGEST, wait_until

pytestmark = pytest.mark.processes


@pytest.fixture
def up(tmp_path: Path) -> Iterator[Up]:
    quick = {"PLATFORM_SIM_PROVISION_RETRY_DELAY": "0.05", "PLATFORM_SIM_DEPROVISION_RETRY_DELAY": "0.05"}
    with Up(tmp_path, environment=quick) as made:
        yield made


def customer_of(up: Up, ready: dict[str, Any]) -> Customer:
    return Customer(ready["url"], ready["token"], up.folder)


@contextmanager
def meanwhile(customer: Customer, method: str, path: str, body: Any = None) -> Iterator[list[object]]:
    """A call of the API in a thread of its own; -> a list that gets its answer, or the error that came instead."""
    came: list[object] = []

    def ask() -> None:
        try:
            came.append(customer.ask(method, path, body))
        except requests.RequestException as problem:
            came.append(problem)

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield came
    finally:
        thread.join(LONGEST)
        assert not thread.is_alive()


def cut_off(came: list[object]) -> bool:
    """Whether the call ended without an answer."""
    return len(came) == 1 and isinstance(came[0], requests.RequestException)


def deployed(up: Up, partner: TinyPartner) -> tuple[dict[str, Any], Customer]:
    """A platform on which an app runs and a partner is known."""
    ready = up.start()
    customer = customer_of(up, ready)
    customer.register(partner)
    customer.api("POST", "/apps", {"name": "acme"})
    pushed = customer.push("acme", app())
    assert pushed.returncode == 0, pushed.stdout
    customer.up("acme")
    return ready, customer


def check_whole_again(up: Up, partner: TinyPartner, before: dict[str, Any], dynos: dict[int, str]) -> Customer:
    """After a kill in the middle of `addons:create`, and another start: all is as if nothing had happened."""
    ready = up.start()
    assert (ready["url"], ready["token"]) == (before["url"], before["token"])
    customer = customer_of(up, ready)
    (addon,) = wait_until(
        "the add-on is provisioned",
        lambda: [a for a in customer.api("GET", "/apps/acme/addons") if a["state"] == "provisioned"],
    )
    assert list(partner.living) == [addon["id"]], "exactly one resource, of this uuid"
    assert partner.made == {addon["id"]: 1}
    customer.up("acme")
    # One of this run that was replaced may still be ending when the new one is up.
    now = wait_until("one dyno runs", lambda: found if len(found := processes_below(up.data / "dynos")) == 1 else {})
    assert not now.keys() & dynos.keys(), "the dyno of the killed run is gone"
    assert customer.page("acme", "/EXCEPTIONS_URL").text == partner.url_of(addon["id"])
    versions = customer.versions("acme")
    assert versions == list(range(1, len(versions) + 1))
    texts = [each["description"] for each in customer.api("GET", "/apps/acme/releases")]
    assert len(texts) == len(set(texts)), f"nothing was released twice: {texts}"
    return customer


@pytest.mark.parametrize("moment", ["before_acting", "before_answering"])
def test_killed_while_the_partner_provisions(up: Up, partner: TinyPartner, moment: str) -> None:
    """Before the partner has acted: nothing is there yet. Before it has answered: there is a resource nobody knows."""
    ready, customer = deployed(up, partner)
    dynos = processes_below(up.data / "dynos")
    gate: Gate = getattr(partner, moment)
    gate.shut()
    gate.reached.clear()
    with meanwhile(customer, "POST", "/apps/acme/addons", {"plan": "exceptions:test"}) as came:
        assert gate.reached.wait(LONGEST)
        assert len(partner.living) == (0 if moment == "before_acting" else 1)
        up.kill()
    assert cut_off(came)
    assert processes_below(up.data / "dynos").keys() == dynos.keys(), "they outlive a kill; the next start ends them"
    gate.open()
    customer = check_whole_again(up, partner, ready, dynos)
    assert partner.methods() == ["POST", "POST"], "asked again, with the same uuid"
    assert partner.sent[0].body == partner.sent[1].body
    assert customer.ask("DELETE", f"/apps/acme/addons/{next(iter(partner.living))}").status_code == 200
    assert partner.living == {}


def test_killed_while_the_partner_changes_the_plan(up: Up, partner: TinyPartner) -> None:
    ready = up.start()
    customer = customer_of(up, ready)
    customer.register(partner, "test", "pro")
    customer.api("POST", "/apps", {"name": "acme"})
    addon = customer.api("POST", "/apps/acme/addons", {"plan": "exceptions:test"})
    gate = partner.before_answering
    gate.shut()
    gate.reached.clear()
    path = f"/apps/acme/addons/{addon['id']}"
    with meanwhile(customer, "PATCH", path, {"plan": "exceptions:pro"}) as came:
        assert gate.reached.wait(LONGEST)
        up.kill()
    assert cut_off(came)
    gate.open()
    customer = customer_of(up, up.start())
    wait_until("the plan is switched", lambda: customer.api("GET", path)["plan"]["name"] == "exceptions:pro")
    assert customer.api("GET", "/apps/acme/config-vars") == {"EXCEPTIONS_URL": partner.url_of(addon["id"])}
    assert partner.methods() == ["POST", "PUT", "PUT"]
    assert customer.versions("acme") == [1, 2, 3, 4, 5], "one release for the new config"


def test_killed_while_a_partner_works_on_what_it_has_accepted(up: Up, partner: TinyPartner) -> None:
    """202, then a kill: its token, its config and its word that it is done are taken by the next start."""
    partner.answers["POST"] = lambda sent: said({"id": "r1"}, 202)
    customer = customer_of(up, up.start())
    customer.register(partner)
    customer.api("POST", "/apps", {"name": "acme"})
    addon = customer.api("POST", "/apps/acme/addons", {"plan": "exceptions:test"})
    assert addon["state"] == "provisioning"
    token = partner.exchange(customer.url, addon["id"])
    up.kill()
    customer = customer_of(up, up.start())
    assert customer.api("GET", f"/addons/{addon['id']}")["state"] == "provisioning"
    partners = replace(customer, token=token)
    own = f"/addons/{addon['id']}"
    partners.api("PATCH", f"{own}/config", {"config": [{"name": "EXCEPTIONS_URL", "value": "http://x"}]})
    partners.api("POST", f"{own}/actions/provision")
    assert customer.api("GET", own)["state"] == "provisioned"
    assert customer.api("GET", "/apps/acme/config-vars") == {"EXCEPTIONS_URL": "http://x"}
    assert partner.methods() == ["POST"], "it was not asked again"


def test_killed_while_the_partner_deletes(up: Up, partner: TinyPartner) -> None:
    _, customer = deployed(up, partner)
    addon = customer.api("POST", "/apps/acme/addons", {"plan": "exceptions:test"})
    gate = partner.before_acting
    gate.shut()
    gate.reached.clear()
    with meanwhile(customer, "DELETE", f"/apps/acme/addons/{addon['id']}") as came:
        assert gate.reached.wait(LONGEST)
        up.kill()
    assert cut_off(came)
    gate.open()
    customer = customer_of(up, up.start())
    wait_until("the partner was told", lambda: not partner.living)
    wait_until("nothing is left to do", lambda: not any(customer.api("GET", "/sim/status")["jobs"].values()))
    assert customer.api("GET", "/addons") == []
    assert "EXCEPTIONS_URL" not in customer.api("GET", "/apps/acme/config-vars")
    versions = customer.versions("acme")
    assert versions == list(range(1, len(versions) + 1))


@pytest.mark.parametrize("end", [Up.kill, Up.stop])
def test_ended_during_a_build(up: Up, index: BlockingIndex, end: Callable[[Up], object]) -> None:
    """The build is taken again from its start; what the ended one had started does not run on beside it."""
    index.gate.shut()
    customer = customer_of(up, up.start())
    customer.api("POST", "/apps", {"name": "acme"})
    files = {
        "Procfile": "web: python web.py\n",
        "web.py": SHOWS,
        "requirements.txt": f"--index-url {index.url}\nsmall-thing==1.0\n",
    }
    build = customer.build("acme", files)
    assert index.gate.reached.wait(LONGEST)
    left = processes_below(up.data / "builds")
    assert left, "an installer is at work"
    end(up)
    customer = customer_of(up, up.start())
    wait_until("what the first try had started is gone", lambda: not left.keys() & processes_below(up.data).keys())
    index.gate.open()
    assert customer.built("acme", build) == "succeeded"
    customer.up("acme")
    assert customer.page("acme", "/DYNO").text == "web.1"
    assert customer.versions("acme") == [1, 2, 3]
    assert list((up.data / "builds").iterdir()) == []


def test_an_answered_write_survives(up: Up) -> None:
    customer = customer_of(up, up.start())
    customer.api("POST", "/apps", {"name": "acme"})
    for number in range(3):
        customer.api("PATCH", "/apps/acme/config-vars", {"NUMBER": str(number)})
        up.kill()
        customer = customer_of(up, up.start())
        assert customer.api("GET", "/apps/acme/config-vars") == {"NUMBER": str(number)}
        assert customer.versions("acme") == list(range(1, 4 + number))


def test_killed_during_a_push(up: Up, index: BlockingIndex) -> None:
    """The one who pushes is told that the platform went away; a second push of the same commit works."""
    index.gate.shut()
    customer = customer_of(up, up.start())
    customer.api("POST", "/apps", {"name": "acme"})
    files = app() | {"requirements.txt": f"--index-url {index.url}\nsmall-thing==1.0\n"}
    pushed: list[Any] = []
    thread = threading.Thread(target=lambda: pushed.append(customer.push("acme", files)))
    thread.start()
    assert index.gate.reached.wait(LONGEST)
    up.kill()
    index.gate.open()
    thread.join(LONGEST)
    assert pushed[0].returncode != 0
    customer = customer_of(up, up.start())
    again = customer.push("acme", files)
    assert again.returncode == 0, again.stdout
    customer.up("acme")
    assert customer.page("acme", "/DYNO").text == "web.1"
    versions = customer.versions("acme")
    assert versions == list(range(1, len(versions) + 1))


def states(customer: Customer) -> list[str]:
    """Of all dynos of `acme`."""
    return [each["state"] for each in customer.api("GET", "/apps/acme/dynos")]


def test_killed_with_a_one_off_dyno_and_a_release_command_at_work(up: Up) -> None:
    """A one-off dyno of the killed run is gone for good; a release whose command was cut off has failed."""
    customer = customer_of(up, up.start())
    customer.api("POST", "/apps", {"name": "acme"})
    slow = f"{PYTHON} -c 'import os, time; time.sleep(3600 if \"SLOW\" in os.environ else 0)'"
    customer.deploy("acme", app(release=slow))
    customer.up("acme")
    customer.api("PATCH", "/apps/acme/config-vars", {"SLOW": "1"})
    customer.api("POST", "/apps/acme/dynos", {"command": f"{PYTHON} -c 'import time; time.sleep(3600)'"})
    # What was asked for and not yet written down as started would be started once more, and rightly so.
    wait_until("all three are at work", lambda: states(customer) == ["up"] * 3)
    assert len(processes_below(up.data / "dynos")) == 3
    up.kill()
    customer = customer_of(up, up.start())
    wait_until(
        "the cut off release has failed", lambda: customer.api("GET", "/apps/acme/releases/4")["status"] == "failed"
    )
    wait_until("only the web dyno runs", lambda: len(processes_below(up.data / "dynos")) == 1)
    (dyno,) = wait_until(
        "and it is up", lambda: [d for d in customer.api("GET", "/apps/acme/dynos") if d["state"] == "up"]
    )
    assert (dyno["name"], dyno["release"]["version"]) == ("web.1", 3)
    assert customer.page("acme", "/DYNO").text == "web.1"
