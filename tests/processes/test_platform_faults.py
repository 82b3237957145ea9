"""Faults of the platform itself on a whole one: each is wired up to the room where it acts."""

from typing import Any

import pytest

from .customer import Customer
from .sources import app
from .waiting import wait_until

pytestmark = pytest.mark.processes


def test_a_bad_evening_of_one_app(customer: Customer) -> None:
    def fail(kind: str, **more: Any) -> dict[str, Any]:
        made: dict[str, Any] = customer.api("POST", "/sim/faults", {"kind": kind, "match": {"app": "acme"}, **more})
        return made

    def acted(fault: dict[str, Any]) -> int:
        return int(customer.api("GET", f"/sim/faults/{fault['id']}")["acted"])

    customer.api("POST", "/apps", {"name": "acme"})
    customer.deploy("acme", app())
    customer.up("acme")
    fail("router-h13")
    assert [customer.page("acme").status_code for _ in range(2)] == [503, 200]
    memory, crash = fail("dyno-memory"), fail("dyno-crash", times=2)
    wait_until("two crashes", lambda: acted(crash) == 2)
    wait_until("H10", lambda: customer.page("acme").status_code == 503 and "code=H10" in customer.log("acme"))
    assert acted(memory) == 1
    for told in ("code=H13", "code=H10", "Error R14 (Memory quota exceeded)", "State changed from up to crashed"):
        wait_until(f"{told} is in the log", lambda told=told: told in customer.log("acme"))
    broken = fail("build-failed")
    assert customer.built("acme", customer.build("acme", app())) == "failed"
    assert acted(broken) == 1
