"""Which job is next: due first, in order within a subject, never two of a subject at once."""

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from platform_sim.core.actions import jobs
from platform_sim.core.clock import EPOCH, Chance, Clock
from platform_sim.core.model.records import Job
from platform_sim.core.store import Database
from platform_sim.core.store.queries import NEXT_JOB
from platform_sim.core.store.tables import TABLES
from platform_sim.settings import load

from ...support import new_database

KINDS = ("call", "other", "call_deadline")


@pytest.fixture
def clock() -> Clock:
    return Clock(EPOCH)


@pytest.fixture
def database(clock: Clock) -> Iterator[Database]:
    made = Database(None, clock, Chance(1), load({}))
    yield made
    made.close()


def add(database: Database, kind: str, subject: str, after: float = 0) -> Job:
    with database.transaction() as tx:
        return tx.add_job(kind, subject, {}, tx.now() + timedelta(seconds=after))


def claim(database: Database, boot: str = "boot-1") -> Job | None:
    with database.transaction() as tx:
        return jobs.claim(tx, boot, KINDS)


def test_nothing_waits(database: Database) -> None:
    assert claim(database) is None


def test_claimed_once_with_the_boot_that_does_it(database: Database) -> None:
    add(database, "call", "a")
    taken = claim(database)
    assert taken is not None
    assert (taken.state, taken.boot_id, taken.attempts) == ("doing", "boot-1", 1)
    assert claim(database) is None


def test_only_the_kinds_asked_for(database: Database) -> None:
    add(database, "build", "a")
    assert claim(database) is None


def test_not_before_its_time(database: Database, clock: Clock) -> None:
    add(database, "call", "a", after=10)
    clock.advance(timedelta(seconds=9))
    assert claim(database) is None
    clock.advance(timedelta(seconds=1))
    assert claim(database) is not None


def test_the_one_that_is_due_first_goes_first(database: Database, clock: Clock) -> None:
    add(database, "call", "late", after=20)
    early = add(database, "call", "early", after=10)
    clock.advance(timedelta(seconds=30))
    taken = claim(database)
    assert taken is not None and taken.id == early.id


def test_jobs_of_a_subject_wait_for_each_other_even_while_one_waits_for_its_time(
    database: Database, clock: Clock
) -> None:
    first = add(database, "call", "a", after=10)
    second = add(database, "other", "a")
    assert claim(database) is None
    clock.advance(timedelta(seconds=10))
    taken = claim(database)
    assert taken is not None and taken.id == first.id
    assert claim(database) is None, "one of a subject at a time"
    with database.transaction() as tx:
        jobs.finish(tx, taken)
    taken = claim(database)
    assert taken is not None and taken.id == second.id


def test_another_subject_is_not_held_up(database: Database) -> None:
    add(database, "call", "a")
    other = add(database, "call", "b")
    claim(database)
    taken = claim(database)
    assert taken is not None and taken.id == other.id


def test_a_deadline_holds_nothing_up(database: Database) -> None:
    add(database, "call_deadline", "a", after=1000)
    assert claim(database, "boot-1") is None
    add(database, "call", "a")
    assert claim(database) is not None


def test_next_job_is_none_while_the_only_one_is_held_up(database: Database) -> None:
    add(database, "call", "a")
    add(database, "call", "a")
    claim(database)
    with database.snapshot() as rows:
        assert jobs.next_job(rows, KINDS) is None, "or a runner would spin on a job that it cannot take"


def test_what_a_killed_boot_was_doing_is_taken_again(database: Database) -> None:
    add(database, "call", "a")
    claim(database, "killed")
    with database.transaction() as tx:
        assert jobs.take_again(tx, "killed") == 0
        assert jobs.take_again(tx, "next") == 1
    taken = claim(database, "next")
    assert taken is not None
    assert (taken.boot_id, taken.attempts) == ("next", 2)


def test_the_index_answers_so_that_many_waiting_jobs_cost_nothing(database: Database) -> None:
    with database.transaction() as tx:
        sql = "EXPLAIN QUERY PLAN " + TABLES[Job].select + NEXT_JOB.tail
        plan = [row[3] for row in tx._connection.execute(sql, {"kinds": json.dumps(KINDS)})]
    assert any("job USING INDEX idx_job_state_run_at" in step for step in plan), plan
    assert any("earlier USING INDEX idx_job_open" in step for step in plan), "not among jobs that are done"
    assert not any("TEMP B-TREE" in step or step == "SCAN job" for step in plan), plan


def test_only_an_underscore_makes_a_deadline(database: Database) -> None:
    kinds = ("call", "calldeadline")
    add(database, "calldeadline", "a", after=1000)
    add(database, "call", "a")
    with database.transaction() as tx:
        assert jobs.claim(tx, "boot-1", kinds) is None


def test_one_that_waits_for_another_try_holds_the_others_of_its_subject_up(database: Database) -> None:
    add(database, "call", "a")
    second = add(database, "call", "a")
    first = claim(database)
    assert first is not None
    with database.transaction() as tx:
        again = jobs.try_again(tx, first, 1.5, {"message": "503"})
        assert (again.state, again.boot_id, again.attempts) == ("todo", None, 1)
        assert again.run_at == EPOCH + timedelta(seconds=1.5)
        assert again.outcome == {"message": "503"}, "for the door that waits on the row"
    assert claim(database) is None
    with database.transaction() as tx:
        given_up = jobs.finish(tx, again, {"ok": False}, failed=True)
        assert (given_up.state, given_up.outcome) == ("failed", {"ok": False})
    taken = claim(database)
    assert taken is not None and taken.id == second.id


def test_each_job_is_claimed_by_one_of_many_runners(tmp_path: Path) -> None:
    database = new_database(tmp_path / "platform.db")
    for number in range(40):
        add(database, "call", str(number))
    start = threading.Barrier(4)

    def run(boot: int) -> list[str]:
        start.wait(30)
        mine = []
        while (job := claim(database, str(boot))) is not None:
            mine.append(job.subject_id)
        return mine

    with ThreadPoolExecutor(4) as pool:
        taken = [subject for mine in pool.map(run, range(4)) for subject in mine]
    assert sorted(taken, key=int) == [str(n) for n in range(40)]
    database.close()
