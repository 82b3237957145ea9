"""Processes of the demonstration: started with a ready file, stopped with SIGTERM, their output kept."""

import contextlib
import json
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import psutil

START_SECONDS = 30.0
STOP_SECONDS = 40.0


class SceneProblem(RuntimeError):
    """Something of the demonstration cannot be done; the message says what, and what was printed."""


class Program:
    """One process that says by a ready file that it listens."""

    def __init__(self, name: str, arguments: Sequence[str], folder: Path, environment: Mapping[str, str]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.name = name
        self.ready_file = ready_file_of(folder, name)
        self.output = folder / f"{name}.out"
        self.ready_file.unlink(missing_ok=True)
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [*arguments, "--ready-file", str(self.ready_file)],
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def ready(self, given_up: threading.Event | None = None) -> dict[str, Any]:
        """What the ready file says, once it is there; SceneProblem if the process ends or takes too long."""
        end = time.monotonic() + START_SECONDS
        pause = threading.Event()
        while not self.ready_file.exists():
            if self.process.poll() is not None or time.monotonic() > end or (given_up and given_up.is_set()):
                raise SceneProblem(f"{self.name} did not start. It said:\n{self.said()}")
            pause.wait(0.01)
        found: dict[str, Any] = json.loads(self.ready_file.read_text())
        return found

    def said(self) -> str:
        """The end of its output."""
        return self.output.read_text(errors="replace")[-2000:].strip() or "(nothing)"

    def stop(self) -> None:
        """SIGTERM, and SIGKILL for the one that does not listen."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def ready_file_of(folder: Path, name: str) -> Path:
    """Where a program of the demonstration says that it listens."""
    return folder / f"{name}.ready.json"


def end_left_over(ready_file: Path) -> None:
    """End the program of a ready file that a killed run has left: it still holds port and folder.

    Only one whose command line names that very file; a pid alone may be somebody else's by now.
    """
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError, psutil.Error):
        process = psutil.Process(json.loads(ready_file.read_text())["pid"])
        if str(ready_file) in process.cmdline():
            process.terminate()
            _, alive = psutil.wait_procs([process], STOP_SECONDS)
            for each in alive:
                each.kill()


def run(arguments: Sequence[str], environment: Mapping[str, str], cwd: Path | None = None) -> str:
    """Run a program to its end; -> all it printed. SceneProblem if it fails."""
    done = subprocess.run(
        list(arguments),
        env=dict(environment),
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode:
        shown = " ".join(arguments[:6])
        raise SceneProblem(f"`{shown}` ended with {done.returncode}. It said:\n{done.stdout[-3000:].strip()}")
    return done.stdout


def pids_below(folder: Path) -> list[int]:
    """Processes of this user that work in or below a folder: the dynos of a platform whose data lies there."""
    found = []
    root = str(folder.resolve())
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if (process.cwd() or "").startswith(root):
                found.append(process.pid)
    return found


def is_alive(pid: int) -> bool:
    """Whether a process still runs; one that has ended and waits for init to take note does not."""
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
