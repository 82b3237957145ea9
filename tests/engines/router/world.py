"""What the router's tests share: scripted backends, a raw client, routes that can change, a log to wait for."""

import contextlib
import select
import socket
import threading
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Self

from platform_sim.core.model.seams import Backend, LogSource, Route, RouteState, Stream, Terminal

GUARD = 60.0
"""Seconds after which a wait in a test has failed."""
APP = "example.localhost"


class Answer:
    """An HTTP answer as a client saw it."""

    def __init__(self, head: bytes, body: bytes) -> None:
        lines = head.decode("latin-1").split("\r\n")
        self.line = lines[0]
        self.status = int(lines[0].split(" ")[1])
        self.headers = [(name, value) for name, _, value in (line.partition(": ") for line in lines[1:] if line)]
        self.body = body

    def header(self, name: str) -> str | None:
        """The header's value, None if it is missing; it must not be there twice."""
        found = [value for key, value in self.headers if key.lower() == name.lower()]
        assert len(found) < 2, f"{name} is there {len(found)} times"
        return found[0] if found else None


class Talk:
    """A socket with reading aids; both for clients and inside backends."""

    def __init__(self, sock: socket.socket) -> None:
        sock.settimeout(GUARD)
        self.sock = sock
        self.seen = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        self.sock.close()

    def send(self, data: bytes) -> None:
        """Send all of `data`."""
        self.sock.sendall(data)

    def get(
        self, path: str = "/", host: str = APP, headers: str = "", method: str = "GET", version: str = "1.1"
    ) -> None:
        """Send a request without a body."""
        self.send(f"{method} {path} HTTP/{version}\r\nHost: {host}\r\n{headers}\r\n".encode())

    def until(self, mark: bytes) -> bytes:
        """Read up to and including `mark`."""
        while mark not in self.seen:
            data = self.sock.recv(65536)
            assert data, f"the connection ended before {mark!r}; there was {self.seen!r}"
            self.seen += data
        found, _, self.seen = self.seen.partition(mark)
        return found + mark

    def exactly(self, size: int) -> bytes:
        """Read `size` bytes."""
        parts, missing = [self.seen], size - len(self.seen)
        while missing > 0:
            data = self.sock.recv(1 << 20)
            assert data, f"the connection ended {missing} bytes before the {size} that were expected"
            parts.append(data)
            missing -= len(data)
        self.seen = b"".join(parts)
        found, self.seen = self.seen[:size], self.seen[size:]
        return found

    def rest(self) -> bytes:
        """Read to the end of the connection; a reset is an end, too."""
        found, self.seen = [self.seen], b""
        with contextlib.suppress(ConnectionResetError):
            while data := self.sock.recv(1 << 20):
                found.append(data)
        return b"".join(found)

    def chunk(self) -> bytes:
        """Read one chunk of a chunked body."""
        size = int(self.until(b"\r\n").split(b";")[0], 16)
        data = self.exactly(size)
        assert self.exactly(2) == b"\r\n"
        return data

    def body(self, head: bytes, bodyless: bool = False) -> bytes:
        """Read the body that `head` announces."""
        low = head.lower()
        if bodyless:
            return b""
        if b"transfer-encoding: chunked" in low:
            parts = []
            while part := self.chunk():
                parts.append(part)
            return b"".join(parts)
        if b"content-length: " in low:
            return self.exactly(int(low.split(b"content-length: ")[1].split(b"\r\n")[0]))
        return b"" if low.startswith((b"get", b"post", b"head", b"delete", b"put")) else self.rest()

    def answer(self, head_only: bool = False) -> Answer:
        """Read one answer."""
        head = self.until(b"\r\n\r\n")
        status = int(head.split(b" ")[1])
        return Answer(head, self.body(head, head_only or status in (204, 304)))

    def request(self) -> tuple[str, bytes]:
        """Read one request (in a backend): head and body."""
        head = self.until(b"\r\n\r\n")
        return head.decode("latin-1"), self.body(head)


Script = Callable[[Talk], None]


