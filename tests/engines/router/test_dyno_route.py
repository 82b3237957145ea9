"""Requests to apps: headers, round robin, every error code with its page and line."""

import re
import select
import socket
import threading
from collections.abc import Iterator

import pytest

from platform_sim.core.model.seams import Backend, RouteState
from platform_sim.engines.router.limits import RouterLimits

from .conftest import Connect, MakeEdge, Serve
from .world import APP, GUARD, Log, Table, Talk, always, fields, once, plain


def test_the_request_as_the_dyno_gets_it(make_edge: MakeEdge, serve: Serve, table: Table, connect: Connect) -> None:
    heads: list[str] = []

    def script(talk: Talk) -> None:
        while True:
            heads.append(talk.request()[0])
            talk.send(plain())

    table.up(serve(script))
    edge = make_edge()
    talk = connect(edge)
    talk.get(
        "/a?b=c", headers="X-My: 1\r\nX-Forwarded-Proto: https\r\nX-Request-Start: 1\r\nConnection: keep-alive\r\n"
    )
    assert talk.answer().status == 200
    assert heads[0].split("\r\n")[:-2] == [
        "GET /a?b=c HTTP/1.1",
        f"Host: {APP}",
        "X-My: 1",
        "X-Request-Id: request-1",
        "X-Forwarded-For: 127.0.0.1",
        "X-Forwarded-Proto: http",
        f"X-Forwarded-Port: {edge.port}",
        "X-Request-Start: 1700000000000",
        "Via: 1.1 heroku-router",
    ]
    talk.get(headers="X-Forwarded-For: 203.0.113.7\r\nVia: 1.0 me\r\nX-Request-Id: 0123456789-abcdefghij\r\n")
    assert talk.answer().header("Via") == "1.1 heroku-router"
    for line in (
        "X-Forwarded-For: 203.0.113.7, 127.0.0.1",
        "Via: 1.0 me, 1.1 heroku-router",
        "X-Request-Id: 0123456789-abcdefghij",
    ):
        assert f"\r\n{line}\r\n" in heads[1]


@pytest.mark.parametrize("given", ["short", "x" * 201, "0123456789 0123456789", '0123456789"0123456789'])
def test_a_strange_request_id_is_replaced(
    make_edge: MakeEdge, serve: Serve, table: Table, connect: Connect, log: Log, given: str
) -> None:
    table.up(serve(always(plain())))
    talk = connect(make_edge())
    talk.get(headers=f"X-Request-Id: {given}\r\n")
    assert talk.answer().status == 200
    assert log.fields()["request_id"] == "request-1"


def test_the_line_of_a_good_request(
    make_edge: MakeEdge, serve: Serve, table: Table, connect: Connect, log: Log
) -> None:
    table.up(serve(always(plain(b"Hello, world!", "201 Created"))))
    talk = connect(make_edge())
    talk.get('/p?q="x"', host=f"{APP.upper()}:5100", headers="X-Forwarded-For: 203.0.113.7\r\n")
    assert talk.answer().body == b"Hello, world!"
    line = re.sub(r"(connect|service)=\d+ms", r"\1=_ms", log.wait()[0])
    assert line == (
        f'at=info method=GET path="/p?q=%22x%22" host={APP} request_id=request-1 fwd="203.0.113.7, 127.0.0.1" '
        "dyno=web.1 connect=_ms service=_ms status=201 bytes=13 protocol=http1.1 tls=false"
    )
    assert log.apps == ["app-1"]


