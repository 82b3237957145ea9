"""Remembers what a runtime says and lets tests wait for it; no sleeping, no measuring."""

import threading
from collections.abc import Callable
from pathlib import Path

from platform_sim.core.model.seams import LogSource
from platform_sim.engines.dynos.runtime import DynoSpec

PATIENCE = 120.0


class Recorder:
    """A `DynoWatcher` and a `LogSink` in one."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self.ready: list[str] = []
        self.boot_timeouts: list[str] = []
        self.exits: dict[str, int] = {}
        self.lines: list[tuple[str, str, str]] = []

    def on_ready(self, key: str) -> None:
        with self._changed:
            self.ready.append(key)
            self._changed.notify_all()

    def on_boot_timeout(self, key: str) -> None:
        with self._changed:
            self.boot_timeouts.append(key)
            self._changed.notify_all()

    def on_exit(self, key: str, status: int) -> None:
        with self._changed:
            self.exits[key] = status
            self._changed.notify_all()

    def log(self, app_id: str, source: LogSource, dyno: str, text: str) -> None:
        with self._changed:
            self.lines.append((source, dyno, text))
            self._changed.notify_all()

    def until(self, condition: Callable[[], bool]) -> None:
        """Wait until `condition` holds; fails loudly with what was seen if it never does."""
        with self._changed:
            assert self._changed.wait_for(condition, PATIENCE), (self.ready, self.exits, self.lines)

    def until_exit(self, key: str) -> int:
        """Wait for the end of a dyno; its status."""
        self.until(lambda: key in self.exits)
        return self.exits[key]

    def until_line(self, text: str) -> None:
        """Wait until the app or the platform said exactly this."""
        self.until(lambda: any(line[2] == text for line in self.lines))

    def said(self, source: str) -> list[str]:
        """All lines of `app` or `heroku`."""
        return [text for who, _, text in self.lines if who == source]


def spec(command: str, slug_dir: Path | None = None, **changes: object) -> DynoSpec:
    """A dyno to start; `web=True`, `env={...}`, `key=...`, `name=...` as needed."""
    values: dict[str, object] = {"key": "k1", "app_id": "a", "name": "worker.1", **changes}
    return DynoSpec(command=command, slug_dir=slug_dir, **values)  # type: ignore[arg-type]
