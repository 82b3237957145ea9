"""Requests to the control server: unchanged, streamed, held back when somebody is slow."""

import hashlib
import json
import threading

import pytest

from .conftest import Connect, MakeEdge, Serve
from .world import GUARD, Log, Table, Talk, always, once, plain, until_stalled

BIG = bytes(range(256)) * 40960  # 10 MB


def test_request_and_answer_pass_unchanged(make_edge: MakeEdge, serve: Serve, connect: Connect, log: Log) -> None:
    heads: list[str] = []

    def script(talk: Talk) -> None:
        head, body = talk.request()
        heads.append(head)
        assert body == b'{"a": 1}'
        talk.send(
            b"HTTP/1.1 422 Unprocessable Thing\r\nServer: control\r\nRequest-Id: r1\r\nETag: W/x\r\nX-a: 1\r\n"
            b"X-A: 2\r\nContent-Length: 2\r\n\r\n{}"
        )

    edge = make_edge(control=serve(script).port)
    talk = connect(edge)
    talk.send(
        b"PATCH /apps/a%20b?x=%2F HTTP/1.1\r\nHost: localhost:5100\r\nAuthorization: Basic Zm9v\r\n"
        b"X-Request-Id: mine\r\nAccept: application/vnd.heroku+json; version=3\r\nRange: id ..; max=5\r\n"
        b'Content-Length: 8\r\nX-Forwarded-For: 6.6.6.6\r\n\r\n{"a": 1}'
    )
    answer = talk.answer()
    assert (answer.line, answer.body) == ("HTTP/1.1 422 Unprocessable Thing", b"{}")
    assert answer.headers == [
        ("Server", "control"),
        ("Request-Id", "r1"),
        ("ETag", "W/x"),
        ("X-a", "1"),
        ("X-A", "2"),
        ("Content-Length", "2"),
    ]
    assert heads[0].split("\r\n")[:-2] == [
        "PATCH /apps/a%20b?x=%2F HTTP/1.1",
        "Host: localhost:5100",
        "Authorization: Basic Zm9v",
        "Accept: application/vnd.heroku+json; version=3",
        "Range: id ..; max=5",
        "X-Request-Id: mine",
        "X-Forwarded-For: 127.0.0.1",
        "X-Forwarded-Proto: http",
        "Content-Length: 8",
    ]
    assert log.lines == [], "the router's log is about apps"


