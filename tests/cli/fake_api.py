"""A platform's HTTP side that answers what a test says and remembers what it was asked. Real sockets, no rules."""

import json
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TOKEN = "token-of-the-fake"


@dataclass(frozen=True)
class Asked:
    """One request as it came in; `body` is parsed, None if there was none. Header names in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: Any

    @property
    def line(self) -> str:
        """`GET /apps`."""
        return f"{self.method} {self.path}"


@dataclass
class FakeApi:
    """Answers by `METHOD /path` (`/path/*`: whatever stands there); the last of several answers repeats."""

    url: str = ""
    asked: list[Asked] = field(default_factory=list)
    _answers: dict[str, list[tuple[int, bytes, dict[str, str]]]] = field(default_factory=dict)

    def on(self, line: str, body: Any = None, status: int = 200, **headers: str) -> None:
        """Answer `line` with JSON (or bytes as they are). Header names with `_` for `-`."""
        kind = "text/plain" if isinstance(body, bytes) else "application/json"
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        named = {"Content-Type": kind, **{name.replace("_", "-"): value for name, value in headers.items()}}
        self._answers.setdefault(line, []).append((status, content, named))

    def fails(self, line: str, status: int, id: str, message: str, **more: Any) -> None:
        """Answer `line` with an error in Heroku's form."""
        self.on(line, {"id": id, "message": message, **more}, status)

    def answer(self, asked: Asked) -> tuple[int, bytes, dict[str, str]]:
        """What to say to a request; 404 as the real API if no test said anything."""
        self.asked.append(asked)
        answers = self._answers.get(asked.line) or self._answers.get(asked.line.rpartition("/")[0] + "/*")
        if not answers:
            missing = {"id": "not_found", "message": f"The fake knows no {asked.line}."}
            return 404, json.dumps(missing).encode(), {"Content-Type": "application/json"}
        return answers.pop(0) if len(answers) > 1 else answers[0]

    @property
    def lines(self) -> list[str]:
        """All requests so far."""
        return [asked.line for asked in self.asked]

    def body_of(self, line: str) -> Any:
        """The body of the last request of this line."""
        return self.last(line).body

    def last(self, line: str) -> Asked:
        """The last request of this line."""
        return [asked for asked in self.asked if asked.line == line][-1]


def _handler(api: FakeApi) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, content, named = api.answer(
                Asked(self.command, self.path, headers, json.loads(sent) if sent else None)
            )
            self.send_response(status)
            for name, value in named.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _answer

        def log_message(self, format: str, *args: Any) -> None:
            """Tests print nothing."""

    return Handler


@contextmanager
def running() -> Iterator[FakeApi]:
    """A fake that listens on a free port until the end of the block."""
    api = FakeApi()
    with ThreadingHTTPServer(("127.0.0.1", 0), _handler(api)) as server:
        api.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield api
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def someone_who(says: bytes, then_silent: bool = False) -> Iterator[str]:
    """An address where one connection is taken, read, answered with `says` and closed, or kept open in silence."""
    done = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(says)
                if then_silent:
                    done.wait(30)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}"
        finally:
            done.set()
            thread.join()
