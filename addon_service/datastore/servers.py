"""Where a PostgreSQL comes from: one that is given by its URL, or one of ours. The SQL does not know which it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import parse_qs, urlencode, urlsplit


class Server(Protocol):
    """A PostgreSQL server with an administrator who may make roles and databases."""

    @property
    def label(self) -> str:
        """What it is, for people."""

    @property
    def address(self) -> str:
        """`host:port` for apps; empty while it is not known."""

    @property
    def query(self) -> str:
        """What a URL for apps ends with: `?sslmode=...`, or nothing."""

    def admin_url(self) -> str:
        """The administrator's URL, of a server that runs now. Raises DatastoreAway."""

    def start(self) -> None:
        """Have it run. Raises DatastoreAway."""

    def stop(self) -> None:
        """End it for good, if it is ours."""


@dataclass(frozen=True)
class GivenServer:
    """A server of somebody else's, by its administrator's URL; `reached_at` when apps have another way to it."""

    url: str = field(repr=False)
    reached_at: str = ""

    @property
    def label(self) -> str:
        """By whose will it is there."""
        return "PostgreSQL by URL"

    @property
    def address(self) -> str:
        """Host and port, 5432 when none is said."""
        return given_address(self.url, self.reached_at, 5432)

    @property
    def query(self) -> str:
        """TLS as the administrator has it, since what fits him fits the apps."""
        mode = parse_qs(urlsplit(self.url).query).get("sslmode")
        return "?" + urlencode({"sslmode": mode[0]}) if mode else ""

    def admin_url(self) -> str:
        """The URL as given."""
        return self.url

    def start(self) -> None:
        """Nothing: it is not ours."""

    def stop(self) -> None:
        """Nothing: it is not ours."""


def given_address(url: str, reached_at: str, port: int) -> str:
    """`host:port` for apps: from `reached_at` where it is said, else of the URL, else the protocol's own port."""
    parts = urlsplit(url)
    host, _, wanted = reached_at.partition(":")
    if not host:
        named = parts.hostname or ""
        host = f"[{named}]" if ":" in named else named
    return f"{host}:{wanted or parts.port or port}"