@pytest.mark.parametrize("chunked", [False, True])
def test_large_bodies_both_ways(make_edge: MakeEdge, serve: Serve, connect: Connect, chunked: bool) -> None:
    def script(talk: Talk) -> None:
        _, body = talk.request()
        digest = hashlib.sha256(body).hexdigest().encode()
        if chunked:
            talk.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-Digest: %b\r\n\r\n" % digest)
            for at in range(0, len(BIG), 100_000):
                part = BIG[at : at + 100_000]
                talk.send(b"%x\r\n%b\r\n" % (len(part), part))
            talk.send(b"0\r\n\r\n")
        else:
            talk.send(plain(BIG, headers=b"X-Digest: %b\r\n" % digest))

    talk = connect(make_edge(control=serve(script).port))

    def upload() -> None:
        if chunked:
            talk.send(b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n")
            for at in range(0, len(BIG), 70_000):
                part = BIG[at : at + 70_000]
                talk.send(b"%x\r\n%b\r\n" % (len(part), part))
            talk.send(b"0\r\n\r\n")
        else:
            talk.send(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % len(BIG))
            talk.send(BIG)

    sender = threading.Thread(target=upload)
    sender.start()
    answer = talk.answer()
    sender.join(GUARD)
    assert answer.header("X-Digest") == hashlib.sha256(BIG).hexdigest()
    assert answer.body == BIG


def test_an_answer_is_passed_on_piece_by_piece(make_edge: MakeEdge, serve: Serve, connect: Connect) -> None:
    seen = threading.Event()

    def script(talk: Talk) -> None:
        talk.request()
        talk.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n")
        assert seen.wait(GUARD), "the client sees the first piece before there is a second"
        talk.send(b"6\r\nsecond\r\n0\r\n\r\n")

    talk = connect(make_edge(control=serve(script).port))
    talk.get(host="localhost")
    talk.until(b"\r\n\r\n")
    assert talk.chunk() == b"first"
    seen.set()
    assert (talk.chunk(), talk.chunk()) == (b"second", b"")


def test_a_head_without_body_is_not_held_back_for_long(make_edge: MakeEdge, serve: Serve, connect: Connect) -> None:
    seen = threading.Event()

    def script(talk: Talk) -> None:
        talk.request()
        talk.send(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n")
        assert seen.wait(GUARD)
        talk.send(b"hi")

    talk = connect(make_edge(control=serve(script).port))
    talk.get(host="localhost")
    assert b"Content-Length: 2\r\n" in talk.until(b"\r\n\r\n")
    seen.set()
    assert talk.exactly(2) == b"hi"


def test_a_request_is_passed_on_piece_by_piece(make_edge: MakeEdge, serve: Serve, connect: Connect) -> None:
    seen = threading.Event()

    def script(talk: Talk) -> None:
        talk.until(b"\r\n\r\n")
        assert talk.chunk() == b"first"
        seen.set()
        assert (talk.chunk(), talk.chunk()) == (b"second", b"")
        talk.send(plain())

    talk = connect(make_edge(control=serve(script).port))
    talk.send(b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n")
    assert seen.wait(GUARD)
    talk.send(b"6\r\nsecond\r\n0\r\n\r\n")
    assert talk.answer().body == b"hello"


MUCH = 48 << 20


def test_a_client_that_does_not_read_stops_the_backend(make_edge: MakeEdge, serve: Serve, connect: Connect) -> None:
    sent: list[int] = []
    stalled = threading.Event()

    def script(talk: Talk) -> None:
        talk.request()
        talk.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % MUCH)
        sent.append(until_stalled(talk, MUCH))
        stalled.set()
        talk.send(b"x" * (MUCH - sent[0]))

    talk = connect(make_edge(control=serve(script).port))
    talk.get(host="localhost")
    assert stalled.wait(GUARD)
    assert sent[0] < MUCH * 3 // 4
    assert len(talk.answer().body) == MUCH


def test_a_backend_that_does_not_read_stops_the_client(make_edge: MakeEdge, serve: Serve, connect: Connect) -> None:
    stalled = threading.Event()

    def script(talk: Talk) -> None:
        head = talk.until(b"\r\n\r\n")
        assert stalled.wait(GUARD)
        talk.body(head)
        talk.send(plain())

    talk = connect(make_edge(control=serve(script).port))
    talk.send(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % MUCH)
    sent = until_stalled(talk, MUCH)
    assert sent < MUCH * 3 // 4
    stalled.set()
    talk.send(b"x" * (MUCH - sent))
    assert talk.answer().body == b"hello"


def test_head_and_bodyless_answers_keep_the_connection(make_edge: MakeEdge, serve: Serve, connect: Connect) -> None:
    answers = {
        "/head": b"HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n",
        "/chunked": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        "/204": b"HTTP/1.1 204 No Content\r\n\r\n",
        "/304": b"HTTP/1.1 304 Not Modified\r\nETag: x\r\nContent-Length: 5\r\n\r\n",
    }

    def script(talk: Talk) -> None:
        while True:
            head, _ = talk.request()
            talk.send(answers.get(head.split(" ")[1], plain()))

    server = serve(script)
    talk = connect(make_edge(control=server.port))
    for path in answers:
        bodyless = path in ("/head", "/chunked")
        talk.get(path, host="localhost", method="HEAD" if bodyless else "GET")
        answer = talk.answer(head_only=bodyless)
        assert answer.header("Content-Length") == {"/head": "12", "/304": "5"}.get(path)
        assert answer.header("Transfer-Encoding") is None
        talk.get("/", host="localhost")
        assert talk.answer().body == b"hello"
    assert server.connections == 1, "and the one to the backend, too"


def test_expect_100_continue(make_edge: MakeEdge, serve: Serve, connect: Connect) -> None:
    heads: list[str] = []

    def script(talk: Talk) -> None:
        head, body = talk.request()
        heads.append(head)
        talk.send(plain(body))

    talk = connect(make_edge(control=serve(script).port))
    talk.send(b"PUT / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nExpect: 100-Continue\r\n\r\n")
    assert talk.until(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
    talk.send(b"body")
    assert talk.answer().body == b"body"
    assert "xpect" not in heads[0]


def test_an_answer_that_ends_with_the_backend_s_connection(make_edge: MakeEdge, serve: Serve, connect: Connect) -> None:
    server = serve(once(b"HTTP/1.0 200 OK\r\nX: y\r\n\r\nsome body"))
    edge = make_edge(control=server.port)
    talk = connect(edge)
    for _ in range(2):
        talk.get(host="localhost")
        assert talk.answer().body == b"some body"
    old = connect(edge)
    old.get(host="localhost", version="1.0")
    assert old.answer().body == b"some body"


def test_kept_connections_are_used_again(make_edge: MakeEdge, serve: Serve, connect: Connect) -> None:
    server = serve(always(plain()))
    edge = make_edge(control=server.port)
    for talk in (connect(edge), connect(edge)):
        for _ in range(3):
            talk.get(host="localhost")
            assert talk.answer().body == b"hello"
    assert server.connections == 1


@pytest.mark.parametrize(("method", "status"), [("GET", 200), ("DELETE", 200), ("POST", 503)])
def test_a_connection_that_went_stale(
    make_edge: MakeEdge, serve: Serve, connect: Connect, method: str, status: int
) -> None:
    """The backend reads the second request of a kept connection and closes: only what may be repeated is."""
    first = threading.Event()

    def script(talk: Talk) -> None:
        talk.request()
        talk.send(plain())
        if not first.is_set():
            first.set()
            talk.request()

    server = serve(script)
    talk = connect(make_edge(control=server.port))
    talk.get(host="localhost")
    assert talk.answer().status == 200
    talk.get(host="localhost", method=method)
    assert talk.answer().status == status
    assert server.connections == (2 if status == 200 else 1)


def test_a_body_once_sent_is_not_sent_again(make_edge: MakeEdge, serve: Serve, connect: Connect) -> None:
    def script(talk: Talk) -> None:
        talk.request()
        talk.send(plain())
        talk.request()

    server = serve(script)
    talk = connect(make_edge(control=server.port))
    talk.get(host="localhost")
    assert talk.answer().status == 200
    talk.send(b"PUT / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\nab")
    assert talk.answer().status == 503
    assert server.connections == 1


def test_no_control_server(make_edge: MakeEdge, serve: Serve, connect: Connect) -> None:
    server = serve(always(plain()))
    server.stop_listening()
    talk = connect(make_edge(control=server.port))
    for _ in range(2):
        talk.get(host="localhost")
        answer = talk.answer()
        assert (answer.status, json.loads(answer.body)["id"]) == (503, "service_unavailable")


def test_an_answer_that_breaks_off_is_seen_as_broken(make_edge: MakeEdge, serve: Serve, connect: Connect) -> None:
    edge = make_edge(control=serve(once(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this")).port)
    talk = connect(edge)
    talk.get(host="localhost")
    assert talk.until(b"\r\n\r\n").startswith(b"HTTP/1.1 200")
    assert talk.rest() == b"only this"


def test_an_answer_before_the_whole_request(make_edge: MakeEdge, serve: Serve, connect: Connect) -> None:
    answered = threading.Event()

    def script(talk: Talk) -> None:
        talk.until(b"\r\n\r\n")
        talk.send(plain(b"too large", "413 Too Large"))
        assert answered.wait(GUARD)

    talk = connect(make_edge(control=serve(script).port))
    talk.send(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\nsome")
    answer = talk.answer()
    answered.set()
    assert (answer.status, answer.body) == (413, b"too large")
    assert talk.rest() == b""


def test_a_client_that_goes_away_ends_the_backend_s_work(make_edge: MakeEdge, serve: Serve, connect: Connect) -> None:
    arrived, gone = threading.Event(), threading.Event()

    def script(talk: Talk) -> None:
        talk.request()
        arrived.set()
        talk.rest()
        gone.set()

    talk = connect(make_edge(control=serve(script).port))
    talk.get(host="localhost")
    assert arrived.wait(GUARD)
    talk.sock.close()
    assert gone.wait(GUARD)


def test_upgrades_are_not_for_the_control_server(make_edge: MakeEdge, serve: Serve, connect: Connect) -> None:
    heads: list[str] = []

    def script(talk: Talk) -> None:
        while True:
            heads.append(talk.request()[0])
            talk.send(plain())

    talk = connect(make_edge(control=serve(script).port))
    talk.get(
        host="localhost", headers="Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMA\r\n"
    )
    assert talk.answer().body == b"hello"
    talk.get(host="localhost")
    assert talk.answer().body == b"hello"
    assert "pgrade" not in heads[0] and "HTTP2" not in heads[0]


def test_routes_do_not_mix(make_edge: MakeEdge, serve: Serve, table: Table, connect: Connect) -> None:
    """A host that is nobody's app and an app that does not exist are different things."""
    edge = make_edge(control=serve(always(plain(b"api"))).port)
    talk = connect(edge)
    for host, status in (("api.heroku.com", 200), ("", 200), ("127.0.0.1", 200), ("missing.localhost", 404)):
        talk.get(host=host)
        assert talk.answer().status == status
