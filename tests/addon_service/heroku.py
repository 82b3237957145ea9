"""The outside, played: Heroku's token endpoint and Platform API as the partner meets them, and a clock.

`FakeHeroku` is a `send` for the client's seam; `served()` puts the same object behind a real socket.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from addon_service.platform_client import Answer, Request

from .around import Around

START = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)


class FrozenClock:
    """Time stands until `advance`; ids and tokens count."""

    def __init__(self, moment: datetime = START) -> None:
        self.moment = moment
        self._guard = threading.Lock()
        self._made = 0

    def now(self) -> datetime:
        return self.moment

    def advance(self, **by: float) -> None:
        self.moment += timedelta(**by)

    def new_id(self) -> str:
        return f"00000000-0000-4000-8000-{self._next():012d}"

    def new_token(self) -> str:
        return f"tok-{self._next():039d}"

    def _next(self) -> int:
        with self._guard:
            self._made += 1
            return self._made


class FakeHeroku:
    """Grants, tokens and config of one add-on; every call is kept in `calls`, except for those about the instance's
    surroundings, which go to `around` with a valid token."""

    def __init__(self) -> None:
        self.around = Around()
        self.client_secret = "client-secret-1"
        self.codes = {"grant-1"}
        self.access = ""
        self.refresh = ""
        self.rotates_refresh = False
        self.made = 0
        self.calls: list[tuple[str, str, Any]] = []
        self.config: dict[str, str] = {}
        self.config_status = 200
        self.fresh_grant: Any = None
        self.next: list[Answer | Exception | Callable[[], None]] = []
        self.pages: dict[str, tuple[int, Any]] = {}
        self.basic = "Basic ZXhjZXB0aW9uczpzdXBlci1zZWNyZXQ="

    def __call__(self, request: Request) -> Answer:
        parts = urlsplit(request.url)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        if path not in self.pages and (self._allows(request) or parts.path == "/logs"):
            answer = self.around.answer(request, path)
            if answer is not None:
                return answer
        form = {k: v[0] for k, v in parse_qs(request.body.decode()).items()}
        body = form if parts.path == "/oauth/token" else json.loads(request.body or b"null")
        self.calls.append((request.method, path, body))
        if self.next:
            first = self.next.pop(0)
            if isinstance(first, Answer):
                return first
            if isinstance(first, Exception):
                raise first
            first()
        if parts.path == "/oauth/token":
            return self._token(form)
        if parts.path.startswith("/vendor/"):
            return self._fresh_grant(request)
        if not self._allows(request):
            return said(401, {"id": "unauthorized", "message": "Invalid credentials provided."})
        if request.method == "PATCH":
            return self._patch(body)
        if request.method == "POST" and "/actions/" in parts.path and path not in self.pages:
            self.around.state = f"{parts.path.rpartition('/')[2]}ed"
            return said(200, {"state": self.state})
        return said(*self.pages.get(path, (404, {"id": "not_found", "message": "Couldn't find that."})))

    def _allows(self, request: Request) -> bool:
        return self.access != "" and request.headers.get("Authorization") == f"Bearer {self.access}"

    def _token(self, form: dict[str, str]) -> Answer:
        good = form.get("client_secret") == self.client_secret
        if form.get("grant_type") == "refresh_token":
            good = good and form.get("refresh_token") == self.refresh and self.refresh != ""
        else:
            good = good and form.get("code") in self.codes
            self.codes -= {form.get("code", "")} if good else set()
        if not good:
            return said(401, {"id": "unauthorized", "message": "OAuth authorization invalid."})
        self.made += 1
        self.access = f"HRKU-access-{self.made}"
        if self.rotates_refresh or not self.refresh:
            self.refresh = f"HRKU-refresh-{self.made}"
        return said(
            200,
            {
                "access_token": self.access,
                "refresh_token": self.refresh,
                "expires_in": 28800,
                "token_type": "Bearer",
                "session_nonce": None,
            },
        )

    def _fresh_grant(self, request: Request) -> Answer:
        if self.fresh_grant is None:
            return said(404, {"id": "not_found", "message": "Not enabled."})
        assert request.headers["Authorization"] == self.basic
        self.codes |= {"fresh-1"}
        return said(200, self.fresh_grant)

    def _patch(self, body: Any) -> Answer:
        if self.config_status != 200:
            return said(self.config_status, {"id": "forbidden", "message": "Not yours."})
        self.config.update({item["name"]: item["value"] for item in body["config"]})
        return said(200, [{"name": k, "value": v} for k, v in self.config.items()])

    @property
    def state(self) -> str:
        """Of the instance."""
        return self.around.state

    def will_answer(self, answers: Sequence[Answer | Exception | None]) -> None:
        """The next answers; where it says None Heroku answers by itself."""
        self.next = [answer if answer is not None else _by_itself for answer in answers]

    def paths(self) -> list[str]:
        """What was called, in order, as `METHOD path`."""
        return [f"{method} {path}" for method, path, _ in self.calls]


def _by_itself() -> None:
    """Nothing out of the way happens."""


def said(status: int, body: Any) -> Answer:
    """An answer with a JSON body."""
    return Answer(status, json.dumps(body).encode())


@contextmanager
def served(heroku: Callable[[Request], Answer]) -> Iterator[str]:
    """The fake behind a real socket on a free port; its URL."""

    class Handler(BaseHTTPRequestHandler):
        def _any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            answer = heroku(Request(self.command, self.path, 1.0, dict(self.headers), body))
            self.send_response(answer.status)
            self.send_header("Content-Length", str(len(answer.body)))
            if answer.status == 302:
                self.send_header("Location", "/elsewhere")
            self.end_headers()
            self.wfile.write(answer.body)

        do_GET = do_POST = do_PATCH = do_PUT = _any

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()
