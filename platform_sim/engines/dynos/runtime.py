"""The narrow seam between deciding about dynos and running them; values and protocols, no code that acts.

A `Runtime` starts what it is told, reports what happens, and never decides formation, back-off or release.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol


class DynoStartError(Exception):
    """A dyno could not even be started; the message says why and what to do next, without secrets."""


@dataclass(frozen=True)
class Limits:
    """How long a dyno may take, in wall seconds: the settings `boot_timeout` (R10) and `stop_grace` (R12)."""

    boot_seconds: float
    stop_seconds: float


@dataclass(frozen=True)
class DynoSpec:
    """One dyno to start. `key` is unique for ever: a restarted `web.1` is another dyno with another key."""

    key: str
    app_id: str
    name: str
    command: str
    slug_dir: Path | None
    """The app's files, which stay as they are; None for an app without a slug."""
    env: Mapping[str, str] = field(default_factory=dict)
    """Config vars; what is added to them stands in `environment.py`."""
    web: bool = False
    """Gets a port, and is ready when it listens there."""
    attach_secret: str | None = None
    """Its input and output wait for who has this secret, instead of going into the log."""
    tty: bool = False
    fails: bool = False
    """Its command does its work, and then has failed all the same (docs/faults.md)."""
    inside: str | None = None
    """Key of the dyno in whose folder, and under whose name and port, it runs; it ends with that one."""

    @property
    def line(self) -> str:
        """What the shell is given."""
        return f"({self.command}\n)\nexit 1" if self.fails else self.command


@dataclass(frozen=True)
class Running:
    """What a runtime says of a live dyno. `pid` and `started` as in `Known`."""

    key: str
    pid: int
    started: float
    port: int | None
    ready: bool = False


@dataclass(frozen=True)
class Known:
    """What a row remembers of a process; both together name one process for ever."""

    pid: int
    started: float


@dataclass(frozen=True)
class Ended:
    """A process that was found and is gone now."""

    pid: int
    command: str


class DynoWatcher(Protocol):
    """Hears of a dyno's life. Called from the runtime's own thread: be quick, do not call the runtime."""

    def on_ready(self, key: str) -> None:
        """A web dyno listens on its port; any other dyno has started."""
        ...

    def on_boot_timeout(self, key: str) -> None:
        """The port was not bound in time and the dyno is being killed; `on_exit` follows."""
        ...

    def on_exit(self, key: str, status: int) -> None:
        """The process ended: its exit status, 128 + n after signal n. Always the last call for a key."""
        ...


class Runtime(Protocol):
    """Runs dynos somewhere. Thread-safe."""

    def end_leftovers(self, known: Iterable[Known]) -> list[Ended]:
        """Before any start: end what a killed platform left running, and wait until it is gone."""
        ...

    def start(self, spec: DynoSpec, watcher: DynoWatcher) -> Running:
        """Start a dyno and return without waiting for it to be ready; DynoStartError if that is impossible."""
        ...

    def stop(self, key: str, grace_seconds: float | None = None) -> None:
        """SIGTERM to all its processes now, SIGKILL after the grace; returns at once. Unknown keys are fine.

        What runs inside it is stopped with it.
        """
        ...

    def kill(self, key: str) -> None:
        """SIGKILL to all its processes, soon and without a word. Unknown keys are fine."""
        ...

    def withdraw(self, attach_secret: str) -> None:
        """The dyno with this secret will never start: whoever waits for its terminal waits no more."""
        ...

    def running(self) -> list[Running]:
        """All dynos that have not ended, in order of their start."""
        ...

    def close(self, grace_seconds: float | None = None) -> None:
        """Stop all dynos and wait until nothing of them is left."""
        ...
