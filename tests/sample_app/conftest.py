"""A stand-in for the add-on: its data API, on a real socket of this machine, with faults at will."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from addon_service.datastore.embedded import EmbeddedServer
from sample_app.resource import Config

from ..addon_service.datastore.servers import embedded_server
from .databases import KINDS, Database, database

TOKEN = "tok-5f1c"


@dataclass
class FakeExceptions:
    """What the stand-in has stored and was asked. `fault`: (status, body) it answers instead of its own."""

    url: str = ""
    limit: int = 1_000
    stored: list[dict[str, Any]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    fault: tuple[int, bytes] | None = None

    def answer(self, method: str, path: str, body: bytes) -> tuple[int, bytes]:
        """The answer to one request."""
        self.asked.append(f"{method} {path}")
        if self.fault:
            return self.fault
        if not path.startswith(f"/accounts/{TOKEN}"):
            return 401, b"{}"
        if method == "POST":
            return self._add(json.loads(body))
        if "/exceptions" in path:
            limit = int(path.partition("limit=")[2] or 50)
            return 200, json.dumps(self.stored[::-1][:limit]).encode()
        return 200, json.dumps({"plan": "test", "limit": self.limit, "stored": len(self.stored)}).encode()

    def _add(self, sent: dict[str, Any]) -> tuple[int, bytes]:
        if len(self.stored) >= self.limit:
            return 402, b"{}"
        self.stored.append({"id": f"e{len(self.stored) + 1}", "created_at": "2026-01-01T00:00:00Z", **sent})
        return 201, json.dumps(self.stored[-1]).encode()


def _handler(fake: FakeExceptions) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _respond(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            status, answer = fake.answer(self.command, self.path, body)
            if not status:  # hang up without an answer
                return
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        do_GET = do_POST = _respond

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    return Handler


@pytest.fixture
def fake() -> Iterator[FakeExceptions]:
    """A running stand-in."""
    state = FakeExceptions()
    with ThreadingHTTPServer(("127.0.0.1", 0), _handler(state)) as server:
        state.url = f"http://127.0.0.1:{server.server_port}/accounts/{TOKEN}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield state
        finally:
            server.shutdown()
            thread.join()


def config(url: str | None = None, release: str | None = None) -> Config:
    """The config of a web dyno with the add-on at `url`."""
    return Config(url, dyno="web.1", release=release, host="127.0.0.1", port=0, worker_interval=2)


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    """The embedded database server, running."""
    server = embedded_server(tmp_path_factory.mktemp("embedded"))
    server.start()
    yield server
    server.stop()


@pytest.fixture(params=KINDS)
def there(request: pytest.FixtureRequest) -> Iterator[Database]:
    """A database on each kind of server that there is."""
    embedded = request.getfixturevalue("running") if request.param == "embedded" else None
    with database(request.param, embedded) as found:
        yield found
