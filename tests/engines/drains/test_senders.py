"""One attempt over real sockets: the request to the byte, and what every kind of answer means (partner-api §7.1)."""

import asyncio
import socket
import ssl
import threading
from collections.abc import Awaitable
from pathlib import Path

import pytest

from platform_sim.core.model.syslog import Batch
from platform_sim.engines.drains.connection import Times
from platform_sim.engines.drains.senders import Outcome, sender_for
from platform_sim.engines.drains.target import target_of

from ...partners.authority import server_context
from .lines import AT, STAMP, Line, Message
from .receiver import GUARD, Behaviour, HttpReceiver, SyslogReceiver, cut, hang, raw, status

pytestmark = pytest.mark.processes

TOKEN = "d.01234567-89ab-cdef-0123-456789abcdef"
FRAME = "0123456789ABCDEF0123456789ABCDEF"
LONG = Times(connect=120, request=120, idle=1000, life=1000)
SHORT = Times(connect=0.2, request=0.2, idle=1000, life=1000)
"""For attempts that must fail: on a busy machine one that could succeed would not do it in time."""


class Leaping(asyncio.SelectorEventLoop):
    """A loop in which an hour passes when a test says so."""

    _hours = 0

    def time(self) -> float:
        """asyncio: seconds."""
        return super().time() + 3600 * self._hours

    def leap(self) -> None:
        """Now: every limit of less than an hour is reached."""
        self._hours += 1


