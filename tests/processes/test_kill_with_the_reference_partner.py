"""The reference partner beside a platform that is killed: what each owes the other is paid when both are back."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from platform_sim.demo.scene import Scene

from .customer import Customer, fetch
from .sources import app
from .up import Up
from .waiting import wait_until

pytestmark = pytest.mark.processes


@pytest.fixture
def up(tmp_path: Path) -> Iterator[Up]:
    with Up(tmp_path) as made:
        yield made


def as_operator(scene: Scene, method: str, path: str) -> Any:
    """A call of the partner's own operator."""
    answer = fetch(method, scene.partner_url + path, auth=("exceptions", scene.secrets["ADDON_PASSWORD"]))
    assert answer.ok, answer.text
    return answer.json()


def url_that_works(customer: Customer) -> str:
    """What the running app has in EXCEPTIONS_URL; it must be good for a write."""
    url = customer.page("acme", "/EXCEPTIONS_URL").text
    written = fetch("POST", f"{url}/exceptions", json={"message": "boom"})
    assert written.status_code == 201, (url, written.text)
    return url


def test_credentials_that_were_rolled_while_the_platform_was_dead_arrive_when_it_is_back(up: Up) -> None:
    ready = up.start()
    customer = Customer(ready["url"], ready["token"], up.folder)
    with Scene(ready["url"], ready["token"], up.folder / "scene") as scene:
        scene.start_partner()
        scene.register()
        customer.api("POST", "/apps", {"name": "acme"})
        customer.deploy("acme", app())
        addon = customer.api("POST", "/apps/acme/addons", {"plan": "exceptions:test"})
        customer.up("acme")
        old = url_that_works(customer)
        own = f"/admin/resources/{addon['id']}"
        wait_until("the grant is exchanged", lambda: as_operator(scene, "GET", own)["authorization"])
        up.kill()
        as_operator(scene, "POST", f"{own}/rotate")
        assert up.start()["url"] == ready["url"], "the partner knows no other address"
        wait_until(
            "the new credential has arrived",
            lambda: customer.api("GET", "/apps/acme/config-vars")["EXCEPTIONS_URL"] != old,
        )
        customer.up("acme")
        assert url_that_works(customer) != old
        assert fetch("GET", old).ok, "the old one overlaps, whatever happened in between"
        versions = customer.versions("acme")
        assert versions == list(range(1, len(versions) + 1))
        customer.api("DELETE", "/apps/acme")
        wait_until("nothing is left to do", lambda: not any(customer.api("GET", "/sim/status")["jobs"].values()))
        live = [each for each in as_operator(scene, "GET", "/admin/resources") if each["state"] != "deprovisioned"]
        assert live == [], "no ghost on the partner's side"
