"""HTTP of a scenario: to a platform by its address, and to pages and programs of this machine."""

import contextlib
import http.client
import ssl
import threading
from collections.abc import Mapping
from urllib.parse import urlsplit

from platform_sim.core.model.addresses import is_this_machine
from platform_sim.stand_ins.questions import Questions
from platform_sim.stand_ins.wsgi import Answer

SECONDS = 60.0
"""Wall seconds without a byte before a request is given up."""
LARGEST = 10_000_000
"""Bytes of an answer that are read."""


class Unreachable(Exception):
    """Nobody answers there, or it may not be asked; the message says which."""


class Remote(Questions):
    """A platform that runs somewhere on this machine. A connection for each thread is kept."""

    def __init__(self, url: str, token: str) -> None:
        super().__init__()
        self.url, self.token = url, token
        self._kept = threading.local()

    def sent(self, method: str, url: str, headers: Mapping[str, str], body: bytes = b"") -> Answer:
        """See `Questions`; Unreachable if the platform does not answer."""
        kept: http.client.HTTPConnection | None = getattr(self._kept, "connection", None)
        if kept is not None:
            with contextlib.suppress(OSError, http.client.HTTPException):
                return _exchange(kept, method, url, headers, body)
            kept.close()
        self._kept.connection = connection(url)
        try:
            return _exchange(self._kept.connection, method, url, headers, body)
        except (OSError, http.client.HTTPException) as problem:
            raise Unreachable(f"the platform at {self.url} does not answer ({type(problem).__name__})") from None

    def close(self) -> None:
        """End this thread's connection."""
        kept: http.client.HTTPConnection | None = getattr(self._kept, "connection", None)
        if kept is not None:
            kept.close()


def connection(url: str) -> http.client.HTTPConnection:
    """A connection to a place of this machine, whatever its name; Unreachable for any other."""
    try:
        parts = urlsplit(url)
        port, name = parts.port, parts.hostname or ""
    except ValueError:
        raise Unreachable(f"{url[:100]!r} is no URL") from None
    if not is_this_machine(name) or parts.scheme not in ("http", "https"):
        raise Unreachable(f"{url[:100]} is not on this machine: a scenario visits nothing else")
    host = "127.0.0.1" if name.endswith("localhost") else name
    if parts.scheme == "http":
        return http.client.HTTPConnection(host, port or 80, timeout=SECONDS)
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return http.client.HTTPSConnection(host, port or 443, timeout=SECONDS, context=context)


def visit(method: str, url: str, headers: Mapping[str, str], body: bytes = b"") -> Answer:
    """One request over a connection of its own; redirects are not followed. Unreachable if nobody answers."""
    opened = connection(url)
    try:
        return _exchange(opened, method, url, headers, body)
    except (OSError, http.client.HTTPException) as problem:
        raise Unreachable(f"nobody answers at {url[:100]} ({type(problem).__name__})") from None
    finally:
        opened.close()


def _exchange(
    opened: http.client.HTTPConnection, method: str, url: str, headers: Mapping[str, str], body: bytes
) -> Answer:
    parts = urlsplit(url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    opened.request(method, path, body=body or None, headers={"Host": parts.netloc.rpartition("@")[2], **headers})
    answer = opened.getresponse()
    found: dict[str, str] = {}
    for name, value in answer.getheaders():
        key = name.lower()
        found[key] = f"{found[key]}, {value}" if key in found else value
    content = answer.read(LARGEST)
    if not answer.isclosed():
        opened.close()
    return Answer(answer.status, found, content)
