"""The database: its tables, and the only way into a transaction.

Rooms own their statements; what they share is here. A write transaction begins with BEGIN IMMEDIATE,
because sqlite-utils' `atomic()` opens a plain BEGIN: one that reads, lets another write, and then writes
itself fails at once with "database is locked". Nothing waits on a network inside a transaction.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlite_utils import Database

Row = dict[str, Any]

# One list of statements for each version of the file; `PRAGMA user_version` counts those that were applied.
MIGRATIONS: list[list[str]] = [
    [
        """CREATE TABLE resources (
            uuid TEXT PRIMARY KEY, addon TEXT NOT NULL, name TEXT, plan TEXT NOT NULL, region TEXT,
            state TEXT NOT NULL CHECK (state IN ('provisioning', 'provisioned', 'deprovisioned')),
            message TEXT NOT NULL, created_at TEXT NOT NULL, deprovisioned_at TEXT, grant_hash TEXT)""",
        # A DELETE that overtook its POST: the uuid must not come to life afterwards.
        "CREATE TABLE tombstones (uuid TEXT PRIMARY KEY, created_at TEXT NOT NULL)",
        """CREATE TABLE credentials (
            id INTEGER PRIMARY KEY AUTOINCREMENT, resource_uuid TEXT NOT NULL REFERENCES resources(uuid),
            token_hash TEXT NOT NULL UNIQUE, sealed TEXT,
            state TEXT NOT NULL CHECK (state IN ('current', 'retiring', 'retired')),
            created_at TEXT NOT NULL, retire_at TEXT)""",
        "CREATE UNIQUE INDEX one_current ON credentials(resource_uuid) WHERE state = 'current'",
        """CREATE TABLE authorizations (
            resource_uuid TEXT PRIMARY KEY REFERENCES resources(uuid), access TEXT NOT NULL, refresh TEXT NOT NULL,
            expires_at TEXT NOT NULL, refused_with TEXT, updated_at TEXT NOT NULL)""",
        """CREATE TABLE duties (
            id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL,
            resource_uuid TEXT NOT NULL REFERENCES resources(uuid), sealed TEXT,
            state TEXT NOT NULL CHECK (state IN ('waiting', 'doing', 'done', 'failed', 'cancelled')),
            boot TEXT, attempts INTEGER NOT NULL DEFAULT 0, due_at TEXT NOT NULL, error TEXT,
            created_at TEXT NOT NULL, updated_at TEXT NOT NULL)""",
        "CREATE INDEX duties_due ON duties(state, due_at)",
        "CREATE INDEX duties_of ON duties(resource_uuid, state)",
        """CREATE TABLE requests (
            id INTEGER PRIMARY KEY AUTOINCREMENT, resource_uuid TEXT NOT NULL, addon TEXT NOT NULL,
            method TEXT NOT NULL, path TEXT NOT NULL, body TEXT NOT NULL, status INTEGER NOT NULL,
            answer TEXT NOT NULL, created_at TEXT NOT NULL)""",
        "CREATE INDEX requests_of ON requests(resource_uuid, id)",
        "CREATE TABLE sso_seen (token TEXT PRIMARY KEY, seen_at TEXT NOT NULL)",
        """CREATE TABLE exceptions (
            seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
            resource_uuid TEXT NOT NULL REFERENCES resources(uuid), type TEXT NOT NULL, message TEXT NOT NULL,
            backtrace TEXT, app TEXT, created_at TEXT NOT NULL)""",
        "CREATE INDEX exceptions_of ON exceptions(resource_uuid, seq)",
    ],
    [
        # Numbered within their instance, and `preparing` until what they open knows them.
        """CREATE TABLE numbered_credentials (
            id INTEGER PRIMARY KEY AUTOINCREMENT, resource_uuid TEXT NOT NULL REFERENCES resources(uuid),
            number INTEGER NOT NULL, token_hash TEXT NOT NULL UNIQUE, sealed TEXT,
            state TEXT NOT NULL CHECK (state IN ('preparing', 'current', 'retiring', 'retired')),
            created_at TEXT NOT NULL, retire_at TEXT)""",
        """INSERT INTO numbered_credentials SELECT id, resource_uuid,
            (SELECT count(*) FROM credentials AS o WHERE o.resource_uuid = c.resource_uuid AND o.id <= c.id),
            token_hash, sealed, state, created_at, retire_at FROM credentials AS c""",
        "DROP TABLE credentials",
        "ALTER TABLE numbered_credentials RENAME TO credentials",
        "CREATE UNIQUE INDEX one_current ON credentials(resource_uuid) WHERE state = 'current'",
        "CREATE UNIQUE INDEX credentials_numbered ON credentials(resource_uuid, number)",
        # What is known of each database; `dropped` once it is gone from its server.
        """CREATE TABLE databases (
            resource_uuid TEXT PRIMARY KEY REFERENCES resources(uuid), name TEXT NOT NULL UNIQUE,
            bytes INTEGER NOT NULL DEFAULT 0, connections INTEGER NOT NULL DEFAULT 0,
            dropped INTEGER NOT NULL DEFAULT 0)""",
    ],
    [
        "ALTER TABLE resources ADD COLUMN plan_set_at TEXT",
        # `url` is where Heroku was told to send events; NULL until it was.
        """CREATE TABLE subscriptions (
            resource_uuid TEXT PRIMARY KEY REFERENCES resources(uuid), secret TEXT NOT NULL, url TEXT,
            updated_at TEXT NOT NULL)""",
        """CREATE TABLE heard (
            id INTEGER PRIMARY KEY AUTOINCREMENT, resource_uuid TEXT NOT NULL REFERENCES resources(uuid),
            event_id TEXT NOT NULL, UNIQUE (resource_uuid, event_id))""",
        # What Heroku said when it was last asked; `asked_at` is the moment before the question.
        """CREATE TABLE looks (
            resource_uuid TEXT PRIMARY KEY REFERENCES resources(uuid), asked_at TEXT NOT NULL,
            app_id TEXT, app TEXT, people_note TEXT)""",
        """CREATE TABLE attachments (
            resource_uuid TEXT NOT NULL REFERENCES resources(uuid), id TEXT NOT NULL, name TEXT NOT NULL,
            app_id TEXT NOT NULL, app TEXT NOT NULL, PRIMARY KEY (resource_uuid, id))""",
        """CREATE TABLE people (
            resource_uuid TEXT NOT NULL REFERENCES resources(uuid), place INTEGER NOT NULL, email TEXT NOT NULL,
            roles TEXT NOT NULL, PRIMARY KEY (resource_uuid, place))""",
        # `heroku_id` and `app_id` are NULL for the token of the order until Heroku has listed its drain.
        """CREATE TABLE drains (
            id INTEGER PRIMARY KEY AUTOINCREMENT, resource_uuid TEXT NOT NULL REFERENCES resources(uuid),
            token_hash TEXT NOT NULL UNIQUE, heroku_id TEXT, app_id TEXT)""",
        "CREATE INDEX drains_of ON drains(resource_uuid)",
        # `app_id` is empty for the URL of the order, until Heroku has said which app it is.
        """CREATE TABLE log_inputs (
            resource_uuid TEXT NOT NULL REFERENCES resources(uuid), app_id TEXT NOT NULL, sealed TEXT NOT NULL,
            PRIMARY KEY (resource_uuid, app_id))""",
    ],
    [
        # Not while the app is detached; when it comes back, so does its token.
        "ALTER TABLE drains ADD COLUMN active INTEGER NOT NULL DEFAULT 1",
    ],
]
# FULL: what was answered must outlive not only our own death, but the machine's.
DURABLE = ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON")


class Tx:
    """An open transaction: statements in, rows as dictionaries out."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self.after_commit: list[Callable[[], None]] = []

    def rows(self, sql: str, *values: Any) -> list[Row]:
        """All rows of a query."""
        return list(self._db.query(sql, values))

    def one(self, sql: str, *values: Any) -> Row | None:
        """The first row of a query, or None."""
        return next(iter(self._db.query(sql, values)), None)

    def count(self, sql: str, *values: Any) -> int:
        """The single number that a query gives."""
        return int(self._db.execute(sql, values).fetchone()[0])

    def run(self, sql: str, *values: Any) -> int:
        """Run a statement; how many rows it changed."""
        return self._db.execute(sql, values).rowcount

    def insert(self, table: str, row: Row) -> int:
        """Add a row; its rowid. Raises sqlite3.IntegrityError when a constraint forbids it."""
        names = ", ".join(row)
        marks = ", ".join("?" * len(row))
        sql = f"INSERT INTO {table} ({names}) VALUES ({marks})"
        return int(self._db.execute(sql, tuple(row.values())).lastrowid or 0)


