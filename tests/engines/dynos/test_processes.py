"""Real processes: what a dyno sees, how it starts, how it ends."""

import contextlib
import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from platform_sim.core.model.seams import Terminal
from platform_sim.engines.dynos.environment import DEFAULT_PATH
from platform_sim.engines.dynos.processes import ProcessRuntime
from platform_sim.engines.dynos.runtime import DynoStartError, Limits
from platform_sim.engines.dynos.terminals import TerminalDesk

from .recorder import PATIENCE, Recorder, spec

pytestmark = pytest.mark.processes

LIMITS = Limits(boot_seconds=60, stop_seconds=30)

LISTEN = """
import os, socket, time
server = socket.create_server(("127.0.0.1", int(os.environ["PORT"])))
print("listening", flush=True)
while True:
    client = server.accept()[0]
    client.sendall(b"hello from " + os.environ["DYNO"].encode())
    client.close()
"""
STUBBORN = """
import os, signal, time
signal.signal(signal.SIGTERM, lambda *_: os.write(1, b"not me\\n"))
os.write(1, b"started\\n")
while True:
    time.sleep(60)
"""


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "dynos"


@pytest.fixture
def runtime(folder: Path, recorder: Recorder) -> Iterator[ProcessRuntime]:
    runtime = ProcessRuntime(folder, recorder.log, LIMITS)
    yield runtime
    runtime.close(grace_seconds=0)
    assert runtime.running() == []
    assert list(folder.iterdir()) == []


def slug(tmp_path: Path, **files: str) -> Path:
    """A slug folder with these files (`app_py` is app.py)."""
    folder = tmp_path / "slug"
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / name.replace("_py", ".py")).write_text(text)
    return folder


def python(script: str) -> str:
    return f"{sys.executable} {script}"


def test_a_dyno_sees_exactly_the_documented_environment(
    tmp_path: Path, runtime: ProcessRuntime, recorder: Recorder
) -> None:
    show = slug(tmp_path, app_py="import os\nfor item in sorted(os.environ.items()): print('%s=%s' % item)")
    running = runtime.start(
        spec(python("app.py"), show, web=True, name="web.1", env={"FOO": "b ar", "EMPTY": ""}), recorder
    )
    assert recorder.until_exit("k1") == 0
    seen = dict(line.split("=", 1) for line in recorder.said("app"))
    of_the_shell = {name: seen.pop(name, None) for name in ("PWD", "SHLVL", "_")}
    home = str(tmp_path / "dynos" / "k1")
    assert seen == {
        "FOO": "b ar",
        "EMPTY": "",
        "PATH": DEFAULT_PATH,
        "LANG": "C.UTF-8",
        "DYNO": "web.1",
        "HOME": home,
        "PORT": str(running.port),
    }
    assert of_the_shell["PWD"] == home


def test_a_web_dyno_is_ready_when_it_listens(tmp_path: Path, runtime: ProcessRuntime, recorder: Recorder) -> None:
    running = runtime.start(spec(python("app.py"), slug(tmp_path, app_py=LISTEN), web=True, name="web.1"), recorder)
    assert running.port is not None
    recorder.until(lambda: recorder.ready == ["k1"])
    with socket.create_connection(("127.0.0.1", running.port)) as client:
        assert client.recv(100) == b"hello from web.1"
    runtime.stop("k1")
    assert recorder.until_exit("k1") == 128 + signal.SIGTERM
    assert recorder.said("heroku") == [
        f"Starting process with command `{python('app.py')}`",
        "Stopping all processes with SIGTERM",
        "Process exited with status 143",
    ]


def test_any_other_dyno_is_ready_at_once_and_has_no_port(runtime: ProcessRuntime, recorder: Recorder) -> None:
    running = runtime.start(spec("sleep 100"), recorder)
    recorder.until(lambda: recorder.ready == ["k1"])
    assert running.port is None
    assert [one.key for one in runtime.running()] == ["k1"]


@pytest.mark.parametrize(
    ("command", "status"), [("exit 0", 0), ("exit 3", 3), ("kill -ABRT $$", 134), ("no-such-program", 127)]
)
def test_the_exit_status(runtime: ProcessRuntime, recorder: Recorder, command: str, status: int) -> None:
    runtime.start(spec(command), recorder)
    assert recorder.until_exit("k1") == status
    assert recorder.lines[-1] == ("heroku", "worker.1", f"Process exited with status {status}")


def test_output_comes_before_the_end_whatever_it_is(runtime: ProcessRuntime, recorder: Recorder) -> None:
    many = "for i in $(seq 5000); do echo line $i; done; echo oops >&2; printf '\\377 no newline'"
    runtime.start(spec(many), recorder)
    recorder.until_exit("k1")
    assert recorder.said("app") == [*(f"line {i}" for i in range(1, 5001)), "oops", "\ufffd no newline"]
    assert recorder.lines[-1][2] == "Process exited with status 0"


