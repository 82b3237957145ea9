"""The shared port of many platforms: whom a request reaches, and what it looks like there."""

import base64
import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from platform_sim.engines.router.edge import Edge
from platform_sim.engines.router.tenant_route import NoApps, NoStreams, NoTerminals, Place, dispatch_by

from .conftest import Serve
from .world import Log, Server, Talk, always, plain

Shared = Callable[..., Talk]
TOKEN = "token-of-one"


class Two:
    """`one` and `two`, each with a server in its own place."""

    def __init__(self, one: Server, two: Server) -> None:
        self.places = {"one": Place("one", one.port), "two": Place("two", two.port)}

    def named(self, name: str) -> Place | None:
        return self.places.get(name)

    def with_token(self, token: str) -> Place | None:
        return self.places["one"] if token == TOKEN else None


def told(name: bytes, heads: list[tuple[str, bytes]]) -> Any:
    """A server that answers who it is, and keeps what it was asked."""

    def script(talk: Talk) -> None:
        while True:
            heads.append(talk.request())
            talk.send(plain(name))

    return script


@pytest.fixture
def heads() -> list[tuple[str, bytes]]:
    return []


@pytest.fixture
def two(serve: Serve, heads: list[tuple[str, bytes]]) -> Two:
    return Two(serve(told(b"one", heads)), serve(told(b"two", heads)))


@pytest.fixture
def shared(two: Two, serve: Serve, log: Log) -> Iterator[Edge]:
    edge = edge_of(two, serve(always(plain(b"the server itself"))).port, log)
    yield edge
    edge.stop()


def edge_of(two: Two, control: int, log: Log) -> Edge:
    """One that runs."""
    edge = Edge(
        NoApps(),
        lambda: ("127.0.0.1", control),
        NoStreams(),
        log,
        new_id=lambda: "id",
        now_ms=lambda: 0,
        tls=lambda: pytest.fail("nobody speaks TLS here"),
        terminals=NoTerminals(),
        dispatch=dispatch_by(two),
    )
    edge.start()
    return edge


def ask(edge: Edge, head: str) -> bytes:
    with Talk(socket.create_connection(("127.0.0.1", edge.port))) as talk:
        talk.send(head.replace("PORT", str(edge.port)).replace("\n", "\r\n").encode() + b"\r\n\r\n")
        return talk.answer().body


BASIC = base64.b64encode(f"x:{TOKEN}".encode()).decode()
USER = base64.b64encode(f"{TOKEN}:".encode()).decode()


@pytest.mark.parametrize(
    ("head", "who"),
    [
        ("GET / HTTP/1.1\nHost: t-two.localhost:PORT", b"two"),
        ("GET / HTTP/1.1\nHost: T-TWO.LocalHost", b"two"),
        ("GET / HTTP/1.1\nHost: shop.t-two.localhost:PORT", b"two"),
        (f"GET / HTTP/1.1\nHost: shop.t-two.localhost\nAuthorization: Bearer {TOKEN}", b"two"),
        (f"GET http://t-two.localhost:PORT/ HTTP/1.1\nHost: t-one.localhost\nAuthorization: Bearer {TOKEN}", b"two"),
        ("GET /sim/tenants HTTP/1.1\nHost: t-two.localhost", b"two"),
        (f"GET / HTTP/1.1\nHost: localhost:PORT\nAuthorization: bearer  {TOKEN}", b"one"),
        (f"GET / HTTP/1.1\nHost: api.heroku.com\nAuthorization: Basic {BASIC}", b"one"),
        (f"GET / HTTP/1.1\nHost: localhost\nAuthorization: Basic {USER}", b"one"),
        (f"GET / HTTP/1.0\nAuthorization: Bearer {TOKEN}", b"one"),
        ("GET /sim/tenants HTTP/1.1\nHost: localhost:PORT", b"the server itself"),
        ("GET /sim/tenants/one?x=1 HTTP/1.1\nHost: localhost:PORT", b"the server itself"),
        ("GET /sim/tenants2 HTTP/1.1\nHost: localhost:PORT", b"no_tenant"),
        ("GET / HTTP/1.1\nHost: t-three.localhost", b"not_found"),
        ("GET / HTTP/1.1\nHost: t-.localhost", b"not_found"),
        ("GET / HTTP/1.1\nHost: t-two.localhost.evil.example", b"no_tenant"),
        ("GET / HTTP/1.1\nHost: t-two", b"no_tenant"),
        (f"GET / HTTP/1.1\nHost: localhost\nAuthorization: Bearer {TOKEN}\nAuthorization: Bearer x", b"no_tenant"),
        (f"GET / HTTP/1.1\nHost: localhost\nAuthorization: Bearer {TOKEN}x", b"no_tenant"),
        ("GET / HTTP/1.1\nHost: localhost\nAuthorization: Basic !", b"no_tenant"),
        ("GET / HTTP/1.1\nHost: t-one.localhost\nHost: t-two.localhost", b"exactly one Host"),
    ],
)
def test_whom_a_request_reaches(head: str, who: bytes, shared: Edge) -> None:
    body = ask(shared, head)
    assert who in body if body.startswith(b"{") else body == who


def test_it_looks_as_if_its_own_port_had_been_asked(shared: Edge, two: Two, heads: list[tuple[str, bytes]]) -> None:
    port = two.places["two"].port
    own = f"http://t-two.localhost:{shared.port}"
    more = f"Content-Length: 0\nX-Mine: 1\nX-Request-Id: r\nOrigin: {own}"
    ask(shared, f"POST /x?y=1 HTTP/1.1\nHost: t-two.localhost:PORT\n{more}")
    ask(shared, "GET / HTTP/1.1\nHost: shop.t-two.localhost:PORT\nOrigin: http://t-one.localhost:PORT\nCookie: a=b")
    ask(shared, f"GET / HTTP/1.1\nHost: api.heroku.com\nAuthorization: Bearer {TOKEN}")
    lines = [head.split("\r\n") for head, _ in heads]
    assert lines[0][0] == "POST /x?y=1 HTTP/1.1"
    for line in (f"Host: localhost:{port}", f"Origin: http://localhost:{port}", "X-Mine: 1", "x-request-id: r"):
        assert lines[0].count(line) == 1, lines[0]
    assert [line for line in lines[0] if line.lower().startswith("host:")] == [f"Host: localhost:{port}"]
    assert f"Host: shop.localhost:{port}" in lines[1]
    assert f"Origin: http://t-one.localhost:{shared.port}" in lines[1], "a page of another's stays one"
    assert "Host: api.heroku.com" in lines[2]


def test_a_tunnel_goes_through(serve: Serve, log: Log) -> None:
    def echo(talk: Talk) -> None:
        head, _ = talk.request()
        assert "Upgrade: websocket" in head
        talk.send(b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
        talk.send(b"heard " + talk.exactly(4))

    edge = edge_of(Two(serve(echo), serve(always(plain()))), 1, log)
    with Talk(socket.create_connection(("127.0.0.1", edge.port))) as talk:
        talk.send(
            b"GET /chat HTTP/1.1\r\nHost: shop.t-one.localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
        )
        assert talk.until(b"\r\n\r\n").startswith(b"HTTP/1.1 101")
        talk.send(b"ping")
        assert talk.exactly(10) == b"heard ping"
    edge.stop()


def test_one_that_is_gone_is_told(shared: Edge, two: Two) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        two.places["gone"] = Place("gone", closed.getsockname()[1])
    body = ask(shared, "GET / HTTP/1.1\nHost: t-gone.localhost")
    assert b"service_unavailable" in body
    assert b"The platform gone did not answer" in body
