"""Faults at the id host: what a partner gets, what works afterwards, and nothing where none matches."""

from typing import Any

import pytest

from platform_sim.core.actions import faults
from platform_sim.core.actions.oauth import fresh_grant
from platform_sim.core.model.accounts import Authorization
from platform_sim.core.model.addons import Addon, AddonService
from platform_sim.core.model.records import Event

from .test_identity import INVALID, SECRET, code_of, exchange, make_addon, post
from .world import World


@pytest.fixture
def addon(world: World) -> Addon:
    return make_addon(world)


def fault(world: World, kind: str, times: int | None = 1, **match: str) -> None:
    with world.database.transaction() as tx:
        faults.add(tx, world.customer.account, kind, match, times)


def acted(world: World) -> list[Event]:
    with world.database.snapshot() as rows:
        return rows.all(Event, kind="fault", action="update")


def ask(world: World, **given: str) -> tuple[int, Any]:
    answer = post(world, data={"client_secret": SECRET} | given)
    return answer.status_code, answer.get_json()


def refresh(world: World, token: str) -> tuple[int, Any]:
    return ask(world, grant_type="refresh_token", refresh_token=token)


@pytest.mark.parametrize("kind", ["grant-expired", "grant-used"])
def test_a_grant_is_worth_nothing_now_and_for_ever(kind: str, world: World, addon: Addon) -> None:
    fault(world, kind, None, service="exceptions", app="acme")
    code = code_of(world, addon)
    with world.database.transaction() as tx:
        sent = tx.find(Authorization, addon_id=addon.id)
        assert sent is not None
        tx.update(sent, cause_id="the order that has brought it")
    assert ask(world, code=code) == ask(world, code=code) == (401, INVALID)
    [event] = acted(world)
    with world.database.snapshot() as rows:
        authorization = rows.find(Authorization, addon_id=addon.id)
        assert authorization is not None
        assert (authorization.grant_used_at is None) == (kind == "grant-expired")
    assert (event.cause_id, event.addon_id) == ("the order that has brought it", addon.id)


def test_a_fresh_grant_is_another_one_and_works_once(world: World, addon: Addon) -> None:
    fault(world, "grant-used")
    assert ask(world, code=code_of(world, addon))[0] == 401
    with world.database.transaction() as tx:
        service = tx.update(tx.get(AddonService, addon.service_id), abilities=["fresh_grants"])
        tx.update(tx.get(Addon, addon.id), acknowledged_at=tx.now())
        fresh_grant(tx, service, addon.id)
    fresh = code_of(world, addon)
    assert [ask(world, code=fresh)[0] for _ in range(2)] == [200, 401]


def test_a_refresh_is_refused_and_the_next_is_not(world: World, addon: Addon) -> None:
    token = exchange(world, addon)["refresh_token"]
    fault(world, "refresh-refused")
    assert refresh(world, token) == (401, INVALID)
    assert refresh(world, token)[0] == 200
    assert len(acted(world)) == 1


def test_the_apis_own_form_of_it_is_met_too(world: World, addon: Addon) -> None:
    """`POST /oauth/tokens` stands behind the id host (partner-api §3.1)."""

    def own(**given: dict[str, str]) -> int:
        return world.call("POST", "/oauth/tokens", {"client": {"secret": SECRET}} | given, token=None).status_code

    token = exchange(world, addon)["refresh_token"]
    fault(world, "refresh-refused")
    assert [own(refresh_token={"token": token}) for _ in range(2)] == [401, 201]
    fault(world, "grant-used")
    with world.database.transaction() as tx:
        authorization = tx.find(Authorization, addon_id=addon.id)
        assert authorization is not None
        tx.update(authorization, grant_used_at=None)
    assert own(grant={"code": code_of(world, addon)}) == 401
    assert len(acted(world)) == 2


def test_only_what_would_have_worked_counts(world: World, addon: Addon) -> None:
    for kind in ("grant-expired", "grant-used", "refresh-refused"):
        fault(world, kind, None)
    with world.nothing_written():
        wrong = ask(world, code=code_of(world, addon), client_secret="wrong")
        assert (wrong[0], "Invalid client secret" in wrong[1]["message"]) == (401, True), "no side effect"
    world.call("DELETE", "/sim/faults")
    token = exchange(world, addon)["refresh_token"]
    for kind in ("grant-expired", "grant-used", "refresh-refused"):
        fault(world, kind)
    with world.nothing_written():
        assert ask(world, grant_type="refresh_token", refresh_token=token, client_secret="wrong")[0] == 401
    assert ask(world, code=code_of(world, addon))[0] == 401, "used long ago"
    assert refresh(world, "HRKU-nonsense")[0] == 401
    assert acted(world) == []
    assert refresh(world, token)[0] == 401


def test_faults_that_match_nothing_change_no_byte(world: World, addon: Addon) -> None:
    with world.nothing_written():
        assert ask(world, code="nonsense") == (401, INVALID)
    for kind in ("grant-expired", "grant-used", "refresh-refused"):
        fault(world, kind, None, service="other")
    first = exchange(world, addon)
    assert refresh(world, first["refresh_token"])[1].keys() == first.keys()
    assert acted(world) == []
