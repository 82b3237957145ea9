"""Builds that run now: one ends when the platform stops, or when its row says that it was cancelled."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from platform_sim.core.model.records import Event
from platform_sim.engines.build.request import Signal


@dataclass(frozen=True)
class _Either:
    one: Signal
    other: Signal

    def is_set(self) -> bool:
        return self.one.is_set() or self.other.is_set()


class RunningBuilds:
    """Hears of commits, from any thread."""

    def __init__(self, stopping: Signal) -> None:
        self._stopping = stopping
        self._cancelled: dict[str, threading.Event] = {}

    @contextmanager
    def run(self, build_id: str) -> Iterator[Signal]:
        """For as long as the build runs: what tells that it shall end. Enter before its row is read."""
        own = self._cancelled[build_id] = threading.Event()
        try:
            yield _Either(self._stopping, own)
        finally:
            del self._cancelled[build_id]

    def committed(self, events: list[Event]) -> None:
        """A listener for commits: a build that has failed although it still runs was cancelled."""
        for event in events:
            if event.kind == "build" and event.data.get("status") == "failed":
                own = self._cancelled.get(event.subject_id)
                if own is not None:
                    own.set()
