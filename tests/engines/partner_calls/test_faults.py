"""Faults on the way to a partner: what the platform makes of each, what the ledger and the timeline say."""

import json
from dataclasses import asdict
from typing import Any

import pytest

from platform_sim.core.actions import faults, jobs
from platform_sim.core.actions.addons import create_addon
from platform_sim.core.actions.apps import create_app, delete_app
from platform_sim.core.model.addons import Addon
from platform_sim.core.model.apps import App
from platform_sim.core.model.records import Event, Exchange, Sequence
from platform_sim.engines.partner_calls.faults import Held, Mishaps
from platform_sim.partners.contract import PartnerAnswer, PartnerRequest

from .world import URL, World, answer


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


def test_a_cut_before_and_a_cut_after_end_in_one_resource(world: World) -> None:
    fault(world, "partner-cut-before")
    fault(world, "partner-cut-after")
    addon, _ = world.create()
    world.settle()
    assert world.addon(addon).state == "provisioned"
    assert (world.partner.methods(), world.partner.made) == (["POST", "POST"], 1)
    assert [bool(each) for each in problems(world)] == [True, True, False]


def test_a_partner_that_is_down_has_certainly_made_nothing(world: World) -> None:
    fault(world, "partner-down", None)
    addon, job = world.create()
    world.settle()
    assert world.addon(addon).state == "deprovisioned"
    assert (world.partner.methods(), world.open_jobs()) == ([], [])
    assert problems(world)[0] == "refused connection (fault partner-down: the partner was not asked)"
    assert len(acted(world)) == world.job(job).attempts > 1


def test_a_late_request_is_no_attempt_and_waits_for_the_platforms_clock(world: World) -> None:
    fault(world, "partner-delay", 1, 600)
    addon, job = world.create()
    assert world.settle() == [600.0]
    assert world.database.faults == frozenset()
    assert world.addon(addon).state == "provisioned"
    assert (world.job(job).attempts, len(world.exchanges())) == (1, 1)


def test_one_attempt_is_late_once_however_often_it_is_asked_for(world: World) -> None:
    fault(world, "partner-delay", None, 600)
    world.partner.script = [PartnerAnswer(500, {}, b"", 0)]
    addon, job = world.create()
    moves = world.settle()
    assert world.addon(addon).state == "provisioned"
    assert (moves.count(600.0), world.job(job).attempts, len(acted(world))) == (2, 2, 2)


def other_addon(world: World, number: int) -> Addon:
    with world.database.transaction() as tx:
        app = create_app(tx, world.actor, name=f"other-{number}")
        return create_addon(tx, world.actor, app, "acme:test")[0]


def asked_for(world: World) -> list[str]:
    return [json.loads(each.body or b"")["uuid"] for each in world.partner.requests if each.method == "POST"]


def test_a_request_goes_after_the_next_one_to_the_partner(world: World) -> None:
    fault(world, "partner-reorder", 1, 3600, app="shop")
    first, job = world.create()
    second = other_addon(world, 1)
    third = other_addon(world, 2)
    assert world.settle() == []
    assert asked_for(world) == [second.id, first.id, third.id]
    assert world.job(job).attempts == 1
    assert world.database.faults == frozenset()


def test_one_that_is_taken_again_at_once_is_no_job_that_broke(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """It is `doing` again, at the same attempt, before its first worker looks what has become of it."""
    fault(world, "partner-delay", 1, 0)
    held = Mishaps.hold

    def hold(self: Mishaps, request: PartnerRequest) -> None:
        try:
            held(self, request)
        except Held:
            with world.database.transaction() as tx:
                assert jobs.claim(tx, "boot-1", ["provision"]) is not None
            raise

    _, job = world.create()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Mishaps, "hold", hold)
        world.runner.run_until_idle()
    assert (world.job(job).state, world.job(job).attempts) == ("doing", 1)
    assert caplog.messages == []


def test_what_nobody_overtakes_goes_in_the_end(world: World) -> None:
    fault(world, "partner-reorder", 1, 3600)
    first, _ = world.create()
    assert world.settle() == [3600.0]
    assert asked_for(world) == [first.id]
    assert world.database.faults == frozenset()


@pytest.mark.parametrize("kind", ["partner-reorder", "partner-delay"])
def test_what_waits_because_of_a_fault_goes_when_that_is_removed(world: World, kind: str) -> None:
    fault(world, kind, None, 3600)
    first, _ = world.create()
    world.runner.run_until_idle()
    assert asked_for(world) == []
    with world.database.transaction() as tx:
        faults.clear(tx, world.actor.account)
    assert world.settle() == []
    assert asked_for(world) == [first.id]


def test_a_duplicate_is_the_same_bytes_and_only_the_first_answer_counts(world: World) -> None:
    fault(world, "partner-duplicate")
    world.partner.script = [world.partner.right, answer(200, {"id": "another", "config": {"ACME_URL": "x"}})]
    addon, job = world.create()
    world.settle()
    first, second = world.partner.requests
    assert first == second
    assert (world.addon(addon).provider_id, world.config()) == (addon.id, {"ACME_URL": URL})
    one, copy = world.exchanges()
    assert (one.problem, copy.cause_id, copy.status) == (None, one.id, 200)
    assert copy.problem is not None
    assert copy.problem.startswith("fault partner-duplicate: the same request once more")
    assert world.job(job).attempts == 1


def test_slow_ones_are_slow_by_the_wall_and_nothing_else(world: World) -> None:
    fault(world, "partner-slow-request", 1, 0.02)
    fault(world, "partner-slow-answer", 1, 0.02)
    addon = world.created()
    world.destroy(addon)
    world.settle()
    assert world.addon(addon).state == "deprovisioned"
    assert ["drops" in str(each) or "took" in str(each) for each in problems(world)] == [True, True]
    assert all(each.milliseconds >= 20 for each in world.exchanges())


def rough_life(seed: int) -> list[dict[str, Any]]:
    """All that is written of six add-ons that come and go on a bad night, on a platform of its own."""
    world = World()
    with world.database.transaction() as tx:
        faults.use_profile(tx, world.actor.account, "rough", seed)
    for number in range(6):
        addon = other_addon(world, number)
        world.settle()
        if world.addon(addon).state == "provisioned":
            world.destroy(addon, force=True)
        world.settle()
    assert world.partner.resources == {}, "whatever goes wrong, nothing is left over"
    with world.database.snapshot() as rows:
        found = [asdict(each) for each in rows.all(Event)]
    world.close()
    return found


def test_each_add_on_has_dice_of_its_own_when_its_app_is_gone_too(world: World) -> None:
    with world.database.transaction() as tx:
        for each in faults.use_profile(tx, world.actor.account, "gentle", 1):
            tx.update(each, chance=0.0)
    for number in range(2):
        addon = other_addon(world, number)
        world.settle()
        with world.database.transaction() as tx:
            delete_app(tx, world.actor, tx.get(App, world.addon(addon).app_id))
        world.settle()
    with world.database.snapshot() as rows:
        streams = [each.id for each in rows.all(Sequence) if "partner-status" in each.id and "DELETE" in each.id]
    assert len(streams) == 2


def test_the_same_seed_makes_the_same_night() -> None:
    first = rough_life(1)
    assert [each["data"] for each in first if each["data"].get("act") == "acted"] != []
    assert rough_life(1) == first
    assert rough_life(3) != first
