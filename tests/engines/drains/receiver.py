"""Receivers on real sockets that take nothing for granted: each byte of a request is looked at."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Self

from .lines import Message, messages

GUARD = 60.0
"""Seconds after which a wait in a test has failed."""

Behaviour = Callable[[socket.socket, threading.Event], bool]
"""Answers a request on its socket, or does not; True to go on with the connection. The event: the test is over."""


@dataclass(frozen=True)
class Delivery:
    """One request as it came."""

    line: str
    headers: Mapping[str, str]
    body: bytes
    connection: int
    """The number of the connection, from 1."""

    @property
    def messages(self) -> list[Message]:
        """The body taken apart, counted as announced."""
        found = messages(self.body)
        assert self.headers["Logplex-Msg-Count"] == str(len(found))
        return found

    @property
    def texts(self) -> list[str]:
        """What the messages say."""
        return [message.text for message in self.messages]


def status(code: int, headers: str = "Content-Length: 0\r\n", keep: bool = True) -> Behaviour:
    """Answer with this status."""

    def act(sock: socket.socket, over: threading.Event) -> bool:
        sock.sendall(f"HTTP/1.1 {code} Some\r\n{headers}\r\n".encode())
        return keep

    return act


def raw(*parts: bytes, keep: bool = False) -> Behaviour:
    """Answer with these bytes."""

    def act(sock: socket.socket, over: threading.Event) -> bool:
        for part in parts:
            sock.sendall(part)
        return keep

    return act


def hang(sock: socket.socket, over: threading.Event) -> bool:
    """Read and say nothing."""
    over.wait(GUARD)
    return False


def listen(sock: socket.socket, over: threading.Event) -> bool:
    """Read, say nothing, and notice when the sender gives up."""
    while sock.recv(65536):
        pass
    return False


def cut(sock: socket.socket, over: threading.Event) -> bool:
    """Read and close."""
    return False


class Listening:
    """A port with a thread for each connection. `port` 0: any. Closed when the block ends."""

    def __init__(self, port: int = 0, tls: ssl.SSLContext | None = None) -> None:
        self._tls = tls
        self._listener = socket.create_server(("127.0.0.1", port))
        self.port: int = self._listener.getsockname()[1]
        self.over = threading.Event()
        self.changed = threading.Condition()
        self.connections = 0
        self.ended = 0
        """How many connections have ended."""
        self.faults: list[BaseException] = []
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._accepting = threading.Thread(target=self._accept, name="receiver")
        self._accepting.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End everything; what a thread found wrong is raised here."""
        self.over.set()
        with socket.create_connection(("127.0.0.1", self.port)):
            self._accepting.join(GUARD)
        self._listener.close()
        with self.changed:
            for sock in self._open:
                with contextlib.suppress(OSError):  # reset by the other side
                    sock.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(GUARD)
        for fault in self.faults:
            raise fault

    def until(self, true: Callable[[], bool], what: str = "it") -> None:
        """Wait for something that a connection's thread changes."""
        with self.changed:
            assert self.changed.wait_for(lambda: self.faults or true(), GUARD), f"waited too long for {what}"
        for fault in self.faults:
            raise fault

    def note(self) -> None:
        """Something has changed."""
        with self.changed:
            self.changed.notify_all()

    def serve(self, sock: socket.socket, number: int) -> None:
        """Talk on one connection until it ends."""
        raise NotImplementedError

    def _accept(self) -> None:
        while True:
            sock, _ = self._listener.accept()
            if self.over.is_set():
                sock.close()
                return
            sock.settimeout(GUARD)
            with self.changed:
                self.connections += 1
                number = self.connections
            thread = threading.Thread(target=self._talk, args=[sock, number], name=f"receiver-{number}")
            self._threads.append(thread)
            thread.start()

    def _talk(self, sock: socket.socket, number: int) -> None:
        with self.changed:
            self._open.add(sock)
        try:
            if self._tls is not None:
                sock = self._wrapped(sock, self._tls)
            self.serve(sock, number)
        except OSError:
            pass
        except BaseException as fault:
            self.faults.append(fault)
        finally:
            with self.changed:
                self._open.discard(sock)
                sock.close()
                self.ended += 1
            self.note()

    def _wrapped(self, sock: socket.socket, tls: ssl.SSLContext) -> socket.socket:
        self._open.discard(sock)
        wrapped = tls.wrap_socket(sock, server_side=True)
        with self.changed:
            self._open.add(wrapped)
        return wrapped


class HttpReceiver(Listening):
    """Reads requests strictly; behaves as scripted, then with `usual`."""

    def __init__(self, *script: Behaviour, port: int = 0, tls: ssl.SSLContext | None = None) -> None:
        self.script = list(script)
        self.usual: Behaviour = status(204, "")
        self.deliveries: list[Delivery] = []
        super().__init__(port, tls)

    def serve(self, sock: socket.socket, number: int) -> None:
        """See `Listening`."""
        buffered = b""
        while True:
            while b"\r\n\r\n" not in buffered:
                more = sock.recv(65536)
                if not more:
                    assert not buffered, f"cut off in the head: {buffered!r}"
                    return
                buffered += more
            head, _, buffered = buffered.partition(b"\r\n\r\n")
            line, *fields = head.decode("ascii").split("\r\n")
            headers = dict(field.split(": ", 1) for field in fields)
            assert len(headers) == len(fields), "a header came twice"
            assert "Transfer-Encoding" not in headers
            size = int(headers["Content-Length"])
            while len(buffered) < size and (more := sock.recv(65536)):
                buffered += more
            assert len(buffered) == size, "the body ends where it says, and no request follows before the answer"
            delivery, buffered = Delivery(line, headers, buffered, number), b""
            with self.changed:
                self.deliveries.append(delivery)
                behave = self.script.pop(0) if self.script else self.usual
            self.note()
            if not behave(sock, self.over):
                return

    @property
    def texts(self) -> list[str]:
        """All messages of all deliveries."""
        with self.changed:
            return [text for delivery in self.deliveries for text in delivery.texts]

    def until_asked(self, times: int) -> None:
        """Wait for so many requests."""
        self.until(lambda: len(self.deliveries) >= times, f"request {times}")


class SyslogReceiver(Listening):
    """Takes whatever comes."""

    def __init__(self, port: int = 0, tls: ssl.SSLContext | None = None) -> None:
        self.streams: dict[int, bytes] = {}
        super().__init__(port, tls)

    def serve(self, sock: socket.socket, number: int) -> None:
        """See `Listening`."""
        self.streams[number] = b""
        while data := sock.recv(65536):
            with self.changed:
                self.streams[number] += data
            self.note()

    def messages(self) -> list[Message]:
        """What has come, of all connections; each holds whole messages."""
        with self.changed:
            return [m for stream in self.streams.values() for m in messages(stream, structured=True)]

    def until_said(self, text: str) -> None:
        """Wait for a message that ends with this."""
        self.until(lambda: any(s.endswith(f"{text}\n".encode()) for s in self.streams.values()), text)
