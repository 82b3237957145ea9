"""What the text of a setting means: a function for each kind, which raises ValueError with what fits.

Pure functions; the sentences complete "cannot use NAME: it ...".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

NO_DATABASE = "none"
HEROKU_POSTGRES = "heroku-postgresql"
"""The slug by which the heroku CLI knows a database that `pg:*` is for."""


def text(raw: str) -> str:
    """Any text."""
    return raw


def slug(raw: str) -> str:
    """A manifest id (partner-api §1.1)."""
    if not re.fullmatch(r"[a-z][a-z0-9-]*[a-z0-9]", raw):
        raise ValueError("must be lower-case letters, digits and dashes, beginning with a letter")
    return raw


def basic(raw: str) -> str:
    """One line, as headers and files hold it."""
    if not raw.isprintable():
        raise ValueError("must be printable characters on one line")
    return raw


def url(raw: str) -> str:
    """A full URL without its last slash, or nothing."""
    if raw == "":
        return raw
    parts = urlsplit(raw)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("must be a full http or https URL such as http://localhost:5100")
    if parts.query or parts.fragment or parts.username is not None:
        raise ValueError("must be a plain URL without credentials, query or fragment")
    return raw.rstrip("/")


def seconds(raw: str) -> int:
    """Seconds from 0 on."""
    if not re.fullmatch(r"[0-9]{1,9}", raw):
        raise ValueError("must be a whole number of at most nine digits")
    return int(raw)


def positive(raw: str) -> int:
    """A whole number from 1 on."""
    if seconds(raw) == 0:
        raise ValueError("must be more than 0")
    return int(raw)


def switch(raw: str) -> bool:
    """Yes or no, in several words."""
    words = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False}
    words["off"] = False
    if raw.lower() not in words:
        raise ValueError("must be one of 1, true, yes, on, 0, false, no, off")
    return words[raw.lower()]


def names(raw: str) -> tuple[str, ...]:
    """Names parted by commas."""
    names = tuple(name.strip() for name in raw.split(",") if name.strip())
    if not names:
        raise ValueError("must be names parted by commas, such as us,eu")
    return names


def plans(raw: str) -> dict[str, int]:
    """Plans with one number each."""
    plans: dict[str, int] = {}
    for item in raw.split(","):
        name, _, limit = item.strip().partition("=")
        if not name or not re.fullmatch(r"[0-9]{1,9}", limit):
            raise ValueError("must look like test=100,basic=1000")
        plans[name] = int(limit)
    return plans


@dataclass(frozen=True)
class DatabasePlan:
    """What a plan of the database gives: connections for each credential, and megabytes stored."""

    connections: int
    megabytes: int


def database_plans(raw: str) -> dict[str, DatabasePlan]:
    """Plans with connections and megabytes each."""
    plans: dict[str, DatabasePlan] = {}
    for item in raw.split(","):
        found = re.fullmatch(r"([^=]+)=([1-9][0-9]{0,3}):([1-9][0-9]{0,7})", item.strip())
        if found is None:
            raise ValueError("must look like test=10:64,basic=20:256 (connections:megabytes)")
        plans[found[1]] = DatabasePlan(int(found[2]), int(found[3]))
    return plans


def admin_url(raw: str) -> str:
    """The URL of a server with its administrator, nothing, or `none`."""
    if raw in ("", NO_DATABASE):
        return raw
    example = f"must look like postgres://admin:password@host/ or mysql://admin:password@host/, or be {NO_DATABASE}"
    try:
        parts = urlsplit(raw)
        complete = bool(parts.hostname and parts.username and (parts.port is None or parts.port > 0))
    except ValueError:
        raise ValueError(example) from None
    if not complete or parts.scheme not in ("postgres", "postgresql", "mysql"):
        raise ValueError(example)
    return raw


def address(raw: str) -> str:
    """A host with or without a port, or nothing."""
    if raw and not re.fullmatch(r"[A-Za-z0-9._-]+(:[0-9]{1,5})?", raw):
        raise ValueError("must be a host, or host:port")
    return raw
