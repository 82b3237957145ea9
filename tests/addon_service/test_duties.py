"""Duties: nothing is lost, nothing is done by two, failures wait."""

import logging
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from addon_service import duties as duties_module
from addon_service.clock import parse_stamp, stamp
from addon_service.duties import Duties, Duty, Finish, GiveUp, Later
from addon_service.errors import PlatformFailed
from addon_service.service import Service
from addon_service.store import Row, Store, Tx
from addon_service.vault import Vault, new_key

from .heroku import START, FrozenClock
from .partner import OTHER, UUID

PATIENCE = 60.0


def nothing(tx: Tx) -> None:
    """What an act gives back that has nothing to write."""


class Bench:
    """A duty engine with one kind, `work`, whose act is set by the test."""

    def __init__(self, store: Store, clock: FrozenClock, vault: Vault) -> None:
        self.store, self.clock, self.vault = store, clock, vault
        self.seen: list[Duty] = []
        self.act: Callable[[Duty], Finish] = lambda duty: nothing
        self.duties = self.engine()

    def engine(self) -> Duties:
        """An engine as another process would have it: same store, own boot id."""
        made = Duties(self.store, self.vault, self.clock, retry_first=1, retry_most=300)
        made.set_acts({"work": self._work})
        return made

    def _work(self, duty: Duty) -> Finish:
        self.seen.append(duty)
        return self.act(duty)

    def add(self, uuid: str = UUID, **payload: object) -> None:
        with self.store.write() as tx:
            self.duties.add(tx, "work", uuid, payload)

    def rows(self) -> list[Row]:
        with self.store.read() as tx:
            return tx.rows("SELECT * FROM duties ORDER BY id")

    def states(self) -> list[str]:
        return [row["state"] for row in self.rows()]

    def raising(self, error: Exception) -> None:
        def act(duty: Duty) -> Finish:
            raise error

        self.act = act


@pytest.fixture
def bench(service: Service, clock: FrozenClock) -> Iterator[Bench]:
    with service.store.write() as tx:
        for uuid in (UUID, OTHER):
            row = {"uuid": uuid, "addon": "exceptions", "plan": "basic", "state": "provisioned"}
            tx.insert("resources", {**row, "message": "", "created_at": stamp(START)})
    bench = Bench(service.store, clock, Vault(new_key()))
    yield bench
    bench.duties.stop(PATIENCE)


def test_a_duty_is_done_once_with_what_it_carries(bench: Bench) -> None:
    bench.add(code="c")
    assert bench.duties.run_due() == 1
    assert (bench.seen[0].uuid, bench.seen[0].payload) == (UUID, {"code": "c"})
    assert bench.duties.run_due() == 0
    assert bench.states() == ["done"]


def test_what_it_carries_is_sealed_and_gone_when_done(bench: Bench) -> None:
    bench.add(code="grant-code")
    assert "grant-code" not in bench.rows()[0]["sealed"]
    bench.duties.run_due()
    assert bench.rows()[0]["sealed"] is None


def test_outcome_and_end_are_written_together(bench: Bench) -> None:
    def act(duty: Duty) -> Finish:
        def finish(tx: Tx) -> None:
            tx.insert("tombstones", {"uuid": "x", "created_at": "t"})
            raise RuntimeError("disk full")

        return finish

    bench.act = act
    bench.add()
    bench.duties.run_due()
    with bench.store.read() as tx:
        assert tx.count("SELECT count(*) FROM tombstones") == 0
    assert bench.states() == ["waiting"]


def test_a_duty_of_a_transaction_that_fails_never_was(bench: Bench) -> None:
    with pytest.raises(RuntimeError), bench.store.write() as tx:
        bench.duties.add(tx, "work", UUID, {})
        raise RuntimeError
    assert bench.duties.run_due() == 0


def test_a_duty_of_the_future_waits(bench: Bench) -> None:
    with bench.store.write() as tx:
        bench.duties.add(tx, "work", UUID, {}, START + timedelta(hours=1))
    assert bench.duties.run_due() == 0
    bench.clock.advance(hours=1)
    assert bench.duties.run_due() == 1


def test_failures_wait_twice_as_long_each_time_up_to_the_most(bench: Bench) -> None:
    bench.raising(PlatformFailed("away"))
    bench.add(code="c")
    pauses = []
    for _ in range(11):
        assert bench.duties.run_due() == 1
        pause = parse_stamp(bench.rows()[0]["due_at"]) - bench.clock.now()
        pauses.append(pause.total_seconds())
        bench.clock.advance(seconds=pauses[-1])
    assert pauses == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]
    assert bench.rows()[0]["error"] == "away"
    bench.act = lambda duty: nothing
    bench.duties.run_due()
    assert bench.seen[-1].payload == {"code": "c"}
    assert bench.states() == ["done"]


def test_waiting_for_something_is_no_failed_attempt_and_may_change_what_is_carried(bench: Bench) -> None:
    bench.raising(Later("no secret yet", 1, {"code": "d"}))
    bench.add(code="c")
    for _ in range(3):
        assert bench.duties.run_due() == 1
        bench.clock.advance(seconds=1)
    assert bench.rows()[0]["attempts"] == 0
    assert [duty.payload["code"] for duty in bench.seen] == ["c", "d", "d"]


def test_giving_up_ends_it_with_the_reason(bench: Bench) -> None:
    bench.raising(GiveUp("grant expired"))
    bench.add()
    bench.duties.run_due()
    assert (bench.states(), bench.rows()[0]["error"]) == (["failed"], "grant expired")


