"""Who has begun before a snapshot took the place of all rows writes nothing into them."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from platform_sim.core.actions.accounts import create_account
from platform_sim.core.model.accounts import Account
from platform_sim.core.store import Database, RowsReplaced

from ...support import START, new_database


@pytest.fixture
def database() -> Iterator[Database]:
    made = new_database()
    yield made
    made.close()


def begin_another(database: Database) -> None:
    with database.transaction() as tx:
        tx.restored_at = START


def test_a_thread_of_before_neither_writes_nor_reads(database: Database) -> None:
    begun, replaced = threading.Event(), threading.Event()

    def act() -> list[str]:
        with database.eras.in_this_one():
            begun.set()
            assert replaced.wait(30)
            told = []
            for way in (database.transaction, database.snapshot):
                with pytest.raises(RowsReplaced, match="replaced meanwhile"), way():
                    told.append("went in")
            return told

    with ThreadPoolExecutor(1) as other:
        done = other.submit(act)
        assert begun.wait(30)
        begin_another(database)
        replaced.set()
        assert done.result(30) == []
        # The next that this thread does is of the new era.
        assert other.submit(lambda: database.eras.in_this_one().__enter__()).result(30) is None


def test_whoever_puts_them_in_place_goes_on(database: Database) -> None:
    with database.eras.in_this_one():
        begin_another(database)
        with database.transaction() as tx:
            create_account(tx, "after@example.com")
        with database.eras.in_this_one(), database.snapshot() as rows:
            assert rows.count(Account) == 1
    with database.snapshot() as rows:
        assert rows.count(Account) == 1


def test_the_time_of_the_rows_counts_until_something_is_written(database: Database) -> None:
    assert database.eras.since() is None
    begin_another(database)
    assert database.eras.since() == START
    with database.transaction():
        pass
    assert database.eras.since() == START
    with database.transaction() as tx:
        create_account(tx, "after@example.com")
    assert database.eras.since() is None


def test_a_still_is_not_taken_inside_a_transaction(database: Database) -> None:
    with database.transaction(), pytest.raises(RuntimeError, match="already reads or writes"):
        database.still()
