"""Programs that a scenario starts: partners that stay until its end, and commands that end by themselves.

Each in a process group of its own, so that what a shell has started ends with it.
"""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

START_SECONDS = 60.0
STOP_SECONDS = 20.0
"""Wall seconds between SIGTERM and SIGKILL."""
COMMAND_SECONDS = 120.0
SHOWN = 2000
"""Characters of its output that a failure shows, the last ones."""
PYTHON = ("python", "python3")
"""Names that mean the interpreter which plays: what is installed beside it can then be run."""


class ProgramProblem(RuntimeError):
    """A program does not do what was wanted; the message says what, and what it printed."""


@dataclass(frozen=True)
class Ended:
    """A command that has ended. `said`: all it printed."""

    status: int
    said: str


class Programs:
    """All that runs. `end` leaves none of them."""

    def __init__(self, scratch: Path, stopped: Callable[[], bool] = lambda: False) -> None:
        self._scratch, self._stopped = scratch, stopped
        self._running: list[subprocess.Popen[bytes]] = []

    def start(
        self,
        name: str,
        command: Sequence[str],
        environment: Mapping[str, str],
        folder: Path,
        port: int,
        ready: Path | None,
    ) -> str:
        """Start a program that stays; its URL, once it listens at `port`, or has written `ready`."""
        output = self._scratch / f"{name}.out"
        with output.open("wb") as file:
            process = _begun(command, environment, folder, file)
        self._running.append(process)
        end, pause = time.monotonic() + START_SECONDS, threading.Event()
        while not (url := _url_in(ready) if ready else _listening(port)):
            if process.poll() is not None or time.monotonic() > end or self._stopped():
                how = f"ended with {process.returncode}" if process.poll() is not None else "is not there in time"
                where = f"write the file {ready}" if ready else f"listen at port {port} (PORT, ${{port}})"
                raise ProgramProblem(f"the partner of {name} {how}; it has to {where}. It said: {_end_of(output)}")
            pause.wait(0.01)
        return url

    def run(self, command: Sequence[str], environment: Mapping[str, str], folder: Path) -> Ended:
        """Run a command to its end. ProgramProblem if it cannot be started, or takes too long."""
        output = self._scratch / f"command-{len(list(self._scratch.iterdir()))}.out"
        with output.open("wb") as file:
            process = _begun(command, environment, folder, file)
        try:
            process.wait(COMMAND_SECONDS)
        except subprocess.TimeoutExpired:
            raise ProgramProblem(f"`{command[0]}` has not ended after {COMMAND_SECONDS:g} s") from None
        finally:
            _end(process)
        return Ended(process.returncode, output.read_text(errors="replace"))

    def end(self) -> None:
        """The newest first; SIGKILL for those that do not listen."""
        while self._running:
            _end(self._running.pop())


def _begun(
    command: Sequence[str], environment: Mapping[str, str], folder: Path, output: IO[bytes]
) -> "subprocess.Popen[bytes]":
    words = [sys.executable if command[0] in PYTHON else command[0], *command[1:]]
    try:
        return subprocess.Popen(
            words,
            env=dict(environment),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except OSError as problem:
        where = "" if shutil.which(words[0]) else ": there is no such program"
        raise ProgramProblem(
            f"`{command[0]}` cannot be started in {folder}{where or f': {problem.strerror}'}"
        ) from None


def _end(process: "subprocess.Popen[bytes]") -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(STOP_SECONDS)


def _url_in(ready: Path) -> str:
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        return str(json.loads(ready.read_text())["url"])
    return ""


def _listening(port: int) -> str:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1.0) as found:
        return f"http://localhost:{port}" if found.getsockname() != found.getpeername() else ""
    return ""


def listens(place: str) -> bool:
    """Whether somebody does, at a place of this machine as `http://localhost:5300`."""
    parts = urlsplit(place)
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    address = ("localhost" if host.endswith(".localhost") else host, port)
    with contextlib.suppress(OSError), socket.create_connection(address, timeout=1.0) as found:
        return bool(found.getsockname() != found.getpeername())
    return False


def _end_of(output: Path) -> str:
    return output.read_text(errors="replace")[-SHOWN:].strip() or "(nothing)"
