"""Webhooks of a running platform: a renamed app is told to a partner, hanging receivers, `kill -9` while sending."""

import base64
import hashlib
import hmac
import json
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from platform_sim.assemble import Options, Platform

from ..partners.peer import Peer, Talk
from .conftest import QUICK
from .customer import Customer
from .partner import TinyPartner
from .up import Up, outer_environment
from .waiting import LONGEST, wait_until

pytestmark = pytest.mark.processes

DOCUMENTED = {
    *("id", "action", "actor", "created_at", "updated_at", "published_at", "sequence", "resource", "version"),
    *("data", "previous_data", "webhook_metadata"),
}


@pytest.fixture
def peers() -> Iterator[Callable[[Talk], Peer]]:
    made: list[Peer] = []

    def make(talk: Talk) -> Peer:
        made.append(Peer(talk))
        return made[-1]

    yield make
    for peer in made:
        peer.close()


def accepts(connection: socket.socket, over: threading.Event) -> None:
    connection.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")


def silence(connection: socket.socket, over: threading.Event) -> None:
    over.wait()


def place(peer: Peer) -> str:
    return f"http://127.0.0.1:{peer.port}/hooks"


def test_a_partner_hears_that_an_app_was_renamed_and_can_verify_it(
    customer: Customer, partner: TinyPartner, peers: Callable[[Talk], Peer]
) -> None:
    peer = peers(accepts)
    customer.register(partner)
    customer.api("POST", "/apps", {"name": "acme"})
    addon = customer.api("POST", "/apps/acme/addons", {"plan": "exceptions:test"})
    partners = replace(customer, token=partner.exchange(customer.url, addon["id"]))
    wish = {"include": ["api:app"], "level": "sync", "url": place(peer), "authorization": "Bearer mine"}
    made = partners.ask("POST", f"/addons/{addon['id']}/webhooks", wish)
    assert made.status_code == 201
    customer.api("PATCH", "/apps/acme", {"name": "renamed"})
    assert peer.asked.wait(LONGEST)
    head, _, body = peer.requests[0].partition(b"\r\n\r\n")
    mac = hmac.new(made.headers["Heroku-Webhook-Secret"].encode(), body, hashlib.sha256).digest()
    assert b"Heroku-Webhook-Hmac-SHA256: " + base64.b64encode(mac) in head
    assert b"Authorization: Bearer mine" in head
    payload = json.loads(body)
    assert set(payload) == DOCUMENTED
    assert (payload["resource"], payload["action"], payload["actor"]["email"]) == ("app", "update", "you@example.com")
    assert (payload["data"]["name"], payload["previous_data"]["name"]) == ("renamed", "acme")
    assert payload["data"]["web_url"].startswith("http://renamed.localhost:")

    def ended() -> bool:
        [delivery] = partners.api("GET", f"/addons/{addon['id']}/webhook-deliveries")
        return bool(delivery["status"] == "succeeded" and delivery["last_attempt"]["code"] == 204)

    wait_until("the delivery has succeeded", ended)
    exchanges = json.dumps(customer.api("GET", f"/sim/exchanges?addon={addon['id']}"))
    assert '"party": "webhook"' in exchanges
    assert "Bearer mine" not in exchanges


def test_receivers_that_hang_hold_up_neither_partners_nor_the_end(
    tmp_path: Path, partner: TinyPartner, peers: Callable[[Talk], Peer]
) -> None:
    peer = peers(silence)
    rules = QUICK | {"webhook_timeout": 600.0}
    with Platform(Options(environment=outer_environment(tmp_path), rules=rules)) as platform:
        customer = Customer(platform.url, platform.token, tmp_path)
        customer.register(partner)
        customer.api("POST", "/apps", {"name": "acme"})
        for _ in range(12):
            customer.api("POST", "/apps/acme/webhooks", {"include": ["api:app"], "level": "notify", "url": place(peer)})
        customer.api("PATCH", "/apps/acme", {"maintenance": True})
        wait_until("all workers hang", lambda: len(peer.requests) >= 4)
        addon = customer.api("POST", "/apps/acme/addons", {"plan": "exceptions:test"})
        assert addon["state"] == "provisioned"
        assert customer.ask("DELETE", f"/apps/acme/addons/{addon['id']}").status_code == 200


def test_killed_while_the_receiver_has_it_the_same_bytes_come_again(
    tmp_path: Path, peers: Callable[[Talk], Peer]
) -> None:
    killed = threading.Event()

    def answers_after_the_kill(connection: socket.socket, over: threading.Event) -> None:
        if killed.is_set():
            accepts(connection, over)
        over.wait()

    peer = peers(answers_after_the_kill)
    with Up(tmp_path) as up:
        ready = up.start()
        customer = Customer(ready["url"], ready["token"], tmp_path)
        customer.api("POST", "/apps", {"name": "acme"})
        wish = {"include": ["api:app"], "level": "sync", "url": place(peer), "secret": "s"}
        customer.api("POST", "/apps/acme/webhooks", wish)
        customer.api("PATCH", "/apps/acme", {"maintenance": True})
        customer.api("PATCH", "/apps/acme", {"maintenance": False})
        assert peer.asked.wait(LONGEST)
        up.kill()
        killed.set()
        customer = replace(customer, url=up.start()["url"])

        def statuses() -> list[str]:
            return [each["status"] for each in customer.api("GET", "/apps/acme/webhook-deliveries")]

        wait_until("both are delivered", lambda: statuses() == ["succeeded", "succeeded"])
        up.stop()
    first, again, second = peer.requests
    assert first == again
    sent = [json.loads(raw.partition(b"\r\n\r\n")[2])["data"]["maintenance"] for raw in (again, second)]
    assert sent == [True, False]
