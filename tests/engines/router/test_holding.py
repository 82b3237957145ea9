"""Requests that wait for a dyno: starting apps, restarts, refusals. No request is lost in a restart."""

import threading
from dataclasses import replace

import pytest

from platform_sim.core.model.seams import Backend
from platform_sim.engines.router import proxied
from platform_sim.engines.router.edge import Edge
from platform_sim.engines.router.limits import RouterLimits

from ...processes.waiting import wait_until
from .conftest import Connect, MakeEdge, Serve
from .world import APP, GUARD, Log, Server, Table, Talk, always, fields, once, plain

NO_POLL = RouterLimits(poll=1000)


@pytest.mark.parametrize("state", ["starting", "up"])
def test_a_request_waits_until_woken(
    make_edge: MakeEdge, serve: Serve, table: Table, connect: Connect, log: Log, state: str
) -> None:
    """ "up" without a backend is no better than "starting"."""
    table.set("starting" if state == "starting" else "up")
    edge = make_edge(limits=NO_POLL)
    talk = connect(edge)
    talk.send(b"POST / HTTP/1.1\r\nHost: %b\r\nContent-Length: 4\r\n\r\nbody" % APP.encode())
    table.wait_asked(1)
    server = serve(lambda backend: backend.send(plain(b"got " + backend.request()[1])))
    table.up(server)
    edge.wake()
    assert talk.answer().body == b"got body"
    assert log.fields()["dyno"] == "web.1"


def test_it_asks_again_by_itself(make_edge: MakeEdge, serve: Serve, table: Table, connect: Connect) -> None:
    table.set("starting")
    talk = connect(make_edge(limits=RouterLimits(poll=0.02)))
    talk.get()
    table.wait_asked(3)
    table.up(serve(always(plain())))
    assert talk.answer().body == b"hello"


def test_h20_the_dyno_does_not_start(make_edge: MakeEdge, table: Table, connect: Connect, log: Log) -> None:
    table.set("starting")
    talk = connect(make_edge(limits=RouterLimits(queue=0.1, poll=0.02)))
    talk.get()
    answer = talk.answer()
    assert (answer.status, b"Application error" in answer.body) == (503, True)
    assert log.wait() == [
        f'at=error code=H20 desc="App boot timeout" method=GET path="/" host={APP} request_id=request-1 '
        'fwd="127.0.0.1" dyno= connect= service= status=503 bytes= protocol=http1.1 tls=false'
    ]


def test_a_crash_while_waiting_is_told_at_once(make_edge: MakeEdge, table: Table, connect: Connect, log: Log) -> None:
    table.set("starting")
    edge = make_edge(limits=NO_POLL)
    talk = connect(edge)
    talk.get()
    table.wait_asked(1)
    table.set("crashed")
    edge.wake()
    assert talk.answer().status == 503
    assert log.fields()["code"] == "H10"


def test_a_client_that_does_not_wait(make_edge: MakeEdge, table: Table, connect: Connect, log: Log) -> None:
    table.set("starting")
    edge = make_edge(limits=NO_POLL)
    talk = connect(edge)
    talk.get()
    table.wait_asked(1)
    talk.sock.close()
    line = log.fields()
    assert (line["code"], line["dyno"], line["connect"], line["service"]) == ("H27", "", "", "")
    asked = table.times
    edge.wake()
    edge.stop()
    assert table.times == asked, "nobody asks for it any more"


def gone(serve: Serve) -> Server:
    """A server that refuses connections."""
    server = serve(always(plain()))
    server.stop_listening()
    return server


def test_another_dyno_takes_what_one_refuses(
    make_edge: MakeEdge, serve: Serve, table: Table, connect: Connect, log: Log
) -> None:
    table.up(gone(serve), gone(serve), serve(always(plain(b"third"))))
    talk = connect(make_edge(limits=NO_POLL))
    for _ in range(4):
        talk.get()
        assert talk.answer().body == b"third"
    assert {fields(line)["dyno"] for line in log.wait(4)} == {"web.3"}


