"""`heroku run`'s protocol: a secret instead of a request, a greeting, then bytes both ways (heroku-cli §5)."""

import os
import socket
import ssl
import threading
from collections.abc import Callable, Iterator

import pytest

from platform_sim.core.model.seams import Terminal
from platform_sim.engines.dynos.terminals import open_ends
from platform_sim.engines.router import rendezvous
from platform_sim.engines.router.authority import Authority
from platform_sim.engines.router.edge import Edge
from platform_sim.engines.router.limits import RouterLimits
from platform_sim.engines.router.rendezvous import GREETING, secret_of

from .conftest import Connect, MakeEdge
from .world import GUARD, Talk

SECRET = "0123456789abcdef"


class Desk:
    """One dyno; the test holds its inner end."""

    def __init__(self, tty: bool = False) -> None:
        ends = open_ends(tty, {})
        self.inner = ends.inner
        self.hung_up = threading.Event()
        self.terminal = ends.hand_out(self.hung_up.set)
        self.asked = threading.Event()
        self.ready: Callable[[Terminal | None], None] | None = None
        self.late = False

    def expect(self, secret: str, ready: Callable[[Terminal | None], None]) -> None:
        if secret != SECRET:
            ready(None)
        elif self.late:
            self.ready = ready
            self.asked.set()
        else:
            ready(self.terminal)

    def read(self, size: int) -> bytes:
        """So many bytes of the dyno's stdin, fewer at its end."""
        found = b""
        while len(found) < size and (data := os.read(self.inner, size - len(found))):
            found += data
        return found

    def end(self) -> None:
        """The dyno's last process has ended."""
        os.close(self.inner)


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def edge(make_edge: MakeEdge, desk: Desk) -> Edge:
    return make_edge(terminals=desk)


@pytest.fixture
def joined(edge: Edge, connect: Connect) -> Iterator[Talk]:
    """A customer who is connected to the dyno."""
    talk = connect(edge)
    talk.send(f"{SECRET}\r\n".encode())
    assert talk.exactly(len(GREETING)) == GREETING
    yield talk


def test_bytes_pass_both_ways_and_byte_four_ends_the_input(joined: Talk, desk: Desk) -> None:
    joined.send(b"typed\n")
    assert desk.read(6) == b"typed\n"
    os.write(desk.inner, b"said\r\n")
    assert joined.exactly(6) == b"said\r\n"
    joined.send(b"\x04")
    assert desk.read(1) == b"", "the end of the input"
    os.write(desk.inner, b"last words")
    desk.end()
    assert joined.rest() == b"last words"
    assert desk.hung_up.wait(GUARD)