async def over_time(sending: Awaitable[Outcome]) -> Outcome:
    """What an attempt ends with whose time is over now."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, Leaping)
    loop.leap()
    return await sending


def attempt(url: str, *texts: str, times: Times = LONG, authority: str | None = None) -> list[Outcome]:
    """Send a batch for each text, over one sender."""

    async def story() -> list[Outcome]:
        sender = sender_for(target_of(url), TOKEN, times, lambda: ssl.create_default_context(cafile=authority))
        found = [await sender.send(Batch([Line(text)], AT), FRAME) for text in texts or ["hello"]]
        await sender.close()
        await sender.close()
        return found

    return asyncio.run(asyncio.wait_for(story(), GUARD))


def at(receiver: HttpReceiver | SyslogReceiver, scheme: str = "http", place: str = "/drain") -> str:
    return f"{scheme}://127.0.0.1:{receiver.port}{place}"


def test_the_request_to_the_byte() -> None:
    with HttpReceiver() as receiver:
        url = f"http://user:pass%20word@127.0.0.1:{receiver.port}/a/b?c=d&e"
        assert attempt(url) == ["taken"]
        [delivery] = receiver.deliveries
    assert delivery.line == "POST /a/b?c=d&e HTTP/1.1"
    assert dict(delivery.headers) == {
        "Host": f"127.0.0.1:{receiver.port}",
        "Content-Type": "application/logplex-1",
        "Content-Length": "66",
        "Logplex-Msg-Count": "1",
        "Logplex-Frame-Id": FRAME,
        "Logplex-Drain-Token": TOKEN,
        "User-Agent": "Logplex/v72",
        "Authorization": "Basic dXNlcjpwYXNzIHdvcmQ=",
    }
    assert delivery.body == f"63 <190>1 {STAMP} host app web.1 - hello\n".encode()


def test_without_a_user_part_there_are_no_credentials() -> None:
    with HttpReceiver() as receiver:
        attempt(at(receiver))
        assert "Authorization" not in receiver.deliveries[0].headers


STATUSES: list[tuple[int, Outcome]] = [
    (200, "taken"), (201, "taken"), (202, "taken"), (204, "taken"), (299, "taken"),
    (301, "again"), (302, "again"), (304, "again"), (307, "again"),
    (400, "refused"), (401, "refused"), (403, "refused"), (404, "refused"), (408, "refused"), (410, "refused"),
    (413, "refused"), (422, "refused"), (499, "refused"), (429, "again"),
    (500, "again"), (502, "again"), (503, "again"), (599, "again"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "outcome"), STATUSES)
def test_what_a_status_means(code: int, outcome: Outcome) -> None:
    with HttpReceiver(status(code)) as receiver:
        assert attempt(at(receiver)) == [outcome]


def test_a_redirect_is_not_followed() -> None:
    with HttpReceiver() as elsewhere, HttpReceiver() as receiver:
        receiver.script = [status(307, f"Location: {at(elsewhere)}\r\nContent-Length: 0\r\n")]
        assert attempt(at(receiver)) == ["again"]
        assert elsewhere.deliveries == []


BROKEN: list[tuple[str, Behaviour]] = [
    ("closed without a word", cut),
    ("no HTTP", raw(b"220 hello, this is mail\r\n")),
    ("cut in the status line", raw(b"HTTP/1.1 20")),
    ("cut in the head", raw(b"HTTP/1.1 200 OK\r\nContent-Le")),
    ("a head without end", raw(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 20_000)),
    ("another protocol", raw(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n")),
    ("only an interim answer", raw(b"HTTP/1.1 100 Continue\r\n\r\n")),
]


@pytest.mark.parametrize(("behaviour"), [each for _, each in BROKEN], ids=[name for name, _ in BROKEN])
def test_no_answer_that_can_be_read_means_again(behaviour: Behaviour) -> None:
    with HttpReceiver(behaviour) as receiver:
        assert attempt(at(receiver)) == ["again"]


STRANGE: list[tuple[str, Behaviour]] = [
    ("an interim answer first", raw(b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")),
    ("a body that ends with the connection", raw(b"HTTP/1.1 200 OK\r\n\r\nthank you")),
    ("HTTP/1.0", raw(b"HTTP/1.0 200 OK\r\n\r\nthank you")),
    ("a body that breaks off", raw(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nthank")),
    ("chunks", raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n")),
    ("a long body", raw(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n", b"x" * 1_000_000)),
    (
        "a second answer",
        raw(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nHTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n"),
    ),
]


@pytest.mark.parametrize("behaviour", [each for _, each in STRANGE], ids=[name for name, _ in STRANGE])
def test_the_first_final_status_counts_whatever_follows(behaviour: Behaviour) -> None:
    with HttpReceiver(behaviour) as receiver:
        assert attempt(at(receiver), "one", "two") == ["taken", "taken"]
        assert [delivery.connection for delivery in receiver.deliveries] == [1, 2]


def test_a_connection_is_kept_as_long_as_the_receiver_keeps_it() -> None:
    with HttpReceiver(
        status(204, ""),
        status(404),
        status(200, "Content-Length: 2\r\n\r\nok", keep=True),
        status(204, "Connection: close\r\n", keep=True),
        status(204, ""),
        status(500),
        status(204, ""),
    ) as receiver:
        outcomes = attempt(at(receiver), *"abcdefg")
        assert outcomes == ["taken", "refused", "taken", "taken", "taken", "again", "taken"]
        assert [delivery.connection for delivery in receiver.deliveries] == [1, 1, 1, 1, 2, 2, 3]


def test_a_receiver_that_hangs_ends_the_attempt_and_the_connection() -> None:
    async def story(receiver: HttpReceiver) -> None:
        sender = sender_for(target_of(at(receiver)), TOKEN, LONG, ssl.create_default_context)
        sending = asyncio.ensure_future(sender.send(Batch([Line("a")], AT), FRAME))
        await asyncio.to_thread(receiver.until_asked, 1)
        assert await over_time(sending) == "again"
        assert await sender.send(Batch([Line("b")], AT), FRAME) == "taken"
        await sender.close()

    with HttpReceiver(hang) as receiver, asyncio.Runner(loop_factory=Leaping) as runner:
        runner.run(story(receiver))
        assert [delivery.connection for delivery in receiver.deliveries] == [1, 2]


def test_a_receiver_that_drips_its_answer_ends_by_the_same_limit() -> None:
    def drip(sock: socket.socket, over: threading.Event) -> bool:
        sock.sendall(b"HTTP/1.1 200 OK\r\n")
        while not over.wait(0.01):
            sock.sendall(b"X")
        return False

    with HttpReceiver(drip) as receiver:
        assert attempt(at(receiver), times=SHORT) == ["again"]


def test_a_status_that_came_counts_even_if_the_answer_never_ends() -> None:
    def endless(sock: socket.socket, over: threading.Event) -> bool:
        sock.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        return hang(sock, over)

    async def story(receiver: HttpReceiver) -> None:
        sender = sender_for(target_of(at(receiver)), TOKEN, LONG, ssl.create_default_context)
        sending = asyncio.ensure_future(sender.send(Batch([Line("a")], AT), FRAME))
        async with asyncio.timeout(GUARD):
            while getattr(sender._connection._wire, "status", None) is None:  # type: ignore[attr-defined]
                await asyncio.sleep(0)
        assert await over_time(sending) == "taken"
        await sender.close()

    with HttpReceiver(endless) as receiver, asyncio.Runner(loop_factory=Leaping) as runner:
        runner.run(story(receiver))


def test_an_answer_without_end_is_not_read_for_ever() -> None:
    def flood(sock: socket.socket, over: threading.Event) -> bool:
        sock.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while not over.is_set():
            sock.sendall(b"1000\r\n" + b"x" * 0x1000 + b"\r\n")
        return False

    with HttpReceiver(flood) as receiver:
        patient = Times(connect=20, request=10_000, idle=1000, life=1000)
        assert attempt(at(receiver), times=patient) == ["taken"]


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    for scheme in ("http", "syslog"):
        assert attempt(f"{scheme}://127.0.0.1:{port}/") == ["again"]
        assert attempt(f"{scheme}://localhost:{port}/") == ["again"]


def test_a_connection_that_does_not_come_about_ends_in_time() -> None:
    """A listener whose queue is full answers no further handshakes."""
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        address = full.getsockname()
        waiting = [socket.socket() for _ in range(4)]
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(address)
        assert attempt(f"http://127.0.0.1:{address[1]}/", times=SHORT) == ["again"]
        for each in waiting:
            each.close()


@pytest.mark.parametrize("fault", [socket.gaierror("unknown"), UnicodeError("label too long")])
def test_a_name_without_an_address(fault: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def look(*_: object, **__: object) -> None:
        raise fault

    monkeypatch.setattr(socket, "getaddrinfo", look)
    assert attempt("https://logs.example.com/") == ["again"]


def test_a_name_server_that_hangs_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    over, looked = threading.Event(), threading.Event()

    def look(*_: object, **__: object) -> list[object]:
        looked.set()
        over.wait(GUARD)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", look)
    assert attempt("syslog://logs.example.com/", times=SHORT) == ["again"]
    assert looked.is_set()
    over.set()
    for thread in threading.enumerate():
        if thread.name == "drain-lookup":
            thread.join(GUARD)


def test_names_are_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each address is tried in turn, the Host header keeps the name."""
    asked = []

    def look(host: str, *_: object, **__: object) -> list[tuple[int, int, int, str, tuple[str, int]]]:
        asked.append(host)
        return [(2, 1, 6, "", (address, 0)) for address in ("127.0.0.2", "127.0.0.1", "127.0.0.1")]

    with HttpReceiver() as receiver:
        with monkeypatch.context() as patched:
            patched.setattr(socket, "getaddrinfo", look)
            patched.setattr("platform_sim.engines.drains.connection.is_loopback", lambda host: False)
            assert attempt(f"http://logs.localhost:{receiver.port}/") == ["taken"]
        assert receiver.deliveries[0].headers["Host"] == f"logs.localhost:{receiver.port}"
    assert asked == ["logs.localhost"]


