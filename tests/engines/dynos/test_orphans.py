"""Processes of a killed platform: found and ended, and nobody else's."""

import os
import signal
import subprocess
import sys
import textwrap
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from platform_sim.engines.dynos.orphans import end_orphans, processes_at_home, start_time
from platform_sim.engines.dynos.runtime import Known

pytestmark = pytest.mark.processes

PLATFORM = """
import signal, sys, threading
from pathlib import Path
from platform_sim.engines.dynos.processes import ProcessRuntime
from platform_sim.engines.dynos.runtime import DynoSpec, Limits

class Watcher:
    def on_ready(self, key): pass
    def on_boot_timeout(self, key): pass
    def on_exit(self, key, status): pass

runtime = ProcessRuntime(Path(sys.argv[1]), lambda *line: None, Limits(60, 30))
running = runtime.start(DynoSpec("k1", "a", "worker.1", sys.argv[2], None), Watcher())
print(running.pid, running.started, flush=True)
signal.pause()
"""


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "dynos"
    folder.mkdir()
    yield folder
    end_orphans([], folder, 0)


def killed_platform(folder: Path, command: str) -> Known:
    """A platform starts a dyno and gets SIGKILL; what its row would know of the dyno."""
    arguments = [sys.executable, "-c", textwrap.dedent(PLATFORM), str(folder), command]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as platform:
        assert platform.stdout is not None
        pid, started = platform.stdout.readline().split()
        platform.kill()
    return Known(int(pid), float(started))


@pytest.fixture
def bystander() -> Iterator[psutil.Process]:
    with subprocess.Popen(["sleep", "100"], start_new_session=True) as process:
        yield psutil.Process(process.pid)
        process.kill()


def is_alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_the_dyno_of_a_killed_platform_is_ended(folder: Path) -> None:
    known = killed_platform(folder, "sleep 100")
    assert is_alive(known.pid)
    assert [ended.pid for ended in end_orphans([known], folder, 5)] == [known.pid]
    assert not is_alive(known.pid)
    assert list(folder.iterdir()) == []


def test_it_is_found_without_a_row_too(folder: Path) -> None:
    """Killed between the start of the process and the commit of its pid."""
    known = killed_platform(folder, "sleep 100")
    assert [ended.pid for ended in end_orphans([], folder, 5)] == [known.pid]
    assert not is_alive(known.pid)


@pytest.fixture
def hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of each process the system shows nothing at the first three looks, as while it becomes another program."""
    environ, cmdline, looks = psutil.Process.environ, psutil.Process.cmdline, Counter[int]()

    def first_nothing(process: psutil.Process) -> dict[str, str]:
        looks[process.pid] += 1
        return {} if looks[process.pid] <= 3 else environ(process)

    monkeypatch.setattr(psutil.Process, "environ", first_nothing)
    monkeypatch.setattr(psutil.Process, "cmdline", lambda process: [] if looks[process.pid] <= 3 else cmdline(process))


def test_it_is_found_while_it_becomes_another_program(folder: Path, hidden: None) -> None:
    known = killed_platform(folder, "sleep 100")
    assert [ended.pid for ended in end_orphans([], folder, 5)] == [known.pid]
    assert not is_alive(known.pid)


def test_it_is_found_by_its_row_when_it_hides_its_home(folder: Path) -> None:
    known = killed_platform(folder, "exec env -i sleep 100")
    while psutil.Process(known.pid).cmdline()[:1] != ["sleep"]:
        pass
    assert processes_at_home(folder) == []
    assert [ended.pid for ended in end_orphans([known], folder, 5)] == [known.pid]
    assert not is_alive(known.pid)


def test_who_ignores_sigterm_is_killed_with_all_children(folder: Path) -> None:
    known = killed_platform(folder, "trap '' TERM; sleep 100 & sleep 100; sleep 100")
    while len(pids := [process.pid for process in processes_at_home(folder)]) < 3:
        pass
    assert known.pid in pids
    assert {ended.pid for ended in end_orphans([known], folder, 0.2)} == set(pids)
    assert not any(is_alive(pid) for pid in pids)


def test_a_pid_that_belongs_to_somebody_else_now_is_left_alone(folder: Path, bystander: psutil.Process) -> None:
    reused = Known(bystander.pid, bystander.create_time() - 1)
    assert end_orphans([reused], folder, 5) == []
    assert bystander.is_running()


def test_a_process_at_home_elsewhere_is_left_alone(folder: Path, tmp_path: Path) -> None:
    near = tmp_path / "dynos-of-another"
    near.mkdir()
    with subprocess.Popen(["sleep", "100"], env={"HOME": str(near), "PATH": os.environ["PATH"]}) as other:
        assert end_orphans([], folder, 5) == []
        assert other.poll() is None
        other.send_signal(signal.SIGKILL)


def test_a_process_that_is_gone_is_no_orphan(folder: Path) -> None:
    with subprocess.Popen(["true"]) as process:
        process.wait()
    assert start_time(process.pid) is None
    assert end_orphans([Known(process.pid, 1.0)], folder, 5) == []


def test_folders_that_were_left_are_removed(folder: Path) -> None:
    (folder / "k9" / "deep").mkdir(parents=True)
    assert end_orphans([], folder, 5) == []
    assert list(folder.iterdir()) == []
    assert end_orphans([], folder / "never-made", 5) == []