def test_a_fault_of_ours_is_logged_and_tried_again(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    bench.raising(ZeroDivisionError())
    bench.add()
    with caplog.at_level(logging.ERROR):
        bench.duties.run_due()
    assert "ZeroDivisionError" in caplog.text
    assert bench.states() == ["waiting"]


def test_what_a_killed_process_had_claimed_is_taken_again_after_the_restart(bench: Bench) -> None:
    class Killed(BaseException):
        pass

    def act(duty: Duty) -> Finish:
        raise Killed

    bench.act = act
    bench.add(code="c")
    with pytest.raises(Killed):
        bench.duties.run_due()
    assert bench.states() == ["doing"]
    assert bench.duties.take_over() == 0, "our own claims are not those of a dead process"
    successor = bench.engine()
    bench.act = lambda duty: nothing
    assert successor.run_due() == 0
    assert successor.take_over() == 1
    assert successor.run_due() == 1
    assert bench.seen[-1].payload == {"code": "c"}
    assert bench.states() == ["done"]


def test_the_outcome_of_a_cancelled_duty_is_not_written(bench: Bench) -> None:
    def act(duty: Duty) -> Finish:
        with bench.store.write() as tx:
            bench.duties.cancel(tx, UUID)
        return lambda tx: pytest.fail("written though cancelled")

    bench.act = act
    bench.add()
    bench.duties.run_due()
    assert bench.states() == ["cancelled"]


def test_the_workers_do_what_is_added_while_they_sleep(bench: Bench) -> None:
    done = threading.Event()

    def act(duty: Duty) -> Finish:
        done.set()
        return nothing

    bench.act = act
    bench.duties.start()
    bench.add()
    assert done.wait(PATIENCE)


def test_two_instances_at_once_but_one_duty_each_at_a_time(bench: Bench) -> None:
    both = threading.Barrier(2)
    inside: list[str] = []
    overlaps: list[str] = []
    left = threading.Semaphore(0)
    guard = threading.Lock()

    def act(duty: Duty) -> Finish:
        with guard:
            overlaps.extend([duty.uuid] * inside.count(duty.uuid))
            inside.append(duty.uuid)
        both.wait(PATIENCE)  # only passes when the other instance is served at the same time
        with guard:
            inside.remove(duty.uuid)
        left.release()
        return nothing

    bench.act = act
    for uuid in (UUID, UUID, OTHER, OTHER):
        bench.add(uuid)
    bench.duties.start()
    assert all(left.acquire(timeout=PATIENCE) for _ in range(4))
    assert overlaps == []


def test_a_worker_outlives_a_failing_store(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    done = threading.Event()
    whole = bench.duties.run_one
    failures = iter([OSError("disk full")] * 4)

    def run_one() -> bool:
        for failure in failures:
            raise failure
        return whole()

    def act(duty: Duty) -> Finish:
        done.set()
        return nothing

    bench.act = act
    monkeypatch.setattr(bench.duties, "run_one", run_one)
    bench.duties.start()
    bench.add()
    assert done.wait(PATIENCE)
    assert "cannot look after the duties" in caplog.text


class TestEnsure:
    def ensure(self, bench: Bench, seconds: float | None = None) -> None:
        due = None if seconds is None else bench.clock.now() + timedelta(seconds=seconds)
        with bench.store.write() as tx:
            bench.duties.ensure(tx, "work", UUID, due)

    def test_one_that_waits_is_enough(self, bench: Bench) -> None:
        for _ in range(3):
            self.ensure(bench)
        assert bench.states() == ["waiting"]

    def test_after_one_under_way_another_follows(self, bench: Bench) -> None:
        def act(duty: Duty) -> Finish:
            if len(bench.seen) == 1:
                self.ensure(bench)
                self.ensure(bench)
            return nothing

        bench.act = act
        self.ensure(bench)
        assert bench.duties.run_due() == 2

    def test_one_that_waits_for_later_is_brought_forward_and_never_put_off(self, bench: Bench) -> None:
        self.ensure(bench, 300)
        assert bench.duties.run_due() == 0
        self.ensure(bench, 10)
        self.ensure(bench, 60)
        bench.clock.advance(seconds=10)
        assert bench.duties.run_due() == 1
        assert bench.states() == ["done"]

    def test_it_wakes_the_workers(self, bench: Bench) -> None:
        done = threading.Event()

        def act(duty: Duty) -> Finish:
            done.set()
            return nothing

        bench.act = act
        self.ensure(bench, 300)
        bench.duties.start()
        self.ensure(bench)
        assert done.wait(PATIENCE)

    def test_each_instance_for_itself(self, bench: Bench) -> None:
        self.ensure(bench)
        with bench.store.write() as tx:
            bench.duties.ensure(tx, "work", OTHER)
        assert bench.states() == ["waiting", "waiting"]


def test_of_many_that_are_done_the_newest_stay_listed(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duties_module, "KEPT", 2)
    bench.add(OTHER)
    for number in range(4):
        bench.add(number=number)
    with bench.store.write() as tx:
        bench.duties.add(tx, "work", UUID, {}, bench.clock.now() + timedelta(hours=1))
    assert bench.duties.run_due() == 5
    assert [(row["resource_uuid"], row["id"]) for row in bench.rows()] == [(OTHER, 1), (UUID, 4), (UUID, 5), (UUID, 6)]
