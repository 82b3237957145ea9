"""The three programs as a dyno starts them: in a folder of their own, by their Procfile lines."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

import sample_app
from platform_sim.loopback import free_port

from .conftest import FakeExceptions

pytestmark = pytest.mark.processes
DEADLINE = 120


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A copy of what is pushed."""
    source = Path(sample_app.__file__).parent
    return shutil.copytree(source, tmp_path / "app", ignore=shutil.ignore_patterns("__pycache__"))


@pytest.fixture
def port() -> int:
    """A port at which nobody listens."""
    return free_port()


def _command(home: Path, kind: str) -> list[str]:
    lines = dict(line.split(": ") for line in (home / "Procfile").read_text().splitlines())
    program, script = lines[kind].split()
    assert program == "python"
    return [sys.executable, script]


class Program:
    """A started process type of the app, with its lines."""

    def __init__(self, home: Path, kind: str, env: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            _command(home, kind),
            cwd=home,
            env={"PATH": os.defpath, "DYNO": f"{kind}.1", **env},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def line(self) -> str:
        """The next line it says."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().rstrip()

    def stop(self) -> tuple[int, str]:
        """SIGTERM; exit status and what else it said."""
        self.process.send_signal(signal.SIGTERM)
        rest, _ = self.process.communicate(timeout=DEADLINE)
        return self.process.returncode, rest

    def end(self) -> None:
        """Leave nothing behind, also after a failed test."""
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def started(home: Path) -> Iterator[list[Program]]:
    """Programs to end with the test."""
    programs: list[Program] = []
    yield programs
    for program in programs:
        program.end()


def _get(url: str) -> bytes:
    """What `url` answers as soon as somebody listens there."""
    ends = time.monotonic() + DEADLINE
    while True:
        try:
            with urllib.request.urlopen(url, timeout=DEADLINE) as answer:
                return bytes(answer.read())
        except OSError:
            if time.monotonic() > ends:
                raise


def test_web_serves_on_its_port_and_stops_at_once(
    home: Path, port: int, fake: FakeExceptions, started: list[Program]
) -> None:
    web = Program(home, "web", {"PORT": str(port), "EXCEPTIONS_URL": fake.url})
    started.append(web)
    status = json.loads(_get(f"http://127.0.0.1:{port}/status.json"))
    assert (status["dyno"], status["addons"]["exceptions"]["state"]) == ("web.1", "ok")
    assert b"Add-on: exceptions" in _get(f"http://127.0.0.1:{port}/")
    code, said = web.stop()
    assert code == 0
    assert fake.url not in said


def test_the_worker_writes_and_stops_at_once(home: Path, fake: FakeExceptions, started: list[Program]) -> None:
    worker = Program(home, "worker", {"EXCEPTIONS_URL": fake.url, "WORKER_INTERVAL": "3600"})
    started.append(worker)
    assert worker.line() == "worker wrote exception e1"
    assert worker.stop() == (0, "worker stops; heartbeats written: 1\n")


def test_the_release_phase_ends_well_without_and_with_an_add_on(
    home: Path, fake: FakeExceptions, started: list[Program]
) -> None:
    for env in ({}, {"EXCEPTIONS_URL": fake.url}, {"EXCEPTIONS_URL": "http://127.0.0.1:9/x"}):
        program = Program(home, "release", env)
        started.append(program)
        said, _ = program.process.communicate(timeout=DEADLINE)
        assert program.process.returncode == 0, said
        assert said.startswith("release: EXCEPTIONS_URL is")


@pytest.mark.parametrize("kind", ["web", "worker", "release"])
def test_a_config_var_that_cannot_be_used_ends_it_with_one_line(home: Path, kind: str, started: list[Program]) -> None:
    program = Program(home, kind, {"WORKER_INTERVAL": "soon"})
    started.append(program)
    said, _ = program.process.communicate(timeout=DEADLINE)
    assert program.process.returncode == 1
    assert said.count("\n") == 1
    assert "WORKER_INTERVAL is 'soon'" in said
