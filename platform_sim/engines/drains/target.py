"""A drain's URL taken apart: where to connect and what a request says. Pure."""

import base64
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from platform_sim.core.model.drains import drain_port, shown_address


@dataclass(frozen=True)
class Target:
    """Made of a URL that `drain_url_problem` found good. Its text shows no secret."""

    shown: str
    """Scheme, host and port: what may stand in a log."""
    host: str = field(repr=False)
    port: int = field(repr=False)
    tls: bool = field(repr=False)
    http: bool = field(repr=False)
    """Whether it is asked over HTTP, rather than told over TCP."""
    place: str = field(default="/", repr=False)
    """Path and query."""
    authority: str = field(default="", repr=False)
    """For the Host header."""
    authorization: str | None = field(default=None, repr=False)
    """`Basic ...` of the URL's user part (partner-api §7.1)."""


def target_of(url: str) -> Target:
    """The target of a good URL."""
    parts = urlsplit(url)
    user, at, place = parts.netloc.rpartition("@")
    query = f"?{parts.query}" if parts.query else ""
    return Target(
        shown=shown_address(url),
        host=parts.hostname or "",
        port=drain_port(url),
        tls=parts.scheme in ("https", "syslog+tls"),
        http=parts.scheme in ("http", "https"),
        place=(parts.path or "/") + query,
        authority=place,
        authorization=_basic(user) if at else None,
    )


def _basic(user_part: str) -> str:
    user, _, password = user_part.partition(":")
    return "Basic " + base64.b64encode(f"{unquote(user)}:{unquote(password)}".encode()).decode()
