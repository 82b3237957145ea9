"""Jobs are run once, in order within a subject, side by side otherwise, and never lost."""

import logging
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from platform_sim.core.actions import jobs
from platform_sim.core.clock import EPOCH, Clock
from platform_sim.core.model.records import Job

from .desk import LONG, Desk


@pytest.fixture(params=["memory", "file"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path / "rows.db" if request.param == "file" else None, Clock(EPOCH))
    yield made
    for runner in made.runners:
        runner.stop()
    made.database.close()


def test_what_waits_at_the_start_and_what_comes_later(desk: Desk) -> None:
    early = desk.add("a")
    desk.runner().start()
    assert desk.wait_for(early).outcome == {"ok": True}
    late = desk.add("b")
    done = desk.wait_for(late)
    assert (done.attempts, done.boot_id) == (1, None)
    assert desk.did == [early.id, late.id]


def test_other_kinds_are_left_alone(desk: Desk) -> None:
    other, known = desk.add("a", kind="build"), desk.add("b")
    desk.runner().start()
    desk.wait_for(known)
    assert desk.job(other).state == "todo"


def test_a_moved_clock_wakes_what_was_not_due(desk: Desk) -> None:
    job, witness = desk.add("a", after=3600), desk.add("b")
    desk.runner().start()
    desk.wait_for(witness)
    assert desk.job(job).state == "todo"
    desk.clock.advance(timedelta(hours=1))
    desk.wait_for(job)


def test_a_running_clock_wakes_it_by_itself(tmp_path: Path) -> None:
    desk = Desk(None, Clock())
    runner = desk.runner()
    runner.start()
    desk.wait_for(desk.add("a", after=0.05))
    runner.stop()
    desk.database.close()


def test_long_jobs_do_not_hold_up_others(desk: Desk) -> None:
    let_go = threading.Event()

    def slow(job: Job) -> None:
        assert let_go.wait(LONG)
        desk.finish(job)

    long = [desk.add(f"slow-{n}", kind="slow") for n in range(7)]
    desk.runner({"slow": slow, "call": desk.finish}).start()
    for job in long:
        desk.wait_for(job, "doing")
    desk.wait_for(desk.add("quick"))
    let_go.set()
    for job in long:
        desk.wait_for(job)


def test_no_more_than_the_workers_at_once(desk: Desk) -> None:
    at_once, most, lock = 0, 0, threading.Lock()

    def counts(job: Job) -> None:
        nonlocal at_once, most
        with lock:
            at_once += 1
            most = max(most, at_once)
        desk.finish(job)
        with lock:
            at_once -= 1

    many = [desk.add(f"s{n}") for n in range(40)]
    desk.runner({"call": counts}, workers=3).start()
    desk.wait(lambda rows: rows.count(Job, state="done") == len(many))
    assert most <= 3


def test_threads_begin_with_jobs_and_are_no_more_than_the_workers(desk: Desk) -> None:
    runner = desk.runner(workers=3)
    runner.start()
    assert runner._workers == [], "a platform at rest needs none"
    many = [desk.add(f"s{n}") for n in range(40)]
    desk.wait(lambda rows: rows.count(Job, state="done") == len(many))
    assert 1 <= len(runner._workers) <= 3


def test_jobs_of_a_subject_run_one_after_the_other_in_order(desk: Desk) -> None:
    busy: set[str] = set()

    def alone(job: Job) -> None:
        assert job.subject_id not in busy
        busy.add(job.subject_id)
        try:
            with desk._lock:
                desk.did.append(job.id)
        finally:
            busy.remove(job.subject_id)
        with desk.database.transaction() as tx:
            jobs.finish(tx, job)

    order = [desk.add(f"s{n % 5}") for n in range(60)]
    desk.runner({"call": alone}).start()
    desk.wait(lambda rows: rows.count(Job, state=("done", "failed")) == len(order))
    for subject in {job.subject_id for job in order}:
        mine = [job.id for job in order if job.subject_id == subject]
        assert [i for i in desk.did if i in mine] == mine
    assert len(desk.did) == len(order), "each once"


def test_a_handler_that_breaks_is_tried_again_later_each_time(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    def breaks(job: Job) -> None:
        if job.attempts < 4:
            raise ValueError("the password is hunter2")
        desk.finish(job)

    job = desk.add("a")
    runner = desk.runner({"call": breaks})
    waits = []
    with caplog.at_level(logging.ERROR):
        runner.run_until_idle()
        while (due := runner.next_due()) is not None:
            waits.append((due - desk.clock.now()).total_seconds())
            assert "ValueError in" in desk.job(job).outcome["error"]
            desk.clock.advance(due - desk.clock.now())
            runner.run_until_idle()
    assert waits == [1.0, 2.0, 4.0]
    assert (desk.job(job).state, desk.job(job).attempts) == ("done", 4)
    assert [r.levelname for r in caplog.records] == ["ERROR"] * 3
    assert "breaks (test_runner.py:" in caplog.text
    assert "hunter2" not in caplog.text


def test_the_delay_of_a_broken_handler_has_a_limit(desk: Desk) -> None:
    def breaks(job: Job) -> None:
        raise ValueError

    job = desk.add("a")
    with desk.database.transaction() as tx:
        tx.update(job, attempts=5000)
    runner = desk.runner({"call": breaks})
    assert runner.run_until_idle() == 1
    assert runner.next_due() == desk.clock.now() + timedelta(hours=1)


def test_a_handler_that_forgets_its_job_is_told_so(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    job = desk.add("a")
    assert desk.runner({"call": lambda _: None}).run_until_idle() == 1
    assert desk.job(job).state == "todo"
    assert "RuntimeError" in caplog.text


def test_a_handler_that_breaks_after_finishing_has_finished(desk: Desk) -> None:
    def breaks_late(job: Job) -> None:
        desk.finish(job)
        raise ValueError

    job = desk.add("a")
    desk.runner({"call": breaks_late}).run_until_idle()
    assert desk.job(job).state == "done"


def test_an_interim_outcome_survives_a_broken_attempt(desk: Desk) -> None:
    def twice(job: Job) -> None:
        if job.attempts == 2:
            raise ValueError
        with desk.database.transaction() as tx:
            jobs.try_again(tx, job, 0, {"seen": 1})

    job = desk.add("a")
    desk.runner({"call": twice}).run_until_idle()
    assert desk.job(job).outcome["seen"] == 1


def test_stop_waits_for_jobs_in_flight(desk: Desk) -> None:
    begun, let_go = threading.Event(), threading.Event()

    def slow(job: Job) -> None:
        begun.set()
        assert let_go.wait(LONG)
        desk.finish(job)

    job = desk.add("a")
    runner = desk.runner({"call": slow})
    runner.start()
    assert begun.wait(LONG)
    stopping = threading.Thread(target=runner.stop)
    stopping.start()
    let_go.set()
    stopping.join()
    assert desk.job(job).state == "done"


def test_what_does_not_end_in_the_grace_is_taken_again_by_the_next_start(desk: Desk) -> None:
    begun, let_go, ended = threading.Event(), threading.Event(), threading.Event()

    def hangs(job: Job) -> None:
        begun.set()
        assert let_go.wait(LONG)
        ended.set()

    job = desk.add("a")
    later = desk.add("a")
    runner = desk.runner({"call": hangs}, grace=0.01)
    runner.start()
    assert begun.wait(LONG)
    runner.stop()
    assert (desk.job(job).state, desk.job(later).state) == ("doing", "todo")
    desk.runner(boot="boot-2").start()
    desk.wait_for(later)
    assert desk.job(job).attempts == 2
    let_go.set()
    assert ended.wait(LONG)
    for worker in runner._workers:
        worker.join(LONG)  # the next test looks for threads
    assert desk.job(job).state == "done", "the one that hung changes nothing any more"


def test_nothing_is_begun_after_stop(desk: Desk) -> None:
    runner = desk.runner()
    runner.start()
    runner.stop()
    job = desk.add("a")
    assert desk.job(job).state == "todo"
    assert not [t for t in threading.enumerate() if t.name.startswith("jobs-")]


def test_stop_without_start_and_twice(desk: Desk) -> None:
    runner = desk.runner()
    runner.stop()
    other = desk.runner()
    other.start()
    other.stop()
    other.stop()


def test_a_database_that_cannot_be_asked_once_does_not_end_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    runner = desk.runner()
    right, calls = runner.next_due, []

    def sometimes() -> object:
        calls.append(1)
        if len(calls) == 1:
            raise OSError("disk I/O error")
        return right()

    monkeypatch.setattr(runner, "next_due", sometimes)
    runner.start()
    desk.wait_for(desk.add("a"))
    assert "cannot look for jobs" in caplog.text


def test_until_idle_counts_and_has_a_limit(desk: Desk) -> None:
    def makes_another(job: Job) -> None:
        with desk.database.transaction() as tx:
            jobs.finish(tx, job)
            tx.add_job("call", job.subject_id, {})

    for name in ("a", "b", "c"):
        desk.add(name)
    assert desk.runner().run_until_idle() == 3
    assert desk.runner().run_until_idle() == 0
    desk.add("a")
    with pytest.raises(RuntimeError, match="5 jobs ran"):
        desk.runner({"call": makes_another}).run_until_idle(limit=5)


def test_recover_takes_only_what_others_left(desk: Desk) -> None:
    desk.add("a")
    with desk.database.transaction() as tx:
        jobs.claim(tx, "killed", ["call"])
    assert desk.runner(boot="killed").recover() == 0
    assert desk.runner(boot="boot-2").recover() == 1
    assert desk.runner(boot="boot-2").run_until_idle() == 1
