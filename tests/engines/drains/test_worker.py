"""One drain at work: attempts, waits on the platform's clock, what is dropped and told (partner-api §7.1)."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any

import pytest

from platform_sim.core.clock import Clock
from platform_sim.core.model.syslog import Batch, Framing
from platform_sim.engines.drains.senders import Outcome
from platform_sim.engines.drains.worker import DrainWorker
from platform_sim.settings import load

from .lines import AT, Line, messages

GUARD = 60.0
TWELVE_FAILURES: list[Outcome] = ["again"] * 12
L10 = "Error L10 (output buffer overflow): {} messages dropped since 2026-01-02T03:04:05+00:00."


class Receiver:
    """A `Sender` whose outcomes are scripted; beyond the script everything is taken."""

    framing = Framing()

    def __init__(self, *script: Outcome) -> None:
        self.script = list(script)
        self.batches: list[tuple[str, list[str]]] = []
        """Frame id and texts of each attempt."""
        self.rests = 0
        self.closed = False
        self.held = asyncio.Event()
        self.held.set()
        self.asked = 0

    async def send(self, batch: Batch, frame_id: str) -> Outcome:
        self.asked += 1
        await self.held.wait()
        found = messages(self.framing.body(batch))
        assert len(found) == batch.messages
        self.batches.append((frame_id, [message.text for message in found]))
        return self.script.pop(0) if self.script else "taken"

    def rest(self) -> None:
        self.rests += 1

    async def close(self) -> None:
        self.closed = True

    @property
    def texts(self) -> list[list[str]]:
        return [texts for _, texts in self.batches]


class Play:
    """A worker that runs, its receiver and its clock; `slots` are the worker's picks, the highest if there is none."""

    def __init__(self, receiver: Receiver, **settings: Any) -> None:
        self.receiver = receiver
        self.clock = Clock(AT)
        self.picked: list[int] = []
        ids = iter(range(1, 1000))
        self.worker = DrainWorker(
            "test", receiver, load({}, **settings), self.clock, self._pick, lambda: f"{next(ids):032X}"
        )
        self.clock.on_move(self.worker.clock_moved)
        self.task = asyncio.get_running_loop().create_task(self.worker.run())

    def _pick(self, most: int) -> int:
        self.picked.append(most)
        return most

    def say(self, *texts: str) -> None:
        self.worker.add([Line(text) for text in texts], 0)

    async def until(self, true: Callable[[], bool]) -> None:
        """Let the worker go on until something holds."""
        async with asyncio.timeout(GUARD):
            while not true():
                assert not self.task.done()
                await asyncio.sleep(0)

    async def settle(self) -> None:
        """Until the worker waits for news or for the clock: nothing moves in many turns of the loop."""
        for _ in range(50):
            await asyncio.sleep(0)

    async def end(self) -> None:
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)


