"""Transactions, snapshots and waiting, on memory and on files, with real threads."""

import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from platform_sim.core.clock import Chance, Clock
from platform_sim.core.model.accounts import Account
from platform_sim.core.model.records import Event, Job
from platform_sim.core.store import Database, Transaction
from platform_sim.settings import load

from ...support import START, dump, new_app, new_customer, new_database


@pytest.fixture(params=["memory", "file"])
def rows(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """The same promises hold in memory and in a file."""
    made = new_database(tmp_path / "state" / "platform.db" if request.param == "file" else None)
    yield made
    made.close()


def account(tx: Transaction, email: str) -> Account:
    return tx.insert(Account(tx.uuid("account", email), email, None, tx.now(), tx.now()))


def test_leaving_the_block_commits(rows: Database) -> None:
    with rows.transaction() as tx:
        made = account(tx, "a@example.com")
    with rows.snapshot() as snapshot:
        assert snapshot.get(Account, made.id) == made


def test_a_failed_transaction_leaves_no_row_no_event_no_job_and_the_same_next_ids(rows: Database) -> None:
    def act(tx: Transaction) -> tuple[str, str, str]:
        made = account(tx, "a@example.com")
        event = tx.record("account", "create", made.id, made, {})
        return made.id, event.id, tx.add_job("greet", made.id, {}).id

    heard: list[list[Event]] = []
    rows.on_commit(heard.append)
    tried = ("", "", "")
    with pytest.raises(RuntimeError, match="no!"), rows.transaction() as tx:
        tried = act(tx)
        raise RuntimeError("no!")
    with rows.snapshot() as snapshot:
        assert not any(dump(snapshot).values())
        assert snapshot.count(Job) == snapshot.count(Event) == 0
    assert heard == []
    with rows.transaction() as tx:
        assert act(tx) == tried


def test_a_transaction_that_cannot_commit_is_rolled_back_and_the_next_one_works(tmp_path: Path) -> None:
    rows = new_database(tmp_path / "platform.db")
    with rows.transaction() as tx:
        tx._connection.execute("CREATE TABLE child (id REFERENCES account(id) DEFERRABLE INITIALLY DEFERRED)")
    with rows.snapshot() as snapshot:
        snapshot._connection.execute("COMMIT")
        snapshot._connection.execute("PRAGMA foreign_keys = ON")
        snapshot._connection.execute("BEGIN")
    with pytest.raises(sqlite3.IntegrityError), rows.transaction() as tx:
        tx._connection.execute("INSERT INTO child VALUES ('nobody')")
    with rows.transaction() as tx:
        account(tx, "a@example.com")
    rows.close()


def test_a_transaction_inside_another_or_inside_a_snapshot_is_refused_not_a_deadlock(rows: Database) -> None:
    with (
        rows.transaction(),
        pytest.raises(RuntimeError, match="already reads or writes"),
        rows.transaction(),
    ):
        pass
    with (
        rows.snapshot(),
        pytest.raises(RuntimeError, match="already reads or writes"),
        rows.transaction(),
    ):
        pass
    with rows.transaction() as tx:
        account(tx, "a@example.com")


def test_a_listener_that_writes_is_refused_not_a_deadlock(rows: Database) -> None:
    def write(_: list[Event]) -> None:
        with rows.transaction():
            pass

    rows.on_commit(write)
    seen = rows.version
    with pytest.raises(RuntimeError, match="already reads or writes"), rows.transaction() as tx:
        made = account(tx, "a@example.com")
    with rows.snapshot() as snapshot:
        assert snapshot.get(Account, made.id) == made, "it was committed before the listeners were called"
    assert rows.version > seen, "waiters are woken although a listener failed"


def test_a_recorder_hears_of_each_event_and_what_it_writes_is_part_of_the_transaction(rows: Database) -> None:
    def follow(tx: Transaction, event: Event) -> None:
        assert tx.get(Event, event.number) == event
        tx.add_job("greet", event.subject_id, {})

    rows.on_record(follow)
    with pytest.raises(RuntimeError, match="no!"), rows.transaction() as tx:
        new_customer(tx)
        assert tx.count(Job) == 1
        raise RuntimeError("no!")
    with rows.transaction() as tx:
        assert tx.count(Job) == 0
        actor = new_customer(tx)
    with rows.snapshot() as snapshot:
        [job] = snapshot.all(Job)
        [event] = snapshot.all(Event)
        assert (job.subject_id, job.cause_id) == (actor.account.id, event.cause_id)


def test_a_recorder_that_breaks_takes_the_whole_transaction_with_it(rows: Database) -> None:
    def breaks(tx: Transaction, event: Event) -> None:
        raise OSError("a bug")

    rows.on_record(breaks)
    with pytest.raises(OSError, match="a bug"), rows.transaction() as tx:
        new_customer(tx)
    with rows.snapshot() as snapshot:
        assert not any(dump(snapshot).values())


def test_snapshots_may_be_nested_also_in_a_transaction(rows: Database) -> None:
    with rows.transaction() as tx:
        made = account(tx, "a@example.com")
        with rows.snapshot() as inner:
            assert inner.get(Account, made.id) == made
    with rows.snapshot() as outer, rows.snapshot() as inner:
        assert outer.count(Account) == inner.count(Account) == 1


def test_the_version_rises_with_each_commit_and_each_move_of_the_clock_only(rows: Database) -> None:
    seen = rows.version
    with rows.snapshot():
        pass
    with pytest.raises(KeyError), rows.transaction() as tx:
        tx.get(Account, "nobody")
    assert rows.version == seen
    with rows.transaction():
        pass
    assert rows.version == seen + 1
    rows.clock.freeze()
    assert rows.version == seen + 2


def test_waiting_ends_with_a_commit_or_with_the_time(rows: Database) -> None:
    seen = rows.version
    assert rows.wait_for_change(seen, 0) == seen
    with ThreadPoolExecutor(1) as pool:
        waiter = pool.submit(rows.wait_for_change, seen, 60)
        with rows.transaction():
            pass
        assert waiter.result(60) == seen + 1
    assert rows.wait_for_change(seen, 60) == seen + 1, "what has changed already is not waited for"


def test_a_watch_sees_what_is_written_to_its_rows_and_moves_of_the_clock(rows: Database) -> None:
    with rows.transaction() as tx:
        mine, other = tx.add_job("call", "a", {}), tx.add_job("call", "b", {})
    with rows.watch([mine.id, "to-come"]) as changed:
        with rows.transaction() as tx:
            tx.update(other, state="done")
            new_customer(tx)
        assert not changed.is_set()
        for write in (
            lambda tx: tx.update(mine, state="done"),
            lambda tx: tx.insert(replace(mine, id="to-come")),
            lambda tx: tx.delete(mine),
        ):
            with rows.transaction() as tx:
                write(tx)
            assert changed.is_set()
            changed.clear()
        rows.clock.freeze()
        assert changed.is_set()
        changed.clear()
    rows.clock.advance(timedelta(1))
    assert not changed.is_set(), "nobody watches any more"


def test_what_was_rolled_back_is_no_change(rows: Database) -> None:
    with rows.transaction() as tx:
        job = tx.add_job("call", "a", {})
    with rows.watch([job.id]) as changed:
        with pytest.raises(ZeroDivisionError), rows.transaction() as tx:
            tx.update(job, state="done")
            raise ZeroDivisionError
        assert not changed.is_set()


def test_waiting_for_a_noun_sleeps_through_commits_about_others(rows: Database) -> None:
    seen = rows.version
    with rows.transaction() as tx:
        customer = new_customer(tx).account
    with ThreadPoolExecutor(1) as pool:
        waiter = pool.submit(rows.wait_for_change, seen, 60, Job)
        with rows.transaction() as tx:
            tx.update(customer, name="Me")
        with rows.transaction() as tx:
            tx.add_job("call", "a", {})
        assert waiter.result(60) == seen + 3


@pytest.mark.parametrize("what", ["insert", "update", "delete", "delete_where", "clock"])
def test_waiting_for_a_noun_ends_with_whatever_is_written_of_it(rows: Database, what: str) -> None:
    with rows.transaction() as tx:
        job = tx.add_job("call", "a", {})
    seen = rows.version
    with ThreadPoolExecutor(1) as pool:
        waiter = pool.submit(rows.wait_for_change, seen, 60, Job)
        if what == "clock":
            rows.clock.advance(timedelta(seconds=1))
        else:
            with rows.transaction() as tx:
                write: dict[str, Callable[[], object]] = {
                    "insert": lambda: tx.insert(replace(job, id="another")),
                    "update": lambda: tx.update(job, attempts=1),
                    "delete": lambda: tx.delete(job),
                    "delete_where": lambda: tx.delete_where(Job, subject_id="a"),
                }
                write[what]()
        assert waiter.result(30) == seen + 1


def test_a_database_written_by_a_newer_program_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "platform.db"
    new_database(path).close()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(RuntimeError, match="newer version.*--data"):
        new_database(path)


def test_what_was_answered_is_there_after_opening_the_file_again(tmp_path: Path) -> None:
    path = tmp_path / "platform.db"
    first = new_database(path)
    with first.transaction() as tx:
        new_app(tx, new_customer(tx))
        before = dump(tx)
    first.close()
    again = new_database(path)
    with again.snapshot() as snapshot:
        assert dump(snapshot) == before
    again.close()


def test_a_file_of_a_platform_that_still_runs_can_be_read_by_another(tmp_path: Path) -> None:
    """As after `kill -9`: nobody closed it, what was committed is there."""
    path = tmp_path / "platform.db"
    killed, heir = new_database(path), None
    with killed.transaction() as tx:
        made = account(tx, "a@example.com")
    heir = new_database(path)
    with heir.snapshot() as snapshot:
        assert snapshot.get(Account, made.id) == made
    heir.close()
    killed.close()


def test_only_the_owner_may_read_the_file_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "state" / "platform.db"
    new_database(path).close()
    assert path.stat().st_mode & 0o077 == 0
    assert [p.name for p in path.parent.iterdir()] == ["platform.db"]


def test_an_empty_file_becomes_a_database(tmp_path: Path) -> None:
    path = tmp_path / "platform.db"
    path.touch()
    rows = new_database(path)
    with rows.transaction() as tx:
        account(tx, "a@example.com")
    rows.close()


def test_invariant_20_a_copy_of_the_file_is_the_same_platform(tmp_path: Path) -> None:
    """The part that core holds: rows, and with a seed the ids that come next."""
    first = new_database(tmp_path / "first.db")
    with first.transaction() as tx:
        actor = new_customer(tx)
        new_app(tx, actor, "acme")
        before = dump(tx)
    first.close()
    copy = tmp_path / "copy.db"
    copy.write_bytes((tmp_path / "first.db").read_bytes())
    heirs = [new_database(copy), new_database(tmp_path / "first.db")]
    made = []
    for heir in heirs:
        with heir.transaction() as tx:
            assert dump(tx) == before
            made.append((new_app(tx, actor), dump(tx)))
        heir.close()
    assert made[0] == made[1]


def test_a_database_needs_no_file_in_memory_and_closing_twice_is_harmless() -> None:
    rows = Database(None, Clock(START), Chance(), load({}))
    rows.close()
    rows.close()
