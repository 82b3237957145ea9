"""Finds and ends processes of dynos that nobody watches any more: of a killed platform, or strayed from a group.

Two marks say that a process is ours, and nothing else is ever touched: pid *and* start time as a row keeps them
(a pid that was given to another process does not match), or `HOME` inside our folder of dynos (also finds what
was started right before the platform was killed, and daemons that left their process group).
"""

import contextlib
import os
import signal
import time
from collections.abc import Iterable
from pathlib import Path

import psutil

from platform_sim.engines.dynos.runtime import Ended, Known
from platform_sim.engines.dynos.workdir import remove_home
from platform_sim.processes import environment_of

_KILL_SECONDS = 30.0
_POLL_SECONDS = 0.01


def start_time(pid: int) -> float | None:
    """When a process started (Unix seconds as psutil counts them); None if there is no such process."""
    try:
        return psutil.Process(pid).create_time()
    except psutil.Error:
        return None


def end_orphans(known: Iterable[Known], folder: Path, grace_seconds: float) -> list[Ended]:
    """End everything a killed platform left: SIGTERM to the groups, SIGKILL after the grace, folders removed.

    `folder` holds one folder a dyno and must belong to this platform alone, with no dyno of it running.
    Blocks until all are gone; returns what was ended.
    """
    found = {process.pid: process for process in _known(known)}
    found.update({process.pid: process for process in processes_at_home(folder)})
    ended = [Ended(process.pid, _command(process)) for process in found.values()]
    _end(list(found.values()), grace_seconds)
    for home in folder.iterdir() if folder.is_dir() else ():
        remove_home(home)
    return ended


def end_strays(home: Path) -> None:
    """SIGKILL what still lives of a dyno that has ended, and wait until it is gone."""
    _end(processes_at_home(home), 0.0)


def processes_at_home(folder: Path) -> list[psutil.Process]:
    """Living processes whose `HOME` is `folder` or inside it; never this one."""
    folder = folder.resolve()
    others = (process for process in psutil.process_iter() if process.pid != os.getpid())
    return [process for process in others if _lives_in(process, folder)]


def _known(known: Iterable[Known]) -> Iterable[psutil.Process]:
    for one in known:
        with contextlib.suppress(psutil.Error):
            process = psutil.Process(one.pid)
            if process.create_time() == one.started and _is_alive(process):
                yield process


def _lives_in(process: psutil.Process, folder: Path) -> bool:
    try:
        home = environment_of(process).get("HOME")
    except (psutil.Error, OSError):
        return False
    return home is not None and Path(home).is_relative_to(folder)


def _command(process: psutil.Process) -> str:
    try:
        return process.name()
    except psutil.Error:
        return "?"


def _is_alive(process: psutil.Process) -> bool:
    """A zombie is not: it runs nothing and holds no port, only its parent has not looked yet."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def _end(processes: list[psutil.Process], grace_seconds: float) -> None:
    if grace_seconds > 0:
        _signal(processes, signal.SIGTERM)
        processes = _wait(processes, grace_seconds)
    _signal(processes, signal.SIGKILL)
    _wait(processes, _KILL_SECONDS)


def _wait(processes: list[psutil.Process], seconds: float) -> list[psutil.Process]:
    """Wait until all are gone, at most `seconds` of wall time; returns those that are not."""
    deadline = time.monotonic() + seconds
    while alive := [process for process in processes if _is_alive(process)]:
        if time.monotonic() > deadline:
            return alive
        time.sleep(_POLL_SECONDS)
    return []


def _signal(processes: list[psutil.Process], number: signal.Signals) -> None:
    """To each process, and to the whole group of those that lead one (dynos do)."""
    for process in processes:
        with contextlib.suppress(psutil.Error, ProcessLookupError, PermissionError):
            if process.is_running() and os.getpgid(process.pid) == process.pid:
                os.killpg(process.pid, number)
            else:
                process.send_signal(number)
