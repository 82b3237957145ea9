"""The program itself: real process, real socket, real signals."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests
from click.testing import CliRunner

from addon_service.__main__ import main
from addon_service.folder import DataFolder
from addon_service.platform_client import Answer, Request

from ..processes.up import kept
from .around import attachment, log_url
from .heroku import FakeHeroku, served
from .partner import AUTH, ORDER, UUID

ROOT = Path(__file__).parents[2]
PATIENCE = 120.0


@dataclass
class Program:
    """Starts `python -m addon_service` on one data folder, and never leaves one behind."""

    folder: Path
    environment: dict[str, str]
    running: list[subprocess.Popen[str]] = field(default_factory=list)
    port: int = 0
    ports: ExitStack = field(default_factory=ExitStack)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **self.environment}
        command = [sys.executable, "-m", "addon_service", "--data", str(self.folder / "data"), *arguments]
        process = subprocess.Popen(
            command, cwd=self.folder, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        self.running.append(process)
        return process

    def serve(self, port: int = 0) -> tuple[subprocess.Popen[str], str]:
        ready = self.folder / "ready.json"
        process = self.start("--port", str(port), "--ready-file", str(ready))
        deadline = time.monotonic() + PATIENCE
        while process.poll() is None and time.monotonic() < deadline:
            said = said_in(ready)
            if said.get("pid") == process.pid:
                self.port = int(said["url"].rpartition(":")[2])
                return process, str(said["url"])
            time.sleep(0.01)
        pytest.fail(f"the service did not start: {self.end(process)}")

    def end(self, process: subprocess.Popen[str], number: int = signal.SIGKILL) -> tuple[int, str, str]:
        process.send_signal(number)
        out, err = process.communicate(timeout=PATIENCE)
        self.running.remove(process)
        self.ports.enter_context(kept(self.port))
        return process.returncode, out, err


def said_in(ready: Path) -> dict[str, Any]:
    """What a ready file says, {} when there is none: one that a killed run has left goes while it is looked at."""
    try:
        found: dict[str, Any] = json.loads(ready.read_text())
    except FileNotFoundError:
        return {}
    return found


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    program = Program(tmp_path, {"ADDON_PASSWORD": AUTH[1], "HEROKU_API_URL": "http://127.0.0.1:9"})
    with program.ports:
        yield program
        for process in list(program.running):
            program.end(process)


def provision(url: str, **more: Any) -> requests.Response:
    order = {**ORDER, **more, "oauth_grant": {"code": "grant-1", "expires_at": "2999-01-01T00:00:00Z"}}
    return requests.post(f"{url}/heroku/resources", json=order, auth=AUTH, timeout=PATIENCE)


def wait_for_state(url: str, state: str) -> dict[str, Any]:
    """The instance, once its authorization is in that state."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        answer = requests.get(f"{url}/admin/resources/{UUID}", auth=AUTH, timeout=PATIENCE)
        body: dict[str, Any] = answer.json()
        if body["authorization"]["state"] == state:
            return body
        time.sleep(0.05)
    pytest.fail(f"never {state}: {body}")


@pytest.mark.processes
def test_a_provision_survives_kill_9_and_its_duty_is_done_after_the_restart(program: Program) -> None:
    process, url = program.serve()
    first = provision(url)
    account = first.json()["config"]["EXCEPTIONS_URL"]
    assert requests.post(f"{account}/exceptions", json={"message": "boom"}, timeout=PATIENCE).status_code == 201
    program.end(process)

    heroku = FakeHeroku()
    with served(heroku) as platform:
        program.environment["HEROKU_API_URL"] = platform
        process, again = program.serve(int(url.rpartition(":")[2]))
        assert again == url
        assert provision(url).content == first.content
        assert requests.get(account, timeout=PATIENCE).json() == {"plan": "basic", "limit": 1000, "stored": 1}
        # The client secret comes last, into the folder of the running service.
        (program.folder / "data" / "client-secret").write_text("client-secret-1\n")
        body = wait_for_state(url, "held")
        assert (body["duties"][-1]["kind"], body["duties"][-1]["state"]) == ("exchange_grant", "done")
        program.end(process)


@pytest.mark.processes
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly(program: Program, number: int) -> None:
    process, url = program.serve()
    assert requests.get(url, timeout=PATIENCE).status_code == 200
    code, out, err = program.end(process, number)
    assert (code, out.strip()) == (0, f"addon_service listens on {url}")
    assert "Traceback" not in err
    assert not (program.folder / "ready.json").exists()
    with pytest.raises(requests.ConnectionError):
        requests.get(url, timeout=PATIENCE)


@pytest.mark.processes
def test_the_manifest_names_the_url_of_the_service_that_runs(program: Program) -> None:
    _, url = program.serve()
    out, err = program.start("manifest").communicate(timeout=PATIENCE)
    made = json.loads(out)
    assert err == ""
    assert made["api"]["test"]["base_url"] == f"{url}/heroku/resources"
    assert made["api"]["password"] == AUTH[1]
    assert made["api"]["sso_salt"] == (program.folder / "data" / "sso-salt").read_text().strip()