def play(story: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(asyncio.wait_for(story(), GUARD))


def test_lines_go_out_in_order_and_once() -> None:
    async def story() -> None:
        it = Play(Receiver())
        it.say("a", "b")
        await it.until(lambda: len(it.receiver.batches) == 1)
        it.say("c")
        await it.until(lambda: len(it.receiver.batches) == 2)
        await it.settle()
        assert it.receiver.texts == [["a", "b"], ["c"]]
        assert it.receiver.batches[0][0] != it.receiver.batches[1][0]
        assert it.receiver.rests >= 1
        await it.end()
        assert it.receiver.closed

    play(story)


def test_what_comes_during_an_attempt_goes_with_the_next() -> None:
    async def story() -> None:
        it = Play(Receiver())
        it.receiver.held.clear()
        it.say("a")
        await it.until(lambda: it.receiver.asked == 1)
        it.say("b")
        it.say("c")
        it.receiver.held.set()
        await it.until(lambda: len(it.receiver.batches) == 2)
        assert it.receiver.texts == [["a"], ["b", "c"]]
        await it.end()

    play(story)


def test_batches_are_limited_in_bytes() -> None:
    async def story() -> None:
        it = Play(Receiver(), drain_batch_bytes=210)
        it.say(*("x" * 40 for _ in range(5)))
        await it.until(lambda: len(it.receiver.batches) == 3)
        assert [len(texts) for texts in it.receiver.texts] == [2, 2, 1]
        await it.end()

    play(story)


def test_a_4xx_drops_the_batch_at_once_and_the_next_one_tells() -> None:
    async def story() -> None:
        it = Play(Receiver("refused"))
        it.say("a", "b")
        await it.until(lambda: len(it.receiver.batches) == 1)
        await it.settle()
        assert len(it.receiver.batches) == 1, "the loss is not told alone, the batch not sent again"
        it.say("c")
        await it.until(lambda: len(it.receiver.batches) == 2)
        assert it.receiver.texts[1] == [L10.format(2), "c"]
        it.say("d")
        await it.until(lambda: len(it.receiver.batches) == 3)
        assert it.receiver.texts[2] == ["d"]
        await it.end()

    play(story)


def test_a_batch_is_sent_three_times_with_one_frame_id_and_then_dropped() -> None:
    async def story() -> None:
        it = Play(Receiver("again", "again", "again"))
        it.say("a")
        for attempt in range(1, 4):
            await it.until(lambda n=attempt: len(it.receiver.batches) == n)  # type: ignore[misc]
            it.say(f"later {attempt}")
            await it.settle()
            assert len(it.receiver.batches) == attempt, "the clock stands still, so the worker waits"
            it.clock.advance(timedelta(seconds=10))
        await it.until(lambda: len(it.receiver.batches) == 4)
        first, second, third, fourth = it.receiver.batches
        assert first == second == third == (f"{1:032X}", ["a"])
        assert fourth[0] == f"{2:032X}"
        told, *others = fourth[1]
        assert told.startswith("Error L10 (output buffer overflow): 1 messages dropped since ")
        assert others == ["later 1", "later 2", "later 3"]
        await it.end()

    play(story)


def test_losses_of_batches_that_told_of_losses_add_up() -> None:
    async def story() -> None:
        it = Play(Receiver("refused", "refused", "refused"))
        for number in range(1, 5):
            it.say("x")
            await it.until(lambda n=number: len(it.receiver.batches) == n)  # type: ignore[misc]
            await it.settle()
        assert it.receiver.texts == [["x"], [L10.format(1), "x"], [L10.format(2), "x"], [L10.format(3), "x"]]
        await it.end()

    play(story)


def test_overflow_is_counted_exactly() -> None:
    async def story() -> None:
        it = Play(Receiver())
        it.receiver.held.clear()
        it.say("on its way")
        await it.until(lambda: it.receiver.asked == 1)
        it.say(*(str(number) for number in range(1024 + 77)))
        it.worker.add([Line("last")], 23)
        it.receiver.held.set()
        await it.until(lambda: sum(map(len, it.receiver.texts)) == 1 + 1 + 1024)
        first, second, *rest = it.receiver.texts
        assert first == ["on its way"]
        assert second[0] == L10.format(77 + 1 + 23)
        assert second[1:] + [text for texts in rest for text in texts] == [*map(str, range(78, 1024 + 77)), "last"]
        await it.end()

    play(story)


def test_the_waits_are_of_the_platforms_clock_and_get_longer_up_to_the_tenth_slot() -> None:
    async def story() -> None:
        it = Play(Receiver(*TWELVE_FAILURES), drain_attempts=100, drain_back_off=1.0)
        it.say("a")
        for failure in range(1, 13):
            await it.until(lambda n=failure: len(it.picked) == n)  # type: ignore[misc]
            wait = (2 ** min(failure, 10) - 1) / 2
            it.clock.advance(timedelta(seconds=wait - 0.001))
            await it.settle()
            assert len(it.receiver.batches) == failure
            it.clock.advance(timedelta(seconds=0.001))
        await it.until(lambda: len(it.receiver.batches) == 13)
        assert it.picked == [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 10, 10]
        it.receiver.script = ["again"]
        it.say("b")
        await it.until(lambda: len(it.picked) == 13)
        assert it.picked[-1] == 1, "a success begins the count anew"
        await it.end()

    play(story)


def test_a_running_clock_needs_no_push() -> None:
    async def story() -> None:
        it = Play(Receiver("again"))
        it.clock.resume()
        it.say("a")
        await it.until(lambda: len(it.receiver.batches) == 2)
        await it.end()

    play(story)


@pytest.mark.parametrize(("seconds", "kept"), [(299, 1024), (300, 10)])
def test_after_five_minutes_of_failure_the_buffer_shrinks(seconds: int, kept: int) -> None:
    async def story() -> None:
        it = Play(Receiver("again", "again"), drain_attempts=100)
        it.say("on its way")
        await it.until(lambda: len(it.picked) == 1)
        it.say(*map(str, range(1024)))
        it.clock.advance(timedelta(seconds=seconds))
        await it.until(lambda: len(it.picked) == 2)
        it.say("last")
        it.clock.advance(timedelta(seconds=10))
        await it.until(lambda: len(it.receiver.batches) == 4)
        told, *others = it.receiver.texts[3]
        lost = 1025 - kept
        assert told.startswith(f"Error L10 (output buffer overflow): {lost} messages dropped since ")
        assert others == [*map(str, range(lost, 1024)), "last"]
        it.receiver.held.clear()
        it.say("x")
        await it.until(lambda: it.receiver.asked == 5)
        it.say(*map(str, range(1024)))
        it.receiver.held.set()
        await it.until(lambda: len(it.receiver.batches) == 6)
        assert it.receiver.texts[5] == [*map(str, range(1024))], "a success makes the buffer large again"
        await it.end()

    play(story)


@pytest.mark.parametrize("outcome", ["taken", "refused"])
def test_failures_count_only_in_a_row(outcome: Outcome) -> None:
    async def story() -> None:
        it = Play(Receiver("again", outcome, "again"))
        it.say("a")
        await it.until(lambda: len(it.picked) == 1)
        it.clock.advance(timedelta(seconds=400))
        await it.until(lambda: len(it.receiver.batches) == 2)
        it.say("b")
        await it.until(lambda: len(it.picked) == 2)
        assert it.picked == [1, 1]
        it.say(*map(str, range(1024)))
        it.clock.advance(timedelta(seconds=1))
        await it.until(lambda: len(it.receiver.batches) == 5)
        assert it.receiver.texts[4] == [*map(str, range(1024))], "nothing shrank"
        await it.end()

    play(story)


def test_another_sender_takes_over_what_was_on_its_way() -> None:
    async def story() -> None:
        old, new = Receiver("again"), Receiver()
        it = Play(old)
        it.say("a")
        await it.until(lambda: len(it.picked) == 1)
        it.say("b")
        await it.end()
        assert old.closed
        it.worker.sender = new
        it.task = asyncio.get_running_loop().create_task(it.worker.run())
        await it.until(lambda: len(new.batches) == 2)
        assert new.batches[0] == old.batches[0], "same frame id and bytes"
        assert new.texts == [["a"], ["b"]]
        await it.end()

    play(story)


def test_it_can_be_ended_in_every_kind_of_wait() -> None:
    async def story() -> None:
        idle, hanging, waiting = Play(Receiver()), Play(Receiver()), Play(Receiver("again"))
        hanging.receiver.held.clear()
        hanging.say("a")
        waiting.say("a")
        await hanging.until(lambda: hanging.receiver.asked == 1)
        await waiting.until(lambda: len(waiting.picked) == 1)
        for each in (idle, hanging, waiting):
            await each.end()
            assert each.receiver.closed

    play(story)
