"""Many threads, and many platforms, at once."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from platform_sim.core.actions.config_vars import change_config_vars
from platform_sim.core.actions.releases import app_config
from platform_sim.core.model.accounts import Account
from platform_sim.core.model.apps import App, Release
from platform_sim.core.model.records import Event
from platform_sim.core.store import Database, Transaction

from ...support import START, dump, new_app, new_customer, new_database


@pytest.fixture(params=["memory", "file"])
def rows(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """The same promises hold in memory and in a file."""
    made = new_database(tmp_path / "state" / "platform.db" if request.param == "file" else None)
    yield made
    made.close()


def account(tx: Transaction, email: str) -> Account:
    return tx.insert(Account(tx.uuid("account", email), email, None, tx.now(), tx.now()))


def test_listeners_hear_the_events_of_each_commit_in_the_order_of_writing(rows: Database) -> None:
    heard: list[int] = []
    rows.on_commit(lambda events: heard.extend(e.number for e in events))

    def write(index: int) -> None:
        with rows.transaction() as tx:
            made = account(tx, f"{index}@example.com")
            tx.record("account", "create", made.id, made, {})
            tx.record("account", "update", made.id, made, {})

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(24)))
    assert heard == list(range(1, 49))


def in_threads(count: int, act: Callable[[int], object]) -> None:
    """Run `act(0) .. act(count - 1)` at the same time, one thread each; the first error is raised."""
    start = threading.Barrier(count)

    def run(index: int) -> object:
        start.wait(30)
        return act(index)

    with ThreadPoolExecutor(count) as pool:
        for done in [pool.submit(run, index) for index in range(count)]:
            done.result(60)


def test_invariant_08_many_writers_at_once_make_versions_without_gaps(rows: Database) -> None:
    with rows.transaction() as tx:
        actor = new_customer(tx)
        app = new_app(tx, actor)

    def write(index: int) -> None:
        for turn in range(5):
            with rows.transaction() as tx:
                change_config_vars(tx, actor, app, {f"VAR_{index}": str(turn)})

    in_threads(8, write)
    with rows.snapshot() as snapshot:
        versions = [r.version for r in snapshot.all(Release, app_id=app.id, order_by="version")]
        numbers = [e.number for e in snapshot.all(Event, order_by="number")]
        assert app_config(snapshot, app) == {f"VAR_{index}": "4" for index in range(8)}
    assert versions == list(range(1, 43))
    assert numbers == list(range(1, len(numbers) + 1))


def test_readers_see_one_consistent_state_while_others_write(rows: Database) -> None:
    with rows.transaction() as tx:
        pair = [account(tx, email).id for email in ("left@example.com", "right@example.com")]
    done = threading.Event()

    def write() -> None:
        for turn in range(60):
            with rows.transaction() as tx:
                for each in pair:
                    tx.update(tx.get(Account, each), name=str(turn))
        done.set()

    def read() -> None:
        looks = 0
        while looks < 20 or not done.is_set():
            with rows.snapshot() as snapshot:
                names = {snapshot.get(Account, each).name for each in pair}
                again = {snapshot.get(Account, each).name for each in pair}
            assert len(names) == 1
            assert again == names, "a snapshot does not change while it is open"
            looks += 1

    in_threads(4, lambda index: write() if index == 0 else read())


def test_a_second_process_on_the_same_file_waits_for_its_turn(tmp_path: Path) -> None:
    """Two `Database` objects share nothing but the file, as two processes do."""
    path = tmp_path / "platform.db"
    both = [new_database(path, seed=None), new_database(path, seed=None)]

    def write(index: int) -> None:
        for turn in range(10):
            with both[index % 2].transaction() as tx:
                account(tx, f"{index}-{turn}@example.com")

    in_threads(4, write)
    with both[0].snapshot() as snapshot:
        assert snapshot.count(Account) == 40
    for each in both:
        each.close()


def test_invariant_21_two_platforms_share_nothing() -> None:
    one, other = new_database(seed=1), new_database(seed=1)
    version = other.version
    with one.transaction() as tx:
        app = new_app(tx, new_customer(tx), "acme")
    one.clock.advance(timedelta(hours=1))
    assert other.version == version
    assert other.clock.now() == START
    with other.snapshot() as snapshot:
        assert not any(dump(snapshot).values())
    with other.transaction() as tx:
        assert new_app(tx, new_customer(tx), "acme") == app, "the same seed runs from its start in each"
        tx.update(app, name="other")
    with one.snapshot() as snapshot:
        assert snapshot.get(App, app.id).name == "acme"
    one.close()
    other.close()
