"""Hears every call that comes to the private platform, and its answer. WSGI in, WSGI out; changes neither.

Unless a scene wants some calls to fail: then it answers in the platform's place.
"""

import io
import json
import threading
from collections.abc import Callable, Iterable
from typing import Any

from platform_sim.conformance.seen import Heard

Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]
LONGEST = 65_536
"""Bytes that are kept of a body and of an answer."""


class Overheard:
    """`calls` in the order in which they were answered; `told` is called with each before its answer goes out."""

    def __init__(self) -> None:
        self.calls: list[Heard] = []
        self.told: Callable[[Heard], None] = lambda _: None
        self.instead: Callable[[str, str], int | None] = lambda _method, _path: None
        """Asked before a call comes to the platform: a status to answer with in its place, or None."""
        self._changed = threading.Condition()
        self._under_way = 0

    def around(self, doors: Wsgi) -> Wsgi:
        """The same doors, overheard."""

        def listening(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
            self._count(1)
            try:
                return answered(environ, start_response)
            finally:
                self._count(-1)

        def answered(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
            body = environ["wsgi.input"].read()
            environ["wsgi.input"] = io.BytesIO(body)
            begun: list[int] = []

            def start(status: str, *more: Any) -> Any:
                begun[:] = [int(status[:3])]
                return start_response(status, *more)

            status = self.instead(environ["REQUEST_METHOD"], environ.get("PATH_INFO", ""))
            answer = doors(environ, start) if status is None else _refusal(status, start)
            try:
                pieces = list(answer)
            finally:
                close = getattr(answer, "close", None)
                if close is not None:
                    close()
            self._hear(environ, body, begun[0], b"".join(pieces))
            return pieces

        return listening

    def _hear(self, environ: dict[str, Any], body: bytes, status: int, answer: bytes) -> None:
        query = environ.get("QUERY_STRING")
        path = environ.get("PATH_INFO", "") + (f"?{query}" if query else "")
        headers = {name[5:].replace("_", "-").lower(): value for name, value in environ.items() if name[:5] == "HTTP_"}
        headers["content-type"] = environ.get("CONTENT_TYPE", "")
        heard = Heard(environ["REQUEST_METHOD"], path, headers, body[:LONGEST], status, answer[:LONGEST])
        self.told(heard)
        with self._changed:
            self.calls.append(heard)
            self._changed.notify_all()

    def _count(self, more: int) -> None:
        with self._changed:
            self._under_way += more
            self._changed.notify_all()

    def let_finish(self, seconds: float) -> None:
        """Until no call is under way, at most so long on the wall clock."""
        with self._changed:
            self._changed.wait_for(lambda: self._under_way == 0, seconds)

    def wait(self, until: Callable[[list[Heard]], bool], seconds: float) -> bool:
        """Until that is true of the calls, at most so long on the wall clock."""
        with self._changed:
            return self._changed.wait_for(lambda: until(self.calls), seconds)


def _refusal(status: int, start: Any) -> list[bytes]:
    body = json.dumps({"id": "unavailable", "message": "Try again later."}).encode()
    start(f"{status} Refused", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]
