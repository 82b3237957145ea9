"""One platform's database: a file (durable) or memory; who may read and write when."""

import sqlite3
import threading
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from sqlite_utils import Database as Rows

from platform_sim.core.clock import Chance, Clock
from platform_sim.core.model.faults import Fault
from platform_sim.core.model.records import Event
from platform_sim.core.model.rules import Rules
from platform_sim.core.store.eras import Eras
from platform_sim.core.store.migrations import SMALL_PAGE, migrate, ready_image
from platform_sim.core.store.session import Recorder, Snapshot, Transaction
from platform_sim.core.store.still import Still, developed
from platform_sim.core.store.tables import TABLES


class Caller(Protocol):
    """On whose behalf a thread writes: what it writes is caused by that."""

    cause_id: str | None
    """None until the first transaction has drawn one."""

    def wrote(self, tx: Transaction) -> None:
        """Called before each commit: what it writes is part of the transaction."""
        ...


class Database:
    """Rows of one platform.

    A file is opened in WAL mode, a connection a thread; memory is one connection that all threads share in
    turn. Write transactions queue on a lock of this process (no busy waiting), then `BEGIN IMMEDIATE` guards
    against other processes. `version` rises with each commit: whoever waits for a row waits on it.
    """

    def __init__(self, path: Path | None, clock: Clock, chance: Chance, rules: Rules) -> None:
        self.clock = clock
        self.chance = chance
        self.rules = rules
        self._path = path
        self._write_lock = threading.Lock()
        self._memory_lock = threading.RLock()
        self._local = threading.local()
        self._opened: list[sqlite3.Connection] = []
        self._lock = threading.RLock()
        self._changed = threading.Condition(self._lock)
        self._rows_changed: dict[type, threading.Condition] = {}
        """Wake those who wait for rows of one noun, and let the others sleep; made for those who wait."""
        self._version = 0
        self._changes: dict[type, int] = dict.fromkeys(TABLES, 0)
        """The version in which rows of a noun were last written."""
        self._watches: dict[threading.Event, frozenset[str]] = {}
        """What is set when one of these rows is written."""
        self._listeners: list[Callable[[list[Event]], None]] = []
        self._row_listeners: dict[type, list[Callable[[], None]]] = {}
        self._recorders: list[Recorder] = []
        self.faults: frozenset[str] = frozenset()
        """Kinds of faults that wait for their moment: kept right by each commit that writes one."""
        self.eras = Eras()
        if path is None:
            self._memory = self._new_connection(":memory:")
            self._memory.deserialize(ready_image(SMALL_PAGE))
        else:
            self._open_file(path)
        self.look_for_faults()
        clock.on_move(self.touch)

    def _open_file(self, path: Path) -> None:
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            # Written aside first: a platform killed in the middle must not leave half a database.
            aside = path.with_name(path.name + ".new")
            aside.touch(mode=0o600)
            aside.write_bytes(ready_image())
            aside.replace(path)
        try:
            migrate(Rows(self._connection()))
        except sqlite3.DatabaseError as problem:
            self.close()
            raise RuntimeError(
                f"{path} cannot be used as a platform's database ({problem}): "
                "move it away, or use another --data folder"
            ) from problem
        except BaseException:
            self.close()
            raise

    def _new_connection(self, target: str) -> sqlite3.Connection:
        connection = sqlite3.connect(target, isolation_level=None, check_same_thread=False, timeout=10)
        self._opened.append(connection)
        return connection

    def _connection(self) -> sqlite3.Connection:
        if self._path is None:
            return self._memory
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._new_connection(str(self._path))
            # A process killed after a commit loses nothing; NORMAL does not wait for the disk's own cache.
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            self._local.connection = connection
        return connection

    @contextmanager
    def transaction(self, cause_id: str | None = None) -> Iterator[Transaction]:
        """One write transaction: leaving the block commits, an exception rolls back and passes on.

        Never wait, call the network or start a process inside. RuntimeError when opened inside another, inside a
        snapshot, or by a listener: each would wait for itself.
        """
        if getattr(self._local, "depth", 0):
            raise RuntimeError("this thread already reads or writes: end its snapshot or transaction first")
        self.eras.check()
        caller: Caller | None = getattr(self._local, "caller", None) if cause_id is None else None
        cause_id = caller.cause_id if caller else cause_id
        with self._write_lock, self._memory_lock if self._path is None else _NO_LOCK, self._nested():
            self.eras.check()
            connection = self._connection()
            transaction = Transaction(connection, self.clock, self.chance, self.rules, cause_id, self._recorders)
            transaction.faults = faults = self.faults
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield transaction
                if caller is not None:
                    caller.wrote(transaction)
                if Fault in transaction.nouns:
                    faults = _waiting_faults(transaction)
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
            self.faults = faults
            if transaction.nouns:
                self.eras.wrote()
            if transaction.restored_at is not None:
                self.eras.begin(transaction.restored_at)
            if transaction.seed_after is not None:
                self.chance.seed = transaction.seed_after
            if transaction.clock_after is not None:
                self.clock.put(*transaction.clock_after)
            try:
                # Still under the write lock: listeners see events in the order in which they were written.
                for listener in self._listeners:
                    listener(transaction.events)
            finally:
                replaced = transaction.restored_at is not None
                self.touch(*((TABLES, None) if replaced else (transaction.nouns, transaction.keys)))

    def still(self) -> Still:
        """All rows as they are between two transactions, with clock and seed, apart from here: close it.

        A clock that runs shows the time of the restored snapshot as long as nothing has been written since.
        RuntimeError inside a snapshot or transaction.
        """
        if getattr(self._local, "depth", 0):
            raise RuntimeError("this thread already reads or writes: end its snapshot or transaction first")
        with self._write_lock, self._memory_lock if self._path is None else _NO_LOCK:
            image = self._connection().serialize()
            stands, now = self.clock.is_frozen, self.clock.now()
            return developed(image, now if stands else self.eras.since() or now, stands, self.chance.seed)

    @contextmanager
    def on_behalf_of(self, caller: Caller) -> Iterator[None]:
        """What this thread writes in the block without another cause, is caused by what `caller` asks for."""
        self._local.caller = caller
        try:
            with self.eras.in_this_one():
                yield
        finally:
            self._local.caller = None

    @contextmanager
    def _nested(self) -> Iterator[None]:
        self._local.depth = getattr(self._local, "depth", 0) + 1
        try:
            yield
        finally:
            self._local.depth -= 1

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """Read one consistent state; sees nothing of what is written meanwhile."""
        with self._memory_lock if self._path is None else _NO_LOCK, self._nested():
            self.eras.check()
            connection = self._connection()
            if self._path is None or connection.in_transaction:
                yield Snapshot(connection, self.clock)
                return
            connection.execute("BEGIN")
            try:
                yield Snapshot(connection, self.clock)
            finally:
                connection.execute("COMMIT")

    def look_for_faults(self) -> None:
        """Read from the rows which kinds of faults wait: for whoever has put other rows in place of them."""
        with self.snapshot() as rows:
            self.faults = _waiting_faults(rows)

    def on_commit(self, listener: Callable[[list[Event]], None]) -> None:
        """Call `listener` with the events of each commit, in order. It must be quick and must not write."""
        self._listeners.append(listener)

    def on_rows(self, noun: type, listener: Callable[[], None]) -> None:
        """Call `listener` when rows of the noun may have changed, in the thread that has changed them. It must be quick
        and must not write."""
        self._row_listeners.setdefault(noun, []).append(listener)

    def on_record(self, recorder: Recorder) -> None:
        """Call `recorder` with each event, inside the transaction that writes it: what it writes is part of that."""
        self._recorders.append(recorder)

    def listening(self) -> Callable[[], None]:
        """Who hears of commits and events now; call the result to be left with these alone."""
        listeners, recorders = list(self._listeners), list(self._recorders)
        of_rows = {noun: list(each) for noun, each in self._row_listeners.items()}

        def back() -> None:
            self._listeners, self._recorders = list(listeners), list(recorders)
            self._row_listeners = {noun: list(each) for noun, each in of_rows.items()}

        return back

    @property
    def version(self) -> int:
        """Rises with each commit and each move of the clock."""
        return self._version

    def touch(self, nouns: Collection[type] = TABLES, keys: Collection[str | int] | None = None) -> None:
        """Wake everybody who waits for a change, of these nouns and rows or (None) of any."""
        with self._changed:
            self._version += 1
            self._changed.notify_all()
            for noun in nouns:
                self._changes[noun] = self._version
                if noun in self._rows_changed:
                    self._rows_changed[noun].notify_all()
            for changed, rows in self._watches.items():
                if keys is None or not rows.isdisjoint(keys):
                    changed.set()
        for noun in self._row_listeners.keys() & nouns:
            for listener in self._row_listeners[noun]:
                listener()

    @contextmanager
    def watch(self, keys: Iterable[str]) -> Iterator[threading.Event]:
        """An event that is set when one of the rows with these keys has been written or the clock was moved.

        For those who wait in numbers, each for rows of its own: what others write lets them sleep on, which
        `wait_for_change` does not. Clear it before you look at the rows.
        """
        changed = threading.Event()
        with self._changed:
            self._watches[changed] = frozenset(keys)
        try:
            yield changed
        finally:
            with self._changed:
                del self._watches[changed]

    def wait_for_change(self, seen: int, timeout: float | None, noun: type | None = None) -> int:
        """Block until `version` differs from `seen`, at most `timeout` wall seconds; returns the version.

        With a `noun`, until rows of it have been written or the clock was moved: other commits let it sleep on.
        """
        with self._changed:
            told = self._changed
            if noun is not None:
                told = self._rows_changed.setdefault(noun, threading.Condition(self._lock))
            told.wait_for(lambda: (self._changes[noun] if noun else self._version) > seen, timeout)
            return self._version

    def close(self) -> None:
        """Close all connections; the database must not be used any more."""
        for connection in self._opened:
            connection.close()
        self._opened.clear()


def _waiting_faults(rows: Snapshot) -> frozenset[str]:
    return frozenset(fault.kind for fault in rows.all(Fault) if fault.waits)


class _NoLock:
    def __enter__(self) -> None: ...

    def __exit__(self, *_: object) -> None: ...


_NO_LOCK = _NoLock()
