"""ClientConnection: one connection, many requests, and clients that misbehave."""

import json
import threading

import pytest

from platform_sim.core.model.seams import Route
from platform_sim.engines.router.limits import RouterLimits

from .conftest import Connect, MakeEdge, Serve
from .world import APP, GUARD, Log, Table, Talk, always, plain


def echo(talk: Talk) -> None:
    """Answers with the request's path and body."""
    while True:
        head, body = talk.request()
        talk.send(plain(head.split(" ")[1].encode() + b" " + body))


def test_each_request_of_a_connection_is_routed_on_its_own(
    make_edge: MakeEdge, serve: Serve, table: Table, connect: Connect
) -> None:
    table.up(serve(always(plain(b"one"))), host="one.localhost")
    table.up(serve(always(plain(b"two"))), host="two.localhost", app_id="app-2")
    talk = connect(make_edge(control=serve(always(plain(b"api"))).port))
    for host, body in (("one.localhost", b"one"), ("localhost:5100", b"api"), ("TWO.localhost:5100", b"two")) * 2:
        talk.get(host=host)
        assert talk.answer().body == body


def test_pipelined_requests_are_answered_in_order(
    make_edge: MakeEdge, serve: Serve, table: Table, connect: Connect
) -> None:
    table.up(serve(echo))
    talk = connect(make_edge(control=serve(echo).port))
    sent = b""
    for number in range(40):
        host = (APP, "localhost", "none.localhost")[number % 3]
        sent += b"POST /%d HTTP/1.1\r\nHost: %b\r\nContent-Length: 3\r\n\r\n%03d" % (number, host.encode(), number)
    talk.send(sent)
    for number in range(40):
        answer = talk.answer()
        if number % 3 == 2:
            assert answer.status == 404
        else:
            assert answer.body == b"/%d %03d" % (number, number)
    talk.get("/last")
    assert talk.answer().body == b"/last ", "reading goes on after it was paused"


def test_reading_goes_on_after_many_requests_at_once(
    make_edge: MakeEdge, serve: Serve, table: Table, connect: Connect
) -> None:
    table.up(serve(echo))
    talk = connect(make_edge(limits=RouterLimits(pipeline=3)))
    for _ in range(2):
        talk.send(b"".join(b"GET /%d HTTP/1.1\r\nHost: %b\r\n\r\n" % (number, APP.encode()) for number in range(30)))
        assert [talk.answer().body for _ in range(30)] == [b"/%d " % number for number in range(30)]


def test_pipelined_bodies_larger_than_any_buffer(
    make_edge: MakeEdge, serve: Serve, table: Table, connect: Connect
) -> None:
    table.up(serve(echo))
    talk = connect(make_edge())
    body = b"b" * 300_000
    request = b"POST /x HTTP/1.1\r\nHost: %b\r\nContent-Length: %d\r\n\r\n" % (APP.encode(), len(body))
    sender = threading.Thread(target=talk.send, args=((request + body) * 3,))
    sender.start()
    for _ in range(3):
        assert talk.answer().body == b"/x " + body
    sender.join(GUARD)


def test_connection_close_is_honoured(make_edge: MakeEdge, serve: Serve, table: Table, connect: Connect) -> None:
    table.up(serve(always(plain())))
    talk = connect(make_edge())
    talk.get(headers="Connection: close\r\n")
    answer = talk.answer()
    assert (answer.body, answer.header("Connection")) == (b"hello", "close")
    assert talk.rest() == b""