@pytest.mark.processes
def test_a_second_server_on_the_same_folder_is_refused(program: Program) -> None:
    _, url = program.serve()
    second = program.start("--port", "0", "--ready-file", str(program.folder / "ready.json"))
    out, err = second.communicate(timeout=PATIENCE)
    assert (second.returncode, out) == (3, "")
    assert "another addon_service" in err
    assert requests.get(url, timeout=PATIENCE).status_code == 200
    assert (program.folder / "ready.json").exists(), "it is the first one's"


def run(*arguments: str, **environment: str) -> Any:
    return CliRunner().invoke(main, arguments, env=environment)


def test_a_port_that_is_taken_is_explained(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        result = run("--port", str(taken.getsockname()[1]), "--data", str(tmp_path))
    assert result.exit_code == 3
    assert "--port" in result.stderr


def test_a_setting_that_does_not_fit_is_explained(tmp_path: Path) -> None:
    for arguments in ([], ["manifest"]):
        result = run("--data", str(tmp_path), *arguments, ADDON_PLAN_LIMITS="many")
        assert (result.exit_code, "ADDON_PLAN_LIMITS" in result.stderr) == (3, True)


def test_a_ready_file_that_cannot_be_written_is_explained(tmp_path: Path) -> None:
    result = run("--port", "0", "--data", str(tmp_path), "--ready-file", str(tmp_path / "no" / "ready.json"))
    assert (result.exit_code, "cannot write" in result.stderr) == (3, True)


def test_wrong_usage_is_2() -> None:
    assert run("--port", "99999").exit_code == 2


@pytest.mark.parametrize("before", [True, False])
def test_the_manifest_command_keeps_what_it_makes(tmp_path: Path, before: bool) -> None:
    data = ["--data", str(tmp_path)]
    arguments = [*data, "manifest"] if before else ["manifest", *data]
    first, second = run(*arguments), run(*arguments)
    assert (first.exit_code, first.stdout) == (0, second.stdout)
    made = json.loads(first.stdout)
    assert made["api"]["password"] == DataFolder(tmp_path).read("password")
    assert made["api"]["test"]["sso_url"] == "http://127.0.0.1:5200/heroku/sso"


def test_the_manifests_url_comes_from_option_then_environment_then_folder(tmp_path: Path) -> None:
    (tmp_path / "public-url").write_text("http://127.0.0.1:7777")
    data = ["--data", str(tmp_path), "manifest"]
    found = [run(*data, "--url", "http://a/", PUBLIC_URL="http://b"), run(*data, PUBLIC_URL="http://b"), run(*data)]
    roots = [json.loads(result.stdout)["api"]["test"]["base_url"] for result in found]
    assert roots == [f"{root}/heroku/resources" for root in ("http://a", "http://b", "http://127.0.0.1:7777")]


@pytest.mark.processes
@pytest.mark.parametrize(
    "call", [f"POST /addons/{UUID}/webhooks", f"GET /addons/{UUID}/addon-attachments", "POST /logs"]
)
def test_killed_while_heroku_has_its_call_the_next_run_makes_it_good(program: Program, call: str) -> None:
    heroku, reached, gate = FakeHeroku(), threading.Event(), threading.Event()
    answered = heroku.around.answer

    def held(request: Request, path: str) -> Answer | None:
        answer = answered(request, path)
        if f"{request.method} {path}" == call and not reached.is_set():
            reached.set()
            assert gate.wait(PATIENCE)
        return answer

    heroku.around.answer = held  # type: ignore[method-assign]
    with served(heroku) as platform:
        place = platform.removeprefix("http://")
        heroku.around.attachments = [attachment(url=log_url(host=place))]
        program.environment |= {"HEROKU_API_URL": platform, "ADDON_CLIENT_SECRET": "client-secret-1"}
        process, url = program.serve()
        provision(url, log_input_url=log_url(host=place))
        wait_for_state(url, "held")
        requests.post(f"{url}/admin/resources/{UUID}/rotate", auth=AUTH, timeout=PATIENCE)
        assert reached.wait(PATIENCE)
        program.end(process)
        gate.set()
        process, url = program.serve(int(url.rpartition(":")[2]))
        body = wait_until_done(url)
        program.end(process)
    assert [duty for duty in body["duties"] if duty["state"] == "failed"] == []
    assert len(heroku.around.webhooks) == 1
    assert [each["app"] for each in body["apps"]] == ["shop"]
    assert any("credentials rotated" in line for line in heroku.around.lines())


def wait_until_done(url: str) -> dict[str, Any]:
    """The instance, once nothing is due for it any more."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        body: dict[str, Any] = requests.get(f"{url}/admin/resources/{UUID}", auth=AUTH, timeout=PATIENCE).json()
        owed = [d for d in body["duties"] if d["state"] in ("waiting", "doing") and d["kind"] != "retire_credential"]
        if not owed:
            return body
        time.sleep(0.05)
    pytest.fail(f"never done: {body['duties']}")
