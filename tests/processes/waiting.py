"""Waiting on conditions, never for a time; and how long something takes, whatever else the machine does."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")
LONGEST = 180.0
"""Wall seconds after which a condition is taken for never coming; a test that works needs a fraction of it."""


def wait_until(what: str, ask: Callable[[], T], seconds: float = LONGEST) -> T:
    """Ask until the answer is true; -> that answer. AssertionError with `what` and the last answer if it never is.

    Asked less often the longer it takes: asking must not take the processor from what is waited for.
    """
    began = time.monotonic()
    end = began + seconds
    pause = threading.Event()
    while not (found := ask()):
        assert time.monotonic() < end, f"waited {seconds:g} s in vain until {what}; the last answer was {found!r}"
        pause.wait(min(0.1, 0.01 + (time.monotonic() - began) / 10))
    return found


@contextmanager
def stopwatch() -> Iterator[Callable[[], float]]:
    """How many seconds have passed, of those in which this process had its turn: where nothing else runs, all of them.

    They are counted by a thread that sleeps a hundredth again and again: while this process has to wait for the
    processor, so has the thread.
    """
    over, naps = threading.Event(), 0

    def count() -> None:
        nonlocal naps
        while not over.wait(0.01):
            naps += 1

    counting = threading.Thread(target=count, name="stopwatch")
    counting.start()
    try:
        yield lambda: naps / 100
    finally:
        over.set()
        counting.join()
