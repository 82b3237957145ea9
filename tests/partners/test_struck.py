"""Faults of the connection: what a partner sees of them on its socket, and their likeness where there is no socket."""

import re
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from platform_sim.partners import http_send
from platform_sim.partners.contract import PartnerAnswer, PartnerRequest
from platform_sim.partners.http_send import HttpSend
from platform_sim.partners.struck import PIECES, Strike, answered_in_drops, pieces, struck

from .peer import Peer, peers_that_end

BODY = b'{"uuid": "01234567-89ab-4cde-8f01-23456789abcd"}'
DROPS = 0.1


@pytest.fixture
def make_peer() -> Iterator[Callable[..., Peer]]:
    with peers_that_end() as make:
        yield make


def to(peer: Peer, timeout: float = 60.0) -> PartnerRequest:
    return PartnerRequest("POST", f"http://127.0.0.1:{peer.port}/heroku/resources", {"X-A": "b"}, BODY, timeout)


def right(connection: socket.socket, over: threading.Event) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")


def plain(peer: Peer) -> bytes:
    """The bytes of a request to which nothing happens."""
    assert HttpSend()(to(peer)).body == b"{}"
    return peer.requests.pop()


def test_cut_before_the_partner_never_has_the_whole_head(make_peer: Callable[..., Peer]) -> None:
    peer = make_peer(right)
    whole = plain(peer)
    peer.asked.clear()
    answer = HttpSend().struck(to(peer), Strike(cut="before"))
    assert (answer.status, answer.problem) == (None, "cut")
    assert peer.asked.wait(60)
    read = peer.requests[0].removesuffix(b"\r\n\r\n")
    assert 0 < len(read) < len(whole.partition(b"\r\n\r\n")[0])
    assert whole.startswith(read)


def test_cut_after_the_partner_has_the_whole_request_and_is_not_heard(
    make_peer: Callable[..., Peer], monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = threading.Event()

    class UntilAsked(http_send._Exchange):
        """Its time is over when the partner has the request; on a busy machine it might be over before."""

        @property
        def timeout(self) -> float:
            assert peer.asked.wait(60)
            return 0.0

        @timeout.setter
        def timeout(self, seconds: float) -> None:
            pass

    def until_it_goes(connection: socket.socket, over: threading.Event) -> None:
        assert connection.recv(1) == b""
        ended.set()

    whole = plain(make_peer(right))
    peer = make_peer(until_it_goes)
    monkeypatch.setattr(http_send, "_Exchange", UntilAsked)
    answer = HttpSend().struck(to(peer), Strike(cut="after"))
    assert (answer.status, answer.problem) == (None, "cut")
    assert ended.wait(60)
    assert re.sub(rb":\d+", b"", peer.requests[0]) == re.sub(rb":\d+", b"", whole)


def test_cut_after_waits_until_a_slow_partner_has_acted(make_peer: Callable[..., Peer]) -> None:
    acted = []

    def slow(connection: socket.socket, over: threading.Event) -> None:
        over.wait(0.1)
        acted.append(True)
        right(connection, over)

    answer = HttpSend().struck(to(make_peer(slow)), Strike(cut="after"))
    assert (answer.status, answer.headers, answer.body, answer.problem) == (None, {}, b"", "cut")
    assert acted == [True]
    assert answer.milliseconds >= 100


def test_cut_after_a_partner_that_was_not_reached_was_not_cut() -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        nobody = PartnerRequest("POST", f"http://127.0.0.1:{bound.getsockname()[1]}/", {}, BODY, 5.0)
        assert HttpSend().struck(nobody, Strike(cut="after")).problem == "refused connection"


def test_in_drops_the_partner_reads_the_same_bytes_later(make_peer: Callable[..., Peer]) -> None:
    peer = make_peer(right)
    whole = plain(peer)
    answer = HttpSend().struck(to(peer), Strike(drops=DROPS))
    assert (answer.status, answer.body, peer.requests) == (200, b"{}", [whole])
    assert answer.milliseconds >= DROPS * 1000


def test_in_drops_that_take_too_long_the_time_is_over(make_peer: Callable[..., Peer]) -> None:
    peer = make_peer(right)
    answer = HttpSend().struck(to(peer, timeout=0.05), Strike(drops=4))
    assert (answer.status, answer.problem) == (None, "timeout")
    assert answer.milliseconds < 5000


def test_the_drops_are_the_message() -> None:
    for length in (0, 1, PIECES - 1, PIECES, 12 * PIECES + 7):
        data = bytes(range(256))[:length] * 1
        assert b"".join(pieces(data)) == data
        assert len(pieces(data)) <= PIECES


SAID = PartnerAnswer(200, {}, b"0123456789", 100)
REQUEST = PartnerRequest("POST", "http://here/", {}, BODY, 0.1)


def test_where_there_is_no_socket_it_is_played() -> None:
    asked: list[PartnerRequest] = []

    def here(request: PartnerRequest) -> PartnerAnswer:
        asked.append(request)
        return SAID

    assert struck(here, REQUEST, Strike(cut="before")).problem == "cut"
    assert asked == []
    assert (struck(here, REQUEST, Strike(cut="after")).problem, len(asked)) == ("cut", 1)
    slow = struck(here, REQUEST, Strike(drops=0.05))
    assert (slow.body, len(asked)) == (SAID.body, 2)
    assert slow.milliseconds >= 50
    assert struck(here, REQUEST, Strike(drops=0.1)).problem == "timeout"
    assert len(asked) == 2


def test_an_answer_in_drops_is_whole_or_cut_off_by_the_time() -> None:
    assert answered_in_drops(SAID, 0.05, 25.0) == replace(SAID, milliseconds=150)
    late = answered_in_drops(SAID, 0.25, 0.225)
    assert (late.status, late.body, late.problem, late.milliseconds) == (200, b"01234", "timeout", 225)
    lost = PartnerAnswer(None, {}, b"", 5, "cut")
    assert answered_in_drops(lost, 60, 25.0).problem == "cut"