class Server:
    """A backend: each connection runs `script` in a thread of its own; a script's failure fails the test."""

    def __init__(self, script: Script) -> None:
        self._script = script
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.connections = 0
        self._talks: list[Talk] = []
        self._threads: list[threading.Thread] = []
        self._faults: list[BaseException] = []
        self._stopping = False
        self._acceptor = threading.Thread(target=self._accept, daemon=True)
        self._acceptor.start()

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            talk = Talk(sock)
            self._talks.append(talk)
            thread = threading.Thread(target=self._run, args=(talk,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _run(self, talk: Talk) -> None:
        try:
            self._script(talk)
        except (AssertionError, OSError) as fault:
            if not self._stopping and "connection ended before b'\\r\\n\\r\\n'; there was b''" not in str(fault):
                self._faults.append(fault)
        finally:
            talk.sock.close()

    def stop_listening(self) -> None:
        """From now on connections are refused."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._acceptor.join(GUARD)

    def close(self) -> None:
        """End everything; raises what went wrong in a script."""
        self._stopping = True
        if self._listener.fileno() >= 0:
            self.stop_listening()
        for talk in self._talks:
            with contextlib.suppress(OSError):
                talk.sock.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(GUARD)
            assert not thread.is_alive()
        if self._faults:
            raise self._faults[0]


class Table:
    """Routes that a test changes; remembers how often it was asked."""

    def __init__(self) -> None:
        self.routes: dict[str, Route] = {}
        self.asked = threading.Condition()
        self.times = 0

    def set(self, state: RouteState, *backends: Backend, host: str = APP, app_id: str = "app-1") -> None:
        """What `host` is from now on."""
        self.routes[host] = Route(app_id, host.partition(".")[0], state, backends)

    def up(self, *servers: Server, host: str = APP, app_id: str = "app-1") -> None:
        """`host` runs as web.1, web.2, ... on these servers."""
        self.set("up", *(Backend(f"web.{n}", s.port) for n, s in enumerate(servers, 1)), host=host, app_id=app_id)

    def find(self, host: str) -> Route | None:
        with self.asked:
            self.times += 1
            self.asked.notify_all()
        return self.routes.get(host)

    def is_app_host(self, host: str) -> bool:
        return host.endswith(".localhost")

    def wait_asked(self, times: int) -> None:
        """Until `find` was called so often."""
        with self.asked:
            assert self.asked.wait_for(lambda: self.times >= times, GUARD)


class Log:
    """A LogSink that keeps what it gets."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.apps: list[str] = []
        self._changed = threading.Condition()

    def __call__(self, app_id: str, source: LogSource, dyno: str, text: str) -> None:
        with self._changed:
            assert (source, dyno) == ("heroku", "router")
            self.apps.append(app_id)
            self.lines.append(text)
            self._changed.notify_all()

    def wait(self, count: int = 1) -> list[str]:
        """The lines, once there are so many."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.lines) >= count, GUARD), self.lines
            return list(self.lines)

    def fields(self, count: int = 1) -> dict[str, str]:
        """The last of so many lines, as a dict."""
        return fields(self.wait(count)[-1])


def fields(line: str) -> dict[str, str]:
    """A router line as a dict, quoted values without quotes."""
    found: dict[str, str] = {}
    rest = line
    while rest:
        key, _, rest = rest.partition("=")
        if rest.startswith('"'):
            value, _, rest = rest[1:].partition('"')
            rest = rest[1:]
        else:
            value, _, rest = rest.partition(" ")
        found[key] = value
    return found


class NoTerminals:
    """No attached dynos."""

    def expect(self, secret: str, ready: Callable[[Terminal | None], None]) -> None:
        """None here."""
        ready(None)


class NoStreams:
    """A Streams that has none."""

    def open(self, path: str, query: Mapping[str, str], headers: Mapping[str, str]) -> Stream | None:
        return None


def plain(body: bytes = b"hello", status: str = "200 OK", headers: bytes = b"") -> bytes:
    """A simple answer of a backend."""
    return b"HTTP/1.1 %b\r\n%bContent-Length: %d\r\n\r\n%b" % (status.encode(), headers, len(body), body)


def always(data: bytes) -> Script:
    """A script that gives every request of a connection the same answer."""

    def script(talk: Talk) -> None:
        while True:
            talk.request()
            talk.send(data)

    return script


def once(data: bytes) -> Script:
    """A script that reads one request, says `data` and closes."""

    def script(talk: Talk) -> None:
        talk.request()
        talk.send(data)

    return script


def until_stalled(talk: Talk, total: int) -> int:
    """Send up to `total` bytes; returns how many went before the other side took no more for a while."""
    sent = 0
    talk.sock.setblocking(False)
    while sent < total and select.select([], [talk.sock], [], 0.3)[1]:
        sent += talk.sock.send(b"x" * min(65536, total - sent))
    talk.sock.settimeout(GUARD)
    return sent
