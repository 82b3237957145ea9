"""Many attempts: the same bytes, in order, for three days of virtual time; then the next one (partner-api §6.4)."""

import json
import random
from datetime import timedelta

import pytest

from platform_sim.core.model.webhooks import signature
from platform_sim.partners.contract import PartnerAnswer, PartnerRequest

from ...support import START
from .world import Killed, World, lost, says

HOUR = 3600.0
DEAD = lost("refused connection")


def test_72_hours_of_a_dead_endpoint(world: World) -> None:
    world.subscribe()
    world.rename("name-1")
    world.receiver.otherwise = DEAD
    moves = world.settle()
    assert moves[:4] == [1, 2, 4, 8]
    assert max(moves) == HOUR
    assert world.clock.now() == START + timedelta(hours=72)
    [delivery] = world.deliveries()
    assert (delivery.status, delivery.num_attempts) == ("failed", len(moves) + 1)
    assert len(world.receiver.requests) == len(moves) + 1


def test_seven_days_of_a_dead_endpoint() -> None:
    world = World(webhook_retry_window=7 * 24 * HOUR)
    world.subscribe()
    world.rename("name-1")
    world.receiver.otherwise = DEAD
    assert sum(world.settle()) == 7 * 24 * HOUR
    assert len(world.receiver.requests) == 180, "what Heroku said in 2017"
    assert world.statuses() == ["failed"]
    world.close()


def test_invariant_18_each_try_is_the_same_bytes(world: World) -> None:
    hook = world.subscribe(secret="s3cret")
    world.rename("name-1")
    world.receiver.script = [says(503), DEAD, lost("cut"), says(500)]
    world.settle()
    assert {request.body for request in world.receiver.requests} == {world.receiver.requests[0].body}
    assert len({tuple(sorted(request.headers.items())) for request in world.receiver.requests}) == 1
    assert len(world.receiver.requests) == 5
    assert world.webhook(hook).failing_since is None


def test_a_new_secret_and_url_hold_for_the_next_try_and_the_signature_matches(world: World) -> None:
    hook = world.subscribe(secret="old", authorization="Bearer old")
    world.rename("name-1")
    world.receiver.script = [says(500)]
    world.runner.run_until_idle()
    world.change(hook, secret="new", url="https://moved.example.com/", authorization=None)
    world.settle()
    first, second = world.receiver.requests
    assert first.body == second.body
    for request, secret in ((first, "old"), (second, "new")):
        assert request.headers["Heroku-Webhook-Hmac-SHA256"] == signature(secret, request.body or b"")
    assert second.url == "https://moved.example.com/"
    assert "Authorization" not in second.headers


def test_a_changed_level_holds_for_later_events_only(world: World) -> None:
    hook = world.subscribe("sync")
    world.rename("name-1")
    world.change(hook, level="notify")
    world.rename("name-2")
    world.receiver.otherwise = DEAD
    world.settle()
    assert [(d.status, d.num_attempts > 1) for d in world.deliveries()] == [("failed", True), ("failed", False)]


