"""The last lines of the logs of an instance's apps: the newest only, in a database file of their own.

They come often and are worth little: so they stay out of the main file's way, and no write waits for the disk. A
line may hold a secret of the customer's: it is nowhere else, and what is deleted is overwritten.
"""

from __future__ import annotations

from collections.abc import Sequence

from addon_service.clock import stamp
from addon_service.logs.messages import Line
from addon_service.store import Row, Store, Tx

FILE = "logs.db"
FRAMES = 1000  # frame ids for each instance that are remembered
TABLES: list[list[str]] = [
    [
        """CREATE TABLE lines (
            id INTEGER PRIMARY KEY AUTOINCREMENT, resource_uuid TEXT NOT NULL, drain INTEGER NOT NULL,
            at TEXT NOT NULL, source TEXT NOT NULL, process TEXT NOT NULL, text TEXT NOT NULL)""",
        "CREATE INDEX lines_of ON lines(resource_uuid, id)",
        """CREATE TABLE frames (
            id INTEGER PRIMARY KEY AUTOINCREMENT, resource_uuid TEXT NOT NULL, frame TEXT NOT NULL,
            UNIQUE (resource_uuid, frame))""",
    ]
]
PRAGMAS = ("journal_mode = WAL", "synchronous = NORMAL", "secure_delete = ON")


class Lines:
    """Keeps `kept` lines for each instance."""

    def __init__(self, store: Store, kept: int) -> None:
        self._store = store
        self._kept = kept
        self.write = store.write

    def add(self, tx: Tx, uuid: str, drain: int, frame: str | None, lines: Sequence[Line]) -> bool:
        """Keep a batch, in a transaction of `write`; whether it was new. `frame` is the same when it comes again."""
        if frame is not None:
            row = {"resource_uuid": uuid, "frame": frame}
            if tx.run("INSERT OR IGNORE INTO frames (resource_uuid, frame) VALUES (?, ?)", *row.values()) == 0:
                return False
            self._trim(tx, "frames", uuid, FRAMES)
        for line in lines[-self._kept :]:
            named = {"source": line.source, "process": line.process, "text": line.text}
            tx.insert("lines", {"resource_uuid": uuid, "drain": drain, "at": stamp(line.at), **named})
        self._trim(tx, "lines", uuid, self._kept)
        return True

    def latest(self, uuid: str, count: int) -> list[Row]:
        """At most `count` lines, oldest first."""
        with self._store.read() as tx:
            rows = tx.rows("SELECT * FROM lines WHERE resource_uuid = ? ORDER BY id DESC LIMIT ?", uuid, count)
        return rows[::-1]

    def count(self, uuid: str) -> int:
        """How many lines there are."""
        with self._store.read() as tx:
            return tx.count("SELECT count(*) FROM lines WHERE resource_uuid = ?", uuid)

    def forget(self, uuid: str, drain: int | None = None) -> None:
        """Delete everything of an instance, or what one of its drains has brought. Safe to repeat."""
        with self._store.write() as tx:
            tx.run("DELETE FROM lines WHERE resource_uuid = ? AND (? IS NULL OR drain = ?)", uuid, drain, drain)
            if drain is None:
                tx.run("DELETE FROM frames WHERE resource_uuid = ?", uuid)
        self._store.tidy()

    def close(self) -> None:
        """Close the file."""
        self._store.close()

    def _trim(self, tx: Tx, table: str, uuid: str, kept: int) -> None:
        tx.run(
            f"DELETE FROM {table} WHERE resource_uuid = ? AND id <= "
            f"(SELECT id FROM {table} WHERE resource_uuid = ? ORDER BY id DESC LIMIT 1 OFFSET ?)",
            uuid,
            uuid,
            kept,
        )
