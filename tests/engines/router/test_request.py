"""RequestReader: bytes in, requests out."""

import pytest

from platform_sim.engines.router.request import BadRequest, Request, RequestReader


def read(data: bytes, limit: int = 65536) -> RequestReader:
    reader = RequestReader(limit)
    reader.feed(data)
    return reader


def one(data: bytes) -> Request:
    reader = read(data)
    assert len(reader.ready) == 1
    return reader.ready[0]


def test_a_get_is_ready_and_ended() -> None:
    request = one(b"GET /a?b=c HTTP/1.1\r\nHost: App.localhost:5100\r\nAccept: */*\r\n\r\n")
    assert (request.method, request.target, request.http10) == (b"GET", b"/a?b=c", False)
    assert (request.host, request.name) == (b"App.localhost:5100", "app.localhost")
    assert request.block == [b"Host: App.localhost:5100\r\n", b"Accept: */*\r\n"]
    assert request.ended and request.keep_alive and request.length is None and not request.chunked


def test_every_split_of_the_bytes_gives_the_same_requests() -> None:
    data = (
        b"POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nX: y\r\n\r\nhello"
        b"POST /y HTTP/1.1\r\nHost: b\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nTrailer: t\r\n\r\n"
    )
    for cut in range(1, len(data)):
        reader = RequestReader(65536)
        reader.feed(data[:cut])
        reader.feed(data[cut:])
        first, second = reader.ready
        assert (first.target, b"".join(first.take()), first.ended) == (b"/x", b"hello", True)
        assert (second.target, b"".join(second.take()), second.ended) == (b"/y", b"abc", True)
        assert second.block == [b"Host: b\r\n"], "a trailer is dropped"


def test_the_body_grows_in_place_and_is_taken_once() -> None:
    reader = read(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\nabc")
    request = reader.ready[0]
    assert reader.reading is request
    assert (request.size, request.take(), request.size, request.ended) == (3, [b"abc"], 0, False)
    reader.feed(b"def")
    assert (request.take(), request.ended) == ([b"def"], True)
    assert reader.reading is not request


def test_hop_by_hop_headers_are_not_passed_on() -> None:
    request = one(
        b"GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, X-Mine\r\nX-Mine: 1\r\nKeep-Alive: timeout=5\r\n"
        b"TE: trailers\r\nProxy-Connection: close\r\nTrailer: x\r\nX-Other: 2\r\n\r\n"
    )
    assert request.block == [b"Host: a\r\n", b"X-Other: 2\r\n"]


def test_headers_for_looking_at() -> None:
    request = one(b"GET / HTTP/1.1\r\nHost: a\r\nAccept: x\r\nACCEPT: y\r\nX-Request-Id: 1\r\n\r\n")
    assert request.headers() == {"host": "a", "accept": "x, y", "x-request-id": "1"}


def test_repeated_special_headers_are_joined() -> None:
    request = one(b"GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 1.1.1.1\r\nX-Forwarded-For: 2.2.2.2\r\n\r\n")
    assert request.special[b"x-forwarded-for"] == b"1.1.1.1, 2.2.2.2"


def test_the_absolute_form_names_the_host() -> None:
    for target, host, path in (
        (b"http://app.localhost:5100/x?y", b"app.localhost:5100", b"/x?y"),
        (b"HTTP://app.localhost", b"app.localhost", b"/"),
        (b"http://app.localhost?q=/", b"app.localhost", b"/?q=/"),
    ):
        request = one(b"GET %b HTTP/1.1\r\nHost: other\r\nA: b\r\n\r\n" % target)
        assert (request.host, request.target) == (host, path)
        assert request.block == [b"Host: %b\r\n" % host, b"A: b\r\n"]


def test_host_names_without_port() -> None:
    for host, name in ((b"A.b", "a.b"), (b"a.b:1", "a.b"), (b"[::1]:80", "::1"), (b"[::1]", "::1")):
        assert one(b"GET / HTTP/1.1\r\nHost: %b\r\n\r\n" % host).name == name


def test_http_1_0_needs_no_host_and_closes_by_default() -> None:
    request = one(b"GET / HTTP/1.0\r\n\r\n")
    assert (request.http10, request.keep_alive, request.name) == (True, False, "")
    assert one(b"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").keep_alive


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"what is this\r\n\r\n", 400),
        (b"\x00\x01\x02", 400),
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX: y\r\n z\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX: \x01\r\n\r\n", 400),
        (b"GET nothing HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501),
        (b"GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505),
    ],
)
def test_what_is_refused(data: bytes, status: int) -> None:
    with pytest.raises(BadRequest) as caught:
        read(data)
    assert caught.value.status == status
    assert str(caught.value)


def test_heads_are_bounded_whether_they_end_or_not() -> None:
    line = b"GET / HTTP/1.1\r\nHost: a\r\nX: "
    assert read(line + b"y" * 900 + b"\r\n\r\n", limit=1024).ready
    for rest in (b"y" * 1100 + b"\r\n\r\n", b"y" * 1100):
        with pytest.raises(BadRequest) as caught:
            read(line + rest, limit=1024)
        assert caught.value.status == 431
    reader = RequestReader(1024)
    with pytest.raises(BadRequest):
        for _ in range(100):
            reader.feed((line if not reader._in_head else b"") + b"y" * 50)


def test_bodies_and_earlier_requests_do_not_count_as_head() -> None:
    request = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5000\r\n\r\n" + b"z" * 5000
    reader = read(request * 2 + b"GET / HT", limit=1024)
    reader.feed(b"TP/1.1\r\nHost: a\r\n\r\n")
    assert len(reader.ready) == 3


def test_nothing_is_read_after_the_last_request() -> None:
    reader = read(b"GET /1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n")
    reader.feed(b"garbage")
    assert [request.target for request in reader.ready] == [b"/1"]


WEBSOCKET = b"GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"


def test_bytes_after_an_upgrade_are_kept_for_the_tunnel() -> None:
    reader = read(WEBSOCKET + b"\x81\x00")
    reader.feed(b"more")
    assert (reader.ready[0].upgrade, reader.ready[0].ended, reader.upgraded) == (b"websocket", True, True)
    assert (reader.take_tail(), reader.take_tail()) == (b"\x81\x00more", b"")


def test_after_a_refused_upgrade_http_goes_on() -> None:
    reader = read(WEBSOCKET + b"GET /next HTTP/1.1\r\nHost: a\r\n\r\n")
    reader.resume_http()
    reader.feed(b"GET /last HTTP/1.1\r\nHost: a\r\n\r\n")
    assert [request.target for request in reader.ready] == [b"/ws", b"/next", b"/last"]


@pytest.mark.parametrize(
    ("framing", "body"),
    [(b"Content-Length: 5\r\n", b"hello"), (b"Transfer-Encoding: chunked\r\n", b"5\r\nhello\r\n0\r\n\r\n")],
)
def test_an_upgrade_with_a_body_is_a_plain_request(framing: bytes, body: bytes) -> None:
    head = b"POST / HTTP/1.1\r\nHost: a\r\n%bConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n" % framing
    data = head + body + b"GET /next HTTP/1.1\r\nHost: a\r\n\r\n"
    for cut in range(len(head), len(data)):
        reader = read(data[:cut])
        reader.feed(data[cut:])
        first, second = reader.ready
        assert (first.upgrade, b"".join(first.take()), first.ended) == (None, b"hello", True)
        assert (second.target, second.method) == (b"/next", b"GET")
