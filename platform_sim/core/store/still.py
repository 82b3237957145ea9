"""All rows of a platform at one moment, apart from it: a snapshot is written from this, and put in place from this."""

import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlite_utils import Database as Rows

from platform_sim.core.clock import Clock
from platform_sim.core.store.migrations import STEPS, migrate
from platform_sim.core.store.schema import columns
from platform_sim.core.store.session import Snapshot, Transaction
from platform_sim.core.store.tables import SQL_TYPES, TABLES, Table

T = TypeVar("T")
Raw = Sequence[Any]
"""The values of a row as SQLite keeps them."""
SCHEMA = len(STEPS)
"""The newest step of the store's migrations."""
MOST_COLUMNS = 100

_NAME = re.compile(r"[a-z][a-z0-9_]{0,60}")
_KINDS = {str: "TEXT", int: "INTEGER", float: "REAL"}


class CannotBeKept(ValueError):
    """Rows that do not fit into the tables; the message says which table."""


@dataclass(frozen=True)
class Still:
    """`rows` shows the platform as it was at `now`; nobody else holds them. Close it."""

    rows: Snapshot
    now: datetime
    stands: bool
    """Whether the clock is frozen."""
    seed: int | None
    _connection: sqlite3.Connection

    def close(self) -> None:
        """Let go of the rows."""
        self._connection.close()

    def raw(self, noun: type) -> Iterator[Raw]:
        """All rows of one noun, in the order in which they were written."""
        return self._connection.execute(f"{TABLES[noun].select} ORDER BY rowid")

    def change(self, noun: type[T], change: Callable[[T], Mapping[str, Any] | None], **where: Any) -> None:
        """Write other values into the rows that match; `change` returns them for a row, None to drop it."""
        table = TABLES[noun]
        for row in self.rows.all(noun, **where):
            key, wanted = getattr(row, table.key), change(row)
            if wanted is None:
                self._connection.execute(f'DELETE FROM "{table.name}" WHERE "{table.key}" = ?', (key,))
            elif wanted:
                listed = ", ".join(f'"{column}" = ?' for column in wanted)
                values = [table.value(column, value) for column, value in wanted.items()]
                self._connection.execute(f'UPDATE "{table.name}" SET {listed} WHERE "{table.key}" = ?', (*values, key))


def developed(image: bytes, now: datetime, stands: bool, seed: int | None) -> Still:
    """A still of a database's bytes."""
    plain = bytearray(image)
    plain[18:20] = b"\x01\x01"  # as if it had no write-ahead log: there is no place for one in memory
    connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    connection.deserialize(bytes(plain))
    return Still(Snapshot(connection, Clock(now)), now, stands, seed, connection)


def kinds_of(table: Table) -> dict[str, str]:
    """Column -> its kind in SQL."""
    return {column: _KINDS[SQL_TYPES[kind]] for column, kind in table.types.items()}


def staged(
    tables: Mapping[str, Mapping[str, str]],
    rows: Callable[[str], Iterable[Raw]],
    schema: int,
    *,
    now: datetime,
    stands: bool,
    seed: int | None,
) -> Still:
    """A still of rows from elsewhere, brought to the newest schema. `tables`: name -> column -> its kind in SQL.

    CannotBeKept if they do not fit.
    """
    connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    try:
        if schema == SCHEMA:
            migrate(Rows(connection))
            _check_same(tables)
        else:
            for name, kinds in tables.items():
                _make(connection, name, kinds)
        connection.execute("BEGIN")
        for name, kinds in tables.items():
            _fill(connection, name, list(kinds), rows(name))
        connection.execute("COMMIT")
        if schema != SCHEMA:
            _bring_up(connection, schema)
    except BaseException:
        connection.close()
        raise
    return Still(Snapshot(connection, Clock(now)), now, stands, seed, connection)


def replace_all(tx: Transaction, still: Still, keep: Callable[[type, Raw], bool]) -> None:
    """Put the rows of a still in place of all; rows of the old ones that `keep` wants stay. Nobody is told of it."""
    connection = tx._connection
    for noun, table in TABLES.items():
        kept = [row for row in connection.execute(f"{table.select} ORDER BY rowid") if keep(noun, row)]
        connection.execute(f'DELETE FROM "{table.name}"')
        connection.executemany(table.insert, still.raw(noun))
        connection.executemany(table.insert, kept)


def _check_same(tables: Mapping[str, Mapping[str, str]]) -> None:
    known = {table.name: set(table.columns) for table in TABLES.values()}
    for name in sorted(known.keys() ^ tables.keys()):
        raise CannotBeKept(f"the table {name[:60]} is {'missing' if name in known else 'unknown'}")
    for name, names in known.items():
        if odd := sorted(names ^ set(tables[name])):
            raise CannotBeKept(f"the table {name} has other columns than it should: {odd[0][:60]}")


def _make(connection: sqlite3.Connection, name: str, kinds: Mapping[str, str]) -> None:
    """A table as an earlier version had it."""
    known = all(_NAME.fullmatch(each) for each in (name, *kinds)) and set(kinds.values()) <= set(_KINDS.values())
    if not known or not kinds or len(kinds) > MOST_COLUMNS:
        raise CannotBeKept(f"{name[:60]!r} is no table that an earlier version had")
    listed = ", ".join(f'"{column}" {kind}' for column, kind in kinds.items())
    connection.execute(f'CREATE TABLE "{name}" ({listed})')


def _fill(connection: sqlite3.Connection, name: str, names: Sequence[str], rows: Iterable[Raw]) -> None:
    listed = ", ".join(f'"{column}"' for column in names)
    sql = f'INSERT INTO "{name}" ({listed}) VALUES ({", ".join("?" * len(names))})'
    try:
        connection.executemany(sql, rows)
    except (sqlite3.Error, UnicodeError, OverflowError) as problem:
        raise CannotBeKept(f"rows of the table {name} cannot be kept ({type(problem).__name__}: {problem})") from None


def _bring_up(connection: sqlite3.Connection, schema: int) -> None:
    connection.execute(f"PRAGMA user_version = {int(schema)}")
    try:
        migrate(Rows(connection))
    except (sqlite3.Error, KeyError) as problem:
        raise CannotBeKept(f"what step {schema} kept cannot be brought to step {SCHEMA} ({problem})") from None
    for table in TABLES.values():
        # SQLite takes a quoted name that is no column for a text, so that a SELECT would not notice.
        if lost := sorted(set(table.columns) - columns(Rows(connection), table.name)):
            raise CannotBeKept(
                f"what step {schema} kept cannot be brought to step {SCHEMA}: no {lost[0]} in {table.name}"
            )
