"""Same seed, same script, same clock: the event log is the same, byte for byte (design §3)."""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from platform_sim.assemble import Options, Platform

from .conftest import QUICK
from .customer import Customer, fetch, tarball
from .partner import running_partner
from .sources import PYTHON, app
from .up import outer_environment
from .waiting import wait_until

pytestmark = pytest.mark.processes

AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def at_rest(customer: Customer, dynos: int) -> None:
    """Nothing is left to do, `dynos` are up, and those they replaced are gone."""
    wait_until("all jobs are done", lambda: not any(customer.api("GET", "/sim/status")["jobs"].values()))
    customer.up("acme", dynos)

    def living() -> bool:
        events = [each for each in customer.api("GET", "/sim/events") if each["kind"] == "dyno"]
        made = {each["subject_id"] for each in events if each["action"] == "create"}
        gone = {each["subject_id"] for each in events if each["action"] == "destroy"}
        return len(made - gone) == dynos

    wait_until("the dynos of old releases are gone", living)


def set_up(customer: Customer) -> None:
    """An app out of a tarball, with its add-on and its command, and gone again."""
    blob = customer.api("POST", "/sources")["source_blob"]
    wish = {"env": {"KEY": {"generator": "secret"}}, "addons": ["exceptions:test"], "scripts": {"postdeploy": "true"}}
    assert fetch("PUT", blob["put_url"], data=tarball(app() | {"app.json": json.dumps(wish)})).ok
    setup = customer.api("POST", "/app-setups", {"source_blob": {"url": blob["get_url"]}})
    path = f"/app-setups/{setup['id']}"
    wait_until("the setup has ended", lambda: customer.api("GET", path)["status"] == "succeeded")
    customer.up(setup["app"]["name"])
    customer.api("DELETE", f"/apps/{setup['app']['name']}")


def told(folder: Path, data: Path | None) -> bytes:
    """Play the script on a new platform; -> its event log as it was sent."""
    options = Options(data=data, seed=7, frozen_at=AT, environment=outer_environment(folder), rules=QUICK)
    with running_partner() as partner, Platform(options) as platform:
        customer = Customer(platform.url, platform.token, folder)
        customer.register(partner, "test", "pro")
        customer.api("POST", "/apps", {"name": "acme"})
        customer.api("POST", "/apps")
        customer.deploy("acme", app(worker=f"{PYTHON} -c 'import time; time.sleep(3600)'"))
        at_rest(customer, 1)
        customer.api("PATCH", "/apps/acme/formation/worker", {"quantity": 1})
        at_rest(customer, 2)
        customer.api("PATCH", "/apps/acme/config-vars", {"COLOUR": "blue", "SHAPE": "round"})
        at_rest(customer, 2)
        addon = customer.api("POST", "/apps/acme/addons", {"plan": "exceptions:test"})
        at_rest(customer, 2)
        partners = Customer(customer.url, partner.exchange(customer.url, addon["id"]), folder)
        body = {"config": [{"name": "EXCEPTIONS_URL", "value": "http://resources.test/rolled"}]}
        partners.api("PATCH", f"/addons/{addon['id']}/config", body)
        at_rest(customer, 2)
        customer.api("PATCH", f"/apps/acme/addons/{addon['id']}", {"plan": "exceptions:pro"})
        at_rest(customer, 2)
        slug = customer.api("POST", "/apps/acme/slugs", {"process_types": {"web": f"{PYTHON} web.py"}})
        assert fetch("PUT", slug["blob"]["url"], data=tarball(app())).ok
        customer.api("POST", "/apps/acme/releases", {"slug": slug["id"]})
        at_rest(customer, 1)
        customer.api("POST", "/apps/acme/releases", {"release": "4"})
        at_rest(customer, 1)
        customer.api("DELETE", "/apps/acme/dynos/web.1")
        at_rest(customer, 1)
        customer.api("DELETE", f"/apps/acme/addons/{addon['id']}")
        at_rest(customer, 1)
        assert customer.api("POST", "/sim/clock/advance", {"by": "1d"})["came_due"] == []
        again = customer.api("POST", "/apps/acme/addons", {"plan": "exceptions:pro"})
        at_rest(customer, 1)
        assert customer.api("POST", "/sim/clock/run", {"until": (AT + timedelta(days=2)).isoformat()})["moves"] == 1
        set_up(customer)
        customer.api("DELETE", "/apps/acme")
        wait_until("the partner was told", lambda: again["id"] not in partner.living)
        wait_until("all jobs are done", lambda: not any(customer.api("GET", "/sim/status")["jobs"].values()))
        wait_until("no dyno is left", lambda: not list(platform.layout.dynos.iterdir()))
        return customer.ask("GET", "/sim/events").content


def test_the_same_script_twice_tells_the_same_bytes(tmp_path: Path) -> None:
    """On two ports, with two partners at other ports, once in memory and once in a folder."""
    first, second = told(tmp_path, None), told(tmp_path, tmp_path / "data")
    kinds = Counter((each["kind"], each["action"]) for each in json.loads(first))
    assert {
        ("dyno", "destroy"),
        ("addon", "destroy"),
        ("app", "destroy"),
        ("build", "update"),
        ("app-setup", "update"),
    } <= kinds.keys()
    assert len(json.loads(first)) > 70, "a script that does nothing proves nothing"
    assert first == second, [
        pair for pair in zip(json.loads(first), json.loads(second), strict=False) if pair[0] != pair[1]
    ]


def test_another_seed_tells_other_ids_and_no_seed_others_each_time(tmp_path: Path) -> None:
    ids = []
    for seed in (7, 8, None, None):
        with Platform(Options(seed=seed, frozen_at=AT, environment=outer_environment(tmp_path))) as platform:
            ids.append(Customer(platform.url, platform.token, tmp_path).api("POST", "/apps")["id"])
    assert len(set(ids)) == 4
