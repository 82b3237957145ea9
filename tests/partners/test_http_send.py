"""The real `Send` against real sockets that behave badly: ends in time, reads no more than allowed, never raises."""

import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from platform_sim.partners import http_send
from platform_sim.partners.contract import PartnerAnswer, PartnerRequest, Problem
from platform_sim.partners.http_send import HttpSend

from ..processes.waiting import wait_until
from .authority import server_context
from .peer import Peer, Talk, peers_that_end

pytestmark = pytest.mark.processes


@pytest.fixture
def peers() -> Iterator[Callable[..., Peer]]:
    with peers_that_end() as make:
        yield make
    wait_until(
        "no exchange is left running",
        lambda: not [each for each in threading.enumerate() if each.name == "partner-exchange"],
    )


def says(data: bytes) -> Talk:
    return lambda connection, over: connection.sendall(data)


def drips(head: bytes) -> Talk:
    """One byte at a time, for ever: each comes well before a socket's timeout."""

    def talk(connection: socket.socket, over: threading.Event) -> None:
        connection.sendall(head)
        while not over.wait(0.02):
            connection.sendall(b" ")

    return talk


def silence(connection: socket.socket, over: threading.Event) -> None:
    over.wait()


def ask(port: int, *, timeout: float = 20, method: str = "POST", scheme: str = "http") -> PartnerRequest:
    body = None if method == "DELETE" else b'{"uuid":"1"}'
    headers = {"Authorization": "Basic abc", "Content-Type": "application/json", "User-Agent": "platform-sim"}
    return PartnerRequest(method, f"{scheme}://127.0.0.1:{port}/heroku/resources", headers, body, timeout)


OK = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-Two: a\r\nX-Two: b\r\nContent-Length: 9\r\n\r\n"
    + b'{"id":1}\n'
)


def test_a_plain_answer(peers: Callable[..., Peer]) -> None:
    peer = peers(says(OK))
    got = HttpSend()(ask(peer.port))
    assert (got.status, got.body, got.problem) == (200, b'{"id":1}\n', None)
    assert (got.headers["content-type"], got.headers["x-two"]) == ("application/json", "a, b")
    assert got.milliseconds >= 0