@pytest.mark.parametrize("host", ["localhost", "drain.localhost", "LOCALHOST"])
def test_local_names_need_no_name_server(host: str) -> None:
    with HttpReceiver() as receiver:
        assert attempt(f"http://{host}:{receiver.port}/") == ["taken"]
        assert receiver.deliveries[0].headers["Host"] == f"{host}:{receiver.port}"


def test_a_receiver_that_has_restarted_gets_the_next_batch() -> None:
    first = HttpReceiver()

    async def story() -> None:
        sender = sender_for(target_of(at(first)), TOKEN, LONG, ssl.create_default_context)
        assert await sender.send(Batch([Line("a")], AT), FRAME) == "taken"
        await asyncio.to_thread(first.close)
        with HttpReceiver(port=first.port) as second:
            assert await sender.send(Batch([Line("b")], AT), FRAME) == "taken"
            assert second.texts == ["b"]
            await sender.close()

    asyncio.run(story())


def test_an_idle_connection_is_closed() -> None:
    times = Times(connect=20, request=20, idle=0.001, life=1000)

    async def story(receiver: HttpReceiver) -> None:
        sender = sender_for(target_of(at(receiver)), TOKEN, times, ssl.create_default_context)
        await sender.send(Batch([Line("a")], AT), FRAME)
        sender.rest()
        await asyncio.to_thread(receiver.until, lambda: receiver.ended == 1, "the end of the connection")
        assert await sender.send(Batch([Line("b")], AT), FRAME) == "taken"
        await sender.close()

    with HttpReceiver() as receiver:
        asyncio.run(story(receiver))
        assert [delivery.connection for delivery in receiver.deliveries] == [1, 2]


def test_an_old_connection_is_renewed() -> None:
    with HttpReceiver() as receiver:
        times = Times(connect=20, request=20, idle=1000, life=0)
        assert attempt(at(receiver), "a", "b", times=times) == ["taken", "taken"]
        assert [delivery.connection for delivery in receiver.deliveries] == [1, 2]


