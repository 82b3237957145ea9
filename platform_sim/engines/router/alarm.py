"""A deadline that is cheap to move: thousands of requests a second set one and hardly any ever rings.

Touches only the event loop's timers.
"""

import asyncio
from collections.abc import Callable


class Alarm:
    """Calls `ring` once when the last set deadline passes; setting a later deadline costs no new timer."""

    __slots__ = ("_due", "_handle", "_loop", "_ring")

    def __init__(self, loop: asyncio.AbstractEventLoop, ring: Callable[[], None]) -> None:
        self._loop = loop
        self._ring = ring
        self._due: float | None = None
        self._handle: asyncio.TimerHandle | None = None

    def set(self, seconds: float) -> None:
        """Ring `seconds` from now; replaces any earlier deadline."""
        self._due = due = self._loop.time() + seconds
        handle = self._handle
        if handle is None or due < handle.when():
            if handle is not None:
                handle.cancel()
            self._handle = self._loop.call_at(due, self._fire)

    def clear(self) -> None:
        """Do not ring; the timer stays in the loop, since most often a new deadline follows at once."""
        self._due = None

    def cancel(self) -> None:
        """Never ring again: the owner is gone."""
        self._due = None
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None

    def _fire(self) -> None:
        self._handle = None
        due = self._due
        if due is None:
            return
        if due > self._loop.time():
            self._handle = self._loop.call_at(due, self._fire)
            return
        self._due = None
        self._ring()
