"""Upgraded connections: a real WebSocket through the edge, and raw bytes."""

import socket
import threading
from collections.abc import Iterator

import pytest
from websockets.sync.client import ClientConnection
from websockets.sync.client import connect as websocket
from websockets.sync.server import ServerConnection
from websockets.sync.server import serve as serve_websockets

from platform_sim.core.model.seams import Backend
from platform_sim.engines.router.edge import Edge
from platform_sim.engines.router.limits import RouterLimits

from .conftest import Connect, MakeEdge, Serve
from .world import APP, GUARD, Log, Table, Talk, plain, until_stalled

UPGRADE = "Connection: keep-alive, Upgrade\r\nUpgrade: any\r\n"
SWITCH = b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: any\r\nX-My: 1\r\n\r\n"


@pytest.fixture
def echo() -> Iterator[int]:
    """A WebSocket server that says back what it hears; its port."""

    def answer(connection: ServerConnection) -> None:
        for message in connection:
            connection.send(message)

    with serve_websockets(answer, "127.0.0.1", 0, max_size=1 << 24) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.socket.getsockname()[1]
        server.shutdown()
        thread.join(GUARD)


def open_websocket(edge: Edge) -> ClientConnection:
    sock = socket.create_connection(("127.0.0.1", edge.port))
    return websocket(f"ws://{APP}:{edge.port}/chat", sock=sock, max_size=1 << 24, proxy=None)


def test_websocket_echo(make_edge: MakeEdge, table: Table, log: Log, echo: int) -> None:
    table.set("up", Backend("web.1", echo))
    edge = make_edge()
    with open_websocket(edge) as one, open_websocket(edge) as two:
        big = bytes(range(256)) * 8192
        for message in ("hello", "ümläut", big, "", "bye"):
            one.send(message)
            two.send("other")
            assert one.recv(GUARD) == message
            assert two.recv(GUARD) == "other"
        assert log.lines == []
    for line in log.wait(2):
        assert 'path="/chat"' in line and " status=101 " in line and line.startswith("at=info ")


def test_bytes_pass_both_ways_and_early_ones_are_not_lost(
    make_edge: MakeEdge, serve: Serve, table: Table, connect: Connect, log: Log
) -> None:
    def script(talk: Talk) -> None:
        head = talk.until(b"\r\n\r\n")
        assert b"\r\nConnection: Upgrade\r\nUpgrade: any\r\n" in head
        talk.send(SWITCH + b"first from the dyno|")
        assert talk.until(b"|") == b"first from the client|"
        talk.send(b"pong|")
        assert talk.rest() == b"last"

    table.up(serve(script))
    talk = connect(make_edge())
    talk.send(f"GET / HTTP/1.1\r\nHost: {APP}\r\n{UPGRADE}\r\nfirst from the client|".encode())
    head = talk.until(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 101 Switching Protocols\r\nX-My: 1\r\n")
    assert b"\r\nConnection: Upgrade\r\nUpgrade: any\r\n" in head
    assert talk.until(b"|") == b"first from the dyno|"
    assert talk.until(b"|") == b"pong|"
    talk.send(b"last")
    talk.sock.shutdown(socket.SHUT_WR)
    assert talk.rest() == b""
    line = log.fields()
    assert (line["status"], line["bytes"], line["dyno"]) == ("101", str(len("first from the dyno|pong|")), "web.1")


def test_one_side_may_end_before_the_other(make_edge: MakeEdge, serve: Serve, table: Table, connect: Connect) -> None:
    def script(talk: Talk) -> None:
        talk.until(b"\r\n\r\n")
        talk.send(SWITCH)
        assert talk.rest() == b"all of it"
        talk.send(b"an answer to all of it")

    table.up(serve(script))
    talk = connect(make_edge())
    talk.get(headers=UPGRADE)
    talk.until(b"\r\n\r\n")
    talk.send(b"all of it")
    talk.sock.shutdown(socket.SHUT_WR)
    assert talk.rest() == b"an answer to all of it"


def test_large_amounts_with_slow_readers(make_edge: MakeEdge, serve: Serve, table: Table, connect: Connect) -> None:
    size = 48 << 20
    sent = threading.Event()

    def script(talk: Talk) -> None:
        talk.until(b"\r\n\r\n")
        talk.send(SWITCH)
        assert sent.wait(GUARD), "reads only when the client has written as much as it could"
        total = len(talk.exactly(size))
        talk.send(b"%d" % total)

    table.up(serve(script))
    talk = connect(make_edge())
    talk.get(headers=UPGRADE)
    talk.until(b"\r\n\r\n")
    written = until_stalled(talk, size)
    assert written < size * 3 // 4
    sent.set()
    talk.send(b"x" * (size - written))
    assert talk.rest() == b"%d" % size


def test_silence_ends_the_tunnel(make_edge: MakeEdge, serve: Serve, table: Table, connect: Connect, log: Log) -> None:
    def script(talk: Talk) -> None:
        talk.until(b"\r\n\r\n")
        talk.send(SWITCH + b"something")
        assert talk.rest() == b""

    table.up(serve(script))
    talk = connect(make_edge(limits=RouterLimits(idle=0.1)))
    talk.get(headers=UPGRADE)
    talk.until(b"\r\n\r\n")
    assert talk.rest() == b"something"
    assert (log.fields()["code"], log.fields()["status"], log.fields()["bytes"]) == ("H15", "503", "9")


def test_a_refused_upgrade_is_a_plain_answer_and_http_goes_on(
    make_edge: MakeEdge, serve: Serve, table: Table, connect: Connect
) -> None:
    def script(talk: Talk) -> None:
        while True:
            head, _ = talk.request()
            talk.send(plain(b"no" if "Upgrade: any" in head else b"yes"))

    table.up(serve(script))
    talk = connect(make_edge())
    talk.get(headers=UPGRADE)
    talk.get()
    assert [talk.answer().body for _ in range(2)] == [b"no", b"yes"]


def test_h2c_is_not_offered_to_dynos(make_edge: MakeEdge, serve: Serve, table: Table, connect: Connect) -> None:
    heads: list[str] = []

    def script(talk: Talk) -> None:
        heads.append(talk.request()[0])
        talk.send(plain())

    table.up(serve(script))
    talk = connect(make_edge())
    talk.get(headers="Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMA\r\n")
    assert talk.answer().body == b"hello"
    assert "pgrade" not in heads[0] and "HTTP2" not in heads[0]


def test_stop_ends_tunnels(make_edge: MakeEdge, serve: Serve, table: Table, connect: Connect) -> None:
    gone = threading.Event()

    def script(talk: Talk) -> None:
        talk.until(b"\r\n\r\n")
        talk.send(SWITCH)
        talk.rest()
        gone.set()

    table.up(serve(script))
    edge = make_edge()
    talk = connect(edge)
    talk.get(headers=UPGRADE)
    talk.until(b"\r\n\r\n")
    edge.stop()
    assert talk.rest() == b""
    assert gone.wait(GUARD)
