"""Transactions on the real database."""

import sqlite3
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from addon_service.store import MIGRATIONS, Row, Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path / "addon.db")
    yield store
    store.close()


def _add(store: Store, uuid: str) -> None:
    with store.write() as tx:
        tx.insert("tombstones", {"uuid": uuid, "created_at": "t"})


def _count(store: Store) -> int:
    with store.read() as tx:
        return tx.count("SELECT count(*) FROM tombstones")


def test_leaving_commits_and_raising_rolls_back(store: Store) -> None:
    _add(store, "a")
    with pytest.raises(RuntimeError), store.write() as tx:
        tx.insert("tombstones", {"uuid": "b", "created_at": "t"})
        raise RuntimeError
    assert _count(store) == 1


def test_what_follows_a_commit_runs_after_it_and_only_then(store: Store) -> None:
    seen: list[int] = []
    with store.write() as tx:
        tx.insert("tombstones", {"uuid": "a", "created_at": "t"})
        tx.after_commit.append(lambda: seen.append(_count(store)))
    assert seen == [1]
    with pytest.raises(RuntimeError), store.write() as tx:
        tx.after_commit.append(lambda: seen.append(-1))
        raise RuntimeError
    assert seen == [1]


def test_many_threads_that_read_and_then_write_never_find_it_locked(store: Store, tmp_path: Path) -> None:
    # Two stores on one file are two processes: only BEGIN IMMEDIATE keeps them from failing each other.
    other = Store(tmp_path / "addon.db")
    problems: list[BaseException] = []

    def work(mine: Store, name: str) -> None:
        try:
            for number in range(10):
                with mine.write() as tx:
                    tx.count("SELECT count(*) FROM tombstones")
                    tx.insert("tombstones", {"uuid": f"{name}{number}", "created_at": "t"})
        except BaseException as error:
            problems.append(error)

    threads = [threading.Thread(target=work, args=(s, f"{i}-")) for i, s in enumerate([store, other, store, other])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    other.close()
    assert problems == []
    assert _count(store) == 40


def test_a_reader_sees_one_state(store: Store) -> None:
    with store.read() as tx:
        assert tx.count("SELECT count(*) FROM tombstones") == 0
        _add(store, "a")
        assert tx.count("SELECT count(*) FROM tombstones") == 0
    assert _count(store) == 1


def test_a_file_is_opened_again_as_it_was_and_is_private(tmp_path: Path) -> None:
    first = Store(tmp_path / "addon.db")
    _add(first, "a")
    first.close()
    second = Store(tmp_path / "addon.db")
    assert _count(second) == 1
    second.close()
    assert stat.S_IMODE((tmp_path / "addon.db").stat().st_mode) == 0o600


def test_constraints_hold(store: Store) -> None:
    _add(store, "a")
    with pytest.raises(sqlite3.IntegrityError):
        _add(store, "a")
    with pytest.raises(sqlite3.IntegrityError), store.write() as tx:
        row = {"resource_uuid": "nobody", "number": 1, "token_hash": "h", "state": "current", "created_at": "t"}
        tx.insert("credentials", row)


def test_a_connection_lent_out_at_the_close_is_closed_when_it_comes_back(tmp_path: Path) -> None:
    store = Store(tmp_path / "addon.db")
    with store.read() as tx:
        store.close()
        assert tx.count("SELECT count(*) FROM tombstones") == 0
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        tx.count("SELECT 1")


def test_a_file_of_the_first_version_keeps_its_credentials_and_gets_numbers(tmp_path: Path) -> None:
    first = Store(tmp_path / "addon.db", MIGRATIONS[:1])
    with first.write() as tx:
        for uuid in ("a", "b"):
            row = {"uuid": uuid, "addon": "x", "plan": "p", "state": "provisioned"}
            tx.insert("resources", {**row, "message": "", "created_at": "t"})
        for number, (uuid, state) in enumerate([("a", "retired"), ("b", "current"), ("a", "current")], 1):
            row = {"resource_uuid": uuid, "token_hash": f"h{number}", "state": state}
            tx.insert("credentials", {**row, "sealed": f"s{number}", "created_at": "t"})
    first.close()
    second = Store(tmp_path / "addon.db")
    with second.write() as tx:
        found = tx.rows("SELECT id, resource_uuid, number, token_hash, sealed, state FROM credentials ORDER BY id")
        assert [tuple(row.values()) for row in found] == [
            (1, "a", 1, "h1", "s1", "retired"),
            (2, "b", 1, "h2", "s2", "current"),
            (3, "a", 2, "h3", "s3", "current"),
        ]
        more: Row = {"resource_uuid": "a", "number": 3, "token_hash": "h4", "state": "current", "created_at": "t"}
        with pytest.raises(sqlite3.IntegrityError):
            tx.insert("credentials", more)
        assert tx.insert("credentials", {**more, "state": "retiring"}) > 3, "an id is never used again"
    second.close()