def test_pipes_and_lists_work_and_a_plain_command_leaves_no_shell(
    tmp_path: Path, runtime: ProcessRuntime, recorder: Recorder
) -> None:
    runtime.start(spec("echo one two | tr a-z A-Z && echo \"$FOO\" 'x y'", env={"FOO": "a  b"}), recorder)
    assert recorder.until_exit("k1") == 0
    assert recorder.said("app") == ["ONE TWO", "a  b x y"]
    running = runtime.start(spec(python("app.py"), slug(tmp_path, app_py=STUBBORN), key="k2"), recorder)
    recorder.until_line("started")
    process = psutil.Process(running.pid)
    assert process.cmdline()[1:] == ["app.py"]
    assert process.children() == []


def test_profile_scripts_are_read_first(tmp_path: Path, runtime: ProcessRuntime, recorder: Recorder) -> None:
    app = slug(tmp_path, app_py=STUBBORN)
    (app / ".profile.d").mkdir()
    (app / ".profile.d" / "10.sh").write_text('export A="$HOME/bin" B=1')
    (app / ".profile.d" / "20.sh").write_text('export B="$B$FOO"\nfalse')
    (app / ".profile").write_text('export C="$B!"')
    runtime.start(spec('echo "$A $B $C" | cat', app, env={"FOO": "2"}), recorder)
    recorder.until_exit("k1")
    assert recorder.said("app") == [f"{tmp_path}/dynos/k1/bin 12 12!"]
    running = runtime.start(spec(python("app.py"), app, key="k2"), recorder)
    recorder.until_line("started")
    assert psutil.Process(running.pid).cmdline()[1:] == ["app.py"]


def test_who_ignores_sigterm_is_killed_after_the_grace(
    tmp_path: Path, runtime: ProcessRuntime, recorder: Recorder
) -> None:
    runtime.start(spec(python("app.py"), slug(tmp_path, app_py=STUBBORN)), recorder)
    recorder.until_line("started")
    runtime.stop("k1", grace_seconds=60)
    recorder.until_line("not me")
    runtime.stop("k1", grace_seconds=0.2)
    assert recorder.until_exit("k1") == 137
    assert recorder.said("heroku")[1:] == [
        "Stopping all processes with SIGTERM",
        "Error R12 (Exit timeout) -> Process failed to exit within 0.2 seconds of SIGTERM",
        "Stopping process with SIGKILL",
        "Process exited with status 137",
    ]


def test_a_second_stop_does_not_lengthen_the_grace(tmp_path: Path, runtime: ProcessRuntime, recorder: Recorder) -> None:
    runtime.start(spec(python("app.py"), slug(tmp_path, app_py=STUBBORN)), recorder)
    recorder.until_line("started")
    runtime.stop("k1", grace_seconds=0.2)
    runtime.stop("k1", grace_seconds=600)
    assert recorder.until_exit("k1") == 137


def test_an_app_that_binds_no_port_is_killed(tmp_path: Path, folder: Path, recorder: Recorder) -> None:
    runtime = ProcessRuntime(folder, recorder.log, Limits(boot_seconds=0.3, stop_seconds=30))
    try:
        runtime.start(spec("sleep 100", web=True, name="web.1"), recorder)
        assert recorder.until_exit("k1") == 137
    finally:
        runtime.close(0)
    assert recorder.boot_timeouts == ["k1"]
    assert recorder.ready == []
    assert recorder.said("heroku")[1:] == [
        "Error R10 (Boot timeout) -> Web process failed to bind to $PORT within 0.3 seconds of launch",
        "Stopping process with SIGKILL",
        "Process exited with status 137",
    ]


def alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_children_die_with_their_dyno(runtime: ProcessRuntime, recorder: Recorder) -> None:
    """A child that ignores SIGTERM, and one that left the group: the leader's end is the end of both."""
    runtime.start(spec("(trap '' TERM; sleep 100) & echo $!; setsid sleep 100 & echo $!; wait"), recorder)
    recorder.until(lambda: len(recorder.said("app")) == 2)
    children = [int(text) for text in recorder.said("app")]
    assert all(alive(pid) for pid in children)
    runtime.stop("k1", grace_seconds=60)
    assert recorder.until_exit("k1") == 143
    runtime.close()
    assert not any(alive(pid) for pid in children)


def test_a_leader_that_leaves_its_children_takes_them_along(runtime: ProcessRuntime, recorder: Recorder) -> None:
    runtime.start(spec("sleep 100 & echo $!; exit 4"), recorder)
    assert recorder.until_exit("k1") == 4
    child = int(recorder.said("app")[0])
    runtime.close()
    assert not alive(child)


def test_a_dyno_changes_only_its_own_copy(tmp_path: Path, runtime: ProcessRuntime, recorder: Recorder) -> None:
    app = slug(tmp_path, data="original")
    runtime.start(spec("echo changed > data; cat data", app), recorder)
    recorder.until_exit("k1")
    assert recorder.said("app") == ["changed"]
    assert (app / "data").read_text() == "original"


