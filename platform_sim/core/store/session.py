"""What an action may do with rows: a `Snapshot` reads, a `Transaction` also writes and records events."""

import sqlite3
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import Any, Literal, TypeVar

from platform_sim.core.clock import Chance, Clock
from platform_sim.core.model.accounts import Account
from platform_sim.core.model.records import Event, Job, Sequence
from platform_sim.core.model.rules import Rules
from platform_sim.core.store.queries import Query
from platform_sim.core.store.selecting import clause, column_of, select_sql, where_of
from platform_sim.core.store.tables import TABLES, Table

T = TypeVar("T")

Recorder = Callable[["Transaction", Event], None]
"""Hears of an event in the transaction that writes it, so that it can write what follows from it."""


class Snapshot:
    """Reads one consistent state of the rows."""

    def __init__(self, connection: sqlite3.Connection, clock: Clock) -> None:
        self._connection = connection
        self.clock = clock

    def now(self) -> datetime:
        """The platform's time."""
        return self.clock.now()

    def get(self, noun: type[T], key: str | int) -> T:
        """The row with this key; KeyError if there is none (a bug, not bad input: use `find` for input)."""
        table = TABLES[noun]
        row = self._connection.execute(table.by_key, (key,)).fetchone()
        if row is None:
            raise KeyError(f"no {noun.__name__} with key {key!r}")
        item: T = table.from_row(row)
        return item

    def find(self, noun: type[T], *, order_by: str | None = None, desc: bool = False, **where: Any) -> T | None:
        """The first row whose columns equal `where` (a tuple or list means: one of), or None."""
        found: T | None = self._first(TABLES[noun], where, order_by, desc)
        return found

    def all(
        self,
        noun: type[T],
        *,
        order_by: str | None = None,
        desc: bool = False,
        limit: int | None = None,
        **where: Any,
    ) -> list[T]:
        """All rows whose columns equal `where`, in order of `order_by` (default: as written)."""
        return self._select(TABLES[noun], where, order_by, desc, limit)

    def values(self, noun: type, *columns: str, order_by: str | None = None, **where: Any) -> list[tuple[Any, ...]]:
        """Of each row that matches these columns alone: of thousands, whole rows would cost ten times as much."""
        table = TABLES[noun]
        shape, asked = where_of(table, where)
        sql = select_sql(table, shape, order_by, False, None, columns)
        return table.values_from(columns, self._connection.execute(sql, asked).fetchall())

    def count(self, noun: type, **where: Any) -> int:
        """How many rows match."""
        table = TABLES[noun]
        shape, values = where_of(table, where)
        row = self._connection.execute(f'SELECT count(*) FROM "{table.name}"{clause(shape)}', values).fetchone()
        return int(row[0])

    def highest(self, noun: type, column: str) -> int:
        """The highest value of a column of numbers; 0 without any rows."""
        table = TABLES[noun]
        sql = f'SELECT max("{column_of(table, column)}") FROM "{table.name}"'
        return self._connection.execute(sql).fetchone()[0] or 0

    def ask(self, query: Query[T], **values: Any) -> list[T]:
        """The rows that answer a named query of `core/store/queries.py`."""
        table = TABLES[query.noun]
        return [table.from_row(row) for row in self._connection.execute(table.select + query.tail, values)]

    def _first(self, table: Table, where: dict[str, Any], order_by: str | None, desc: bool) -> Any:
        rows = self._select(table, where, order_by, desc, 1)
        return rows[0] if rows else None

    def _select(
        self, table: Table, where: dict[str, Any], order_by: str | None, desc: bool, limit: int | None
    ) -> list[Any]:
        shape, values = where_of(table, where)
        sql = select_sql(table, shape, order_by, desc, limit)
        return [table.from_row(row) for row in self._connection.execute(sql, values)]


