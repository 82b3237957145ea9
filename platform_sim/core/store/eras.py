"""Eras of a database: each ends when a snapshot takes the place of all rows. Who acts in one cannot write into the
next."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime


class RowsReplaced(RuntimeError):
    """Other rows have been put in place of all since whoever reads or writes has begun what it does."""

    def __init__(self) -> None:
        super().__init__("all rows were replaced meanwhile, by a snapshot or a reset")


class Eras:
    """Of one database; who changes anything here holds its write lock."""

    def __init__(self) -> None:
        self._local = threading.local()
        self._era = 0
        self._writes = 0
        self._restored: tuple[int, datetime] | None = None
        """After how many writes, and at what time, rows were put in place that nobody has changed since."""

    def wrote(self) -> None:
        """Rows were written."""
        self._writes += 1

    def begin(self, now: datetime) -> None:
        """Rows of that time were put in place of all; whoever has done it goes on in the new era."""
        self._era += 1
        self._restored = (self._writes, now)
        if getattr(self._local, "era", None) is not None:
            self._local.era = self._era

    def check(self) -> None:
        """RowsReplaced if this thread acts in an era that is over."""
        if getattr(self._local, "era", None) not in (None, self._era):
            raise RowsReplaced

    @contextmanager
    def in_this_one(self) -> Iterator[None]:
        """In the block this thread acts in the era of now, or goes on in the one in which it acts already."""
        before = getattr(self._local, "era", None)
        self._local.era = self._era if before is None else before
        try:
            yield
        finally:
            self._local.era = before

    def since(self) -> datetime | None:
        """The time of the rows that were put in place, if nothing has been written since."""
        return self._restored[1] if self._restored is not None and self._restored[0] == self._writes else None