class Store:
    """One SQLite file. Connections are kept and lent out, one to a transaction at a time."""

    def __init__(
        self, path: Path, migrations: Sequence[list[str]] = MIGRATIONS, pragmas: Sequence[str] = DURABLE
    ) -> None:
        self._path = path
        self._pragmas = pragmas
        self._idle: list[Database] = []
        self._closed = False
        self._guard = threading.Lock()
        # SQLite polls for its write lock; a queue of our own threads before it is quicker and fair.
        self._writers = threading.Lock()
        path.touch(mode=0o600)  # SQLite gives its side files the same mode
        with self.write() as tx:
            version = tx.count("PRAGMA user_version")
            for statements in migrations[version:]:
                for statement in statements:
                    tx.run(statement)
            tx.run(f"PRAGMA user_version = {len(migrations)}")

    @contextmanager
    def write(self) -> Iterator[Tx]:
        """A write transaction: leaving commits, raising rolls back. Not to be nested."""
        with self._writers, self._lent() as db, _began(db, "BEGIN IMMEDIATE"):
            tx = Tx(db)
            yield tx
        for act in tx.after_commit:
            act()

    @contextmanager
    def read(self) -> Iterator[Tx]:
        """A read transaction: one state of the data, however many queries."""
        with self._lent() as db, _began(db, "BEGIN"):
            yield Tx(db)

    def tidy(self) -> None:
        """Bring everything into the file itself, so that what was deleted is not in the write-ahead log either."""
        with self._writers, self._lent() as db:
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def close(self) -> None:
        """Close every connection: the idle ones now, those lent out when they come back."""
        with self._guard:
            idle, self._idle, self._closed = self._idle, [], True
        for db in idle:
            db.close()

    @contextmanager
    def _lent(self) -> Iterator[Database]:
        with self._guard:
            db = self._idle.pop() if self._idle else None
        db = db or self._connect()
        try:
            yield db
        finally:
            with self._guard:
                closed = self._closed
                if not closed:
                    self._idle.append(db)
            if closed:
                db.close()

    def _connect(self) -> Database:
        conn = sqlite3.connect(self._path, timeout=10, isolation_level=None, check_same_thread=False)
        db = Database(conn)
        for pragma in self._pragmas:
            conn.execute(f"PRAGMA {pragma}")
        return db


@contextmanager
def _began(db: Database, begin: str) -> Iterator[None]:
    db.execute(begin)
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        db.rollback()
        raise
