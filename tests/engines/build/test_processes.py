"""engines/build/processes: real commands."""

import os
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from platform_sim.engines.build.processes import MARKER, Commands, script_command
from platform_sim.engines.build.request import BuildCancelled, BuildTimedOut

from .making import PATH

pytestmark = pytest.mark.processes


@pytest.fixture
def commands(tmp_path: Path) -> Iterator[Commands]:
    """A build's commands; whatever a failing test leaves behind is ended."""
    made = Commands(str(tmp_path), 60, threading.Event())
    yield made
    made.end_strays()


def _left(tmp_path: Path) -> list[psutil.Process]:
    """What still runs of this build, once what was killed had time to die."""
    ends = time.monotonic() + 10
    while (left := _marked(tmp_path)) and time.monotonic() < ends:
        psutil.wait_procs(left, timeout=0.1)
    return left


def _marked(tmp_path: Path) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get(MARKER) == str(tmp_path) and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except psutil.Error:
            continue
    return found


def _sh(commands: Commands, tmp_path: Path, script: str, line: list[str] | None = None) -> int:
    said = [] if line is None else line
    return commands.run(["/bin/sh", "-c", script], env={"PATH": PATH}, cwd=tmp_path, line=said.append)


def test_lines_arrive_whole_and_in_order(commands: Commands, tmp_path: Path) -> None:
    said: list[str] = []
    assert _sh(commands, tmp_path, "printf 'a\\r\\n\\nb'; echo c >&2; printf '10%%\\r100%%'; printf '\\377'", said) == 0
    assert said == ["a", "", "bc", "100%\ufffd"]


def test_a_line_without_end_is_cut(commands: Commands, tmp_path: Path) -> None:
    said: list[str] = []
    _sh(commands, tmp_path, "head -c 40000 /dev/zero | tr '\\0' x", said)
    assert [len(line) for line in said] == [16384, 16384, 40000 - 2 * 16384]


def test_a_command_gets_its_environment_and_nothing_to_read(commands: Commands, tmp_path: Path) -> None:
    said: list[str] = []
    os.environ["PLATFORM_SECRET_FOR_TEST"] = "x"
    try:
        _sh(commands, tmp_path, "cat; env | cut -d= -f1 | sort", said)
    finally:
        del os.environ["PLATFORM_SECRET_FOR_TEST"]
    assert set(said) - {"_", "PWD", "OLDPWD", "SHLVL"} == {"PATH", MARKER}


@pytest.mark.parametrize(("script", "status"), [("exit 3", 3), ("kill -9 $$", 137)])
def test_the_exit_status_is_counted_as_a_shell_does(
    commands: Commands, tmp_path: Path, script: str, status: int
) -> None:
    assert _sh(commands, tmp_path, script) == status


def test_stderr_can_be_left_out(commands: Commands, tmp_path: Path) -> None:
    said: list[str] = []
    commands.run(
        ["/bin/sh", "-c", "echo no >&2; echo yes"], env={"PATH": PATH}, cwd=tmp_path, line=said.append, errors=False
    )
    assert said == ["yes"]


@pytest.mark.parametrize("flood", ["sleep 1000", "yes"])
def test_what_a_command_leaves_in_the_background_is_ended_with_it(
    commands: Commands, tmp_path: Path, flood: str
) -> None:
    assert _sh(commands, tmp_path, f"{flood} & echo done") == 0
    assert _left(tmp_path) == []


DAEMON = """
import os, time
read, write = os.pipe()
if os.fork():
    os.read(read, 1)
    os._exit(0)
os.setsid()
print("away", flush=True)
os.write(write, b"!")
time.sleep(1000)
"""


def test_a_daemon_that_left_its_group_is_found_and_ended(commands: Commands, tmp_path: Path) -> None:
    said: list[str] = []
    env = {"PATH": PATH}
    assert commands.run([sys.executable, "-c", DAEMON], env=env, cwd=tmp_path, line=said.append) == 0
    assert said == ["away"]
    assert _left(tmp_path) == []


def test_a_stray_that_becomes_another_program_is_ended_too(
    commands: Commands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For a moment the system shows nothing of it, here at the first three looks."""
    environ, cmdline, looks = psutil.Process.environ, psutil.Process.cmdline, Counter[int]()

    def first_nothing(process: psutil.Process) -> dict[str, str]:
        looks[process.pid] += 1
        return {} if looks[process.pid] <= 3 else environ(process)

    with subprocess.Popen(["sleep", "1000"], env={"PATH": PATH, MARKER: str(tmp_path)}) as stray:
        monkeypatch.setattr(psutil.Process, "environ", first_nothing)
        monkeypatch.setattr(psutil.Process, "cmdline", lambda one: [] if looks[one.pid] <= 3 else cmdline(one))
        commands.end_strays()
        monkeypatch.undo()
        left = _left(tmp_path)
        stray.kill()
    assert left == []


def test_time_runs_out(tmp_path: Path) -> None:
    short = Commands(str(tmp_path), 0.3, threading.Event())
    with pytest.raises(BuildTimedOut, match=r"longer than 0\.3 seconds"):
        _sh(short, tmp_path, "sleep 1000 & sleep 1000")
    assert _left(tmp_path) == []
    with pytest.raises(BuildTimedOut):
        _sh(short, tmp_path, "echo never started")


@pytest.mark.parametrize("script", ["echo started; sleep 1000", "echo started; exec >&- 2>&-; sleep 1000"])
def test_a_command_can_be_cancelled(tmp_path: Path, script: str) -> None:
    cancelled = threading.Event()
    commands = Commands(str(tmp_path), 60, cancelled)

    def on_line(line: str) -> None:
        assert line == "started"
        cancelled.set()

    with pytest.raises(BuildCancelled):
        commands.run(["/bin/sh", "-c", script], env={"PATH": PATH}, cwd=tmp_path, line=on_line)
    assert _left(tmp_path) == []


def test_a_reader_that_fails_ends_the_command(commands: Commands, tmp_path: Path) -> None:
    def broken(line: str) -> None:
        raise RuntimeError(line)

    with pytest.raises(RuntimeError, match="started"):
        commands.run(["/bin/sh", "-c", "echo started; sleep 1000"], env={"PATH": PATH}, cwd=tmp_path, line=broken)
    assert _left(tmp_path) == []


@pytest.mark.parametrize(
    ("content", "mode", "command"),
    [
        ("#!/bin/sh\n", 0o755, []),
        ("#!/bin/sh -e\n", 0o644, ["/bin/sh", "-e"]),
        ("#! /usr/bin/env sh\n", 0o644, ["sh"]),
        ("#!/usr/bin/env -S sh -e\n", 0o644, ["sh"]),
        ("echo without a first line\n", 0o755, ["/bin/sh"]),
        ("", 0o644, ["/bin/sh"]),
        ("\x7fELF\0", 0o755, []),
    ],
)
def test_a_script_without_its_executable_bit_is_started_by_its_interpreter(
    tmp_path: Path, content: str, mode: int, command: list[str]
) -> None:
    script = tmp_path / "detect"
    script.write_text(content, encoding="utf-8")
    script.chmod(mode)
    got = script_command(script, PATH)
    assert got[-1] == str(script)
    assert [Path(word).name for word in got[:-1]] == [Path(word).name for word in command]
