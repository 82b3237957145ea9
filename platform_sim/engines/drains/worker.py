"""One drain at work: sends what waits, batch by batch, until each is taken, refused or tried often enough.

Runs on the engine's loop and touches nothing but its sender. Waits between attempts are on the platform's clock.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from platform_sim.core.clock import Clock
from platform_sim.core.model.rules import Rules
from platform_sim.core.model.seams import SaidLine
from platform_sim.core.model.syslog import Batch
from platform_sim.engines.drains.buffer import Buffer
from platform_sim.engines.drains.faults import CUT, DROPPED
from platform_sim.engines.drains.senders import Sender

log = logging.getLogger(__name__)

MOST_SLOTS = 10
"""Failures beyond these do not make the waits longer (partner-api §7.1)."""


@dataclass
class _Parcel:
    """A batch on its way."""

    batch: Batch
    frame_id: str
    attempts: int = 0


class DrainWorker:
    """`name` is for the log. `pick`: a number from 1 to the given one, by chance. `new_frame_id`: 32 upper-case hex
    digits. `fault`: what is to go wrong on purpose with the next attempt. All methods are called on the loop."""

    def __init__(
        self,
        name: str,
        sender: Sender,
        rules: Rules,
        clock: Clock,
        pick: Callable[[int], int],
        new_frame_id: Callable[[], str],
        fault: Callable[[], str | None] = lambda: None,
    ) -> None:
        self.sender = sender
        self._name = name
        self._rules = rules
        self._clock = clock
        self._pick = pick
        self._new_frame_id = new_frame_id
        self._fault = fault
        self._buffer = Buffer(rules.drain_buffer_lines)
        self._parcel: _Parcel | None = None
        self._news = asyncio.Event()
        self._moved = asyncio.Event()
        self._failures = 0
        self._failing_since: datetime | None = None

    def add(self, lines: Sequence[SaidLine], lost: int) -> None:
        """What the app has said; `lost`: lines that nobody could take in time."""
        self._buffer.add(lines, lost, self._clock.now())
        self._news.set()

    def clock_moved(self) -> None:
        """The platform's clock was moved: whoever waits for it looks again."""
        self._moved.set()

    async def run(self) -> None:
        """Send until cancelled; a batch on its way then stays, for the next run and perhaps another sender."""
        try:
            while True:
                self._news.clear()
                while parcel := self._next():
                    await self._deliver(parcel)
                self.sender.rest()
                await self._news.wait()
        finally:
            await self.sender.close()

    def _next(self) -> _Parcel | None:
        if self._parcel is None:
            size, most = (lambda line: len(self.sender.framing.line(line))), self._rules.drain_batch_bytes
            batch = self._buffer.take(size, most, self._clock.now())
            self._parcel = _Parcel(batch, self._new_frame_id()) if batch else None
        return self._parcel

    async def _deliver(self, parcel: _Parcel) -> None:
        """One attempt, and the wait that may follow from it."""
        fault = self._fault()
        if fault == DROPPED:
            self._parcel = None
            self._buffer.give_up(parcel.batch, self._clock.now())
            return
        send = self.sender.cut if fault == CUT else self.sender.send
        outcome = await send(parcel.batch, parcel.frame_id)
        parcel.attempts += 1
        now = self._clock.now()
        if outcome == "taken":
            self._parcel = None
        elif outcome == "refused" or parcel.attempts >= self._rules.drain_attempts:
            self._parcel = None
            self._buffer.give_up(parcel.batch, now)
            times = "once" if parcel.attempts == 1 else f"{parcel.attempts} times"
            log.info("drain %s: %d lines dropped, sent %s", self._name, len(parcel.batch.lines), times)
        if outcome == "again":
            self._note_failure(now)
            await self._wait_until(now + timedelta(seconds=self._back_off()))
        else:
            self._failures, self._failing_since = 0, None
            self._buffer.resize(self._rules.drain_buffer_lines, now)

    def _note_failure(self, now: datetime) -> None:
        self._failures += 1
        self._failing_since = self._failing_since or now
        if now - self._failing_since >= timedelta(seconds=self._rules.drain_failing_after):
            self._buffer.resize(self._rules.drain_buffer_lines_failing, now)

    def _back_off(self) -> float:
        """Seconds (partner-api §7.1)."""
        slot = self._pick(min(MOST_SLOTS, self._failures))
        return float(self._rules.drain_back_off * (2**slot - 1) / 2)

    async def _wait_until(self, moment: datetime) -> None:
        """On the platform's clock: a frozen one has to be moved."""
        while True:
            self._moved.clear()
            left = self._clock.seconds_until(moment)
            if left == 0:
                return
            try:
                async with asyncio.timeout(left):
                    await self._moved.wait()
            except TimeoutError:
                continue
