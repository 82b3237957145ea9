"""Asks a WSGI application as a server would, in the thread of whoever asks. No socket."""

import io
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

from platform_sim.core.model import json_text
from platform_sim.partners.contract import PartnerAnswer

__tracebackhide__ = True
Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]


@dataclass(frozen=True)
class Answer:
    """What came back, read whole. Header names are lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8", "replace")

    @property
    def json(self) -> Any:
        """The body as JSON; ValueError if it is none."""
        return json_text.read(self.body)


def whole(url: str, answer: PartnerAnswer) -> Answer:
    """Of a partner's answer that is whole; TimeoutError or OSError with the URL if it is not."""
    if answer.status is None or answer.problem is not None:
        raise (TimeoutError if answer.problem == "timeout" else OSError)(f"{url}: {answer.problem}")
    return Answer(answer.status, dict(answer.headers), answer.body)


def call(app: Wsgi, method: str, url: str, headers: Mapping[str, str], body: bytes = b"") -> Answer:
    """One request; what the application raises comes through. Of headers sent twice the values stand with commas."""
    begun: list[tuple[str, list[tuple[str, str]]]] = []
    written: list[bytes] = []

    def start(status: str, fields: list[tuple[str, str]], problem: Any = None) -> Callable[[bytes], Any]:
        begun.append((status, fields))
        return written.append

    pieces = app(_environ(method, url, headers, body), start)
    try:
        whole = b"".join(pieces)
    finally:
        close = getattr(pieces, "close", None)
        if close is not None:
            close()
    if not begun:
        raise RuntimeError("the WSGI application has answered without start_response")
    status, fields = begun[-1]
    found: dict[str, str] = {}
    for name, value in fields:
        if not isinstance(name, str) or not isinstance(value, str):
            raise TypeError(f"the WSGI application's header {name!r} is {type(value).__name__}: both have to be texts")
        key = name.lower()
        found[key] = f"{found[key]}, {value}" if key in found else value
    return Answer(int(status[:3]), found, b"".join(written) + whole)


def _environ(method: str, url: str, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    given = {"HTTP_" + name.upper().replace("-", "_"): value for name, value in headers.items()}
    return {
        "HTTP_HOST": parts.netloc.rpartition("@")[2],
        **given,
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(parts.path or "/").decode("latin-1"),
        "QUERY_STRING": parts.query,
        "CONTENT_TYPE": given.pop("HTTP_CONTENT_TYPE", ""),
        "CONTENT_LENGTH": given.pop("HTTP_CONTENT_LENGTH", str(len(body))),
        "SERVER_NAME": parts.hostname or "localhost",
        "SERVER_PORT": str(port),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": parts.scheme or "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