class TestOrder:
    """Of a `sync` webhook none overtakes another; `notify` webhooks and other subscriptions do not wait."""

    def test_later_events_wait_for_the_first(self, world: World) -> None:
        world.subscribe()
        world.rename("name-1", "name-2", "name-3")
        world.receiver.script = [says(500), DEAD]
        world.runner.run_until_idle()
        assert world.statuses() == ["retrying", "pending", "pending"]
        world.wait(seconds=1)
        world.runner.run_until_idle()
        assert world.receiver.heard() == ["name-1", "name-1"]
        world.wait(seconds=2)
        world.runner.run_until_idle()
        assert world.receiver.heard() == ["name-1", "name-1", "name-1", "name-2", "name-3"]
        assert world.statuses() == ["succeeded"] * 3

    def test_what_happens_while_the_first_is_tried_comes_after_it(self, world: World) -> None:
        world.subscribe()
        world.rename("name-1")

        def meanwhile(request: PartnerRequest) -> PartnerAnswer:
            world.rename("name-2")
            return says(500)

        world.receiver.script = [meanwhile]
        world.settle()
        assert world.receiver.heard() == ["name-1", "name-1", "name-2"]

    def test_notify_does_not_wait(self, world: World) -> None:
        world.subscribe("notify")
        world.rename("name-1", "name-2", "name-3")
        world.receiver.script = [says(500)]
        world.runner.run_until_idle()
        assert world.receiver.heard() == ["name-1", "name-2", "name-3"]
        assert world.statuses() == ["failed", "succeeded", "succeeded"]

    def test_one_dead_endpoint_holds_up_no_other(self, world: World) -> None:
        world.subscribe(url="https://dead.example.com/")
        world.subscribe(url="https://good.example.com/")
        world.rename("name-1", "name-2")
        dead: list[str] = []

        def by_host(request: PartnerRequest) -> PartnerAnswer:
            if "dead" in request.url:
                dead.append(request.url)
                return DEAD
            return says(200)

        world.receiver.script = [by_host] * 10
        world.runner.run_until_idle()
        assert len(dead) == 1
        assert [r.url for r in world.receiver.requests].count("https://good.example.com/") == 2

    @pytest.mark.parametrize("seed", range(25))
    def test_invariant_18_under_any_failures_kills_and_moves_of_the_clock(self, seed: int) -> None:
        """What two ordered subscriptions have accepted is what happened, in order; repeats are the same bytes."""
        dice, world, happened = random.Random(seed), World(), ["name-0"]
        hooks = [world.subscribe(url=f"https://{n}.example.com/") for n in range(2)]
        accepted: dict[str, list[bytes]] = {hook.url: [] for hook in hooks}

        def moody(request: PartnerRequest) -> PartnerAnswer:
            mood = dice.random()
            if mood < 0.4:
                return dice.choice([says(500), DEAD, lost("timeout"), lost("cut"), says(302)])
            accepted[request.url].append(request.body or b"")
            if mood < 0.5:
                raise Killed
            return says(204)

        for number in range(1, 30):
            world.receiver.script = [moody] * 1000
            if dice.random() < 0.6:
                happened.append(f"name-{number}")
                world.rename(happened[-1])
            try:
                world.runner.run_until_idle()
            except Killed:
                world.boot(f"boot-{number}-{seed}").recover()
            world.wait(seconds=dice.choice([0, 1, 60, 1800]))
        world.receiver.script = []
        world.receiver.otherwise = says(204)
        world.receiver.requests.clear()
        world.settle()
        for request in world.receiver.requests:
            accepted[request.url].append(request.body or b"")
        for came in accepted.values():
            once = list(dict.fromkeys(came))
            assert [json.loads(body)["data"]["name"] for body in once] == happened[1:], "each in the end, in order"
            repeats = [body for body, after in zip(came, came[1:], strict=False) if body == after]
            assert len(came) == len(once) + len(repeats), "a repeat follows at once"
        assert set(world.statuses()) == {"succeeded"}
        world.close()


class TestGivingUp:
    """An endpoint that has failed for 72 hours (changelog 2525)."""

    def test_old_events_get_one_try_each_and_new_ones_their_time(self, world: World) -> None:
        hook = world.subscribe()
        world.rename("name-1", "name-2", "name-3")
        world.receiver.otherwise = DEAD
        world.settle(until=START + timedelta(hours=71))
        world.rename("name-4")
        told = world.clock.now()
        world.settle()
        assert world.statuses() == ["failed", "skipped", "skipped", "failed"]
        assert [d.num_attempts for d in world.deliveries()][1:3] == [1, 1]
        assert world.deliveries()[3].num_attempts > 70
        assert world.clock.now() == told + timedelta(hours=72)
        assert world.webhook(hook).failing_since == START

    def test_an_endpoint_that_comes_back_gets_everything_that_still_waits(self, world: World) -> None:
        hook = world.subscribe()
        world.rename("name-1", "name-2", "name-3")
        world.receiver.otherwise = DEAD
        world.settle(until=START + timedelta(hours=30))
        world.receiver.otherwise = says(200)
        world.settle()
        assert world.statuses() == ["succeeded"] * 3
        assert world.webhook(hook).failing_since is None

    def test_a_jump_over_the_whole_window_is_one_last_try(self, world: World) -> None:
        world.subscribe()
        world.rename("name-1")
        world.receiver.otherwise = DEAD
        world.runner.run_until_idle()
        world.wait(hours=200)
        world.runner.run_until_idle()
        assert world.statuses() == ["failed"]
        assert len(world.receiver.requests) == 2