@pytest.mark.parametrize(
    ("changes", "why"), [({"env": {"A": "nul\0"}}, "null byte"), ({"slug_dir": Path("/no/such/slug")}, "/no/such/slug")]
)
def test_what_cannot_start_says_why_and_leaves_nothing(
    folder: Path, runtime: ProcessRuntime, recorder: Recorder, changes: dict[str, object], why: str
) -> None:
    values: dict[str, object] = {"slug_dir": None, **changes}
    with pytest.raises(DynoStartError, match=why):
        runtime.start(spec("sleep 1", web=True, **values), recorder)  # type: ignore[arg-type]
    assert runtime.running() == []
    assert list(folder.iterdir()) == []


def test_after_close_nothing_is_left_and_nothing_starts(folder: Path, recorder: Recorder) -> None:
    runtime = ProcessRuntime(folder, recorder.log, LIMITS)
    pids = [runtime.start(spec("sleep 100", key=f"k{n}", web=n == 1), recorder).pid for n in range(3)]
    runtime.close()
    assert recorder.exits == {"k0": 143, "k1": 143, "k2": 143}
    assert not any(psutil.pid_exists(pid) for pid in pids)
    assert list(folder.iterdir()) == []
    with pytest.raises(DynoStartError, match="stopping"):
        runtime.start(spec("sleep 100", key="late"), recorder)
    assert list(folder.iterdir()) == []
    runtime.stop("k1")
    runtime.close()


def test_it_works_where_the_system_does_not_tell_of_ends(
    runtime: ProcessRuntime, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "pidfd_open", raising=False)
    runtime.start(spec("echo hello; exit 5"), recorder)
    assert recorder.until_exit("k1") == 5
    assert recorder.said("app") == ["hello"]


def test_a_watcher_that_fails_harms_no_other_dyno(
    runtime: ProcessRuntime, recorder: Recorder, caplog: pytest.LogCaptureFixture
) -> None:
    """Also not one that is told in the same breath: both wait while the thread is with a third."""

    class Broken(Recorder):
        def on_ready(self, key: str) -> None:
            raise RuntimeError("broken watcher")

    class Busy(Recorder):
        def on_exit(self, key: str, status: int) -> None:
            entered.set()
            assert released.wait(PATIENCE)

    entered, released = threading.Event(), threading.Event()
    runtime.start(spec("exit 0", key="k0"), Busy())
    assert entered.wait(PATIENCE)
    runtime.start(spec("sleep 100"), Broken())
    runtime.start(spec("exit 0", key="k2"), recorder)
    released.set()
    assert recorder.until_exit("k2") == 0
    assert "broken watcher" in caplog.text


def terminal_of(desk: TerminalDesk) -> Terminal:
    """What the customer's connection would get."""
    got: list[Terminal | None] = []
    desk.expect("secret", got.append)
    assert got[0]
    return got[0]


def all_of(terminal: Terminal) -> bytes:
    """All that the dyno says until it ends."""
    said = b""
    with contextlib.suppress(OSError):  # how a pseudo-terminal says it
        while data := os.read(terminal.fd, 4096):
            said += data
    os.close(terminal.fd)
    return said


@pytest.mark.parametrize("tty", [True, False])
def test_an_attached_dyno_speaks_with_its_customer_and_not_with_the_log(
    tmp_path: Path, folder: Path, recorder: Recorder, tty: bool
) -> None:
    desk = TerminalDesk(lambda secret: True)
    runtime = ProcessRuntime(folder, recorder.log, LIMITS, desk=desk)
    command = 'read line; echo "got $line"; tty; exit 3'
    runtime.start(spec(command, attach_secret="secret", tty=tty, env={"COLUMNS": "90", "LINES": "9"}), recorder)
    terminal = terminal_of(desk)
    os.write(terminal.fd, b"hello\n")
    said = all_of(terminal).replace(b"\r\n", b"\n").decode().splitlines()
    assert recorder.until_exit("k1") == 3
    assert said == (
        ["hello", "got hello", "/dev/pts/" + said[2].rpartition("/")[2]] if tty else ["got hello", "not a tty"]
    )
    assert not any("hello" in line for line in recorder.said("app"))
    runtime.close(grace_seconds=0)


def test_ctrl_c_reaches_what_runs_on_the_terminal(folder: Path, recorder: Recorder) -> None:
    desk = TerminalDesk(lambda secret: True)
    runtime = ProcessRuntime(folder, recorder.log, LIMITS, desk=desk)
    runtime.start(spec("echo ready; sleep 600", attach_secret="secret", tty=True), recorder)
    terminal = terminal_of(desk)
    assert os.read(terminal.fd, 5) == b"ready"
    os.write(terminal.fd, b"\x03")
    all_of(terminal)
    assert recorder.until_exit("k1") == 128 + signal.SIGINT
    runtime.close(grace_seconds=0)


def test_hanging_up_ends_the_dyno(folder: Path, recorder: Recorder) -> None:
    desk = TerminalDesk(lambda secret: True)
    runtime = ProcessRuntime(folder, recorder.log, LIMITS, desk=desk)
    runtime.start(spec("sleep 600", attach_secret="secret"), recorder)
    terminal = terminal_of(desk)
    os.close(terminal.fd)
    terminal.hang_up()
    assert recorder.until_exit("k1") == 128 + signal.SIGTERM
    runtime.close(grace_seconds=0)