def test_the_bytes_that_were_composed_and_nothing_of_the_environment(
    peers: Callable[..., Peer], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login someone password else\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    peer = peers(says(OK))
    assert HttpSend()(ask(peer.port)).status == 200
    head, _, body = peer.requests[0].partition(b"\r\n\r\n")
    assert sorted(head.split(b"\r\n")) == sorted(
        [
            b"POST /heroku/resources HTTP/1.1",
            b"Host: 127.0.0.1:%d" % peer.port,
            b"Accept-Encoding: identity",
            b"Authorization: Basic abc",
            b"Content-Type: application/json",
            b"User-Agent: platform-sim",
            b"Content-Length: 12",
        ]
    )
    assert body == b'{"uuid":"1"}'


def test_user_and_password_in_the_url_do_not_replace_the_credentials(peers: Callable[..., Peer]) -> None:
    peer = peers(says(OK))
    request = ask(peer.port)
    with_user = PartnerRequest("POST", request.url.replace("//", "//u:p@"), request.headers, b"", 20)
    assert HttpSend()(with_user).status == 200
    assert b"Authorization: Basic abc" in peer.requests[0]


SLOW = {
    "says nothing": silence,
    "drips a status line": drips(b"HTTP/1.1 2"),
    "drips headers": drips(b"HTTP/1.1 200 OK\r\nX: "),
    "drips a body of known length": drips(b"HTTP/1.1 200 OK\r\nContent-Length: 900000\r\n\r\n"),
    "drips a body that ends with the connection": drips(b"HTTP/1.1 200 OK\r\n\r\n"),
    "drips chunks": drips(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1"),
}


@pytest.mark.parametrize("talk", SLOW.values(), ids=SLOW)
def test_an_exchange_can_be_ended_whatever_the_partner_does(peers: Callable[..., Peer], talk: Talk) -> None:
    assert end_in_the_middle(peers(talk)).problem == "timeout"


def end_in_the_middle(peer: Peer, scheme: str = "http", verify: bool | str = True) -> PartnerAnswer:
    """Abort once the peer has begun; returning at all shows that nothing waits for the peer any more."""
    exchange = http_send._Exchange(ask(peer.port, scheme=scheme), 1_000_000, verify)
    thread = threading.Thread(target=exchange.run)
    thread.start()
    peer.asked.wait()
    exchange.abort()
    thread.join()
    return exchange.answer()


def test_the_whole_time_is_limited(peers: Callable[..., Peer]) -> None:
    peer = peers(drips(b"HTTP/1.1 200 OK\r\n\r\n"))
    assert HttpSend()(ask(peer.port, timeout=1)).problem == "timeout"


def test_many_slow_partners_do_not_wait_for_each_other(peers: Callable[..., Peer]) -> None:
    slow, quick = peers(silence), peers(says(OK))
    send = HttpSend()
    waiting = threading.Thread(target=send, args=[ask(slow.port)])
    waiting.start()
    assert send(ask(quick.port)).status == 200
    assert waiting.is_alive()
    slow.over.set()
    waiting.join()


BAD: dict[str, tuple[bytes, int | None, Problem]] = {
    "nothing at all": (b"", None, "cut"),
    "half a status line": (b"HTTP/1.1 20", None, "garbled"),
    "half a body": (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n" + b'{"id"', 200, "cut"),
    "half a chunk": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n20\r\n" + b'{"id"', 200, "cut"),
    "no HTTP": (b"220 mail.example ESMTP\r\n", None, "garbled"),
    "a header without end": (b"HTTP/1.1 200 OK\r\nX: " + b"a" * 70_000 + b"\r\n\r\n", None, "garbled"),
    "no gzip": (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc", 200, "garbled"),
}


@pytest.mark.parametrize(("data", "status", "problem"), BAD.values(), ids=BAD)
def test_answers_that_are_none(peers: Callable[..., Peer], data: bytes, status: int | None, problem: Problem) -> None:
    got = HttpSend()(ask(peers(says(data)).port))
    assert (got.status, got.problem) == (status, problem)


def test_a_huge_body_is_read_up_to_the_limit(peers: Callable[..., Peer]) -> None:
    def floods(connection: socket.socket, over: threading.Event) -> None:
        connection.sendall(b"HTTP/1.1 422 No\r\n\r\n")
        while not over.is_set():
            connection.sendall(b"a" * 65_536)

    got = HttpSend(limit=1000)(ask(peers(floods).port))
    assert (got.status, got.problem, got.body) == (422, "too_large", b"a" * 1000)


def test_a_body_of_exactly_the_limit_is_whole(peers: Callable[..., Peer]) -> None:
    got = HttpSend(limit=9)(ask(peers(says(OK)).port))
    assert (got.body, got.problem) == (b'{"id":1}\n', None)


def test_a_redirect_is_an_answer_and_not_followed(peers: Callable[..., Peer]) -> None:
    goal = peers(says(OK))
    place = b"http://127.0.0.1:%d/" % goal.port
    peer = peers(says(b"HTTP/1.1 307 Go\r\nLocation: " + place + b"\r\nContent-Length: 0\r\n\r\n"))
    got = HttpSend()(ask(peer.port))
    assert (got.status, got.headers["location"], goal.requests) == (307, place.decode(), [])


def test_html_is_an_answer(peers: Callable[..., Peer]) -> None:
    page = b"<html>error</html>"
    peer = peers(says(b"HTTP/1.1 500 E\r\nContent-Type: text/html\r\nContent-Length: 18\r\n\r\n" + page))
    got = HttpSend()(ask(peer.port, method="DELETE"))
    assert (got.status, got.body, got.problem) == (500, page, None)


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    got = HttpSend()(ask(port))
    assert (got.status, got.problem, got.body) == (None, "refused connection", b"")


NO_PLACE: dict[str, Problem] = {
    "ftp://localhost/": "bad address",
    "http:///x": "bad address",
    "http://a..b/": "bad address",
    "http://[::1/": "bad address",
    "http://127.0.0.1:99999/": "bad address",
    "localhost": "bad address",
    "http://nobody.invalid/": "unknown host",
}


@pytest.mark.parametrize(("url", "problem"), NO_PLACE.items())
def test_addresses_that_cannot_be_used(url: str, problem: Problem, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "no such name")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert HttpSend()(PartnerRequest("POST", url, {}, b"", 20)).problem == problem


def test_a_name_that_takes_for_ever_to_look_up(monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()

    def never(*_: object, **__: object) -> None:
        over.wait()
        raise socket.gaierror(socket.EAI_AGAIN, "try again")

    monkeypatch.setattr(socket, "getaddrinfo", never)
    monkeypatch.setattr(http_send, "ABORT_GRACE", 0.05)
    got = HttpSend()(PartnerRequest("POST", "http://slow.example/", {}, b"", 0.05))
    over.set()
    [left] = [t for t in threading.enumerate() if t.name == "partner-exchange"] or [threading.current_thread()]
    if left is not threading.current_thread():
        left.join()
    assert got.problem == "no connection"


def test_connected_too_late_means_that_nothing_is_sent(
    peers: Callable[..., Peer], monkeypatch: pytest.MonkeyPatch
) -> None:
    peer, given_up, looked_up = peers(says(OK)), threading.Event(), socket.getaddrinfo

    def late(*args: object, **options: object) -> object:
        given_up.wait()
        return looked_up(*args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", late)
    exchange = http_send._Exchange(ask(peer.port), 1000, True)
    thread = threading.Thread(target=exchange.run)
    thread.start()
    exchange.abort()
    given_up.set()
    thread.join()
    assert exchange.answer().problem == "no connection"
    assert [r for r in peer.requests if r.strip()] == [], "the request never left"


def test_an_end_just_in_time_is_a_whole_answer(peers: Callable[..., Peer]) -> None:
    exchange = http_send._Exchange(ask(peers(says(OK)).port), 1000, True)
    exchange.run()
    exchange.abort()
    assert (exchange.answer().problem, exchange.answer().status) == (None, 200)


class TestTls:
    """Certificates are checked against the authorities that were given."""

    @pytest.fixture
    def safe_peer(self, peers: Callable[..., Peer], tmp_path: Path) -> tuple[Peer, str]:
        context, authority = server_context(tmp_path)
        return peers(says(OK), lambda plain: context.wrap_socket(plain, server_side=True)), authority

    def test_a_known_authority(self, safe_peer: tuple[Peer, str]) -> None:
        peer, authority = safe_peer
        assert HttpSend(verify=authority)(ask(peer.port, scheme="https")).status == 200

    def test_an_unknown_authority(self, safe_peer: tuple[Peer, str]) -> None:
        got = HttpSend()(ask(safe_peer[0].port, scheme="https"))
        assert (got.problem, got.status) == ("bad certificate", None)

    def test_no_tls_at_all(self, peers: Callable[..., Peer]) -> None:
        def no_tls(plain: socket.socket) -> socket.socket:
            plain.sendall(b"HTTP/1.1 400 No\r\n\r\n")
            return plain

        got = HttpSend()(ask(peers(silence, no_tls).port, scheme="https"))
        assert got.problem == "bad certificate"

    def test_an_exchange_over_tls_can_be_ended_too(self, peers: Callable[..., Peer], tmp_path: Path) -> None:
        context, authority = server_context(tmp_path)
        peer = peers(drips(b"HTTP/1.1 200 OK\r\n\r\n"), lambda plain: context.wrap_socket(plain, server_side=True))
        assert end_in_the_middle(peer, "https", authority).problem == "timeout"
