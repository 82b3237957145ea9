"""Streams served by the edge: chunked, held back by slow clients, closed when nobody listens."""

import asyncio
import threading
from collections.abc import AsyncIterator, Mapping

import pytest

from platform_sim.core.model.seams import Stream

from .conftest import Connect, MakeEdge, Serve
from .world import APP, GUARD, Table, always, plain


class Tap:
    """A Streams with one stream, fed from the test's thread; remembers whether it was closed."""

    def __init__(self, status: int = 200) -> None:
        self.opened: list[tuple[str, dict[str, str], dict[str, str]]] = []
        self.started = threading.Event()
        self.closed = threading.Event()
        self.produced = 0
        self.status = status
        self._queue: asyncio.Queue[bytes | None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def open(self, path: str, query: Mapping[str, str], headers: Mapping[str, str]) -> Stream | None:
        self.opened.append((path, dict(query), dict(headers)))
        if path == "/tap":
            return Stream(self.status, "text/plain; charset=utf-8", self._chunks(), {"X-Tap": "1"})
        if path == "/flood":
            return Stream(200, "text/plain", self._flood())
        if path == "/broken":
            return Stream(200, "text/plain", self._broken())
        return None

    async def _chunks(self) -> AsyncIterator[bytes]:
        self._queue = asyncio.Queue()
        self._loop = asyncio.get_running_loop()
        self.started.set()
        try:
            while (data := await self._queue.get()) is not None:
                yield data
        finally:
            self.closed.set()

    async def _flood(self) -> AsyncIterator[bytes]:
        for _ in range(1000):
            self.produced += 1
            yield b"x" * 65536

    async def _broken(self) -> AsyncIterator[bytes]:
        yield b"so far"
        raise ZeroDivisionError("on purpose")

    def say(self, data: bytes | None) -> None:
        assert self.started.wait(GUARD)
        assert self._loop is not None and self._queue is not None
        self._loop.call_soon_threadsafe(self._queue.put_nowait, data)


def test_chunks_arrive_as_they_come(make_edge: MakeEdge, connect: Connect) -> None:
    tap = Tap()
    talk = connect(make_edge(streams=tap))
    talk.get("/tap?a=1&b=&c=%20x", host="localhost", headers="Accept: text/event-stream\r\nLast-Event-ID: 5\r\n")
    head = talk.until(b"\r\n\r\n").decode()
    assert head.startswith("HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\n")
    assert "\r\nX-Tap: 1\r\n" in head
    for data in (b"one", b"two"):
        tap.say(data)
        assert talk.chunk() == data
    tap.say(None)
    assert talk.chunk() == b""
    path, query, headers = tap.opened[0]
    assert (path, query) == ("/tap", {"a": "1", "b": "", "c": " x"})
    assert (headers["accept"], headers["last-event-id"], headers["host"]) == ("text/event-stream", "5", "localhost")


def test_the_connection_goes_on_after_a_stream(make_edge: MakeEdge, serve: Serve, connect: Connect) -> None:
    tap = Tap()
    talk = connect(make_edge(streams=tap, control=serve(always(plain())).port))
    talk.get("/tap", host="localhost")
    tap.say(b"one")
    tap.say(None)
    assert talk.answer().body == b"one"
    talk.get("/other", host="localhost")
    assert talk.answer().body == b"hello"


def test_http_1_0_clients_get_plain_bytes(make_edge: MakeEdge, connect: Connect) -> None:
    tap = Tap()
    talk = connect(make_edge(streams=tap))
    talk.get("/tap", host="localhost", version="1.0", headers="Connection: keep-alive\r\n")
    tap.say(b"one")
    tap.say(None)
    head = talk.until(b"\r\n\r\n")
    assert b"chunked" not in head and b"Connection: close" in head
    assert talk.rest() == b"one"


def test_a_stream_without_content(make_edge: MakeEdge, connect: Connect) -> None:
    tap = Tap(status=204)
    talk = connect(make_edge(streams=tap))
    for _ in range(2):
        talk.get("/tap", host="localhost")
        tap.say(None)
        answer = talk.answer()
        assert (answer.status, answer.header("Transfer-Encoding")) == (204, None)
        tap.started.clear()


def test_it_is_closed_when_the_client_goes_away(make_edge: MakeEdge, connect: Connect) -> None:
    tap = Tap()
    talk = connect(make_edge(streams=tap))
    talk.get("/tap", host="localhost")
    assert tap.started.wait(GUARD)
    talk.sock.close()
    assert tap.closed.wait(GUARD)


def test_it_is_closed_when_the_edge_stops(make_edge: MakeEdge, connect: Connect) -> None:
    tap = Tap()
    edge = make_edge(streams=tap)
    talk = connect(edge)
    talk.get("/tap", host="localhost")
    assert tap.started.wait(GUARD)
    edge.stop()
    assert tap.closed.is_set()
    assert b"0\r\n\r\n" not in talk.rest(), "the end of the edge is not the end of the stream"


def test_a_slow_reader_holds_the_stream_back(make_edge: MakeEdge, connect: Connect) -> None:
    tap = Tap()
    edge = make_edge(streams=tap)
    talk = connect(edge)
    talk.get("/flood", host="localhost")
    talk.until(b"\r\n\r\n")
    other = connect(edge)
    other.get(host="missing.localhost")
    assert other.answer().status == 404, "others are served meanwhile"
    assert tap.produced < 500
    total = 0
    while part := talk.chunk():
        total += len(part)
    assert (total, tap.produced) == (1000 * 65536, 1000)


def test_a_failing_stream_is_cut(make_edge: MakeEdge, connect: Connect) -> None:
    talk = connect(make_edge(streams=Tap()))
    talk.get("/broken", host="localhost")
    talk.until(b"\r\n\r\n")
    assert b"0\r\n\r\n" not in talk.rest()


@pytest.mark.parametrize(("method", "host"), [("POST", "localhost"), ("GET", APP)])
def test_only_gets_that_are_not_for_an_app_are_asked_about(
    make_edge: MakeEdge, serve: Serve, table: Table, connect: Connect, method: str, host: str
) -> None:
    tap = Tap()
    server = serve(always(plain()))
    table.up(server)
    talk = connect(make_edge(streams=tap, control=server.port))
    talk.get("/tap", host=host, method=method)
    assert talk.answer().body == b"hello"
    assert tap.opened == []