def test_h21_when_all_go_on_refusing(
    make_edge: MakeEdge, serve: Serve, table: Table, connect: Connect, log: Log
) -> None:
    table.up(gone(serve), gone(serve))
    talk = connect(make_edge(limits=RouterLimits(refused_wait=0.1, poll=0.02)))
    talk.get()
    assert talk.answer().status == 503
    line = log.fields()
    assert (line["code"], line["desc"]) == ("H21", "Backend connection refused")
    assert line["dyno"] in ("web.1", "web.2")
    assert (line["connect"] != "", line["service"], line["bytes"]) == (True, "", "")


def test_each_start_gets_its_own_time_of_refusals(
    make_edge: MakeEdge, serve: Serve, table: Table, connect: Connect
) -> None:
    """Refused, "starting", refused again: that is another dyno, and no reason to give up."""
    edge = make_edge(limits=RouterLimits(refused_wait=0, poll=1000))
    table.up(gone(serve))
    talk = connect(edge)
    talk.get()
    table.wait_asked(2)
    table.set("starting")
    edge.wake()
    table.wait_asked(3)
    table.up(gone(serve))
    edge.wake()
    table.wait_asked(5)
    table.up(serve(always(plain())))
    edge.wake()
    assert talk.answer().status == 200


def test_a_refused_request_waits_for_the_restarted_dyno(
    make_edge: MakeEdge, serve: Serve, table: Table, connect: Connect, log: Log
) -> None:
    """The old dyno is dead, the routes do not know yet; then they say "starting", then there is a new one."""
    table.up(gone(serve))
    edge = make_edge(limits=NO_POLL)
    talk = connect(edge)
    talk.send(b"POST / HTTP/1.1\r\nHost: %b\r\nContent-Length: 4\r\n\r\nbody" % APP.encode())
    table.wait_asked(2)
    table.set("starting")
    edge.wake()
    table.wait_asked(3)
    table.up(serve(lambda backend: backend.send(plain(b"got " + backend.request()[1]))))
    edge.wake()
    assert talk.answer().body == b"got body"
    assert len(log.wait()) == 1 and log.fields()["status"] == "200"


