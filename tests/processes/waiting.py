"""Waiting on conditions, never for a time."""

import threading
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
LONGEST = 60.0
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
