"""Starts the partner that is to be checked, starts it again when it has died, and ends it: as its author would.

One process group of its own, so that a server behind a shell or a package manager ends with it. Should we be killed
before we have ended it, a guard does.
"""

import contextlib
import os
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

import psutil

from platform_sim.conformance.guard import Guard
from platform_sim.conformance.home import Home
from platform_sim.partners.manifest import base_url, credentials

START_SECONDS = 60.0
"""Wall seconds until it has to listen: some have to compile first."""
STOP_SECONDS = 10.0
"""Wall seconds between SIGTERM and SIGKILL, as long as a dyno about has."""
LONGEST = 2000
"""Bytes of its output that are shown."""


class LaunchProblem(RuntimeError):
    """The partner does not come up; the message says why, what it printed, and what to do."""


def place_of(home: Home) -> tuple[str, int]:
    """Host and port at which the partner has to listen."""
    parts = urlsplit(base_url(home.manifest))
    return parts.hostname or "localhost", parts.port or (443 if parts.scheme == "https" else 80)


def variables(home: Home) -> dict[str, str]:
    """What the partner of a home is told."""
    return told_of(home.manifest, place_of(home)[1], home.client_secret, home.platform.url)


def told_of(manifest: dict[str, Any], port: int, client_secret: str, platform: str) -> dict[str, str]:
    """What a partner is told: as kensa called it, and the platform that stands in for Heroku."""
    user, password = credentials(manifest)
    return {
        "PORT": str(port),
        "HEROKU_USERNAME": user,
        "HEROKU_PASSWORD": password,
        "SSO_SALT": str(manifest["api"].get("sso_salt") or ""),
        "CLIENT_SECRET": client_secret,
        "HEROKU_API_URL": platform,
    }


class Launcher:
    """One partner. A context manager: nothing of it runs at its end.

    `told` hears, for people, what became of it. `seconds`: until it has to listen; `grace`: until it is killed.
    """

    def __init__(
        self,
        command: str,
        told: Callable[[str], None],
        *,
        seconds: float = START_SECONDS,
        grace: float = STOP_SECONDS,
    ) -> None:
        self._command = command
        self._told = told
        self._seconds = seconds
        self._grace = grace
        self._place = ("localhost", 0)
        self._environment: dict[str, str] = {}
        self._process: subprocess.Popen[bytes] | None = None
        self._guard: Guard | None = None
        self._output = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - closed in __exit__

    def __enter__(self) -> "Launcher":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None and self._process is not None and self._process.poll() is not None:
                self._told(f"the partner {self._how_it_ended()}. {self._said()}")
        finally:
            self.end()
            self._output.close()

    def start(self, place: tuple[str, int], environment: Mapping[str, str]) -> None:
        """Start it with this environment, and wait until it listens there. One that runs is ended first.

        LaunchProblem if it ends or takes too long, or if somebody else listens there.
        """
        self.end()
        self._place, self._environment = place, dict(environment)
        where = f"{place[0]}:{place[1]}"
        if self._listens():
            raise LaunchProblem(
                f"something listens at {where} already: end it, name another URL, or check it as it is, without --start"
            )
        self._output.seek(0)
        self._output.truncate()
        self._guard = Guard(self._grace)
        self._process = subprocess.Popen(
            ["/bin/sh", "-c", self._command],
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=self._output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self._guard.watch(self._process.pid)
        end, pause = time.monotonic() + self._seconds, threading.Event()
        while not self._listens():
            if self._process.poll() is not None:
                raise LaunchProblem(f"`{self._command}` {self._how_it_ended()} and never listened. {self._said()}")
            if time.monotonic() > end:
                raise LaunchProblem(
                    f"`{self._command}` does not listen at {where} after {self._seconds:g} s: it has to take its port "
                    f"from PORT, or name the URL where it listens after `check`. {self._said()}"
                )
            pause.wait(0.01)

    def restart(self) -> bool:
        """After it has died or hangs: whether it is back."""
        if self._process is None:
            return False
        dead = self._process.poll() is not None
        self._told(f"the partner {self._how_it_ended() if dead else 'hangs'}; it is started again. {self._said()}")
        try:
            self.start(self._place, self._environment)
        except LaunchProblem as problem:
            self._told(str(problem))
            return False
        return True

    def end(self) -> None:
        """SIGTERM for it and its children, and SIGKILL for those that do not listen."""
        process, self._process = self._process, None
        guard, self._guard = self._guard, None
        try:
            if process is not None:
                _end(process, self._grace)
        finally:
            if guard is not None:
                guard.leave()

    def _listens(self) -> bool:
        with contextlib.suppress(OSError), socket.create_connection(self._place, timeout=1.0) as found:
            # A port at which nobody listens can be drawn for the asking end, which then meets itself.
            return bool(found.getsockname() != found.getpeername())
        return False

    def _how_it_ended(self) -> str:
        code: Any = self._process.returncode if self._process else None
        return f"was ended by {signal.Signals(-code).name}" if code and code < 0 else f"ended with exit code {code}"

    def _said(self) -> str:
        # pread: the child writes where this file's position is.
        size = os.fstat(self._output.fileno()).st_size
        found = os.pread(self._output.fileno(), LONGEST, max(0, size - LONGEST)).decode("utf-8", "replace").strip()
        return f"It said:\n{found}" if found else "It said nothing."


def _end(process: "subprocess.Popen[bytes]", grace: float) -> None:
    try:
        _signal(process, signal.SIGTERM)
        end, pause = time.monotonic() + grace, threading.Event()
        while _lives(process) and time.monotonic() < end:
            pause.wait(0.01)
    finally:
        _signal(process, signal.SIGKILL)
        process.wait()


def _signal(process: "subprocess.Popen[bytes]", number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)


def _lives(process: "subprocess.Popen[bytes]") -> bool:
    """Whether it or one of its group still runs; one that only waits for init to take note does not."""
    if process.poll() is None:
        return True
    try:
        os.killpg(process.pid, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return any(_is_of(each, process.pid) for each in psutil.process_iter())


def _is_of(process: psutil.Process, group: int) -> bool:
    try:
        return os.getpgid(process.pid) == group and process.status() != psutil.STATUS_ZOMBIE
    except (OSError, psutil.Error):
        return False
