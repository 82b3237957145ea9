"""`platform-sim run`: on a platform of its own and on one that runs; what it prints, and its exit codes."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from platform_sim.scenarios.http import Remote
from platform_sim.testing import Heroku

from ..processes.waiting import LONGEST, wait_until
from .conftest import Run

FIRST = str(Path(__file__).parents[2] / "docs" / "examples" / "scenarios" / "first.scenario.yaml")
BAD = "sed: 1\nsteps:\n- creat app: x\n"
FAILS = """scenario: It fails
steps:
- create app: shop
- ask: GET /apps/shop
  expect: {json: {name: x}}
- ask: GET /apps
"""


@pytest.fixture
def file(alone: Path) -> Path:
    """A file to write a scenario into."""
    return alone / "mine.scenario.yaml"


def test_on_a_platform_of_its_own(run_alone: Run) -> None:
    done = run_alone("run", FIRST)
    assert done.exit_code == 0, done.output
    assert re.search(r"\n  ok: A login for somebody else is refused.*\n      ok: the status is 403\n", done.stdout)
    assert done.stdout.splitlines()[-1].startswith("All as expected: 6 steps, 18 checks, ")


def test_on_a_platform_that_runs_and_in_json(run_alone: Run, file: Path) -> None:
    file.write_text(FAILS)
    with Heroku() as heroku:
        place = ("--on", "running", "--url", heroku.url, "--token", heroku.token)
        done = run_alone("run", FIRST, str(file), *place, "--json", "--junit", "report.xml")
        assert [each["name"] for each in heroku.ask("GET", "/apps")] == ["shop"]
    assert done.exit_code == 1
    first, second = json.loads(done.stdout)
    assert (first["ok"], first["checks"], second["ok"]) == (True, 18, False)
    assert [each["state"] for each in second["steps"]] == ["ok", "failed", "not played", "not played"]
    assert 'failures="1"' in Path("report.xml").read_text()


def test_what_is_not_as_expected_is_told_with_the_timeline(run_alone: Run, file: Path) -> None:
    file.write_text(FAILS)
    done = run_alone("run", str(file))
    assert done.exit_code == 1
    assert f"      {file}:5:19: expected that name is 'x'; it is 'shop'\n" in done.stdout
    assert "POST /apps  201" in done.stdout.partition("the timeline, the newest last:")[2]
    assert f"FAILED at {file}:4: 1 step" in done.stdout


def test_a_bad_file_is_told_whole_and_nothing_is_played(run_alone: Run, file: Path) -> None:
    file.write_text(BAD)
    done = run_alone("run", FIRST, str(file))
    assert (done.exit_code, done.stdout) == (2, "")
    lines = done.stderr.splitlines()
    assert lines[0].startswith(f"{file}:1:1: 'sed' is no section")
    assert lines[1].startswith(f"{file}:3:3: 'creat app' is no verb")
    done = run_alone("run", str(file), "--json")
    assert done.exit_code == 2
    assert [(each["line"], each["column"]) for each in json.loads(done.stdout)] == [(1, 1), (3, 3)]


def test_what_only_a_platform_of_its_own_can_have(run_alone: Run, file: Path) -> None:
    file.write_text("seed: 3\nsettings: {grant_life: 60}\n")
    assert run_alone("run", str(file)).exit_code == 0
    done = run_alone("run", str(file), "--on", "running")
    assert (done.exit_code, done.stderr.partition(": ")[0]) == (2, f"{file}:1:7")
    file.write_text("scenario: x\nsettings: {grant_live: 60}\n")
    done = run_alone("run", str(file))
    assert (done.exit_code, done.stderr.partition(": ")[0]) == (2, f"{file}:2:11")
    assert "grant_live" in done.stderr


def test_only_read(run_alone: Run, file: Path) -> None:
    file.write_text(FAILS)
    done = run_alone("run", "--check", str(file), FIRST)
    assert (done.exit_code, done.stdout) == (0, "2 files can be played.\n")


@pytest.mark.parametrize("words", [("--url", "http://localhost:1"), ("--keep", "--on", "running")])
def test_options_that_do_not_go_together(run_alone: Run, words: tuple[str, ...]) -> None:
    assert run_alone("run", FIRST, *words).exit_code == 2


@pytest.mark.processes
def test_a_platform_is_kept_until_somebody_ends_it(alone: Path) -> None:
    output = alone / "said"
    with output.open("wb") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "platform_sim", "run", "--keep", FIRST], stdout=said, stderr=subprocess.STDOUT
        )
    try:
        pattern = re.compile(r"The platform runs on at (\S+) with the token (\S+);")
        wait_until("it is kept", lambda: pattern.search(output.read_text()) or process.poll() is not None)
        found = pattern.search(output.read_text())
        assert found is not None, output.read_text()
        remote = Remote(found[1], found[2])
        assert [each["name"] for each in remote.ask("GET", "/apps")] == ["shop"]
        remote.close()
        process.terminate()
        assert process.wait(LONGEST) == 0, output.read_text()
    finally:
        process.kill()
        process.wait()
    assert "All as expected: 6 steps" in output.read_text()


def test_a_folder_is_all_its_files(run_alone: Run, alone: Path) -> None:
    (alone / "many" / "below").mkdir(parents=True)
    result = run_alone("run", "many", "--check")
    assert (result.exit_code, "many is a folder in which no file ends with .scenario.yaml" in result.stderr) == (
        2,
        True,
    )
    for place in ("many/b.scenario.yaml", "many/below/a.scenario.yaml", "many/other.yaml"):
        (alone / place).write_text("no: [")
    result = run_alone("run", "many", "--json")
    assert [each["file"] for each in json.loads(result.stdout)] == [
        "many/b.scenario.yaml",
        "many/below/a.scenario.yaml",
    ]
