"""Time that passes jumps over nothing."""

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from platform_sim.core.actions import jobs
from platform_sim.core.clock import EPOCH, Clock
from platform_sim.core.model.records import Job
from platform_sim.engines.jobs import at_rest, pass_time

from .desk import LONG, Desk


@pytest.fixture
def desk() -> Iterator[Desk]:
    made = Desk(None, Clock(EPOCH))
    yield made
    for runner in made.runners:
        runner.stop()
    made.database.close()


def after(seconds: float) -> datetime:
    return EPOCH + timedelta(seconds=seconds)


def hourly(desk: Desk, moments: list[datetime]) -> None:
    """A runner whose job comes back every hour, for ever."""

    def act(job: Job) -> None:
        moments.append(desk.clock.now())
        with desk.database.transaction() as tx:
            jobs.try_again(tx, job, 3600)

    desk.runner({"call": act}).start()


def test_each_job_is_done_at_its_moment(desk: Desk) -> None:
    moments: list[datetime] = []
    hourly(desk, moments)
    desk.add("a")
    assert pass_time(desk.database, timedelta(days=7), LONG) == 7 * 24
    assert moments == [after(3600 * n) for n in range(7 * 24 + 1)]
    assert desk.clock.now() == after(7 * 86_400)


def test_what_is_due_later_stays_and_the_clock_stands_where_it_was_sent(desk: Desk) -> None:
    desk.runner().start()
    desk.add("a", after=10)
    last = desk.add("b", after=20)
    assert pass_time(desk.database, timedelta(seconds=15), LONG) == 1
    assert (desk.clock.now(), desk.job(last).state) == (after(15), "todo")
    assert at_rest(desk.database, LONG) == after(20)
    assert pass_time(desk.database, timedelta(seconds=5), LONG) == 1, "the last moment is part of it"
    assert (desk.job(last).state, at_rest(desk.database, LONG)) == ("done", None)


def test_what_waits_for_another_of_its_subject_is_not_due(desk: Desk) -> None:
    desk.runner().start()
    first = desk.add("a", after=10)
    second = desk.add("a")
    assert at_rest(desk.database, LONG) == after(10)
    assert pass_time(desk.database, timedelta(seconds=10), LONG) == 1
    assert [desk.job(each).state for each in (first, second)] == ["done", "done"]


def test_it_waits_for_what_is_being_done(desk: Desk) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slow(job: Job) -> None:
        begun.set()
        assert go_on.wait(LONG)
        desk.finish(job)

    desk.runner({"call": slow}).start()
    job = desk.add("a")
    assert begun.wait(LONG)
    with pytest.raises(RuntimeError, match=r"still open after 0 s \(call\)"):
        at_rest(desk.database, 0)
    go_on.set()
    assert at_rest(desk.database, LONG) is None
    assert desk.job(job).state == "done"


def test_jobs_that_nobody_does_are_named(desk: Desk) -> None:
    desk.add("a", kind="strange")
    with pytest.raises(RuntimeError, match="strange"):
        pass_time(desk.database, timedelta(hours=1), 0)


def test_without_jobs_only_the_clock_moves(desk: Desk) -> None:
    assert pass_time(desk.database, timedelta(days=1)) == 0
    assert desk.clock.now() == after(86_400)
