"""Deliveries over real sockets, to receivers of every kind. The time limit is the wall clock's."""

import base64
import hashlib
import hmac
import json
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from platform_sim.core.model.webhooks import WebhookDelivery
from platform_sim.partners import http_send
from platform_sim.partners.contract import PartnerAnswer, PartnerRequest, Send
from platform_sim.partners.http_send import HttpSend

from ...partners.peer import Peer, Talk
from .world import World

pytestmark = pytest.mark.processes

SECRET = "a secret of the receiver"


@pytest.fixture
def peers() -> Iterator[Callable[[Talk], Peer]]:
    made: list[Peer] = []

    def make(talk: Talk) -> Peer:
        made.append(Peer(talk))
        return made[-1]

    yield make
    for peer in made:
        peer.close()
    assert not [t for t in threading.enumerate() if t.name == "partner-exchange"], "an exchange was left running"


@pytest.fixture
def world() -> Iterator[World]:
    """Sends over HTTP, and waits however long it takes."""
    world = World(webhook_timeout=600.0)
    world.boot("boot-1", HttpSend())
    yield world
    world.close()


def given_up(peer: Peer) -> Send:
    """The real `Send`, but that the time is over as soon as the peer has the request: on a busy machine it might be
    over before."""

    def send(request: PartnerRequest) -> PartnerAnswer:
        assert request.timeout == 600.0
        exchange = http_send._Exchange(request, 1_000_000, True)
        thread = threading.Thread(target=exchange.run)
        thread.start()
        assert peer.asked.wait(30)
        peer.asked.clear()
        exchange.abort()
        thread.join()
        return exchange.answer()

    return send


def says(data: bytes) -> Talk:
    return lambda connection, over: connection.sendall(data)


def silence(connection: socket.socket, over: threading.Event) -> None:
    over.wait()


def drips(connection: socket.socket, over: threading.Event) -> None:
    connection.sendall(b"HTTP/1.1 20")
    while not over.wait(0.02):
        connection.sendall(b"0")


NO_CONTENT = b"HTTP/1.1 204 No Content\r\n\r\n"


def parts(raw: bytes) -> tuple[bytes, dict[str, str], bytes]:
    """Request line, headers by lower-case names, body: as they came over the wire."""
    head, _, body = raw.partition(b"\r\n\r\n")
    line, *fields = head.split(b"\r\n")
    headers = {name.decode().lower(): value.strip().decode() for name, _, value in (f.partition(b":") for f in fields)}
    return line, headers, body


def test_a_receiver_can_verify_the_raw_bytes(world: World, peers: Callable[[Talk], Peer]) -> None:
    peer = peers(says(NO_CONTENT))
    world.subscribe(url=f"http://127.0.0.1:{peer.port}/hooks?a=1", secret=SECRET, authorization="Basic dTpw")
    world.rename("name-1")
    world.runner.run_until_idle()
    assert world.statuses() == ["succeeded"]
    line, headers, body = parts(peer.requests[0])
    assert line == b"POST /hooks?a=1 HTTP/1.1"
    mac = hmac.new(SECRET.encode(), body, hashlib.sha256).digest()
    assert base64.b64decode(headers["heroku-webhook-hmac-sha256"]) == mac
    assert headers["authorization"] == "Basic dTpw"
    assert headers["content-type"] == "application/json"
    assert int(headers["content-length"]) == len(body)
    assert json.loads(body)["data"]["name"] == "name-1"


def test_names_and_texts_of_every_alphabet_are_signed_as_sent(world: World, peers: Callable[[Talk], Peer]) -> None:
    peer = peers(says(NO_CONTENT))
    world.subscribe(url=f"http://127.0.0.1:{peer.port}/", secret=SECRET, include=["api:release"])
    with world.database.transaction() as tx:
        tx.record("release", "create", "gone", None, {"description": "Déploiement 💥"}, app_id=world.app.id)
    world.runner.run_until_idle()
    _, headers, body = parts(peer.requests[0])
    mac = hmac.new(SECRET.encode(), body, hashlib.sha256).digest()
    assert base64.b64decode(headers["heroku-webhook-hmac-sha256"]) == mac
    assert json.loads(body)["data"]["description"] == "Déploiement 💥"


