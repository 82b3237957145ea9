"""Snapshots: what whoever takes one wants in it, and what came of putting one in place."""

from dataclasses import dataclass
from datetime import datetime
from typing import IO, Protocol


class BadSnapshot(ValueError):
    """A file that is no snapshot, is damaged, or is of another version; the message says what, and what to do."""


@dataclass(frozen=True)
class Wanted:
    """What a snapshot holds beside the rows."""

    secrets: bool = False
    files: bool = False
    """Repositories and slugs themselves; else their names, digests and where they are."""
    logs: bool = False
    """The apps' lines that are kept, and the output of builds and releases."""


@dataclass(frozen=True)
class Restored:
    """A snapshot was put in place."""

    now: datetime
    """The platform's time, from which it goes on."""
    apps: int
    addons: int
    new_secrets: int
    """How many secrets the file did not hold, so that others were made."""
    token: str
    """The customer's."""


class Snapshots(Protocol):
    """Takes and puts back the whole platform, for doors; from any thread, with no transaction open."""

    def take(self, target: IO[bytes], wanted: Wanted) -> None:
        """Write a snapshot of now. BadSnapshot if a file that belongs to it cannot be read."""
        ...

    def restore(self, source: IO[bytes]) -> Restored:
        """Put a snapshot in place of all there is. BadSnapshot if it cannot be used: then nothing has changed."""
        ...


class KeptLines(Protocol):
    """The lines of apps' logs that are kept, as text."""

    def kept(self, app_id: str) -> str:
        """All of an app's."""
        ...

    def put(self, app_id: str, text: str) -> None:
        """What `kept` has told, in place of what there is; ValueError for what it never tells."""
        ...
