"""Edge: its port, its thread, its end."""

import socket
import ssl
import threading

import pytest

from platform_sim.engines.router.edge import Edge, listen

from .conftest import Connect, MakeEdge, Serve
from .world import APP, GUARD, Log, NoStreams, NoTerminals, Table, Talk, always, plain


def edge_on(port: int, log: Log) -> Edge:
    return Edge(
        Table(),
        lambda: ("127.0.0.1", 1),
        NoStreams(),
        log,
        new_id=lambda: "id",
        now_ms=lambda: 0,
        tls=lambda: ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER),
        terminals=NoTerminals(),
        port=port,
    )


def test_start_listens_and_stop_frees_the_port(log: Log) -> None:
    edge = edge_on(0, log)
    edge.start()
    port = edge.port
    assert port != 0
    with Talk(socket.create_connection(("127.0.0.1", port))) as talk:
        talk.get(host="nothing.localhost")
        assert talk.answer().status == 404
    edge.stop()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))
    again = edge_on(port, log)
    again.start()
    assert again.port == port
    again.stop()


def test_stop_is_idempotent_and_harmless_before_start(log: Log) -> None:
    edge = edge_on(0, log)
    edge.stop()
    edge.wake()
    edge.start()
    with pytest.raises(RuntimeError, match="runs already"):
        edge.start()
    edge.stop()
    edge.stop()
    edge.wake()


def test_a_taken_port_is_named(log: Log) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(OSError, match=f"cannot listen on 127.0.0.1 port {port}: .*choose another port"):
            edge_on(port, log).start()


def test_ipv6_loopback_where_there_is_one(make_edge: MakeEdge) -> None:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("this machine has no ::1")
    edge = make_edge()
    with Talk(socket.create_connection(("::1", edge.port))) as talk:
        talk.get(host="nothing.localhost")
        assert talk.answer().status == 404


def test_listening_sockets_are_on_loopback_and_on_one_port() -> None:
    sockets = listen(0)
    try:
        assert {sock.getsockname()[0] for sock in sockets} <= {"127.0.0.1", "::1"}
        assert len({sock.getsockname()[1] for sock in sockets}) == 1
        assert all(sock.proto == socket.IPPROTO_TCP for sock in sockets), "else asyncio sets no TCP_NODELAY"
    finally:
        for sock in sockets:
            sock.close()


def test_stop_closes_every_connection(
    make_edge: MakeEdge, serve: Serve, table: Table, connect: Connect, log: Log
) -> None:
    arrived = threading.Event()
    gone = threading.Event()

    def never(talk: Talk) -> None:
        talk.request()
        arrived.set()
        assert talk.rest() == b""
        gone.set()

    table.up(serve(never))
    table.set("starting", host="slow.localhost", app_id="app-2")
    edge = make_edge()
    idle, busy, held = connect(edge), connect(edge), connect(edge)
    busy.get()
    assert arrived.wait(GUARD)
    held.get(host="slow.localhost")
    table.wait_asked(2)
    edge.stop()
    assert (idle.rest(), busy.rest(), held.rest()) == (b"", b"", b"")
    assert gone.wait(GUARD), "the dyno's connection is closed, too"
    line = next(one for one in log.lines if f"host={APP}" in one)
    assert line.startswith('at=error code=H24 desc="Forced close" ') and " status= bytes=0 " in line


def test_pooled_connections_end_with_the_edge(
    make_edge: MakeEdge, serve: Serve, table: Table, connect: Connect
) -> None:
    gone = threading.Event()

    def script(talk: Talk) -> None:
        talk.request()
        talk.send(plain())
        assert talk.rest() == b""
        gone.set()

    table.up(serve(script))
    edge = make_edge()
    talk = connect(edge)
    talk.get()
    assert talk.answer().body == b"hello"
    edge.stop()
    assert gone.wait(GUARD)


def test_many_clients_at_once(make_edge: MakeEdge, serve: Serve, table: Table, connect: Connect, log: Log) -> None:
    table.up(serve(always(plain(b"x" * 3000))))
    edge = make_edge()
    talks = [connect(edge) for _ in range(50)]
    for _ in range(4):
        for talk in talks:
            talk.get()
        assert {talk.answer().body for talk in talks} == {b"x" * 3000}
    assert len(log.wait(200)) == 200
