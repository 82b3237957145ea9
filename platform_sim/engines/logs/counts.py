"""Counts what the log hub hears from router and dynos: error codes, statuses, times. By the minute, for one day.

In memory: the numbers begin with the platform. Only lines of the platform's own are looked at; no app can write one.
"""

import re
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from platform_sim.core.model.metrics import KEPT_MINUTES, Window, minute_of
from platform_sim.core.model.seams import Numbers

ROUTER = "router"
PERCENTILES = {"latency.ms.p50": 50, "latency.ms.p95": 95, "latency.ms.p99": 99, "latency.ms.max": 100}

_REQUEST = re.compile(
    r"(?:sock=\w+ )?at=\w+(?: code=(H[0-9]{2}))? .* "
    r"service=(?:([0-9]+)ms)? status=([0-9]*) bytes=[0-9]* protocol=\S+ tls="
)
"""The last such words of a line are the router's own: what a client says of itself stands before them."""
_DYNO_ERROR = re.compile(r"Error (R[0-9]{2}) ")


@dataclass(slots=True)
class _Minute:
    """What an app's minute had."""

    errors: Counter[tuple[str, str]] = field(default_factory=Counter)
    """By `router` or a process type, and code."""
    statuses: Counter[str] = field(default_factory=Counter)
    times: Counter[int] = field(default_factory=Counter)
    """Milliseconds of the dyno, rounded to two digits, so that a minute has only so many."""


class LineCounts:
    """Hears from any thread, answers any thread. It is the platform's `Metrics`."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._apps: dict[str, dict[int, _Minute]] = {}

    def hear(self, app_id: str, at: datetime, dyno: str, text: str) -> None:
        """One line that the platform itself has written into an app's log."""
        if dyno == ROUTER:
            found = _REQUEST.match(text)
            if found:
                self._request(app_id, at, *found.groups())
        elif found := _DYNO_ERROR.match(text):
            with self._lock:
                self._minute(app_id, at).errors[dyno.partition(".")[0], found[1]] += 1

    def _request(self, app_id: str, at: datetime, code: str | None, service: str | None, status: str) -> None:
        with self._lock:
            minute = self._minute(app_id, at)
            if code:
                minute.errors[ROUTER, code] += 1
            if status:
                minute.statuses[status] += 1
            if service and not code:
                minute.times[_rounded(int(service))] += 1

    def _minute(self, app_id: str, at: datetime) -> _Minute:
        number = minute_of(at)
        minutes = self._apps.setdefault(app_id, {})
        found = minutes.get(number)
        if found is None:
            for old in [each for each in minutes if each < number - KEPT_MINUTES]:
                del minutes[old]
            found = minutes[number] = _Minute()
        return found

    def forget(self, app_id: str) -> None:
        """The app is gone."""
        with self._lock:
            self._apps.pop(app_id, None)

    def errors(self, app_id: str, source: str, window: Window) -> Numbers:
        """By code, of the router or of a process type; codes that did not occur are left out."""
        found: Numbers = {}
        with self._lock:
            for index, minute in self._within(app_id, window):
                for (said_by, code), count in minute.errors.items():
                    if said_by == source:
                        _add(found, code, index, count, window)
        return dict(sorted(found.items()))

    def statuses(self, app_id: str, window: Window) -> Numbers:
        """Answers of the router, by status."""
        found: Numbers = {}
        with self._lock:
            for index, minute in self._within(app_id, window):
                for status, count in minute.statuses.items():
                    _add(found, status, index, count, window)
        return dict(sorted(found.items()))

    def latencies(self, app_id: str, window: Window) -> Numbers:
        """Percentiles of what dynos took, of requests that went well; nothing at all if there was none."""
        times = [Counter[int]() for _ in range(window.steps)]
        with self._lock:
            for index, minute in self._within(app_id, window):
                times[index] += minute.times
        if not any(times):
            return {}
        return {name: [_percentile(each, rank) for each in times] for name, rank in PERCENTILES.items()}

    def _within(self, app_id: str, window: Window) -> Iterator[tuple[int, _Minute]]:
        for number, minute in self._apps.get(app_id, {}).items():
            index = window.index(number)
            if index is not None:
                yield index, minute


def _rounded(milliseconds: int) -> int:
    digits = len(str(milliseconds)) - 2
    return round(milliseconds, -digits) if digits > 0 else milliseconds


def _add(found: Numbers, key: str, index: int, count: int, window: Window) -> None:
    numbers = found.setdefault(key, [None] * window.steps)
    numbers[index] = (numbers[index] or 0) + count


def _percentile(times: Counter[int], rank: int) -> int | None:
    """The nearest rank; None if there is nothing to rank."""
    left = -(-times.total() * rank // 100)
    for value in sorted(times):
        left -= times[value]
        if left <= 0:
            return value
    return None
