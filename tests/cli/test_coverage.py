"""`platform-sim coverage`: what is shown, the page, and the exit code below a bound."""

import json
from pathlib import Path
from typing import Any

import pytest

from platform_sim.coverage.report import coverage_of
from platform_sim.coverage.touched import Touched

from .conftest import Run
from .fake_api import FakeApi

FOUND: dict[str, Any] = coverage_of(Touched(abilities={"version-3"})).as_json()


@pytest.fixture
def covered(api: FakeApi) -> FakeApi:
    api.on("GET /sim/coverage", FOUND)
    return api


def test_it_is_shown(covered: FakeApi, run: Run) -> None:
    shown = run("coverage").stdout
    assert "Ways between them: 0 of 7\n  missing  ordered  nothing to provisioning: A customer orders it.\n" in shown
    assert shown.endswith(f"Contract coverage: 0 of {FOUND['of']}, 0 %\n")
    assert len(run("coverage", "--all").stdout) > len(shown)
    assert json.loads(run("coverage", "--json").stdout) == FOUND


def test_below_a_bound_it_is_1(covered: FakeApi, run: Run) -> None:
    assert run("coverage", "--fail-under", "0").exit_code == 0
    result = run("coverage", "--fail-under", "0.1")
    assert (result.exit_code, result.stderr) == (1, "That is under 0.1 %.\n")
    assert run("coverage", "--fail-under", "101").exit_code == 2


def test_a_page_is_written(covered: FakeApi, run: Run, alone: Path) -> None:
    assert run("coverage", "--html", "coverage.html").exit_code == 0
    assert (alone / "coverage.html").read_text().startswith("<!doctype html>")
    assert run("coverage", "--html", "none/coverage.html").exit_code == 3


def test_the_whole_api_is_asked_for(api: FakeApi, run: Run) -> None:
    api.on("GET /sim/coverage?api=true", FOUND | {"percent": 50.0})
    assert run("coverage", "--api").stdout.endswith(", 50 %\n")
    api.on("GET /sim/coverage?api=true&scripted=true", FOUND | {"percent": 60.0})
    assert run("coverage", "--api", "--scripted").stdout.endswith(", 60 %\n")