@pytest.mark.parametrize("talk", [silence, drips])
def test_a_receiver_that_hangs_is_tried_again_later(peers: Callable[[Talk], Peer], talk: Talk) -> None:
    peer = peers(talk)
    world = World(webhook_timeout=600.0)
    world.boot("boot-1", given_up(peer))
    world.subscribe(url=f"http://127.0.0.1:{peer.port}/")
    world.rename("name-1")
    world.runner.run_until_idle()
    [delivery] = world.deliveries()
    assert (delivery.status, delivery.num_attempts) == ("retrying", 1)
    assert delivery.last_attempt is not None
    assert (delivery.last_attempt["code"], delivery.last_attempt["error_class"]) == (None, "timeout")
    world.wait(seconds=1)
    world.runner.run_until_idle()
    assert len(peer.requests) == 2
    assert peer.requests[0] == peer.requests[1]
    world.close()


def test_nobody_listens(world: World) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    world.subscribe(url=f"http://127.0.0.1:{port}/")
    world.rename("name-1")
    world.settle()
    [delivery] = world.deliveries()
    assert (delivery.status, delivery.num_attempts) == ("failed", 84)
    assert delivery.last_attempt is not None
    assert delivery.last_attempt["error_class"] == "refused connection"


def test_a_host_that_does_not_exist(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "no such name")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    world.subscribe("notify", url="https://nobody.invalid/")
    world.rename("name-1")
    world.runner.run_until_idle()
    [delivery] = world.deliveries()
    assert delivery.status == "failed"
    assert delivery.last_attempt is not None
    assert delivery.last_attempt["error_class"] == "unknown host"


def test_a_redirect_is_not_followed_and_is_no_success(world: World, peers: Callable[[Talk], Peer]) -> None:
    elsewhere = peers(says(NO_CONTENT))
    place = b"http://127.0.0.1:%d/" % elsewhere.port
    peer = peers(says(b"HTTP/1.1 308 Moved\r\nLocation: " + place + b"\r\nContent-Length: 0\r\n\r\n"))
    world.subscribe("notify", url=f"http://127.0.0.1:{peer.port}/")
    world.rename("name-1")
    world.runner.run_until_idle()
    [delivery] = world.deliveries()
    assert delivery.status == "failed"
    assert delivery.last_attempt is not None
    assert delivery.last_attempt["code"] == 308
    assert elsewhere.requests == []


def test_an_endless_answer_is_a_success_by_its_status(world: World, peers: Callable[[Talk], Peer]) -> None:
    def floods(connection: socket.socket, over: threading.Event) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while not over.is_set():
            connection.sendall(b"a" * 65_536)

    peer = peers(floods)
    world.subscribe("notify", url=f"http://127.0.0.1:{peer.port}/")
    world.rename("name-1")
    world.runner.run_until_idle()
    assert world.statuses() == ["succeeded"]


def test_workers_keep_the_order_of_each_subscription(tmp_path: Path, peers: Callable[[Talk], Peer]) -> None:
    """The runner as it runs in a platform: threads, a file, real sockets. Hanging receivers hold up only their own."""
    world = World(tmp_path / "rows.db", webhook_timeout=600.0)
    good, stuck = [peers(says(NO_CONTENT)) for _ in range(2)], peers(silence)
    hooks = [world.subscribe(url=f"http://127.0.0.1:{peer.port}/") for peer in (*good, stuck)]
    runner = world.boot("boot-1", HttpSend())
    runner.start()
    names = [f"name-{number}" for number in range(1, 21)]
    world.rename(*names)
    wanted = [hook.id for hook in hooks[:2]]
    while True:
        seen = world.database.version
        with world.database.snapshot() as rows:
            if rows.count(WebhookDelivery, webhook_id=wanted, status="succeeded") == 2 * len(names):
                break
        assert world.database.wait_for_change(seen, 30) != seen, world.statuses()
    for peer in good:
        assert [json.loads(parts(raw)[2])["data"]["name"] for raw in peer.requests] == names
    assert stuck.asked.wait(30)
    assert len(stuck.requests) == 1
    stuck.over.set()
    runner.stop()
    world.close()
