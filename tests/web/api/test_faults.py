"""Faults of the API, as who asks sees them: the answer, what was done, what is told; and nothing where none matches."""

import threading
from typing import Any

import pytest

from platform_sim.core.actions import faults
from platform_sim.core.model.apps import App
from platform_sim.core.model.faults import Fault
from platform_sim.core.model.records import Event, Exchange

from ..world import Populated, World


def fault(world: World, kind: str, times: int | None = 1, amount: float | None = None, **match: str) -> Fault:
    with world.database.transaction() as tx:
        return faults.add(tx, world.customer.account, kind, match, times, amount)


def acted(world: World) -> list[Event]:
    with world.database.snapshot() as rows:
        return rows.all(Event, kind="fault", action="update")


def apps(world: World) -> list[str]:
    with world.database.snapshot() as rows:
        return [each.name for each in rows.all(App)]


REFUSALS = [
    ("api-unavailable", (503, "service_unavailable"), "unavailable"),
    ("api-maintenance", (503, "service_unavailable"), "maintenance"),
    ("api-rate-limit", (429, "rate_limit"), "Your account reached the API rate limit\nPlease wait a few minutes"),
]


@pytest.mark.parametrize(("kind", "error", "says"), REFUSALS)
def test_a_write_is_refused_and_does_nothing_then_it_does(
    world: World, kind: str, error: tuple[int, str], says: str
) -> None:
    fault(world, kind, path="/apps", method="POST")
    refused = world.call("POST", "/apps", {"name": "acme"})
    assert refused.error == error
    assert says in refused.json["message"]
    assert (refused.headers["RateLimit-Remaining"] == "0") == (kind == "api-rate-limit")
    assert apps(world) == []
    assert world.call("POST", "/apps", {"name": "acme"}).status_code == 201
    with world.database.snapshot() as rows:
        first, second = rows.all(Exchange, order_by="seq")
    assert (first.status, second.status) == (error[0], 201)
    assert [event.cause_id for event in acted(world)] == [first.id], "the timeline shows it below the call"


@pytest.mark.parametrize(("kind", "error", "says"), REFUSALS)
def test_a_read_is_refused_too(world: World, kind: str, error: tuple[int, str], says: str) -> None:
    fault(world, kind)
    assert world.call("GET", "/apps").error == error
    assert world.get("/apps") == []


def test_maintenance_lasts_and_an_operator_can_always_end_it(world: World) -> None:
    lasting = fault(world, "api-maintenance", None)
    for path in ("/apps", "/account", "/account/rate-limits"):
        assert world.call("GET", path).status_code == 503
    assert world.call("POST", "/oauth/tokens", {"grant": {"code": "x"}}, token=None).status_code == 503
    assert world.get("/sim/faults")[0]["acted"] == 4
    assert world.call("DELETE", f"/sim/faults/{lasting.id}").status_code == 200
    assert world.get("/apps") == []


def test_what_costs_nothing_of_the_rate_limit_is_not_limited(world: World) -> None:
    fault(world, "api-rate-limit")
    assert world.get("/account/rate-limits")["remaining"] > 0


def test_it_can_be_narrowed_to_an_app_an_addon_and_who_asks(full: Populated) -> None:
    world = full.world
    fault(world, "api-unavailable", None, app="acme")
    assert world.call("GET", f"/apps/{full.app.id}").status_code == 503
    assert world.call("GET", "/apps/other").status_code == 200
    world.call("DELETE", "/sim/faults")
    path = f"/addons/{full.addon.id}"
    fault(world, "api-unavailable", None, addon=full.addon.name, service="exc*")
    assert world.call("GET", path).status_code == 200, "its partner was meant, not the customer"
    assert world.call("GET", path, token=full.partner).status_code == 503


def test_slow_is_before_it_acts_and_another_can_follow(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float | None] = []

    class Watched(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            waited.append(timeout)
            assert apps(world) == []
            return True

    world.doors.stopping = Watched()
    fault(world, "api-slow", 2, 90, path="/apps")
    fault(world, "api-unavailable")
    assert world.call("POST", "/apps", {"name": "acme"}).status_code == 503
    assert world.call("POST", "/apps", {"name": "acme"}).status_code == 201
    assert waited == [90, 90]


def test_a_platform_that_ends_keeps_no_slow_call(world: World) -> None:
    fault(world, "api-slow", amount=120)
    world.doors.stopping.set()
    assert world.get("/apps") == []


def test_a_partners_token_ends_in_the_middle_of_its_use(full: Populated) -> None:
    world, path = full.world, f"/addons/{full.addon.id}"
    fault(world, "token-revoked")
    with world.nothing_written():
        assert world.call("GET", path, token=None).status_code == 401
        assert world.call("GET", path, token="HRKU-nonsense").status_code == 401
        assert world.call("GET", path).status_code == 200, "a customer's is none of these"
    assert world.call("PATCH", f"{path}/config", {"config": []}, token=full.partner).error == (401, "unauthorized")
    assert world.call("GET", path, token=full.partner).status_code == 401, "it is over with this one"
    assert world.call("GET", path, token=world.partner_token(full.addon)).status_code == 200, "a refresh mends it"
    [event] = acted(world)
    assert event.addon_id == full.addon.id


ELSEWHERE: list[tuple[str, dict[str, str]]] = [
    *((kind, {"path": "/nowhere/*"}) for kind in ("api-unavailable", "api-rate-limit", "api-slow", "api-maintenance")),
    ("token-revoked", {"service": "other"}),
]


@pytest.mark.parametrize("token", ["customer", "partner"])
def test_faults_that_match_nothing_change_no_byte(full: Populated, token: str) -> None:
    world, path = full.world, f"/addons/{full.addon.id}"
    as_whom: Any = {"token": full.partner} if token == "partner" else {}
    before = world.call("GET", path, **as_whom)
    for kind, match in ELSEWHERE:
        fault(world, kind, None, **match)
    after = world.call("GET", path, **as_whom)
    assert (after.status_code, after.data) == (before.status_code, before.data)
    assert sorted(after.headers.keys()) == sorted(before.headers.keys())
    assert acted(world) == []


def test_in_a_profile_the_api_fails_for_partners_only(full: Populated) -> None:
    """Who has switched it on drives the test; a partner has to live with it."""
    world, path = full.world, f"/addons/{full.addon.id}"
    world.call("POST", "/sim/faults/profile", {"name": "rough", "seed": 1})
    assert {world.call("GET", path).status_code for _ in range(30)} == {200}
    assert acted(world) == []
    token = full.partner
    said = set()
    for _ in range(60):
        answer = world.call("GET", path, token=token)
        said.add(answer.status_code)
        token = world.partner_token(full.addon) if answer.status_code == 401 else token
    assert said == {200, 401, 429, 503}
