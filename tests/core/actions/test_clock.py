"""The clock in an operator's hand: what is written of a move, what is refused, what waits, what is being done."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from platform_sim.core.access import Actor
from platform_sim.core.actions import clock, jobs
from platform_sim.core.actions.clock import Due
from platform_sim.core.actions.dynos import add_formation_dyno, let_go, report_state, run_dyno
from platform_sim.core.actions.formation import Scaling, scale
from platform_sim.core.clock import Chance, Clock
from platform_sim.core.errors import InvalidParams
from platform_sim.core.model.accounts import Account
from platform_sim.core.model.apps import App, Dyno, Release
from platform_sim.core.model.records import Event, Job
from platform_sim.core.store import Database, Transaction
from platform_sim.settings import load

from ...support import START, deploy, new_app, new_customer, new_database

HOUR = timedelta(hours=1)


@pytest.fixture
def database() -> Iterator[Database]:
    made = new_database()
    yield made
    made.close()


@pytest.fixture
def operator(database: Database) -> Account:
    with database.transaction() as tx:
        return new_customer(tx).account


def move(act: Callable[..., list[Due]], database: Database, *wish: Any) -> list[Due]:
    with database.transaction() as tx:
        return act(tx, *wish)


def told(database: Database) -> list[Event]:
    with database.snapshot() as rows:
        return rows.all(Event, kind="clock")


def test_a_move_is_an_event_that_names_what_comes_due(database: Database, operator: Account) -> None:
    with database.transaction() as tx:
        tx.add_job("review_app_deadline", "one", {}, run_at=START + HOUR)
        tx.add_job("deprovision", "two", {}, run_at=START + HOUR + timedelta(microseconds=1))
    came = move(clock.advance, database, operator, HOUR)
    assert [(due.kind, due.bound) for due in came] == [("review_app_deadline", True)]
    assert database.clock.now() == START + HOUR
    [event] = told(database)
    assert (event.actor_email, event.created_at) == (operator.email, START)
    assert event.data == {
        "act": "advance",
        "from": START.isoformat(),
        "to": (START + HOUR).isoformat(),
        "due": [{"kind": "review_app_deadline", "subject": "one"}],
    }
    assert [due.kind for due in move(clock.freeze, database, operator, START + 2 * HOUR)] == ["deprovision"]
    assert database.clock.is_frozen


def test_a_move_that_is_not_committed_is_none(database: Database, operator: Account) -> None:
    with pytest.raises(InterruptedError), database.transaction() as tx:
        clock.advance(tx, operator, HOUR)
        assert tx.now() == START
        raise InterruptedError
    assert (database.clock.now(), told(database)) == (START, [])


def test_moves_at_the_same_time_add_up(database: Database, operator: Account) -> None:
    def walk() -> None:
        for _ in range(10):
            move(clock.advance, database, operator, HOUR)

    threads = [threading.Thread(target=walk) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert database.clock.now() == START + 40 * HOUR
    moves = [(event.data["from"], event.data["to"]) for event in told(database)]
    assert [to for _, to in moves[:-1]] == [came_from for came_from, _ in moves[1:]]


def test_what_changes_nothing_is_not_told(database: Database, operator: Account) -> None:
    move(clock.freeze, database, operator)
    assert told(database) == []
    move(clock.resume, database, operator)
    move(clock.resume, database, operator)
    assert [event.data["act"] for event in told(database)] == ["resume"]
    assert not database.clock.is_frozen


def test_whoever_waits_looks_again(database: Database, operator: Account) -> None:
    seen = database.version
    move(clock.advance, database, operator, HOUR)
    assert database.wait_for_change(seen, 0, Job) > seen
    heard: list[datetime] = []
    database.clock.on_move(lambda: heard.append(database.clock.now()))
    move(clock.advance, database, operator, HOUR)
    assert heard == [START + 2 * HOUR]


@pytest.mark.parametrize(
    ("to", "why"),
    [
        (START - timedelta(seconds=1), "time only goes forward"),
        (START + timedelta(days=3653), "too far: move the clock by 366 days"),
    ],
)
def test_a_way_that_it_cannot_go(database: Database, operator: Account, to: datetime, why: str) -> None:
    with pytest.raises(InvalidParams, match=why):
        move(clock.freeze, database, operator, to)
    with pytest.raises(InvalidParams, match=why):
        move(clock.advance, database, operator, to - START)
    assert (database.clock.now(), told(database)) == (START, [])


def test_it_has_an_end(operator: Account, database: Database) -> None:
    database.clock.freeze(datetime(2999, 12, 31, tzinfo=UTC))
    with pytest.raises(InvalidParams, match="ends with the year 2999"):
        move(clock.advance, database, operator, timedelta(days=2))


def test_a_restart_finds_it_where_it_was(tmp_path: Path) -> None:
    def opened() -> Database:
        made = Database(tmp_path / "rows.db", Clock(), Chance(), load({}))
        clock.restore(made)
        return made

    first = opened()
    with first.transaction() as tx:
        operator = new_customer(tx).account
    move(clock.advance, first, operator, 9 * HOUR)
    first.close()
    second = opened()
    assert not second.clock.is_frozen
    assert abs(second.clock.offset() - 9 * HOUR) < timedelta(milliseconds=1)
    move(clock.freeze, second, operator)
    move(clock.advance, second, operator, HOUR)
    stood = second.clock.now()
    second.close()
    third = opened()
    assert (third.clock.is_frozen, third.clock.now()) == (True, stood)
    move(clock.resume, third, operator)
    third.close()
    fourth = opened()
    assert not fourth.clock.is_frozen
    assert fourth.clock.now() >= stood
    fourth.close()


def brought(tx: Transaction, who: Actor, app: App) -> Release:
    """Code, with one type of dynos; no job is left of it."""
    release = deploy(tx, who, app, web="serve")
    for job in tx.all(Job, state="todo"):
        jobs.finish(tx, job)
    return release


class TestUnfinished:
    """What is still to be done before the clock may go on."""

    def words(self, database: Database) -> list[str]:
        with database.snapshot() as rows:
            return clock.unfinished(rows)

    def test_jobs(self, database: Database) -> None:
        with database.transaction() as tx:
            tx.add_job("deprovision", "one", {}, run_at=START + HOUR)
            assert clock.unfinished(tx) == []
            tx.add_job("build", "two", {})
            assert clock.unfinished(tx) == ["build is due"]
            job = jobs.claim(tx, "boot", ["build"])
            assert job is not None
            assert clock.unfinished(tx) == ["build is being done"]
            jobs.finish(tx, job)
            assert clock.unfinished(tx) == []
        database.clock.advance(HOUR)
        assert self.words(database) == ["deprovision is due"]

    def test_what_waits_behind_another_is_not_due(self, database: Database) -> None:
        with database.transaction() as tx:
            tx.add_job("provision", "one", {}, run_at=START + HOUR)
            tx.add_job("deprovision", "one", {})
            assert clock.unfinished(tx) == []

    def test_dynos(self, database: Database) -> None:
        with database.transaction() as tx:
            who = new_customer(tx)
            app = new_app(tx, who, "acme")
            release = brought(tx, who, app)
            scale(tx, who, app, [Scaling("web", "1")])
            assert clock.unfinished(tx) == ["web of acme is about to change"]
            dyno = add_formation_dyno(tx, release, "web.1", "serve", "Basic")
            assert clock.unfinished(tx) == ["web.1 of acme is starting"]
            report_state(tx, dyno, "up")
            assert clock.unfinished(tx) == []
            brought(tx, who, app)
            assert clock.unfinished(tx) == ["web of acme is about to change"]
            let_go(tx, dyno)
            assert "web.1 of acme is stopping" in clock.unfinished(tx)

    def test_a_dyno_that_cools_off(self, database: Database) -> None:
        with database.transaction() as tx:
            self._crash(tx)
            [due] = clock.waiting(tx)
            assert (due.kind, due.at, due.bound) == ("dyno_restart", START + HOUR, False)
            assert clock.unfinished(tx) == []
        database.clock.advance(HOUR)
        assert self.words(database) == ["web.1 of acme is about to start again"]

    def test_a_one_off_dyno_may_run_as_long_as_it_was_given(self, database: Database) -> None:
        with database.transaction() as tx:
            who = new_customer(tx)
            app = new_app(tx, who, "acme")
            brought(tx, who, app)
            dyno = run_dyno(tx, who, app, "sleep", time_to_live=3600)
            report_state(tx, dyno, "up")
            scale(tx, who, app, [Scaling("web", "0")])
            assert [(due.kind, due.bound) for due in clock.waiting(tx)] == [("dyno_time_to_live", True)]
            assert clock.unfinished(tx) == []
        database.clock.advance(HOUR)
        assert self.words(database) == [f"{dyno.name} of acme is about to end"]

    def _crash(self, tx: Transaction) -> Dyno:
        who: Actor = new_customer(tx)
        app = new_app(tx, who, "acme")
        release = brought(tx, who, app)
        scale(tx, who, app, [Scaling("web", "1")])
        dyno = add_formation_dyno(tx, release, "web.1", "serve", "Basic")
        return report_state(tx, dyno, "crashed", crashes=2, retry_at=START + HOUR)
