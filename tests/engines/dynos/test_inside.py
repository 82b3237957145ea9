"""Real processes inside the dyno of another: where they run, and that they end with it."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from platform_sim.engines.dynos.processes import ProcessRuntime
from platform_sim.engines.dynos.runtime import DynoStartError, Limits, Running
from platform_sim.engines.dynos.terminals import TerminalDesk

from .recorder import Recorder, spec

pytestmark = pytest.mark.processes


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "dynos"


@pytest.fixture
def desk() -> TerminalDesk:
    return TerminalDesk(lambda secret: True)


@pytest.fixture
def runtime(folder: Path, recorder: Recorder, desk: TerminalDesk) -> Iterator[ProcessRuntime]:
    runtime = ProcessRuntime(folder, recorder.log, Limits(boot_seconds=60, stop_seconds=30), desk=desk)
    yield runtime
    runtime.close(grace_seconds=0)
    assert runtime.running() == []
    assert list(folder.iterdir()) == []


@pytest.fixture
def host(runtime: ProcessRuntime, recorder: Recorder) -> Running:
    """A web dyno that has written a file; it never listens, and ends at SIGTERM."""
    running = runtime.start(
        spec("echo of-the-host > file; echo written; exec sleep 600", web=True, name="web.1", key="host"), recorder
    )
    recorder.until_line("written")
    return running


def start(runtime: ProcessRuntime, recorder: Recorder, command: str, key: str = "guest", **more: object) -> Running:
    return runtime.start(spec(command, key=key, name="run.1000", inside="host", **more), recorder)


def alive(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


def test_it_has_the_files_the_name_and_the_port_of_its_dyno(
    folder: Path, runtime: ProcessRuntime, recorder: Recorder, host: Running
) -> None:
    running = start(runtime, recorder, "cat file; echo $DYNO $PORT $FOO; pwd; echo more >> file", env={"FOO": "bar"})
    assert running.port is None, "nothing is to be routed there"
    assert recorder.until_exit("guest") == 0
    home = folder / "host"
    assert recorder.said("app") == ["written", "of-the-host", f"web.1 {host.port} bar", str(home)]
    assert "guest" in recorder.ready
    assert ("heroku", "run.1000", "Process exited with status 0") in recorder.lines
    start(runtime, recorder, "cat file", key="second")
    recorder.until_exit("second")
    assert recorder.said("app")[-1] == "more", "the end of the first has taken nothing away"
    assert [one.key for one in runtime.running()] == ["host"]
    assert [path.name for path in folder.iterdir()] == ["host"]


def test_stopping_it_leaves_its_dyno(runtime: ProcessRuntime, recorder: Recorder, host: Running) -> None:
    start(runtime, recorder, "sleep 600")
    runtime.stop("guest")
    assert recorder.until_exit("guest") == 128 + signal.SIGTERM
    assert alive(host.pid)


def test_it_gets_the_signal_of_its_dyno_once(runtime: ProcessRuntime, recorder: Recorder, host: Running) -> None:
    os.kill(host.pid, signal.SIGSTOP)  # it takes its time
    os.waitid(os.P_PID, host.pid, os.WSTOPPED | os.WNOWAIT)  # of two signals that wait SIGTERM would come first
    start(runtime, recorder, "sleep 600")
    runtime.stop("host", grace_seconds=60)
    assert recorder.until_exit("guest") == 128 + signal.SIGTERM
    os.kill(host.pid, signal.SIGCONT)
    assert recorder.until_exit("host") == 128 + signal.SIGTERM
    told = [who for _, who, text in recorder.lines if text == "Stopping all processes with SIGTERM"]
    assert told == ["web.1", "run.1000"]


def test_it_ends_with_its_dyno_whatever_it_does(runtime: ProcessRuntime, recorder: Recorder, host: Running) -> None:
    """It ignores the signal, and so does a child that has left the group: as in a container, both are gone."""
    start(runtime, recorder, "trap '' TERM; setsid sleep 600 & echo child $!; while true; do sleep 0.1; done")
    recorder.until(lambda: any(text.startswith("child") for text in recorder.said("app")))
    child = int(recorder.said("app")[-1].split()[1])
    runtime.stop("host", grace_seconds=60)
    assert recorder.until_exit("host") == 128 + signal.SIGTERM
    assert recorder.until_exit("guest") == 128 + signal.SIGKILL
    runtime.close(grace_seconds=60)
    assert not alive(child)


def test_it_ends_when_its_dyno_is_killed(runtime: ProcessRuntime, recorder: Recorder, host: Running) -> None:
    running = start(runtime, recorder, "sleep 600")
    os.kill(host.pid, signal.SIGKILL)
    assert recorder.until_exit("guest") == 128 + signal.SIGKILL
    assert not alive(running.pid)


def test_where_nothing_runs_it_cannot_start_and_whoever_waits_is_told(
    runtime: ProcessRuntime, recorder: Recorder, desk: TerminalDesk
) -> None:
    told: list[object] = []
    desk.expect("secret", told.append)
    with pytest.raises(DynoStartError, match=r"cannot start run\.1000: the dyno .* has ended"):
        start(runtime, recorder, "bash", attach_secret="secret", tty=True)
    assert told == [None]


def test_what_never_starts_keeps_nobody_waiting(runtime: ProcessRuntime, desk: TerminalDesk) -> None:
    told: list[object] = []
    desk.expect("secret", told.append)
    runtime.withdraw("secret")
    assert told == [None]
