"""The seam of the partner contract: a request, its answer, and the function between them. Pure values.

Whoever has a `Send` can be a partner: real HTTP (`HttpSend`), a WSGI application, or a script in a test.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

Problem = Literal[
    "bad address",
    "unknown host",
    "refused connection",
    "no connection",
    "bad certificate",
    "timeout",
    "cut",
    "too_large",
    "garbled",
    "failed",
]
"""Why there is no whole answer: the URL cannot be used; its host has no address; nobody listens; connecting took
too long; TLS failed; no answer in time; the connection ended early; the answer is longer than the limit; it is
no HTTP or cannot be unpacked; anything else."""

FORM = "application/x-www-form-urlencoded"
"""The type of a login's body: all others are JSON."""

NEVER_SENT: frozenset[Problem] = frozenset(
    {"bad address", "unknown host", "refused connection", "no connection", "bad certificate"}
)
"""With these the partner has certainly not seen the request: repeating it is safe, and nothing is to clean up."""


@dataclass(frozen=True)
class PartnerRequest:
    """The exact bytes that go to a partner. `timeout`: wall seconds until the last byte of the answer."""

    method: str
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    body: bytes | None = field(repr=False)
    timeout: float

    @property
    def path(self) -> str:
        """Of its URL, without what follows a question mark."""
        return urlsplit(self.url).path or "/"


@dataclass(frozen=True)
class PartnerAnswer:
    """What came back. Header names are lower case. `status` None: not even a status line.

    With a problem the body holds what was read until then. `milliseconds`: wall time of the whole exchange.
    """

    status: int | None
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    milliseconds: int
    problem: Problem | None = None
    fault: str | None = None
    """What went wrong on purpose, and what was really answered: in a sentence for the ledger."""
    truth: bytes = field(default=b"", repr=False)
    """The body that was really answered, where a fault has made another of it: its secrets are secrets still."""


Send = Callable[[PartnerRequest], PartnerAnswer]
"""Delivers a request and returns the answer or the problem. Never raises for what a partner does."""
