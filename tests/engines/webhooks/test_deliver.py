"""One attempt: what is sent, what counts as a success, what is kept of it (partner-api §6.3)."""

import base64
import hashlib
import hmac
import json
from datetime import timedelta

import pytest

from platform_sim.core.actions.webhooks import create_webhook
from platform_sim.core.model.records import Event
from platform_sim.core.model.webhooks import Webhook, WebhookDelivery
from platform_sim.partners.contract import PartnerAnswer, PartnerRequest, Problem
from platform_sim.settings import load

from ...support import new_addon, new_service, partner_of_addon
from .world import URL, Killed, World, lost, says


def test_what_is_sent(world: World) -> None:
    hook = world.subscribe("notify", secret="s3cret", authorization="Bearer abc")
    world.rename("name-1")
    world.runner.run_until_idle()
    [request] = world.receiver.requests
    assert (request.method, request.url, request.timeout) == ("POST", URL, load({}).webhook_timeout)
    body = request.body
    assert body is not None
    assert dict(request.headers) == {
        "Content-Type": "application/json",
        "Authorization": "Bearer abc",
        "Heroku-Webhook-Hmac-SHA256": base64.b64encode(hmac.new(b"s3cret", body, hashlib.sha256).digest()).decode(),
        "User-Agent": "platform-sim",
    }
    payload = json.loads(body)
    assert (payload["resource"], payload["action"], payload["data"]["name"]) == ("app", "update", "name-1")
    assert payload["webhook_metadata"]["webhook"] == {"id": hook.id}
    [delivery] = world.deliveries()
    assert payload == delivery.payload


def test_without_authorization_there_is_no_such_header(world: World) -> None:
    world.subscribe()
    world.rename("name-1")
    world.runner.run_until_idle()
    assert "Authorization" not in world.receiver.requests[0].headers


@pytest.mark.parametrize("level", ["notify", "sync"])
def test_a_success_ends_the_delivery(world: World, level: str) -> None:
    world.subscribe(level)
    world.rename("name-1")
    assert world.settle() == []
    [delivery] = world.deliveries()
    assert (delivery.status, delivery.num_attempts, delivery.next_attempt_at) == ("succeeded", 1, None)
    assert world.open_jobs() == []


@pytest.mark.parametrize("answer", [says(500), says(302), says(404), lost("timeout"), lost("refused connection")])
def test_notify_is_one_attempt_whatever_comes_of_it(world: World, answer: PartnerAnswer) -> None:
    world.subscribe("notify")
    world.rename("name-1")
    world.receiver.otherwise = answer
    assert world.settle() == []
    assert len(world.receiver.requests) == 1
    [delivery] = world.deliveries()
    assert delivery.status == "failed"
    assert delivery.last_attempt is not None
    assert (delivery.last_attempt["code"], delivery.last_attempt["error_class"]) == (answer.status, answer.problem)


@pytest.mark.parametrize("problem", ["too_large", "cut", "garbled", "timeout"])
def test_a_2xx_is_a_success_whatever_is_wrong_with_its_body(world: World, problem: Problem) -> None:
    world.subscribe()
    world.rename("name-1")
    world.receiver.script = [PartnerAnswer(200, {}, b"x", 7, problem)]
    world.runner.run_until_idle()
    [delivery] = world.deliveries()
    assert delivery.status == "succeeded"
    assert delivery.last_attempt is not None
    assert (delivery.last_attempt["code"], delivery.last_attempt["error_class"]) == (200, None)


def test_the_ledger_shows_the_talk_and_no_secret(world: World) -> None:
    url = "https://user:pass-word@hooks.example.com/x?token=in-the-query"
    world.subscribe(url=url, secret="s3cret-s3cret", authorization="Bearer abc")
    world.rename("name-1")
    world.receiver.script = [says(500), lost("unknown host")]
    world.settle()
    first, second, third = world.exchanges()
    assert (first.party, first.method, first.status, first.problem) == ("webhook", "POST", 500, None)
    assert (second.status, second.problem) == (None, "unknown host")
    assert third.status == 204
    assert json.loads(first.request_body)["data"]["name"] == "name-1"
    text = repr([first, second, third])
    assert "[hidden]" in first.request_headers["Authorization"]
    for secret in ("pass-word", "in-the-query", "s3cret", "Bearer abc", "thanks"):
        assert secret not in text, secret