def test_bytes_are_those_of_the_body(
    make_edge: MakeEdge, serve: Serve, table: Table, connect: Connect, log: Log
) -> None:
    table.up(serve(always(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")))
    talk = connect(make_edge())
    talk.get()
    assert talk.answer().body == b"abcde"
    assert log.fields()["bytes"] == "5"


def test_dynos_take_turns(make_edge: MakeEdge, serve: Serve, table: Table, connect: Connect, log: Log) -> None:
    table.up(*(serve(always(plain(name))) for name in (b"web.1", b"web.2", b"web.3")))
    edge = make_edge()
    bodies = []
    for _ in range(3):
        talk = connect(edge)
        for _ in range(2):
            talk.get()
            bodies.append(talk.answer().body)
    assert bodies == [b"web.1", b"web.2", b"web.3"] * 2
    assert [fields(line)["dyno"].encode() for line in log.wait(6)] == bodies


def test_an_unknown_app(make_edge: MakeEdge, connect: Connect, log: Log) -> None:
    talk = connect(make_edge())
    for method in ("GET", "HEAD"):
        talk.get(host="missing.localhost", method=method)
        answer = talk.answer(head_only=method == "HEAD")
        assert answer.status == 404
        assert (b"No such app" in answer.body) == (method == "GET")
    assert log.lines == [], "there is no app whose log it could be"


@pytest.mark.parametrize(
    ("state", "code", "at", "desc", "status", "page"),
    [
        ("crashed", "H10", "error", "App crashed", 503, b"Application error"),
        ("none", "H14", "error", "No web processes running", 503, b"Application error"),
        ("maintenance", "H80", "info", "Maintenance mode", 503, b"maintenance"),
        ("blank", "H81", "info", "Blank app", 502, b"Welcome"),
    ],
)
def test_states_without_a_dyno(
    make_edge: MakeEdge,
    table: Table,
    connect: Connect,
    log: Log,
    state: RouteState,
    code: str,
    at: str,
    desc: str,
    status: int,
    page: bytes,
) -> None:
    table.set(state)
    talk = connect(make_edge())
    talk.get()
    answer = talk.answer()
    assert (answer.status, answer.header("Content-Type")) == (status, "text/html; charset=utf-8")
    assert page in answer.body
    assert log.wait() == [
        f'at={at} code={code} desc="{desc}" method=GET path="/" host={APP} request_id=request-1 fwd="127.0.0.1" '
        f"dyno= connect= service= status={status} bytes= protocol=http1.1 tls=false"
    ]
    talk.get()
    assert talk.answer().status == status, "the connection stays"


def error(talk: Talk, log: Log, code: str, status: int = 503) -> dict[str, str]:
    """The page is right; returns the fields of the line."""
    answer = talk.answer()
    assert (answer.status, b"Application error" in answer.body) == (status, True)
    line = log.fields()
    assert (line["code"], line["status"]) == (code, str(status))
    return line


def timings(line: dict[str, str]) -> tuple[str, bool, bool, str]:
    """dyno, whether connect and service are filled, bytes."""
    return line["dyno"], bool(line["connect"]), bool(line["service"]), line["bytes"]


def test_h12_no_answer_in_time(make_edge: MakeEdge, serve: Serve, table: Table, connect: Connect, log: Log) -> None:
    gone = threading.Event()

    def script(talk: Talk) -> None:
        talk.request()
        assert talk.rest() == b""
        gone.set()

    table.up(serve(script))
    talk = connect(make_edge(limits=RouterLimits(first_byte=0.1)))
    talk.get()
    line = error(talk, log, "H12")
    assert (line["at"], line["desc"]) == ("error", "Request timeout")
    assert timings(line) == ("web.1", True, True, "0")
    assert int(line["service"][:-2]) >= 100
    assert gone.wait(GUARD)
    talk.get()
    assert talk.answer().status == 503, "the client's connection stays"


def test_h13_closed_without_an_answer(
    make_edge: MakeEdge, serve: Serve, table: Table, connect: Connect, log: Log
) -> None:
    table.up(serve(once(b"")))
    talk = connect(make_edge())
    talk.get()
    line = error(talk, log, "H13")
    assert (line["desc"], *timings(line)) == ("Connection closed without response", "web.1", True, True, "0")


def test_h15_silence_in_the_middle(make_edge: MakeEdge, serve: Serve, table: Table, connect: Connect, log: Log) -> None:
    def script(talk: Talk) -> None:
        talk.request()
        talk.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nsome")
        talk.rest()

    table.up(serve(script))
    talk = connect(make_edge(limits=RouterLimits(idle=0.1)))
    talk.get()
    assert talk.until(b"\r\n\r\n").startswith(b"HTTP/1.1 200")
    assert talk.rest() == b"some"
    line = log.fields()
    assert (line["code"], line["desc"], line["status"], line["bytes"]) == ("H15", "Idle connection", "503", "4")


@pytest.mark.parametrize(
    "data", [b"this is not HTTP\r\n\r\n", b"HTTP/1.1 200 OK\r\nBad Name: x\r\n\r\n", b"HTTP/1.1 101 Sure\r\n\r\n"]
)
def test_h17_not_http(make_edge: MakeEdge, serve: Serve, table: Table, connect: Connect, log: Log, data: bytes) -> None:
    table.up(serve(once(data)))
    talk = connect(make_edge())
    talk.get()
    line = error(talk, log, "H17")
    assert (line["desc"], *timings(line)) == ("Poorly formatted HTTP response", "web.1", True, True, "0")


def test_h18_cut_in_the_middle(make_edge: MakeEdge, serve: Serve, table: Table, connect: Connect, log: Log) -> None:
    table.up(serve(once(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nsome")))
    talk = connect(make_edge())
    talk.get()
    assert talk.rest().endswith(b"\r\n\r\nsome")
    line = log.wait()[0]
    assert line.startswith('sock=backend at=error code=H18 desc="Server Request Interrupted" method=GET ')
    assert timings(fields(line)) == ("web.1", True, True, "4")


def test_h18_before_a_whole_head_has_a_page(
    make_edge: MakeEdge, serve: Serve, table: Table, connect: Connect, log: Log
) -> None:
    table.up(serve(once(b"HTTP/1.1 200 OK\r\nContent-Le")))
    talk = connect(make_edge())
    talk.get()
    error(talk, log, "H18")


def test_h18_right_after_the_head_is_one_answer(
    make_edge: MakeEdge, serve: Serve, table: Table, connect: Connect, log: Log
) -> None:
    """The head may be on its way to the client already, or give way to the page; never both."""
    table.up(serve(once(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n")))
    edge = make_edge()
    for number in range(1, 21):
        talk = connect(edge)
        talk.get()
        head = talk.until(b"\r\n\r\n")
        if b" 200 " in head:
            assert talk.rest() == b""
        else:
            assert b"Application error" in talk.body(head)
            assert select.select([talk.sock], [], [], 0.01)[0] == [], "the head does not come after the page"
        assert log.fields(number)["code"] == "H18"


def test_an_answer_without_framing_is_reset_when_it_breaks_off(
    make_edge: MakeEdge, serve: Serve, table: Table, connect: Connect, log: Log
) -> None:
    """An HTTP/1.0 client could not tell the end of the connection from the end of the answer."""
    table.up(serve(once(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nsome\r\n")))
    talk = connect(make_edge())
    talk.get(version="1.0")
    with pytest.raises(ConnectionResetError):
        while talk.sock.recv(65536):
            pass
    assert log.fields()["code"] == "H18"


@pytest.fixture
def deaf() -> Iterator[int]:
    """A port that neither accepts nor refuses: its queue of connections is full."""
    held: list[socket.socket] = []
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        connected = True
        while connected:
            sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            held.append(sock)
            sock.setblocking(False)
            sock.connect_ex(listener.getsockname())
            connected = bool(select.select([], [sock], [], 0.1)[1])
        yield listener.getsockname()[1]
        for sock in held:
            sock.close()


def test_h19_no_connection_in_time(make_edge: MakeEdge, table: Table, connect: Connect, log: Log, deaf: int) -> None:
    table.set("up", Backend("web.1", deaf))
    talk = connect(make_edge(limits=RouterLimits(connect=0.1)))
    talk.get()
    line = error(talk, log, "H19")
    assert (line["desc"], *timings(line)) == ("Backend connection timeout", "web.1", True, False, "")
    assert int(line["connect"][:-2]) >= 100


def test_h25_too_large_headers(make_edge: MakeEdge, serve: Serve, table: Table, connect: Connect, log: Log) -> None:
    table.up(serve(once(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 5000 + b"\r\nContent-Length: 0\r\n\r\n")))
    talk = connect(make_edge(limits=RouterLimits(head_bytes=2048)))
    talk.get()
    assert error(talk, log, "H25", 502)["desc"] == "HTTP restriction: oversized header"


def test_h26_expectations(make_edge: MakeEdge, serve: Serve, table: Table, connect: Connect, log: Log) -> None:
    table.up(serve(always(plain())))
    talk = connect(make_edge())
    talk.get(headers="Expect: miracles\r\n")
    assert error(talk, log, "H26", 417)["cause"] == "unsupported expect header value"


def test_h27_the_client_goes_away(make_edge: MakeEdge, serve: Serve, table: Table, connect: Connect, log: Log) -> None:
    arrived, gone = threading.Event(), threading.Event()

    def script(talk: Talk) -> None:
        talk.request()
        arrived.set()
        talk.rest()
        gone.set()

    table.up(serve(script))
    talk = connect(make_edge())
    talk.get()
    assert arrived.wait(GUARD)
    talk.sock.close()
    line = log.wait()[0]
    assert line.startswith('sock=client at=warning code=H27 desc="Client Request Interrupted" method=GET ')
    assert (fields(line)["status"], *timings(fields(line))) == ("499", "web.1", True, True, "0")
    assert gone.wait(GUARD)


def test_h27_in_the_middle_of_an_answer(
    make_edge: MakeEdge, serve: Serve, table: Table, connect: Connect, log: Log
) -> None:
    gone = threading.Event()

    def script(talk: Talk) -> None:
        talk.request()
        talk.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nsome\r\n")
        talk.rest()
        gone.set()

    table.up(serve(script))
    talk = connect(make_edge())
    talk.get()
    talk.until(b"some\r\n")
    talk.sock.close()
    assert (log.fields()["code"], log.fields()["bytes"]) == ("H27", "4")
    assert gone.wait(GUARD)


def test_h28_the_client_falls_silent_in_its_body(
    make_edge: MakeEdge, serve: Serve, table: Table, connect: Connect, log: Log
) -> None:
    def script(talk: Talk) -> None:
        assert talk.rest().endswith(b"some")

    table.up(serve(script))
    talk = connect(make_edge(limits=RouterLimits(idle=0.1)))
    talk.send(b"POST / HTTP/1.1\r\nHost: %b\r\nContent-Length: 10\r\n\r\nsome" % APP.encode())
    line = error(talk, log, "H28", 499)
    assert (line["at"], line["desc"]) == ("warning", "Client Connection Idle")
    assert talk.rest() == b""


def test_the_time_for_the_first_byte_begins_with_the_whole_request(
    make_edge: MakeEdge, serve: Serve, table: Table, connect: Connect, log: Log
) -> None:
    """An upload that takes longer than `first_byte` is no H12."""
    head_seen = threading.Event()

    def script(talk: Talk) -> None:
        head = talk.until(b"\r\n\r\n")
        talk.exactly(4)
        head_seen.set()
        talk.exactly(6)
        assert head.startswith(b"POST")
        talk.send(plain())

    table.up(serve(script))
    limits = RouterLimits(first_byte=0.2)
    talk = connect(make_edge(limits=limits))
    talk.send(b"POST / HTTP/1.1\r\nHost: %b\r\nContent-Length: 10\r\n\r\nsome" % APP.encode())
    assert head_seen.wait(GUARD)
    assert select.select([talk.sock], [], [], 0.4)[0] == [], "no answer, though first_byte is over"
    object.__setattr__(limits, "first_byte", GUARD)  # now it runs, and the machine may be busy
    talk.send(b" bytes")
    assert talk.answer().status == 200


def test_streaming_apps(make_edge: MakeEdge, serve: Serve, table: Table, connect: Connect, log: Log) -> None:
    seen = threading.Event()

    def script(talk: Talk) -> None:
        talk.request()
        talk.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n")
        talk.send(b"data: 1\n\n")
        assert seen.wait(GUARD), "the client has the first piece before the second is written"
        talk.send(b"data: 2\n\n")

    table.up(serve(script))
    talk = connect(make_edge())
    talk.get()
    talk.until(b"\r\n\r\n")
    assert talk.chunk() == b"data: 1\n\n"
    seen.set()
    assert (talk.chunk(), talk.chunk()) == (b"data: 2\n\n", b"")
    assert (log.fields()["status"], log.fields()["bytes"]) == ("200", "18")
