"""`platform-sim clock`: what is sent, and what is shown."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from platform_sim.cli.main import cli

from .conftest import Run
from .fake_api import FakeApi

NOW = "2026-03-01T12:00:00+00:00"
DUE = {"kind": "deprovision", "subject": "id-1", "name": "exceptions-1", "due": NOW, "bound": False}
NOBODYS = DUE | {"name": None}
STANDS: dict[str, Any] = {"now": NOW, "frozen": True, "offset": -5, "next": None, "waiting": []}


def test_it_is_shown(api: FakeApi, run: Run) -> None:
    api.on("GET /sim/clock", STANDS | {"next": NOBODYS})
    assert run("clock").stdout == f"{NOW}, frozen\nnext: deprovision of id-1, {NOW}\n"
    assert json.loads(run("clock", "--json").stdout)["frozen"] is True


@pytest.mark.parametrize(
    ("offset", "told"),
    [(43_166, "11h59m26s ahead of the wall"), (-29, "29s behind the wall"), (0, "the same as on the wall")],
)
def test_it_is_shown_running(api: FakeApi, run: Run, offset: int, told: str) -> None:
    api.on("GET /sim/clock", STANDS | {"frozen": False, "offset": offset})
    assert run("clock").stdout == f"{NOW}, running, {told}\n"


def test_options_before_the_command_are_not_lost(api: FakeApi, run: Run) -> None:
    for words in (("--url", "http://localhost:1"), ("--json",)):
        result = run("clock", *words, "freeze")
        assert (result.exit_code, api.asked) == (2, [])
        assert "put the options after freeze" in result.stderr


def test_a_command_explains_itself_without_a_platform(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert CliRunner(env={"HEROKU_HOST": ""}).invoke(cli, ["clock", "freeze", "--help"]).exit_code == 0


@pytest.mark.parametrize(
    ("words", "path", "body"),
    [
        (("freeze",), "freeze", {}),
        (("freeze", "--at", NOW), "freeze", {"at": NOW}),
        (("resume",), "resume", {}),
        (("advance", "1d12h"), "advance", {"by": "1d12h"}),
    ],
)
def test_it_is_moved(api: FakeApi, run: Run, words: tuple[str, ...], path: str, body: dict[str, str]) -> None:
    asked = f"POST /sim/clock/{path}"
    api.on(asked, STANDS | {"came_due": [DUE] * 22})
    lines = run("clock", *words).stdout.splitlines()
    assert lines[:2] == [f"{NOW}, frozen", f"came due: deprovision of exceptions-1, {NOW}"]
    assert (len(lines), lines[-1]) == (22, "came due: 2 more")
    assert api.body_of(asked) == body
    assert len(json.loads(run("clock", *words, "--json").stdout)["came_due"]) == 22


def test_a_run(api: FakeApi, run: Run) -> None:
    asked = "POST /sim/clock/run"
    api.on(asked, STANDS | {"came_due": [DUE], "moves": 1, "done": True, "left": []})
    assert run("clock", "run").exit_code == 0
    assert api.body_of(asked) == {"until": "idle"}
    run("clock", "run", "--until", NOW)
    assert api.body_of(asked) == {"until": NOW}


def test_a_run_that_does_not_arrive(api: FakeApi, run: Run) -> None:
    asked = "POST /sim/clock/run"
    api.on(asked, STANDS | {"came_due": [], "moves": 1, "done": False, "left": ["web.1 of acme is starting"]})
    result = run("clock", "run")
    assert result.exit_code == 1
    assert "not done after 1 move; run it again to go on. Left:\n  web.1 of acme is starting" in result.stderr
    result = run("clock", "run", "--json")
    assert (result.exit_code, json.loads(result.stdout)["done"]) == (1, False)


def test_what_the_platform_refuses_is_told(api: FakeApi, run: Run) -> None:
    api.on("POST /sim/clock/advance", {"id": "invalid_params", "message": "by: '9' is no length of time."}, 422)
    result = run("clock", "advance", "9")
    assert result.exit_code == 1
    assert "'9' is no length of time" in result.stderr