class Transaction(Snapshot):
    """Reads and writes in one `BEGIN IMMEDIATE` transaction: return commits, raise rolls back."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        clock: Clock,
        chance: Chance,
        rules: Rules,
        cause_id: str | None,
        recorders: Iterable[Recorder] = (),
    ) -> None:
        super().__init__(connection, clock)
        self.rules = rules
        self._chance = chance
        self.cause_id = cause_id
        self.events: list[Event] = []
        self.nouns: set[type] = set()
        """Of which nouns rows were written."""
        self.keys: set[str | int] = set()
        """Which rows were, but for those that went with `delete_where`."""
        self._recorders = tuple(recorders)
        self.clock_after: tuple[datetime | None, timedelta] | None = None
        """How the platform's clock is put with the commit; None: it goes on as it is."""
        self.seed_after: int | None = None
        """The seed that all chance begins anew with, with the commit; None: it goes on."""
        self.faults: Collection[str] = ()
        """Kinds of faults that waited when it began: known from memory, so that asking costs nothing without any."""
        self.restored_at: datetime | None = None
        """The time of the snapshot whose rows this has put in place of all."""

    def cause(self, kind: str, subject_id: str) -> str:
        """What this transaction's events and jobs are caused by: what the door gave, else an id of its own.

        That is drawn from a stream of the first thing it tells: who else writes at the same time must not change it.
        """
        if self.cause_id is None:
            self.cause_id = self.uuid("cause", f"{kind}:{subject_id}")
        return self.cause_id

    def move_clock(self, frozen_at: datetime | None, offset: timedelta) -> None:
        """See `Clock.put`; done when this is committed, and before anybody else writes."""
        self.clock_after = (frozen_at, offset)

    def insert(self, item: T) -> T:
        """Write a new row; sqlite3.IntegrityError if its key or a unique column is taken."""
        table = self._written(type(item), item)
        self._connection.execute(table.insert, table.into_row(item))
        return item

    def update(self, item: T, **changes: Any) -> T:
        """Write changed columns of a row and return it as it now is; `updated_at` follows by itself.

        KeyError if the row is gone: whoever holds on to a row for long must look whether it is still there.
        """
        table = self._written(type(item), item)
        if "updated_at" in table.types and "updated_at" not in changes:
            changes["updated_at"] = self.now()
        assignments = ", ".join(f'"{column_of(table, c)}" = ?' for c in changes)
        values = [table.value(c, v) for c, v in changes.items()]
        key = getattr(item, table.key)
        sql = f'UPDATE "{table.name}" SET {assignments} WHERE "{table.key}" = ?'
        if self._connection.execute(sql, (*values, key)).rowcount != 1:
            raise KeyError(f"no {table.noun.__name__} with key {key!r}")
        return replace(item, **changes)  # type: ignore[type-var]

    def delete(self, item: object) -> None:
        """Remove a row."""
        table = self._written(type(item), item)
        self._connection.execute(f'DELETE FROM "{table.name}" WHERE "{table.key}" = ?', (getattr(item, table.key),))

    def delete_where(self, noun: type, **where: Any) -> int:
        """Remove all rows that match; returns how many. An empty `where` is refused."""
        if not where:
            raise ValueError(f"delete_where({noun.__name__}) without a condition would empty the table")
        table = self._written(noun)
        shape, values = where_of(table, where)
        return self._connection.execute(f'DELETE FROM "{table.name}"{clause(shape)}', values).rowcount

    def delete_until(self, noun: type, column: str, value: int) -> None:
        """Remove all rows whose `column` is at most `value`."""
        table = self._written(noun)
        self._connection.execute(f'DELETE FROM "{table.name}" WHERE "{column_of(table, column)}" <= ?', (value,))

    def forget_everything(self, seed: int) -> None:
        """Remove every row of every noun; from here on chance begins anew with this seed (for all, once committed)."""
        for table in TABLES.values():
            self._connection.execute(f'DELETE FROM "{table.name}"')
        self.nouns.update(TABLES)
        self._chance = Chance(seed)
        self.seed_after, self.restored_at = seed, self.now()

    def fresh(self) -> str:
        """An id that repeats under no seed, and of which no stream knows."""
        return self._chance.fresh()

    def uuid(self, kind: str, scope: str = "") -> str:
        """A new id of stream `kind` of `scope` (repeats under a seed)."""
        return self._chance.uuid(*self._stream(kind, scope))

    def secret(self, kind: str, scope: str = "") -> str:
        """32 new unguessable hex digits."""
        return self._chance.secret(*self._stream(kind + "-secret", scope))

    def dice(self, kind: str, scope: str = "") -> Random:
        """A random generator for this stream."""
        return self._chance.dice(*self._stream(kind + "-dice", scope))

    def seeded(self, seed: int) -> Chance:
        """Chance of another seed than the platform's: it says itself how far a stream has run."""
        return Chance(seed)

    def record(
        self,
        kind: str,
        action: Literal["create", "update", "destroy"],
        subject_id: str,
        actor: Account | None,
        data: dict[str, Any],
        *,
        app_id: str | None = None,
        addon_id: str | None = None,
        previous: dict[str, Any] | None = None,
        cause_id: str | None = None,
    ) -> Event:
        """Write the fact that `actor` did `action` to a subject. `data` must hold no secret.

        `cause_id`: what it follows from, where that is not what the whole transaction does.

        Of something that ends, record it while its row is still there: whoever hears of it may want to show it.
        """
        number, seq = self._event_numbers(kind, subject_id)
        event = Event(
            number=number,
            id=self.uuid("event", f"{kind}:{subject_id}"),
            kind=kind,
            action=action,
            subject_id=subject_id,
            seq=seq,
            app_id=app_id,
            addon_id=addon_id,
            actor_id=actor.id if actor else None,
            actor_email=actor.email if actor else None,
            data=data,
            previous=previous or {},
            cause_id=cause_id or self.cause(kind, subject_id),
            created_at=self.now(),
        )
        self.events.append(self.insert(event))
        for recorder in self._recorders:
            recorder(self, event)
        return event

    def add_job(self, kind: str, subject_id: str, payload: dict[str, Any], run_at: datetime | None = None) -> Job:
        """Write an obligation to the outside, in the same transaction as the fact it follows from."""
        now = self.now()
        return self.insert(
            Job(
                id=self.uuid("job", f"{kind}:{subject_id}"),
                kind=kind,
                subject_id=subject_id,
                state="todo",
                payload=payload,
                outcome={},
                attempts=0,
                run_at=run_at or now,
                boot_id=None,
                cause_id=self.cause(kind, subject_id),
                created_at=now,
                updated_at=now,
            )
        )

    def _written(self, noun: type, item: object = None) -> Table:
        table = TABLES[noun]
        self.nouns.add(noun)
        if item is not None:
            self.keys.add(getattr(item, table.key))
        return table

    def _event_numbers(self, kind: str, subject_id: str) -> tuple[int, int]:
        number, seq = self._connection.execute(_LAST_NUMBERS, (kind, subject_id)).fetchone()
        return (number or 0) + 1, (seq or 0) + 1

    def _stream(self, kind: str, scope: str) -> tuple[str, int]:
        key = f"{kind}:{scope}"
        if not self._chance.is_seeded:
            return key, 0
        self._written(Sequence)
        self.keys.add(key)
        self._connection.execute(_NEXT_OF_STREAM, (key,))
        [(number,)] = self._connection.execute(_NUMBER_OF_STREAM, (key,)).fetchall()
        return key, number


_LAST_NUMBERS = """
    SELECT (SELECT max(number) FROM event), (SELECT max(seq) FROM event WHERE kind = ? AND subject_id = ?)
    """
_NEXT_OF_STREAM = """
    INSERT INTO sequence (id, value) VALUES (?, 1) ON CONFLICT (id) DO UPDATE SET value = value + 1
    """
_NUMBER_OF_STREAM = "SELECT value FROM sequence WHERE id = ?"
"""By itself: RETURNING is not known to each SQLite that a Python comes with."""