def test_an_exchange_belongs_to_the_addon_whose_partner_was_told(world: World) -> None:
    world.subscribe("notify")
    with world.database.transaction() as tx:
        new_service(tx)
        addon = new_addon(tx, world.customer, world.app)
        wish = {"include": ["api:app"], "level": "notify", "url": "https://partner.example.com/"}
        create_webhook(tx, partner_of_addon(tx, addon), addon, wish)
    world.rename("name-1")
    world.runner.run_until_idle()
    assert {(e.url, e.addon_id) for e in world.exchanges()} == {(URL, None), (wish["url"], addon.id)}
    with world.database.snapshot() as rows:
        [event] = rows.all(Event, kind="app", action="update")
    assert {exchange.cause_id for exchange in world.exchanges()} == {event.id}


class TestRemoved:
    """A webhook that goes while something is owed to it."""

    def test_what_is_owed_is_not_sent_any_more(self, world: World) -> None:
        for level in ("sync", "notify"):
            hook = world.subscribe(level)
            world.rename(f"name-of-{level}")
            world.unsubscribe(hook)
        assert world.settle() == []
        assert world.receiver.requests == []
        assert world.open_jobs() == []

    def test_while_it_waits_for_another_try(self, world: World) -> None:
        hook = world.subscribe()
        world.rename("name-1", "name-2")
        world.receiver.otherwise = says(500)
        world.runner.run_until_idle()
        world.unsubscribe(hook)
        assert world.open_jobs() == []
        assert world.settle() == []
        assert len(world.receiver.requests) == 1

    def test_in_the_middle_of_an_attempt(self, world: World) -> None:
        hook = world.subscribe()
        world.rename("name-1", "name-2")

        def goes(request: PartnerRequest) -> PartnerAnswer:
            world.unsubscribe(hook)
            return says(500)

        world.receiver.script = [goes]
        assert world.settle() == []
        assert world.all(WebhookDelivery) == world.all(Webhook) == []
        assert world.open_jobs() == []
        assert len(world.exchanges()) == 1, "what was sent was sent"

    def test_webhooks_of_a_deleted_app_vanish_when_it_was_told(self, world: World) -> None:
        world.subscribe("sync")
        world.subscribe("notify")
        world.rename("name-1")
        world.delete_app()
        world.runner.run_until_idle()
        actions = [json.loads(r.body or b"")["action"] for r in world.receiver.requests]
        assert sorted(actions) == ["destroy", "destroy", "update", "update"]
        assert world.all(Webhook) == world.all(WebhookDelivery) == world.open_jobs() == []

    def test_also_when_nobody_listens(self, world: World) -> None:
        world.subscribe("sync")
        world.rename("name-1")
        world.delete_app()
        world.receiver.otherwise = lost("refused connection")
        assert sum(world.settle()) == timedelta(hours=72).total_seconds()
        assert world.all(Webhook) == world.all(WebhookDelivery) == world.open_jobs() == []


class TestKill:
    """`kill -9` between the sending and the writing (invariant 18)."""

    @pytest.mark.parametrize("level", ["notify", "sync"])
    def test_the_same_bytes_are_sent_again(self, world: World, level: str) -> None:
        world.subscribe(level, secret="s3cret")
        world.rename("name-1", "name-2")

        def dies(request: PartnerRequest) -> PartnerAnswer:
            raise Killed

        world.receiver.script = [dies]
        with pytest.raises(Killed):
            world.runner.run_until_idle()
        assert world.boot("boot-2").recover() == 1
        world.runner.run_until_idle()
        first, again, other = world.receiver.requests
        assert (first.body, first.url, dict(first.headers)) == (again.body, again.url, dict(again.headers))
        assert world.receiver.heard() == ["name-1", "name-1", "name-2"]
        assert world.statuses() == ["succeeded", "succeeded"]
        assert [each.num_attempts for each in world.deliveries()] == [1, 1], "attempts of which the end is known"
