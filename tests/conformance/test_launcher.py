"""The partner as a process: started, started again, ended with all of its children, and its last words."""

import os
import shlex
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from platform_sim.conformance.home import Home
from platform_sim.conformance.launcher import LONGEST, Launcher, LaunchProblem, place_of, variables
from platform_sim.loopback import free_port
from platform_sim.partners.contract import PartnerAnswer

from ..processes.leftovers import nothing_left, processes_below
from ..processes.waiting import wait_until
from ..zoo.parts import MANIFEST, PASSWORD, PLANS, SALT, SECRET

__all__ = ["nothing_left"]
pytestmark = pytest.mark.processes

LISTEN = """
import os, socket
with socket.create_server(("127.0.0.1", int(os.environ["PORT"]))) as listener:
    print("listening, word", os.environ.get("WORD"), flush=True)
    while True:
        listener.accept()[0].close()
"""
DEAF = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + LISTEN


def python(code: str, folder: Path) -> str:
    """A command that runs this code; what is left of it is found by its folder."""
    file = folder / "partner.py"
    file.write_text(code)
    return f"exec {shlex.quote(sys.executable)} -S {shlex.quote(str(file))}"


@pytest.fixture
def place() -> tuple[str, int]:
    return "127.0.0.1", free_port()


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def launch(said: list[str], place: tuple[str, int]) -> Iterator[Callable[..., Launcher]]:
    """Starts a command at the place."""
    made: list[Launcher] = []

    def start(command: str, seconds: float = 30.0, grace: float = 30.0) -> Launcher:
        launcher = Launcher(command, said.append, seconds=seconds, grace=grace)
        made.append(launcher)
        launcher.start(place, {"PATH": os.environ["PATH"], "PORT": str(place[1]), "WORD": "given"})
        return launcher

    yield start
    for each in made:
        each.__exit__(None, None, None)


def test_a_server_behind_a_shell_ends_with_its_group(
    launch: Callable[..., Launcher], tmp_path: Path, said: list[str]
) -> None:
    command = python(LISTEN, tmp_path)
    launcher = launch(f"tail -f {tmp_path}/partner.py & ({command}); echo never")
    assert len(processes_below(tmp_path)) >= 2
    launcher.end()
    assert processes_below(tmp_path) == {}
    assert said == []


def test_one_that_does_not_listen_to_sigterm_is_killed(launch: Callable[..., Launcher], tmp_path: Path) -> None:
    launch(python(DEAF, tmp_path), grace=0.1).end()
    assert processes_below(tmp_path) == {}


def test_one_that_ends_at_once_says_why(launch: Callable[..., Launcher]) -> None:
    with pytest.raises(LaunchProblem) as problem:
        launch("echo no database; exit 3")
    assert "ended with exit code 3 and never listened. It said:\nno database" in str(problem.value)


def test_only_the_end_of_long_output_is_shown(launch: Callable[..., Launcher], tmp_path: Path) -> None:
    (tmp_path / "long").write_text("x" * 10_000 + "last words")
    with pytest.raises(LaunchProblem) as problem:
        launch(f"cat {tmp_path}/long")
    assert str(problem.value).endswith("\n" + "x" * (LONGEST - len("last words")) + "last words")


def test_one_that_never_listens_is_given_up(launch: Callable[..., Launcher], tmp_path: Path) -> None:
    with pytest.raises(
        LaunchProblem, match=r"does not listen at 127\.0\.0\.1:\d+ after 0\.1 s: it has to take its port"
    ):
        launch(f"touch {tmp_path}/begun; tail -f {tmp_path}/begun", seconds=0.1)


def test_somebody_else_is_not_taken_for_it(launch: Callable[..., Launcher], place: tuple[str, int]) -> None:
    with socket.create_server(place), pytest.raises(LaunchProblem, match="something listens at .* already"):
        launch("exit 0")


def test_one_that_died_is_back(launch: Callable[..., Launcher], tmp_path: Path, said: list[str]) -> None:
    launcher = launch(python(LISTEN, tmp_path))
    wait_until("it has spoken", lambda: "listening" in launcher._said())
    [pid] = processes_below(tmp_path)
    os.kill(pid, signal.SIGKILL)
    wait_until("it is dead", lambda: psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    assert launcher.restart()
    assert [line.splitlines()[0] for line in said] == [
        "the partner was ended by SIGKILL; it is started again. It said:"
    ]
    assert said[0].endswith("listening, word given")
    assert len(processes_below(tmp_path)) == 1


def test_one_that_hangs_is_ended_and_started_again(
    launch: Callable[..., Launcher], tmp_path: Path, said: list[str]
) -> None:
    launcher = launch(python(LISTEN, tmp_path))
    before = set(processes_below(tmp_path))
    assert launcher.restart()
    assert said[0].startswith("the partner hangs; it is started again.")
    assert set(processes_below(tmp_path)).isdisjoint(before)


def test_one_that_does_not_come_back_is_told(launch: Callable[..., Launcher], tmp_path: Path, said: list[str]) -> None:
    launcher = launch(python(LISTEN, tmp_path))
    (tmp_path / "partner.py").write_text("raise SystemExit('broken')")
    assert not launcher.restart()
    assert "and never listened. It said:\nbroken" in said[1]


def test_an_end_that_nobody_has_seen_is_told(launch: Callable[..., Launcher], tmp_path: Path, said: list[str]) -> None:
    once = python(LISTEN.replace("while True", "for _ in range(1)") + "print('bye')", tmp_path)
    launcher = launch(f"echo $$ > {tmp_path}/pid; {once}")
    # Waits for its end and leaves it to be seen: it is off the list of what runs a moment before it has ended.
    os.waitid(os.P_PID, int((tmp_path / "pid").read_text()), os.WEXITED | os.WNOWAIT)
    launcher.__exit__(None, None, None)
    assert len(said) == 1
    assert said[0].startswith("the partner ended with exit code 0. It said:")


def test_what_it_is_told() -> None:
    with Home(MANIFEST, PLANS, lambda _: PartnerAnswer(200, {}, b"", 1), client_secret=SECRET) as home:
        told = variables(home)
        assert told.pop("HEROKU_API_URL") == home.platform.url
        assert place_of(home) == ("zoo.example", 443)
    assert told == {
        "PORT": "443",
        "HEROKU_USERNAME": "zoo",
        "HEROKU_PASSWORD": PASSWORD,
        "SSO_SALT": SALT,
        "CLIENT_SECRET": SECRET,
    }