def test_http_1_0(make_edge: MakeEdge, serve: Serve, table: Table, connect: Connect) -> None:
    table.up(serve(always(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n")))
    table.up(serve(always(plain())), host="plain.localhost")
    edge = make_edge()
    talk = connect(edge)
    talk.get(version="1.0")
    answer = talk.answer()
    assert (answer.body, answer.header("Transfer-Encoding"), answer.header("Connection")) == (b"abc", None, "close")
    kept = connect(edge)
    for _ in range(2):
        kept.get(version="1.0", headers="Connection: keep-alive\r\n", host="plain.localhost")
        answer = kept.answer()
        assert (answer.body, answer.header("Connection")) == (b"hello", "keep-alive")


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"\x00garbage\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\nNo colon\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"y" * 70000 + b"\r\n\r\n", 431),
        (b"GET /" + b"y" * 70000, 431),
        (b"GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505),
        (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: br\r\n\r\n", 501),
        (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nExpect: miracles\r\n\r\n", 417),
    ],
)
def test_malformed_requests_get_a_clear_answer(
    make_edge: MakeEdge, connect: Connect, log: Log, data: bytes, status: int
) -> None:
    talk = connect(make_edge())
    talk.send(data)
    answer = talk.answer()
    assert answer.status == status
    assert answer.header("Content-Type") == "application/json"
    assert set(json.loads(answer.body)) == {"id", "message"}
    assert talk.rest() == b"", "and the connection is closed"
    assert log.lines == []


def test_answers_owed_before_the_garbage_are_given(
    make_edge: MakeEdge, serve: Serve, table: Table, connect: Connect
) -> None:
    table.up(serve(echo))
    talk = connect(make_edge())
    talk.send(
        b"GET /1 HTTP/1.1\r\nHost: %b\r\n\r\nGET /2 HTTP/1.1\r\nHost: %b\r\n\r\n???\r\n\r\n" % ((APP.encode(),) * 2)
    )
    assert [talk.answer().body for _ in range(2)] == [b"/1 ", b"/2 "]
    assert talk.answer().status == 400
    assert talk.rest() == b""


def test_a_broken_body_is_400_and_the_backend_hears_no_more(
    make_edge: MakeEdge, serve: Serve, table: Table, connect: Connect, log: Log
) -> None:
    arrived = threading.Event()
    ended = threading.Event()

    def script(talk: Talk) -> None:
        talk.until(b"3\r\nabc\r\n")
        arrived.set()
        assert talk.rest() == b""
        ended.set()

    server = serve(script)
    table.up(server)
    for host in (APP, "localhost"):
        arrived.clear()
        ended.clear()
        talk = connect(make_edge(control=server.port))
        talk.send(b"POST / HTTP/1.1\r\nHost: %b\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n" % host.encode())
        assert arrived.wait(GUARD)
        talk.send(b"no size\r\n")
        assert talk.answer().status == 400
        assert talk.rest() == b""
        assert ended.wait(GUARD)
    line = log.fields()
    assert (line["code"], line["cause"], line["status"], line["dyno"]) == ("H26", "bad chunk", "400", "web.1")
    assert len(log.lines) == 1


def test_silent_and_slow_clients_are_closed(make_edge: MakeEdge, connect: Connect) -> None:
    edge = make_edge(limits=RouterLimits(keep_alive=0.05))
    silent, slow = connect(edge), connect(edge)
    slow.send(b"GET / HTTP/1.1\r\nHos")
    assert (silent.rest(), slow.rest()) == (b"", b"")


def test_an_unread_body_does_not_eat_the_answer(make_edge: MakeEdge, table: Table, connect: Connect) -> None:
    """Closing at once would reset the connection, and with it the answer that is on its way."""
    table.set("crashed")
    talk = connect(make_edge(limits=RouterLimits(linger=GUARD)))
    size = 20_000_000
    talk.send(b"POST / HTTP/1.1\r\nHost: %b\r\nContent-Length: %d\r\n\r\n" % (APP.encode(), size) + b"z" * size)
    answer = talk.answer()
    assert (answer.status, answer.header("Connection")) == (503, "close")
    assert talk.rest() == b""


def test_a_fault_of_ours_is_an_answer(
    make_edge: MakeEdge, table: Table, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(host: str) -> Route | None:
        raise ZeroDivisionError("on purpose")

    monkeypatch.setattr(table, "find", broken)
    talk = connect(make_edge())
    talk.get()
    answer = talk.answer()
    assert (answer.status, json.loads(answer.body)["id"]) == (500, "internal_server_error")
    assert talk.rest() == b""
