"""ResponseReader: bytes in, answers out."""

import pytest

from platform_sim.engines.router.response import BadResponse, ResponseHead, ResponseReader


def read(data: bytes, bodyless: bool = False, limit: int = 65536) -> ResponseReader:
    reader = ResponseReader(limit)
    reader.reset(bodyless)
    reader.feed(data)
    return reader


def head_of(reader: ResponseReader) -> ResponseHead:
    assert reader.head is not None
    return reader.head


def test_an_answer_with_a_length() -> None:
    reader = read(
        b"HTTP/1.1 418 I'm a Teapot\r\nA: b\r\nContent-Length: 3\r\nSet-Cookie: x\r\nSet-Cookie: y\r\n\r\nabc"
    )
    head = head_of(reader)
    assert (head.status, head.reason, head.length, head.keep_alive) == (418, b"I'm a Teapot", b"3", True)
    assert head.block == [b"A: b\r\n", b"Set-Cookie: x\r\n", b"Set-Cookie: y\r\n"]
    assert (reader.take(), reader.take(), reader.ended) == ([b"abc"], [], True)


def test_every_split_of_the_bytes_gives_the_same_answer() -> None:
    data = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX: y\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\nT: u\r\n\r\n"
    for cut in range(1, len(data)):
        reader = read(data[:cut])
        reader.feed(data[cut:])
        assert head_of(reader).block == [b"X: y\r\n"]
        assert (b"".join(reader.take()), reader.ended, head_of(reader).keep_alive) == (b"abcde", True, True)


def test_an_answer_that_ends_with_the_connection() -> None:
    reader = read(b"HTTP/1.0 200 OK\r\n\r\nabc")
    assert (reader.until_close, reader.ended, head_of(reader).keep_alive) == (True, False, False)


@pytest.mark.parametrize("status", [b"204 No Content", b"304 Not Modified"])
def test_answers_without_a_body_end_with_their_head(status: bytes) -> None:
    reader = read(b"HTTP/1.1 %b\r\nX: y\r\n\r\n" % status)
    assert (reader.ended, reader.until_close) == (True, False)


def test_after_head_the_next_answer_is_read() -> None:
    reader = read(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n", bodyless=True)
    assert (reader.ended, head_of(reader).length) == (True, b"3")
    reader.reset(False)
    reader.feed(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")
    assert (reader.take(), reader.ended) == ([b"hi"], True)


def test_interim_answers_are_skipped() -> None:
    reader = read(b"HTTP/1.1 100 Continue\r\nX: y\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n")
    assert (reader.head, reader.begun) == (None, True)
    reader.feed(b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n")
    assert (head_of(reader).status, head_of(reader).reason, reader.ended) == (201, b"Created", True)


def test_switching_protocols_keeps_the_first_bytes() -> None:
    reader = read(b"HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n\x81\x00")
    assert (head_of(reader).upgrade, reader.tail) == (b"websocket", b"\x81\x00")


def test_hop_by_hop_headers_are_not_passed_on() -> None:
    reader = read(b"HTTP/1.1 200 OK\r\nConnection: close, X-Mine\r\nX-Mine: 1\r\nKeep-Alive: 5\r\nB: 2\r\n\r\n")
    assert (head_of(reader).block, head_of(reader).keep_alive) == ([b"B: 2\r\n"], False)


@pytest.mark.parametrize(
    "data",
    [
        b"hello\r\n\r\n",
        b"HTTP/1.1 99999 OK\r\n\r\n",
        b"HTTP/1.1 099 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nBad Header: x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
)
def test_what_is_not_http(data: bytes) -> None:
    with pytest.raises(BadResponse) as caught:
        read(data)
    assert not caught.value.too_large


def test_too_large_heads() -> None:
    for end in (b"", b"\r\n\r\n"):
        with pytest.raises(BadResponse) as caught:
            read(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 2000 + end, limit=1024)
        assert caught.value.too_large


def test_bytes_after_the_answer_spoil_the_connection_only() -> None:
    reader = read(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhiHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nyo")
    assert (reader.take(), reader.ended, head_of(reader).keep_alive) == ([b"hi"], True, False)
