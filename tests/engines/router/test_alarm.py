"""Alarm, on a loop whose time stands still until told."""

import asyncio
from collections.abc import Callable
from typing import Any, cast

from platform_sim.engines.router.alarm import Alarm


class Handle:
    def __init__(self, when: float, call: Callable[[], None]) -> None:
        self._when, self.call, self.cancelled = when, call, False

    def when(self) -> float:
        return self._when

    def cancel(self) -> None:
        self.cancelled = True


class Loop:
    def __init__(self) -> None:
        self.now = 0.0
        self.timers: list[Handle] = []

    def time(self) -> float:
        return self.now

    def call_at(self, when: float, call: Callable[[], None]) -> Any:
        self.timers.append(Handle(when, call))
        return self.timers[-1]

    def advance(self, now: float) -> None:
        self.now = now
        for timer in [t for t in self.timers if t.when() <= now and not t.cancelled]:
            self.timers.remove(timer)
            timer.call()


def make() -> tuple[Loop, Alarm, list[float]]:
    loop = Loop()
    rung: list[float] = []
    return loop, Alarm(cast(asyncio.AbstractEventLoop, loop), lambda: rung.append(loop.now)), rung


def test_rings_once_at_its_time() -> None:
    loop, alarm, rung = make()
    alarm.set(5)
    loop.advance(4.9)
    assert rung == []
    loop.advance(5)
    loop.advance(50)
    assert rung == [5]


def test_a_later_deadline_makes_no_new_timer_and_is_kept() -> None:
    loop, alarm, rung = make()
    alarm.set(5)
    for now in range(5):
        loop.now = now
        alarm.set(5)
    assert len(loop.timers) == 1
    loop.advance(5)
    assert rung == []
    loop.advance(9)
    assert rung == [9]


def test_an_earlier_deadline_rings_earlier() -> None:
    loop, alarm, rung = make()
    alarm.set(75)
    alarm.set(5)
    loop.advance(5)
    assert rung == [5]
    loop.advance(80)
    assert rung == [5]


def test_cleared_and_cancelled_alarms_are_silent() -> None:
    loop, alarm, rung = make()
    alarm.set(5)
    alarm.clear()
    loop.advance(6)
    alarm.set(5)
    alarm.cancel()
    loop.advance(20)
    assert rung == []
