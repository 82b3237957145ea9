"""Faults on the way to a partner: what the platform makes of each, what the ledger and the timeline say."""

from typing import Any

import pytest

from platform_sim.core.actions import faults
from platform_sim.core.model.records import Event, Exchange

from .world import URL, World


def fault(world: World, kind: str, times: int | None = 1, amount: float | None = None, **match: str) -> None:
    with world.database.transaction() as tx:
        faults.add(tx, world.actor.account, kind, match, times, amount)


def acted(world: World) -> list[Event]:
    with world.database.snapshot() as rows:
        return rows.all(Event, kind="fault", action="update")


def problems(world: World) -> list[Any]:
    return [each.problem for each in world.exchanges()]


UNKNOWN = [
    ("partner-status", 503, "fault partner-status: the partner has answered 200"),
    ("partner-lost-answer", None, "timeout (fault partner-lost-answer: the partner has answered 200)"),
]


@pytest.mark.parametrize(("kind", "amount", "said"), UNKNOWN)
def test_nobody_knows_what_the_partner_did_so_it_is_asked_again(
    world: World, kind: str, amount: float | None, said: str
) -> None:
    fault(world, kind, 2, amount)
    addon, _ = world.create()
    world.settle()
    assert world.addon(addon).state == "provisioned"
    assert (world.partner.methods(), world.partner.made) == (["POST"] * 3, 1)
    assert len({request.body for request in world.partner.requests}) == 1
    assert problems(world) == [said, said, None]
    assert [each.status for each in world.exchanges()] == [amount, amount, 200]


BROKEN = [
    ("partner-broken-json", "not valid JSON"),
    ("partner-wrong-type", "must be a JSON object"),
    ("partner-html", "not valid JSON"),
]


@pytest.mark.parametrize("kind", [kind for kind, _ in BROKEN])
def test_an_answer_that_cannot_be_used_is_given_up_and_cleaned_up(world: World, kind: str) -> None:
    fault(world, kind)
    addon, job = world.create()
    world.settle()
    assert world.addon(addon).state == "deprovisioned"
    assert world.partner.methods() == ["POST", "DELETE"]
    assert world.partner.resources == {}
    assert f"fault {kind}: the partner has answered 200" in problems(world)[0]


def test_what_a_broken_answer_holds_is_kept_secret_still(world: World) -> None:
    fault(world, "partner-broken-json")
    world.create()
    world.settle()
    kept = world.exchanges()[0]
    assert kept.response_body != ""
    assert URL[:-1] not in kept.response_body
    assert "secret-of-the-account" not in str(kept)


def test_it_follows_from_the_exchange_that_it_happens_to(world: World) -> None:
    fault(world, "partner-status", service="acme", method="POST", app="shop", path="/heroku/*")
    addon, _ = world.create()
    world.settle()
    (event,) = acted(world)
    with world.database.snapshot() as rows:
        exchange = rows.all(Exchange, order_by="seq")[0]
    assert event.cause_id == world.exchanges()[0].id
    assert (event.addon_id, event.app_id) == (addon.id, world.app.id)
    assert exchange.created_at == event.created_at


def test_only_what_matches_goes_wrong(world: World) -> None:
    fault(world, "partner-status", None, method="DELETE")
    fault(world, "partner-status", None, service="other")
    addon, _ = world.create()
    world.settle()
    assert world.addon(addon).state == "provisioned"
    assert acted(world) == []