@pytest.mark.parametrize("said", [b"", b"HTTP/1.1 200 OK\r\nContent-", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"])
@pytest.mark.parametrize(("method", "code"), [("GET", None), ("POST", "H13")])
def test_a_dyno_stopped_with_a_request_unanswered(
    make_edge: MakeEdge,
    serve: Serve,
    table: Table,
    connect: Connect,
    log: Log,
    monkeypatch: pytest.MonkeyPatch,
    method: str,
    code: str | None,
    said: bytes,
) -> None:
    """It was taken out of the routes and closed before the client saw a byte: what may be repeated goes to the new."""
    monkeypatch.setattr(proxied, "_GATHER", GUARD)
    new = serve(always(plain(b"new")))

    def script(talk: Talk) -> None:
        talk.request()
        table.up(new)
        talk.send(said)

    table.up(serve(script))
    talk = connect(make_edge(limits=NO_POLL))
    talk.get(method=method)
    answer = talk.answer()
    assert log.fields().get("code") == (code if not said or code is None else "H18")
    assert (answer.status, answer.body == b"new") == ((200, True) if code is None else (503, False))


def test_a_request_is_sent_once_more_at_most(
    make_edge: MakeEdge, serve: Serve, table: Table, connect: Connect, log: Log
) -> None:
    """A request that kills its dyno must not kill them all, one after the other."""
    killed: list[int] = []

    def script(talk: Talk) -> None:
        talk.request()
        killed.append(1)
        table.up(serve(script))

    table.up(serve(script))
    talk = connect(make_edge(limits=NO_POLL))
    talk.get()
    assert talk.answer().status == 503
    assert log.fields()["code"] == "H13"
    assert len(killed) == 2


def test_restarts_lose_no_request(make_edge: MakeEdge, serve: Serve, table: Table, connect: Connect, log: Log) -> None:
    """Clients in a loop, while the dyno is replaced again and again: every answer is a 200."""
    edge = make_edge(limits=RouterLimits(poll=0.02))
    current = serve(always(plain(b"0")))
    table.up(current)
    stop = threading.Event()
    progress = threading.Condition()
    seen: list[list[tuple[int, bytes]]] = [[] for _ in range(4)]

    def client(talk: Talk, mine: list[tuple[int, bytes]]) -> None:
        while not stop.is_set():
            talk.get()
            answer = talk.answer()
            with progress:
                mine.append((answer.status, answer.body))
                progress.notify_all()

    clients = [threading.Thread(target=client, args=(connect(edge), mine)) for mine in seen]
    for thread in clients:
        thread.start()
    for turn in range(1, 11):
        with progress:
            # Each client has begun a request on this dyno: a request meets one restart, not two.
            enough = [len(mine) + 2 for mine in seen]
            while any(len(mine) < count for mine, count in zip(seen, enough, strict=True)):
                assert progress.wait(GUARD)
        table.set("starting")
        current.close()  # connections are closed, with requests under way
        current = serve(always(plain(b"%d" % turn)))
        table.up(current)
        edge.wake()
    stop.set()
    for thread in clients:
        thread.join(GUARD)
    assert [line for line in log.lines if "code=" in line] == []
    assert {status for mine in seen for status, _ in mine} == {200}
    assert len({body for mine in seen for _, body in mine}) > 5, "the dyno was really replaced"


def test_routes_may_name_a_port_of_another_time(
    make_edge: MakeEdge, serve: Serve, table: Table, connect: Connect, log: Log
) -> None:
    """A dyno that answers and closes each time is found again each time."""
    server = serve(once(plain()))
    table.set("up", Backend("web.7", server.port))
    talk = connect(make_edge())
    for _ in range(5):
        talk.get()
        assert talk.answer().body == b"hello"
    assert {fields(line)["dyno"] for line in log.wait(5)} == {"web.7"}


def finished(edge: Edge, server: Server) -> threading.Event:
    """Set when the edge says that the server has answered all that it had."""
    said = threading.Event()
    edge.let_finish(server.port, said.set)
    return said


@pytest.mark.parametrize("body", [b"", b"body"])
def test_a_dyno_that_is_to_be_stopped_finishes_what_was_sent_to_it(
    make_edge: MakeEdge, serve: Serve, table: Table, connect: Connect, body: bytes
) -> None:
    """Two requests, one of which is not even read: both are answered, and only then it has finished."""
    edge = make_edge(limits=replace(NO_POLL, let_finish=GUARD))
    reads = threading.Semaphore(0)

    def script(backend: Talk) -> None:
        assert reads.acquire(timeout=GUARD)
        backend.request()
        backend.send(plain())

    server = serve(script)
    table.up(server)
    talks = [connect(edge) for _ in range(2)]
    for number, talk in enumerate(talks, 1):
        talk.send(b"POST / HTTP/1.1\r\nHost: %b\r\nContent-Length: %d\r\n\r\n%b" % (APP.encode(), len(body), body))
        wait_until("the edge has sent it", lambda number=number: server.connections == number)
    table.set("starting")
    said = finished(edge, server)
    for _ in talks:
        assert not said.is_set()
        reads.release()
    assert [talk.answer().status for talk in talks] == [200, 200]
    assert said.wait(GUARD)


def test_a_dyno_without_requests_has_finished_at_once_and_its_kept_connections_are_closed(
    make_edge: MakeEdge, serve: Serve, table: Table, connect: Connect
) -> None:
    edge = make_edge(limits=NO_POLL)
    ended = threading.Event()

    def script(backend: Talk) -> None:
        backend.request()
        backend.send(plain())
        assert backend.rest() == b""
        ended.set()

    server = serve(script)
    table.up(server)
    talk = connect(edge)
    talk.get()
    assert talk.answer().status == 200
    assert not ended.is_set(), "it is kept for the next request"
    assert finished(edge, server).wait(GUARD)
    assert ended.wait(GUARD)


def test_nobody_waits_long_for_a_request_without_end(
    make_edge: MakeEdge, serve: Serve, table: Table, connect: Connect
) -> None:
    def silent(backend: Talk) -> None:
        backend.request()
        backend.rest()

    edge = make_edge(limits=replace(NO_POLL, let_finish=0.05))
    server = serve(silent)
    table.up(server)
    connect(edge).get()
    wait_until("the edge has sent it", lambda: server.connections == 1)
    assert finished(edge, server).wait(GUARD)
    edge.stop()
    assert finished(edge, server).is_set(), "an edge that has stopped has nothing at any dyno"
