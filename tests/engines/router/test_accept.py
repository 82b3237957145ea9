"""Doorman: the first byte decides, and who says nothing is let go."""

import asyncio
import socket
import ssl
import threading
from types import SimpleNamespace
from typing import Any

from platform_sim.engines.router.accept import Doorman
from platform_sim.engines.router.authority import Authority
from platform_sim.engines.router.limits import RouterLimits

from .conftest import Connect, MakeEdge, Serve
from .world import APP, Table, Talk, always, plain


def trusting(authority: Authority) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(authority.file))


def secure(authority: Authority, port: int, host: str = "localhost") -> Talk:
    sock = socket.create_connection(("127.0.0.1", port))
    return Talk(trusting(authority).wrap_socket(sock, server_hostname=host))


def test_tls_and_plain_http_share_the_port(
    make_edge: MakeEdge, serve: Serve, table: Table, connect: Connect, authority: Authority
) -> None:
    def show(talk: Talk) -> None:
        while True:
            head, _ = talk.request()
            talk.send(plain(next(line for line in head.splitlines() if "Proto" in line).encode()))

    table.up(serve(show))
    edge = make_edge()
    plainly = connect(edge)
    plainly.get()
    assert plainly.answer().body == b"X-Forwarded-Proto: http"
    with secure(authority, edge.port) as talk:
        for _ in range(2):
            talk.get()
            assert talk.answer().body == b"X-Forwarded-Proto: https"


def test_large_bodies_go_both_ways_over_tls(
    make_edge: MakeEdge, serve: Serve, table: Table, authority: Authority
) -> None:
    def echo(talk: Talk) -> None:
        _, body = talk.request()
        talk.send(plain(body))

    table.up(serve(echo))
    edge, body = make_edge(), bytes(range(256)) * 8_000
    with secure(authority, edge.port) as talk:
        sender = threading.Thread(
            target=talk.send,
            args=(b"POST / HTTP/1.1\r\nHost: %b\r\nContent-Length: %d\r\n\r\n" % (APP.encode(), len(body)) + body,),
        )
        sender.start()
        answer = talk.answer()
        sender.join()
    assert answer.body == body


def test_a_client_that_does_not_trust_us_harms_nobody(
    make_edge: MakeEdge, serve: Serve, table: Table, connect: Connect
) -> None:
    table.up(serve(always(plain(b"one"))))
    edge = make_edge()
    sock = socket.create_connection(("127.0.0.1", edge.port))
    try:
        ssl.create_default_context().wrap_socket(sock, server_hostname="localhost")
    except ssl.SSLCertVerificationError:
        pass
    else:
        raise AssertionError("a stranger's authority was trusted")
    talk = connect(edge)
    talk.send(b"\x16garbage that is no handshake")
    talk.rest()
    fine = connect(edge)
    fine.get()
    assert fine.answer().body == b"one"


def test_who_says_nothing_is_let_go(make_edge: MakeEdge, connect: Connect) -> None:
    edge = make_edge(limits=RouterLimits(keep_alive=0.05, handshake=0.05))
    silent, half = connect(edge), connect(edge)
    half.send(b"\x16")
    assert silent.rest() == b""
    assert half.rest() == b""


def test_stopping_closes_who_has_not_spoken_yet(make_edge: MakeEdge, connect: Connect, authority: Authority) -> None:
    edge = make_edge()
    silent, half = connect(edge), connect(edge)
    half.send(b"\x16")
    with secure(authority, edge.port) as idle:
        edge.stop()
        assert (silent.rest(), half.rest(), idle.rest()) == (b"", b"", b"")


def test_who_comes_just_as_the_edge_stops_leaves_no_socket_open() -> None:
    """Its task is cancelled before the first step: then nobody else closes the socket."""

    async def scene() -> None:
        shared: Any = SimpleNamespace(loop=asyncio.get_running_loop(), tasks=set(), open=set(), limits=RouterLimits())
        unused: Any = None
        doorman = Doorman(shared, [], unused, unused)
        ours, theirs = socket.socketpair()
        doorman._open(ours, False)
        for task in shared.tasks:
            task.cancel()
        await asyncio.gather(*shared.tasks, return_exceptions=True)
        assert ours.fileno() == -1
        theirs.close()

    asyncio.run(scene())
