"""`doctor`: each check has a case that fails it alone."""

import json
import os
import socket
from pathlib import Path

import pytest

from platform_sim.cli import doctor
from platform_sim.cli.doctor import Finding
from platform_sim.loopback import free_port

from . import shapes
from .conftest import Run
from .fake_api import FakeApi


@pytest.fixture
def port() -> str:
    """A port that is free now."""
    return str(free_port())


def test_a_good_machine_with_a_platform(api: FakeApi, run: Run, port: str) -> None:
    api.on("GET /sim/status", shapes.status())
    result = run("doctor", "--port", port)
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert [line[6:].partition(":")[0] for line in lines] == [
        "python", "git", "git http-backend", "uv or pip", f"port {port}", "data folder", "platform",
    ]  # fmt: skip
    assert f"ok    port {port}: free" in lines
    assert "ok    data folder: .platform-sim can be made" in lines
    assert "ok    platform: http://localhost:5100, version 0.1.0" in lines


def test_json_and_the_exit_code_of_a_failure(run_alone: Run, alone: Path) -> None:
    (alone / "file").touch()
    result = run_alone("doctor", "--json", "--data", "file/deeper")
    assert result.exit_code == 3
    found = {row["check"]: row for row in json.loads(result.stdout)}
    assert found["data folder"]["result"] == "fail"
    assert found["data folder"]["todo"] == "choose another one: --data DIR"
    assert found["platform"] == {
        "check": "platform",
        "result": "warn",
        "seen": "none known",
        "todo": "start one with `platform-sim up`",
    }


def test_a_platform_that_does_not_answer_is_a_warning(run_alone: Run, port: str) -> None:
    result = run_alone("doctor", "--port", port, "--url", "http://127.0.0.1:1", "--token", "t")
    assert result.exit_code == 0
    assert "warn  platform: no platform answers at http://127.0.0.1:1" in result.stdout


@pytest.mark.parametrize(("version", "result"), [((3, 10, 9), "fail"), ((3, 11, 0), "ok"), ((3, 15, 0), "warn")])
def test_pythons(version: tuple[int, ...], result: str) -> None:
    assert doctor.python(version).result == result


def test_no_git() -> None:
    assert doctor.git(None).result == "fail"
    assert doctor.git_backend(None, None).result == "warn"


def test_git_without_its_backend_and_with_it_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "core").mkdir()
    git = str(tmp_path / "bin" / "git")
    assert doctor.git_backend(git, None).result == "warn"
    (tmp_path / "core" / "git-http-backend").touch()
    assert doctor.git_backend(git, str(tmp_path / "core")).result == "ok"


def test_what_installs_requirements() -> None:
    assert doctor.installer("/bin/uv", False) == Finding("uv or pip", "ok", "/bin/uv")
    assert doctor.installer(None, True).result == "ok"
    assert doctor.installer(None, False).result == "warn"


def test_a_taken_port() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        taken = server.getsockname()[1]
        assert doctor.port_free(taken, None).result == "fail"
        assert "up --port 0" in doctor.port_free(taken, None).todo
        assert doctor.port_free(taken, f"http://localhost:{taken}").result == "ok"


def test_a_folder_that_is_there(tmp_path: Path) -> None:
    assert doctor.data_folder(tmp_path) == Finding("data folder", "ok", f"{tmp_path} can be written")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    assert doctor.data_folder(tmp_path / "new").result == "fail"
    tmp_path.chmod(0o700)
