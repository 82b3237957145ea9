"""The threads that answer: few at a time, more for calls that wait, none left."""

import threading
from collections.abc import Callable, Iterator

import pytest

from platform_sim.web.workers import Workers, waiting

SECONDS = 60.0
NEVER = 1_000.0
"""A patience that no call here lasts."""


class Call:
    """A task that begins, waits until it may end, and ends."""

    def __init__(self, then: Callable[[], None] = lambda: None, *, is_read: bool = False) -> None:
        self.is_read = is_read
        self.began = threading.Event()
        self.may_end = threading.Event()
        self.ended = threading.Event()
        self.cancelled = False
        self.thread: threading.Thread | None = None
        self._then = then

    def service(self) -> None:
        self.thread = threading.current_thread()
        self.began.set()
        assert self.may_end.wait(SECONDS)
        self.ended.set()
        self._then()

    def cancel(self) -> None:
        self.cancelled = True


@pytest.fixture
def calls() -> Iterator[list[Call]]:
    """Calls of a test; all may end when it ends."""
    made: list[Call] = [Call() for _ in range(8)]
    yield made
    for call in made:
        call.may_end.set()


def begun(calls: list[Call]) -> list[int]:
    return [number for number, call in enumerate(calls) if call.began.is_set()]


def add(workers: Workers, calls: list[Call]) -> None:
    for call in calls:
        workers.add_task(call)


def test_only_few_quick_calls_run_at_once_and_the_others_follow_in_order(calls: list[Call]) -> None:
    workers = Workers(few=2, patience=NEVER)
    add(workers, calls[:4])
    assert all(call.began.wait(SECONDS) for call in calls[:2])
    workers.look()
    assert workers.is_crowded
    assert begun(calls) == [0, 1]
    calls[1].may_end.set()
    assert calls[2].began.wait(SECONDS)
    assert begun(calls) == [0, 1, 2]
    assert calls[2].thread is calls[1].thread
    for call in calls:
        call.may_end.set()
    assert calls[3].ended.wait(SECONDS)
    assert not workers.shutdown(), "nothing was left in the queue"


def test_calls_that_wait_hold_up_nobody(calls: list[Call]) -> None:
    workers = Workers(few=2, patience=0.0)
    add(workers, calls)
    workers.look()
    assert all(call.began.wait(SECONDS) for call in calls)
    for call in calls:
        call.may_end.set()
    workers.shutdown()


class Waits(Call):
    """A call that waits for another one's end."""

    def __init__(self) -> None:
        super().__init__()
        self.might: bool | None = None

    def service(self) -> None:
        with waiting() as self.might:
            super().service()


def test_a_call_that_says_that_it_waits_gives_its_place_to_the_next(calls: list[Call]) -> None:
    """The next can be the very one that it waits for, such as the partner's own call (design §9)."""
    workers = Workers(few=1, most=2, patience=NEVER)
    waits = [Waits() for _ in range(10)]
    for call in waits:
        call.may_end = calls[0].ended
    add(workers, [*waits, *calls])
    assert all(call.began.wait(SECONDS) for call in (*waits, calls[0]))
    assert begun(calls) == [0]
    for call in calls:
        call.may_end.set()
    assert all(call.ended.wait(SECONDS) for call in (*waits, *calls))
    assert [call.might for call in waits] == [True] * 10
    workers.shutdown()


def test_there_is_an_end_to_how_many_wait(calls: list[Call]) -> None:
    workers = Workers(few=1, patience=NEVER, most_waiting=2)
    waits = [Waits() for _ in range(3)]
    add(workers, [*waits, calls[0]])
    assert all(call.began.wait(SECONDS) for call in waits)
    assert [call.might for call in waits] == [True, True, False], "the third must answer without waiting"
    assert begun(calls) == []
    waits[2].may_end.set()
    assert calls[0].began.wait(SECONDS)
    for call in (*waits, *calls):
        call.may_end.set()
    assert all(call.ended.wait(SECONDS) for call in (*waits, calls[0]))
    workers.shutdown()


def test_who_is_no_worker_may_always_wait() -> None:
    with waiting() as may_wait:
        assert may_wait


def test_a_read_has_a_place_of_its_own_and_by_turns_those_of_others(calls: list[Call]) -> None:
    workers, reads = Workers(few=1, patience=NEVER), [Call(is_read=True) for _ in range(3)]
    add(workers, calls[:4])
    add(workers, reads)
    assert calls[0].began.wait(SECONDS)
    assert reads[0].began.wait(SECONDS)
    assert (begun(calls), begun(reads)) == ([0], [0])
    reads[0].may_end.set()
    assert reads[1].began.wait(SECONDS), "the place of the others is taken: no turn for them"
    calls[0].may_end.set()
    assert calls[1].began.wait(SECONDS)
    calls[1].may_end.set()
    assert reads[2].began.wait(SECONDS), "three calls stood in the queue before it"
    assert begun(calls) == [0, 1]
    for call in (*calls, *reads):
        call.may_end.set()
    assert calls[3].ended.wait(SECONDS)
    workers.shutdown()


def test_there_are_never_more_threads_than_most(calls: list[Call]) -> None:
    workers = Workers(few=1, most=3, patience=0.0)
    add(workers, calls)
    workers.look()
    assert all(call.began.wait(SECONDS) for call in calls[:3])
    assert begun(calls) == [0, 1, 2]
    calls[0].may_end.set()
    assert calls[3].began.wait(SECONDS)
    for call in calls:
        call.may_end.set()
    assert calls[-1].ended.wait(SECONDS)
    workers.shutdown()
    assert len({call.thread for call in calls}) == 3


def test_the_end_cancels_what_is_queued_and_leaves_no_thread(calls: list[Call]) -> None:
    workers = Workers(few=2, patience=NEVER)
    add(workers, calls[:3])
    assert all(call.began.wait(SECONDS) for call in calls[:2])
    calls[0].may_end.set()
    assert calls[2].began.wait(SECONDS)
    add(workers, calls[3:])
    ending = threading.Thread(target=workers.shutdown, args=(True, SECONDS))
    ending.start()
    calls[1].may_end.set()
    calls[2].may_end.set()
    ending.join(SECONDS)
    assert [call.cancelled for call in calls] == [False] * 3 + [True] * 5
    assert begun(calls) == [0, 1, 2]
    assert not any(call.thread and call.thread.is_alive() for call in calls)


def test_nothing_begins_after_the_end(calls: list[Call]) -> None:
    workers = Workers()
    workers.shutdown()
    workers.add_task(calls[0])
    workers.look()
    assert begun(calls) == []


def test_a_call_that_breaks_costs_no_thread(caplog: pytest.LogCaptureFixture) -> None:
    def break_down() -> None:
        raise ZeroDivisionError

    workers, bad, good = Workers(few=1, patience=NEVER), Call(break_down), Call()
    for call in (bad, good):
        call.may_end.set()
        workers.add_task(call)
    assert good.ended.wait(SECONDS)
    assert good.thread is bad.thread
    workers.shutdown()
    assert [record.exc_info[0] for record in caplog.records if record.exc_info] == [ZeroDivisionError]
