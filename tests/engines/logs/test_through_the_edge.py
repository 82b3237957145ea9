"""Logs and outputs over a real socket: the hub behind a real edge."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from http.client import HTTPConnection

import pytest

from platform_sim.core.model.seams import Route, Terminal
from platform_sim.engines.logs.hub import LogHub
from platform_sim.engines.logs.output_streams import OutputStreams
from platform_sim.engines.logs.outputs import OutputStore
from platform_sim.engines.logs.sessions import LogSession, LogSessions
from platform_sim.engines.logs.streams_table import StreamsTable
from platform_sim.engines.router.edge import Edge

from .listening import GUARD, Clock


class NoApps:
    """Routes without an app, but with one that has crashed."""

    def find(self, host: str) -> Route | None:
        return Route("a", "crashed", "crashed") if host == "crashed.localhost" else None

    def is_app_host(self, host: str) -> bool:
        return host.endswith(".localhost")


class NoTerminals:
    """No attached dynos."""

    def expect(self, secret: str, ready: Callable[[Terminal | None], None]) -> None:
        ready(None)


class World:
    """A hub, outputs, and an edge that serves both."""

    def __init__(self) -> None:
        clock = Clock()
        self.hub = LogHub(clock.now)
        self.outputs = OutputStore()
        self.sessions: dict[str, LogSession] = {}
        streams = StreamsTable(LogSessions(self.hub, self.sessions.get, clock.now), OutputStreams(self.outputs))
        self.edge = Edge(
            NoApps(),
            lambda: ("127.0.0.1", 1),
            streams,
            self.hub,
            new_id=lambda: "id",
            now_ms=lambda: 0,
            tls=lambda: ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER),
            terminals=NoTerminals(),
        )


@pytest.fixture
def world() -> Iterator[World]:
    """Runs for one test."""
    made = World()
    made.edge.start()
    yield made
    made.edge.stop()


def connection(world: World) -> HTTPConnection:
    return HTTPConnection("127.0.0.1", world.edge.port, timeout=GUARD)


def test_the_router_s_lines_reach_a_tail(world: World) -> None:
    world.sessions["s"] = LogSession("a", tail=True, dyno="router")
    tail, client = connection(world), connection(world)
    tail.request("GET", "/logs/s", headers={"Accept": "text/event-stream"})
    client.request("GET", "/x", headers={"Host": "crashed.localhost"})
    assert client.getresponse().status == 503
    answer = tail.getresponse()
    assert answer.headers["Content-Type"].startswith("text/event-stream")
    assert answer.readline() == b"id: 1\n"
    line = answer.readline().decode()
    assert line.startswith("data: 2026-01-02T03:04:05.000006+00:00 heroku[router]: at=error code=H10 ")
    for one in (tail, client):
        one.close()


def test_a_hundred_tails_at_once(world: World) -> None:
    world.sessions["s"] = LogSession("a", tail=True)
    tails = [connection(world) for _ in range(100)]
    answers = []
    for tail in tails:
        tail.request("GET", "/logs/s")
        answers.append(tail.getresponse())
    world.hub("a", "app", "web.1", "for all")
    assert {answer.readline() for answer in answers} == {b"2026-01-02T03:04:05.000006+00:00 app[web.1]: for all\n"}
    for tail in tails:
        tail.close()


def test_a_build_s_output_while_it_grows(world: World) -> None:
    world.outputs.append("o", "-----> one\n")
    client = connection(world)
    client.request("GET", "/streams/o")
    answer = client.getresponse()
    assert answer.readline() == b"-----> one\n"

    def build() -> None:
        world.outputs.append("o", "two\n")
        world.outputs.finish("o")

    builder = threading.Thread(target=build)
    builder.start()
    assert answer.read() == b"two\n"
    client.request("GET", "/streams/o", headers={"Range": "bytes=11-"})
    again = client.getresponse()
    assert (again.status, again.headers["Content-Range"], again.read()) == (206, "bytes 11-14/15", b"two\n")
    builder.join(GUARD)
    client.close()


def test_a_tail_nobody_reads_does_not_stop_the_writers(world: World) -> None:
    world.sessions["s"] = LogSession("a", tail=True)
    with socket.create_connection(("127.0.0.1", world.edge.port)) as deaf:
        deaf.sendall(b"GET /logs/s HTTP/1.1\r\nHost: localhost\r\n\r\n")
        deaf.settimeout(GUARD)
        assert deaf.recv(12) == b"HTTP/1.1 200"
        for _ in range(5000):
            world.hub("a", "app", "web.1", "x" * 5000)
        assert len(world.hub.lines("a")) == 1500
