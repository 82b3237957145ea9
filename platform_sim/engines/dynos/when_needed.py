"""A runtime that is made when the first dyno is to start: most platforms of tests never have one."""

import threading
from collections.abc import Callable, Iterable

from platform_sim.engines.dynos.runtime import DynoSpec, DynoWatcher, Ended, Known, Running, Runtime


class RuntimeWhenNeeded:
    """See `Runtime`. What it is asked before there is any dyno, it answers as one that has none."""

    def __init__(self, make: Callable[[], Runtime], *, is_new: bool) -> None:
        """`is_new`: whether the folder is, so that no killed platform can have left anything there."""
        self._make = make
        self._is_new = is_new
        self._lock = threading.Lock()
        self._made: Runtime | None = None

    def _needed(self) -> Runtime:
        with self._lock:
            if self._made is None:
                self._made = self._make()
            return self._made

    def end_leftovers(self, known: Iterable[Known]) -> list[Ended]:
        """See `Runtime.end_leftovers`: processes of the whole machine are looked at."""
        return [] if self._is_new else self._needed().end_leftovers(known)

    def start(self, spec: DynoSpec, watcher: DynoWatcher) -> Running:
        """See `Runtime.start`."""
        return self._needed().start(spec, watcher)

    def stop(self, key: str, grace_seconds: float | None = None) -> None:
        """See `Runtime.stop`."""
        if self._made is not None:
            self._made.stop(key, grace_seconds)

    def kill(self, key: str) -> None:
        """See `Runtime.kill`."""
        if self._made is not None:
            self._made.kill(key)

    def withdraw(self, attach_secret: str) -> None:
        """See `Runtime.withdraw`."""
        self._needed().withdraw(attach_secret)

    def running(self) -> list[Running]:
        """See `Runtime.running`."""
        return [] if self._made is None else self._made.running()

    def close(self, grace_seconds: float | None = None) -> None:
        """See `Runtime.close`."""
        if self._made is not None:
            self._made.close(grace_seconds)