def test_a_dyno_that_ends_first_waits_a_moment_for_the_end_of_the_input(
    joined: Talk, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the customer's own end of input meets a closed connection, and the CLI crashes (heroku-cli §5)."""
    monkeypatch.setattr(rendezvous, "_LINGER", GUARD)
    desk.end()
    joined.sock.setblocking(False)
    with pytest.raises(BlockingIOError):
        joined.sock.recv(1)
    joined.sock.settimeout(GUARD)
    joined.send(b"\x04")
    assert joined.rest() == b""


def test_a_customer_who_never_ends_is_let_go_all_the_same(joined: Talk, desk: Desk) -> None:
    desk.end()
    assert joined.rest() == b""


def test_what_comes_before_the_dyno_has_started_is_kept(make_edge: MakeEdge, connect: Connect) -> None:
    desk = Desk()
    desk.late = True
    talk = connect(make_edge(terminals=desk))
    talk.send(f"{SECRET}\r\nearly ".encode())
    assert talk.exactly(len(GREETING)) == GREETING
    talk.send(b"words")
    assert desk.asked.wait(GUARD)
    assert desk.ready
    desk.ready(desk.terminal)
    assert desk.read(11) == b"early words"
    desk.end()
    assert talk.rest() == b""


def test_large_input_and_output_to_slow_ends(joined: Talk, desk: Desk) -> None:
    text = bytes(range(5, 256)) * 20_000
    writer = threading.Thread(target=joined.send, args=(text,))
    writer.start()
    assert desk.read(len(text)) == text
    writer.join()
    with socket.socket(fileno=os.dup(desk.inner)) as inner:
        inner.setblocking(True)
        writer = threading.Thread(target=inner.sendall, args=(text,))
        writer.start()
        assert joined.exactly(len(text)) == text
        writer.join()
    desk.end()


def test_a_line_written_in_two_pieces_arrives_in_one_record(
    make_edge: MakeEdge, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The CLI looks for the exit status in each chunk by itself (heroku-cli §5)."""
    monkeypatch.setattr(rendezvous, "_TOGETHER", GUARD)
    desk = Desk()
    edge = make_edge(terminals=desk)
    sock = socket.create_connection(("127.0.0.1", edge.port))
    secure = ssl.create_default_context(cafile=str(authority.file)).wrap_socket(sock, server_hostname="localhost")
    with Talk(secure) as talk:
        os.write(desk.inner, b"first, ")
        talk.send(f"{SECRET}\r\n".encode())
        assert secure.recv(65536) == GREETING, "a record of its own"
        os.write(desk.inner, b"second")
        desk.end()
        assert secure.recv(65536) == b"first, second"


def test_a_customer_who_leaves_hangs_up(joined: Talk, desk: Desk) -> None:
    joined.sock.close()
    assert desk.hung_up.wait(GUARD)
    assert desk.read(1) == b""
    desk.end()


def test_on_a_tty_byte_four_is_the_terminals_affair(make_edge: MakeEdge, connect: Connect) -> None:
    desk = Desk(tty=True)
    talk = connect(make_edge(terminals=desk))
    talk.send(f"{SECRET}\r\n".encode())
    assert talk.exactly(len(GREETING)) == GREETING
    talk.send(b"line\r\x04")
    assert desk.read(5) == b"line\n"
    assert os.read(desk.inner, 1) == b"", "the line discipline has made an end of it"
    assert talk.exactly(6) == b"line\r\n", "the echo"
    desk.end()
    assert talk.rest() == b""


def test_a_secret_that_nobody_has(make_edge: MakeEdge, connect: Connect, desk: Desk) -> None:
    talk = connect(make_edge(terminals=desk))
    talk.send(b"fedcba9876543210\r\n")
    assert talk.rest() == GREETING
    os.close(desk.terminal.fd)
    desk.end()


def test_silence_is_ended_and_so_is_everything_with_the_edge(make_edge: MakeEdge, connect: Connect, desk: Desk) -> None:
    edge = make_edge(terminals=desk, limits=RouterLimits(terminal_idle=0.05))
    talk = connect(edge)
    talk.send(f"{SECRET}\r\n".encode())
    talk.rest()
    assert desk.hung_up.wait(GUARD)
    desk.end()
    other = Desk()
    edge = make_edge(terminals=other)
    talk = connect(edge)
    talk.send(f"{SECRET}\r\n".encode())
    assert talk.exactly(len(GREETING)) == GREETING
    edge.stop()
    assert talk.rest() == b""
    assert other.hung_up.wait(GUARD)
    other.end()


@pytest.mark.parametrize(
    ("first", "secret"),
    [
        (b"0123456789abcdef\r\n", "0123456789abcdef"),
        (b"0123456789abcdef\r\nrest", "0123456789abcdef"),
        (b"0123456789abcdef", "0123456789abcdef"),
        (b"0123456789abcdef\n", None),
        (b"OPTIONS", None),
        (b"short\r\n", None),
        (b"GET / HTTP/1.1\r\n", None),
        (b"GET-0123456789abcdef /\r\n", None),
    ],
)
def test_what_is_a_secret(first: bytes, secret: str | None) -> None:
    assert secret_of(first) == secret
