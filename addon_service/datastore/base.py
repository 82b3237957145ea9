"""What the add-on asks of any database server. A new kind of server is a new file that answers these questions.

A database is named once, by the caller, in letters and digits. Its logins are numbered: `NAME_1`, `NAME_2`, ... so
that an old and a new credential can live side by side. Each act looks first and may be repeated at any time, also
after a kill in the middle of it; acts on one database wait for each other on the server itself, so that this holds
between processes, too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from addon_service.errors import Conflict, Unavailable

Wanted = Callable[[], bool]
_NAME = re.compile(r"d[0-9a-f]{20}")


class DatastoreAway(Unavailable):
    """The server cannot be reached or is busy: worth trying again."""


class DatastoreRefused(Conflict):
    """The server says no, and will say it again until somebody changes something there."""


@dataclass(frozen=True)
class Use:
    """How much of a database is in use: bytes on disk, connections open now."""

    bytes: int
    connections: int


SettingValue = bool | int | str


@dataclass(frozen=True)
class Setting:
    """A setting of a database. `values`: where it is one of several words, what each means."""

    value: SettingValue
    values: Mapping[str, str]


@dataclass(frozen=True)
class Look:
    """The inside of a database. `version`: the server's; `connections`: open now, by the number of the login."""

    version: str
    bytes: int
    tables: int
    connections: Mapping[int, int]


class Data(Protocol):
    """What `heroku pg:*` asks of an engine that can tell. Raises as the engine does."""

    def look(self, name: str) -> Look:
        """The inside of a database."""

    def settings(self, name: str) -> dict[str, Setting]:
        """Settings that it has of its own, or could have."""

    def configure(self, name: str, values: Mapping[str, SettingValue]) -> dict[str, Setting]:
        """Change some of them, for new sessions; all of them as they then are."""

    def end_sessions(self, name: str) -> None:
        """End the sessions of all its logins."""

    def reset(self, name: str, wanted: Wanted) -> None:
        """Empty it; nothing when it is not `wanted` any more."""

    def user(self, name: str, number: int) -> str:
        """What a login is called."""


class Engine(Protocol):
    """One server. Every method that asks it raises DatastoreAway, or DatastoreRefused where it says no."""

    @property
    def label(self) -> str:
        """What it is, for people."""

    @property
    def address(self) -> str:
        """`host:port` at which apps reach it, as far as it is known; empty before the first start."""

    @property
    def absent(self) -> str | None:
        """Why there is no server at all, or None when there is one."""

    @property
    def data(self) -> Data | None:
        """Its answers to `heroku pg:*`, or None where that is not for it."""

    def start(self) -> None:
        """Have it run, if it is ours to run."""

    def stop(self) -> None:
        """End it, if it is ours; for good."""

    def create(self, name: str, wanted: Wanted) -> None:
        """Have the database, closed to everybody but its own logins; nothing when it is not `wanted` any more."""

    def login(self, name: str, number: int, password: str, connections: int, wanted: Wanted) -> None:
        """Have login `number` with this password and at most so many connections; nothing when not `wanted`."""

    def limit(self, name: str, connections: int) -> None:
        """Let each login of the database have so many connections."""

    def retire(self, name: str, number: int) -> None:
        """End a login and its sessions; what it has made stays with the database."""

    def drop(self, name: str) -> None:
        """Remove the database, also with clients connected, and every login of it."""

    def use(self, name: str) -> Use:
        """How much of it is in use."""

    def traces(self, name: str) -> list[str]:
        """What there is of it on the server: its own name, and those of its roles or users."""

    def url(self, name: str, number: int, password: str) -> str:
        """What an app connects with."""


@dataclass(frozen=True)
class Absent:
    """No server: every act says why."""

    absent: str
    label: str = "none"
    address: str = ""
    data: None = None

    def start(self) -> None:
        """Nothing to start."""

    def stop(self) -> None:
        """Nothing to stop."""

    def create(self, name: str, wanted: Wanted) -> None:
        """Raises DatastoreAway."""
        raise DatastoreAway(self.absent)

    def login(self, name: str, number: int, password: str, connections: int, wanted: Wanted) -> None:
        """Raises DatastoreAway."""
        raise DatastoreAway(self.absent)

    def limit(self, name: str, connections: int) -> None:
        """Raises DatastoreAway."""
        raise DatastoreAway(self.absent)

    def retire(self, name: str, number: int) -> None:
        """Raises DatastoreAway."""
        raise DatastoreAway(self.absent)

    def drop(self, name: str) -> None:
        """Raises DatastoreAway."""
        raise DatastoreAway(self.absent)

    def use(self, name: str) -> Use:
        """Raises DatastoreAway."""
        raise DatastoreAway(self.absent)

    def traces(self, name: str) -> list[str]:
        """Raises DatastoreAway."""
        raise DatastoreAway(self.absent)

    def url(self, name: str, number: int, password: str) -> str:
        """Raises DatastoreAway."""
        raise DatastoreAway(self.absent)


def database_name(chance: str) -> str:
    """A name for a new database out of a fresh uuid: short enough for a MySQL user with its number (32)."""
    return "d" + chance.replace("-", "")[-20:]


def login_name(name: str, number: int) -> str:
    """The login's name on the server."""
    assert number > 0, number
    return f"{checked(name)}_{number}"


def checked(name: str) -> str:
    """The name, which is one of ours: nothing else may get into a statement."""
    assert _NAME.fullmatch(name), name
    return name
