"""Runs the commands of one build, each in its own process group, so that none outlives the build.

Starts and ends processes of this build only: they are known by their group, and by a marker in their environment
for those that left the group.
"""

import contextlib
import os
import selectors
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO

import psutil

from platform_sim.engines.build.request import BuildCancelled, BuildTimedOut, Signal
from platform_sim.processes import environment_of

MARKER = "PLATFORM_SIM_BUILD"
_LONGEST_LINE = 16_384
_LOOK = 0.1  # seconds between looks at the clock and the cancel flag while a command is silent
_DRAIN = 5.0  # seconds to read what is left in the pipe once everything that writes to it is dead


class Commands:
    """Runs commands until `seconds` of wall clock are over or `cancelled` is set.

    `name` marks the processes of this build; it must be unlike that of any other build (the work folder's path is).
    """

    def __init__(self, name: str, seconds: float, cancelled: Signal) -> None:
        self._name = name
        self._seconds = seconds
        self._ends = time.monotonic() + seconds
        self._cancelled = cancelled

    def run(
        self, argv: list[str], *, env: Mapping[str, str], cwd: Path, line: Callable[[str], object], errors: bool = True
    ) -> int:
        """Run `argv` to its end, giving each line of its output (with that of stderr, if `errors`) to `line`.

        Returns the exit status, 128 + N after signal N as a shell counts. Raises BuildTimedOut or BuildCancelled,
        and OSError if `argv` cannot be started; nothing of it runs on then.
        """
        self.check()
        process = subprocess.Popen(
            argv,
            cwd=cwd,
            env={**env, MARKER: self._name},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT if errors else subprocess.DEVNULL,
            start_new_session=True,
        )
        assert process.stdout is not None
        with process.stdout as pipe:
            try:
                self._read(process, pipe, _Lines(line))
                while (status := _waited(process)) is None:
                    self.check()
            finally:
                self._end(process)
        return status if status >= 0 else 128 - status

    def check(self) -> None:
        """Raise BuildTimedOut or BuildCancelled if the build must end now."""
        if self._cancelled.is_set():
            raise BuildCancelled("The build was canceled.")
        if time.monotonic() >= self._ends:
            raise BuildTimedOut(f"The build took longer than {self._seconds:g} seconds.")

    def end_strays(self) -> None:
        """End processes of this build that put themselves out of their group (daemons), and see them gone."""
        end_strays(self._name)

    def _read(self, process: subprocess.Popen[bytes], pipe: IO[bytes], lines: "_Lines") -> None:
        """Read until the pipe is closed. What a command leaves behind with the pipe open is ended with it."""
        drained = None
        with selectors.DefaultSelector() as selector:
            selector.register(pipe, selectors.EVENT_READ)
            while drained is None or time.monotonic() < drained:
                self.check()
                if drained is None and process.poll() is not None:
                    self._end(process)
                    drained = time.monotonic() + _DRAIN
                if selector.select(_LOOK):
                    piece = os.read(pipe.fileno(), 65_536)
                    if not piece:
                        break
                    lines.take(piece)
                elif drained is not None:
                    self.end_strays()
        lines.end()

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        # The group outlives its leader as long as a member runs, so its number still means ours.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def end_strays(name: str) -> None:
    """End all processes of the build `name`, whoever started them, and see them gone."""
    ended = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.pid != os.getpid() and environment_of(process).get(MARKER) == name:
                process.kill()
                ended.append(process)
    psutil.wait_procs(ended, timeout=_DRAIN)


class _Lines:
    """Puts pieces of output together to lines; a line without end is cut at a bound."""

    def __init__(self, line: Callable[[str], object]) -> None:
        self._line = line
        self._rest = b""

    def take(self, piece: bytes) -> None:
        *whole, self._rest = (self._rest + piece).split(b"\n")
        for raw in whole:
            self._say(raw)
        while len(self._rest) > _LONGEST_LINE:
            self._say(self._rest[:_LONGEST_LINE])
            self._rest = self._rest[_LONGEST_LINE:]

    def end(self) -> None:
        if self._rest:
            self._say(self._rest)

    def _say(self, raw: bytes) -> None:
        # A progress bar redraws its line: what it showed last is what a reader would see.
        self._line(raw.rstrip(b"\r").rpartition(b"\r")[2].decode("utf-8", "replace"))


def _waited(process: subprocess.Popen[bytes]) -> int | None:
    try:
        return process.wait(_LOOK)
    except subprocess.TimeoutExpired:
        return None


def script_command(script: Path, path: str) -> list[str]:
    """How to start a script that may have lost its executable bit, as files from a wheel have.

    `path` is the PATH in which an interpreter named by `#!/usr/bin/env NAME` is looked up.
    """
    with script.open("rb") as file:
        start = file.read(512)
    has_interpreter, is_program = start.startswith(b"#!"), b"\0" in start
    if os.access(script, os.X_OK) and (has_interpreter or is_program):
        return [str(script)]
    words = start[2:].split(b"\n")[0].decode("utf-8", "replace").split() if has_interpreter else []
    if words and Path(words[0]).name == "env":
        words = [word for word in words[1:] if not word.startswith("-")]
    if not words:
        words = ["/bin/sh"]
    return [shutil.which(words[0], path=path) or words[0], *words[1:], str(script)]
