"""One dyno's operating system process: its group, its pipe, its end. No thread, no policy, no log."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from platform_sim.engines.dynos.lodgings import Lodging
from platform_sim.engines.dynos.orphans import start_time
from platform_sim.engines.dynos.output import LineSplitter
from platform_sim.engines.dynos.runtime import DynoSpec, DynoWatcher, Running

_CHUNK = 16_384
"""Small, so that a dyno that writes without end does not keep the thread from the others."""
_MOST_CHUNKS_AT_END = 128
"""More than any pipe holds: only a stray that goes on writing could give more."""


@dataclass
class DynoProcess:
    """A started dyno. Mutable; who may change what when is `processes.py`'s business."""

    spec: DynoSpec
    watcher: DynoWatcher
    lodging: Lodging
    popen: subprocess.Popen[bytes]
    pipe: int
    pidfd: int | None
    started: float
    born: float
    """Wall clock (monotonic) of the start, for the boot timeout."""
    ready: bool = False
    gone: bool = False
    """Reaped: the pid may belong to somebody else from now on."""
    grace: float | None = None
    kill_at: float | None = None
    killed: bool = False
    lines: LineSplitter = field(default_factory=LineSplitter)

    def signal(self, number: signal.Signals) -> None:
        """To every process of the group, if any is left."""
        if not self.gone:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.popen.pid, number)

    def kill(self) -> None:
        """SIGKILL, at once."""
        self.killed = True
        self.signal(signal.SIGKILL)

    @property
    def port(self) -> int | None:
        """Where it is to listen; a guest's host does that."""
        return None if self.lodging.guest else self.lodging.port

    def end_within(self, grace: float) -> bool:
        """It may run for `grace` seconds from now at most; whether it has to be told: not a second time."""
        first = self.kill_at is None and not self.killed
        kill_at = time.monotonic() + grace
        if self.kill_at is None or kill_at < self.kill_at:
            self.grace, self.kill_at = grace, kill_at
        return first

    @classmethod
    def begun(
        cls, spec: DynoSpec, watcher: DynoWatcher, lodging: Lodging, popen: subprocess.Popen[bytes], pipe: int
    ) -> "DynoProcess":
        """One that has just been started."""
        return cls(
            spec, watcher, lodging, popen, pipe, _open_pidfd(popen.pid), _started_at(popen.pid), time.monotonic()
        )

    def as_running(self) -> Running:
        """As the runtime tells of it."""
        return Running(self.spec.key, self.popen.pid, self.started, self.port, self.ready)

    def has_exited(self) -> bool:
        """For systems without pidfd: asks, and reaps."""
        return self.popen.poll() is not None

    def read(self) -> list[str] | None:
        """The lines that are there now; None at the end of the output."""
        try:
            data = os.read(self.pipe, _CHUNK)
        except BlockingIOError:
            return []
        return self.lines.feed(data) if data else None

    def drain(self) -> list[str]:
        """All lines still in the pipe, without waiting for strays that hold it open."""
        lines: list[str] = []
        for _ in range(_MOST_CHUNKS_AT_END):
            try:
                data = os.read(self.pipe, _CHUNK)
            except BlockingIOError:
                break
            if not data:
                break
            lines += self.lines.feed(data)
        return lines + self.lines.flush()

    def reap(self) -> int:
        """Collect the exit status (128 + n after signal n) and close what was held. Only after it exited."""
        code = self.popen.wait()
        self.gone = True
        os.close(self.pipe)
        if self.pidfd is not None:
            os.close(self.pidfd)
        return 128 - code if code < 0 else code


def spawn(
    arguments: list[str], shell: Path, home: Path, env: Mapping[str, str], terminal: int | None = None
) -> tuple[subprocess.Popen[bytes], int]:
    """Start a command in a session of its own; returns it and the reading end of its output.

    With a `terminal` (a descriptor) it reads and writes there, and its output as the log would have it is empty.
    OSError or ValueError (a NUL in a value) if it cannot be started; nothing is left open then.
    """
    reading, writing = os.pipe()
    try:
        popen = subprocess.Popen(
            arguments,
            executable=shell,
            cwd=home,
            env=dict(env),
            stdin=subprocess.DEVNULL if terminal is None else terminal,
            stdout=writing if terminal is None else terminal,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except BaseException:
        os.close(reading)
        raise
    finally:
        os.close(writing)
    os.set_blocking(reading, False)
    return popen, reading


def _open_pidfd(pid: int) -> int | None:
    """A descriptor that becomes readable when the process ends; None where there is no such thing."""
    opener = getattr(os, "pidfd_open", None)
    if opener is None:
        return None
    try:
        descriptor: int = opener(pid)
    except OSError:
        return None
    return descriptor


def _started_at(pid: int) -> float:
    """The start time that goes into the row; a child that is not reaped always has one."""
    return start_time(pid) or 0.0
