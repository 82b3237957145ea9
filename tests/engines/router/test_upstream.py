"""The pool of backend connections: how long, how many."""

import threading

from platform_sim.engines.router.limits import RouterLimits

from .conftest import Connect, MakeEdge, Serve
from .world import GUARD, Talk, always, plain


def test_unused_connections_are_closed_after_a_while(make_edge: MakeEdge, serve: Serve, connect: Connect) -> None:
    gone = threading.Event()

    def script(talk: Talk) -> None:
        talk.request()
        talk.send(plain())
        assert talk.rest() == b""
        gone.set()

    server = serve(script)
    talk = connect(make_edge(control=server.port, limits=RouterLimits(pool_idle=0.05)))
    talk.get(host="localhost")
    assert talk.answer().status == 200
    assert gone.wait(GUARD)
    gone.clear()
    talk.get(host="localhost")
    assert talk.answer().status == 200
    assert server.connections == 2
    assert gone.wait(GUARD), "the sweeper runs again"


def test_no_more_are_kept_than_allowed(make_edge: MakeEdge, serve: Serve, connect: Connect) -> None:
    arrived = threading.Barrier(3)
    closed = threading.Semaphore(0)

    def script(talk: Talk) -> None:
        talk.request()
        arrived.wait(GUARD)
        talk.send(plain())
        assert talk.rest() == b""
        closed.release()

    server = serve(script)
    edge = make_edge(control=server.port, limits=RouterLimits(pool_size=1, pool_idle=1000))
    talks = [connect(edge) for _ in range(3)]
    for talk in talks:
        talk.get(host="localhost")
    for talk in talks:
        assert talk.answer().status == 200
    for _ in range(2):
        assert closed.acquire(timeout=GUARD)
    assert not closed.acquire(blocking=False)
    edge.stop()
    assert closed.acquire(timeout=GUARD)


def test_a_backend_that_speaks_unasked_is_dropped(make_edge: MakeEdge, serve: Serve, connect: Connect) -> None:
    gone = threading.Event()

    def script(talk: Talk) -> None:
        if gone.is_set():
            always(plain())(talk)
        talk.request()
        talk.send(plain())
        talk.send(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil")
        assert talk.rest() == b""
        gone.set()

    talk = connect(make_edge(control=serve(script).port))
    talk.get(host="localhost")
    assert talk.answer().body == b"hello"
    assert gone.wait(GUARD)
    talk.get(host="localhost")
    assert talk.answer().body == b"hello"


def test_a_connection_with_a_paused_answer_is_read_again(make_edge: MakeEdge, serve: Serve, connect: Connect) -> None:
    """After an answer that had to wait for its client, the kept connection works."""
    server = serve(always(plain(b"x" * (8 << 20))))
    talk = connect(make_edge(control=server.port))
    for _ in range(3):
        talk.get(host="localhost")
        assert len(talk.answer().body) == 8 << 20
    assert server.connections == 1
