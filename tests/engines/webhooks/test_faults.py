"""Faults of webhooks, as the receiver and the subscriber see them; and nothing where none matches."""

from datetime import timedelta

import pytest

from platform_sim.core.actions import faults
from platform_sim.core.model.faults import Fault
from platform_sim.core.model.records import Event

from ...support import START
from .world import World, says


def fault(world: World, kind: str, times: int | None = 1, amount: float | None = None, **match: str) -> Fault:
    with world.database.transaction() as tx:
        return faults.add(tx, world.customer.account, kind, match, times, amount)


def acted(world: World) -> list[Event]:
    return [each for each in world.all(Event) if each.kind == "fault" and each.data.get("act")]


@pytest.mark.parametrize("level", ["notify", "sync"])
def test_a_lost_one_never_comes_and_nobody_can_see_that(world: World, level: str) -> None:
    world.subscribe(level)
    fault(world, "webhook-lost", app=world.app.id, type="api:app")
    world.rename("name-1", "name-2")
    world.settle()
    assert world.receiver.heard() == ["name-2"]
    assert world.statuses() == ["succeeded", "succeeded"]
    assert [each.problem for each in world.exchanges()] == ["fault webhook-lost: nothing was sent", None]
    [event] = acted(world)
    [told] = [each for each in world.all(Event) if each.id == world.exchanges()[0].cause_id]
    assert (event.cause_id, event.app_id) == (told.cause_id, world.app.id)


def test_what_was_sent_once_is_not_lost_any_more(world: World) -> None:
    world.subscribe("sync")
    world.receiver.script = [says(500)]
    world.rename("name-1")
    world.runner.run_until_idle()
    fault(world, "webhook-lost")
    world.settle()
    assert world.receiver.heard() == ["name-1", "name-1"]
    assert acted(world) == []


@pytest.mark.parametrize("level", ["notify", "sync"])
def test_one_comes_twice_with_the_same_id_and_bytes(world: World, level: str) -> None:
    world.subscribe(level, secret="s3cret")
    fault(world, "webhook-duplicated")
    world.receiver.script = [says(500), says(204)]
    world.rename("name-1", "name-2")
    world.settle()
    first, second, third = world.receiver.requests
    assert (first.body, first.headers) == (second.body, second.headers)
    assert first.body != third.body
    assert world.receiver.heard() == ["name-1", "name-1", "name-2"]
    assert [(each.status, each.num_attempts) for each in world.deliveries()] == [("succeeded", 1)] * 2
    assert [each.status for each in world.exchanges()] == [500, 204, 204]


def test_the_next_one_goes_before(world: World) -> None:
    world.subscribe("notify")
    fault(world, "webhook-reordered", 2)
    world.rename("name-1", "name-2", "name-3", "name-4", "name-5")
    assert world.settle() == []
    assert world.receiver.heard() == ["name-2", "name-1", "name-4", "name-3", "name-5"]
    assert [each.num_attempts for each in world.deliveries()] == [1] * 5
    assert world.all(Fault)[0].held == []


def test_without_a_next_one_it_goes_when_its_time_has_come(world: World) -> None:
    world.subscribe("notify")
    fault(world, "webhook-reordered", amount=90)
    world.rename("name-1")
    world.runner.run_until_idle()
    [delivery] = world.deliveries()
    assert (delivery.status, delivery.next_attempt_at) == ("scheduled", START + timedelta(seconds=90))
    assert world.settle() == [90]
    assert world.receiver.heard() == ["name-1"]
    assert world.all(Fault)[0].held == []
    assert world.database.faults == frozenset()


def test_another_webhooks_delivery_lets_nothing_go(world: World) -> None:
    world.subscribe("notify", url="https://one.example.com/")
    world.subscribe("notify", url="https://other.example.com/")
    fault(world, "webhook-reordered")
    world.rename("name-1")
    world.runner.run_until_idle()
    assert [request.url for request in world.receiver.requests] == ["https://other.example.com/"]
    world.rename("name-2")
    world.runner.run_until_idle()
    assert [request.url[8:11] for request in world.receiver.requests] == ["oth", "one", "one", "oth"]
    assert world.receiver.heard() == ["name-1", "name-2", "name-1", "name-2"]


def test_a_fault_that_is_removed_lets_go_what_waits(world: World) -> None:
    world.subscribe("notify")
    made = fault(world, "webhook-reordered")
    world.rename("name-1")
    world.runner.run_until_idle()
    assert world.receiver.heard() == []
    with world.database.transaction() as tx:
        faults.remove(tx, world.customer.account, tx.get(Fault, made.id))
    world.runner.run_until_idle()
    assert world.receiver.heard() == ["name-1"]
    assert world.clock.now() == START


def test_what_is_ordered_is_never_reordered(world: World) -> None:
    world.subscribe("sync")
    fault(world, "webhook-reordered", None)
    fault(world, "webhook-duplicated", None)
    world.receiver.script = [says(204), says(500)]
    world.rename("name-1", "name-2", "name-3")
    world.settle()
    heard = world.receiver.heard()
    assert heard == ["name-1"] * 4 + ["name-2"] * 2 + ["name-3"] * 2
    assert {event.data["fault"] for event in acted(world)} == {"webhook-duplicated"}


def test_faults_that_match_nothing_change_no_byte() -> None:
    """Two worlds of one seed, one with faults that mean something else."""
    sent = []
    for kinds in ((), ("webhook-lost", "webhook-duplicated", "webhook-reordered")):
        world = World()
        for kind in kinds:
            fault(world, kind, None, type="api:release")
            fault(world, kind, None, app="other")
        for level in ("notify", "sync"):
            world.subscribe(level, secret="s3cret")
        world.rename("name-1", "name-2")
        world.settle()
        sent.append([(r.method, r.url, r.headers, r.body) for r in world.receiver.requests])
        assert acted(world) == []
        world.close()
    assert sent[0] == sent[1]