def test_bytes_without_a_question_end_the_connection() -> None:
    with HttpReceiver(raw(b"HTTP/1.1 204 Yes\r\n\r\n", keep=True)) as receiver:

        async def story() -> None:
            sender = sender_for(target_of(at(receiver)), TOKEN, LONG, ssl.create_default_context)
            await sender.send(Batch([Line("a")], AT), FRAME)
            for sock in list(receiver._open):
                sock.sendall(b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n")
            await asyncio.to_thread(receiver.until, lambda: receiver.ended == 1, "the end of the connection")
            assert await sender.send(Batch([Line("b")], AT), FRAME) == "taken"
            await sender.close()

        asyncio.run(story())
        assert [delivery.connection for delivery in receiver.deliveries] == [1, 2]


def test_https_with_a_certificate_that_is_trusted_and_one_that_is_not(tmp_path: Path) -> None:
    tls, authority = server_context(tmp_path)
    with HttpReceiver(tls=tls) as receiver:
        assert attempt(at(receiver, "https"), "a", "b", authority=authority) == ["taken", "taken"]
        assert attempt(at(receiver, "https")) == ["again"]
        assert attempt(f"https://localhost:{receiver.port}/", authority=authority) == ["again"], "another name"
        assert receiver.texts == ["a", "b"]
        assert {delivery.connection for delivery in receiver.deliveries} == {1}


def test_a_tls_handshake_that_hangs_ends_in_time() -> None:
    with SyslogReceiver() as deaf:
        assert attempt(at(deaf, "https"), times=SHORT) == ["again"]
        assert attempt(at(deaf, "syslog+tls"), times=SHORT) == ["again"]


def test_syslog_over_tcp_counts_octets_and_names_the_drain() -> None:
    with SyslogReceiver() as receiver:
        assert attempt(at(receiver, "syslog", ""), "a", "b€") == ["taken", "taken"]
        receiver.until_said("b€")
        assert receiver.messages() == [Message(190, STAMP, TOKEN, "app", "web.1", text) for text in ("a", "b€")]
        assert receiver.connections == 1


def test_syslog_over_tls(tmp_path: Path) -> None:
    tls, authority = server_context(tmp_path)
    with SyslogReceiver(tls=tls) as receiver:
        assert attempt(at(receiver, "syslog+tls", ""), "a", authority=authority) == ["taken"]
        receiver.until_said("a")
        assert attempt(at(receiver, "syslog+tls", ""), "b") == ["again"]
        assert [message.text for message in receiver.messages()] == ["a"]


def test_a_syslog_receiver_that_does_not_read_ends_the_attempt() -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        text = "x" * 10_000

        async def story() -> list[Outcome]:
            url = f"syslog://127.0.0.1:{deaf.getsockname()[1]}"
            sender = sender_for(target_of(url), TOKEN, SHORT, ssl.create_default_context)
            found = [await sender.send(Batch([Line(text)] * 2000, AT), FRAME)]
            await sender.close()
            return found

        assert asyncio.run(story()) == ["again"]


def test_what_syslog_calls_taken_the_system_has_taken() -> None:
    """Not a byte of it waits in this process, where a stop would lose it."""
    with socket.create_server(("127.0.0.1", 0)) as deaf:

        async def story() -> int:
            url = f"syslog://127.0.0.1:{deaf.getsockname()[1]}"
            sender = sender_for(target_of(url), TOKEN, LONG, ssl.create_default_context)
            count = 0
            while await sender.send(Batch([Line("x" * 10_000)], AT), FRAME) == "taken":
                count += 1
                wire = sender._connection._wire  # type: ignore[attr-defined]
                assert wire.transport.get_write_buffer_size() == 0
                if count == 2:
                    sender._times = SHORT  # type: ignore[attr-defined]
            await sender.close()
            return count

        assert asyncio.run(asyncio.wait_for(story(), GUARD)) > 1


def test_a_syslog_connection_that_has_ended_is_made_anew() -> None:
    with SyslogReceiver() as receiver:

        async def story() -> None:
            sender = sender_for(target_of(at(receiver, "syslog", "")), TOKEN, LONG, ssl.create_default_context)
            assert await sender.send(Batch([Line("a")], AT), FRAME) == "taken"
            await asyncio.to_thread(receiver.until_said, "a")
            for sock in list(receiver._open):
                sock.shutdown(socket.SHUT_RDWR)
            while sender._connection._wire.open:  # type: ignore[attr-defined]
                await asyncio.sleep(0)
            assert await sender.send(Batch([Line("b")], AT), FRAME) == "taken"
            await asyncio.to_thread(receiver.until_said, "b")
            await sender.close()

        asyncio.run(story())
        assert receiver.connections == 2
