"""Time and chance: the only room that may ask the machine for the hour or for something random.

Everything else is handed a `Clock`, so that a test can say what time it is.
"""

from __future__ import annotations

import secrets
import uuid
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """What the service needs of time and chance."""

    def now(self) -> datetime:
        """The moment, aware, in UTC."""

    def new_id(self) -> str:
        """A fresh uuid as text."""

    def new_token(self) -> str:
        """An unguessable text, safe in a URL, of 256 bits."""


class SystemClock:
    """The real thing."""

    def now(self) -> datetime:
        """The moment, aware, in UTC."""
        return datetime.now(UTC)

    def new_id(self) -> str:
        """A fresh random uuid as text."""
        return str(uuid.uuid4())

    def new_token(self) -> str:
        """43 characters of the URL-safe alphabet, from the operating system's generator."""
        return secrets.token_urlsafe(32)


def stamp(moment: datetime) -> str:
    """A moment as kept in the store: UTC, always six decimals, so that text order is time order."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def parse_stamp(text: str) -> datetime:
    """A moment from ISO 8601 text, read as UTC where no zone is given. Raises ValueError when it is none."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def public_time(stored: str | None) -> str | None:
    """A stored moment as the outside sees it: whole seconds, `Z` (platform-ref: ISO 8601 UTC)."""
    return None if stored is None else stored[:19] + "Z"
