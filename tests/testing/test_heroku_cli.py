"""How the heroku CLI is found and run for a test; what it does is for tests/heroku_cli, with the real one.

Here its place is taken by a program that says what it was given.
"""

import os
from pathlib import Path

import psutil
import pytest

from platform_sim.testing import Heroku, NoHerokuCli
from platform_sim.testing.heroku_cli import find_cli

from ..processes.leftovers import nothing_left, processes_below

__all__ = ["nothing_left"]
pytestmark = pytest.mark.processes

PROGRAM = """#!/bin/sh
case "$1" in
env) env ;;
open) "$BROWSER" https://one.example && echo opened ;;
sleep) echo begun; sleep 1000 ;;
*) echo "$# $* in $PWD"; cat; echo "to stderr" >&2; exit 3 ;;
esac
"""


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """In a folder that is nobody's."""
    made = tmp_path / "bin" / "heroku"
    made.parent.mkdir()
    made.write_text(PROGRAM)
    made.chmod(0o755)
    return made


@pytest.fixture
def path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The machine has no CLI, whatever it has."""
    monkeypatch.delenv("HEROKU_CLI", raising=False)
    monkeypatch.setenv("PATH", "/usr/bin:/bin:" + str(tmp_path))


def test_it_is_at_home_in_its_own_folder_and_knows_this_platform_alone(
    program: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HEROKU_API_KEY", "HEROKU_HOST", "NO_PROXY", "GIT_DIR", "NODE_OPTIONS", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, "of the machine")
    home = tmp_path / "home"
    with Heroku() as heroku:
        cli = heroku.cli(home, str(program))
        said = cli("env")
        told = dict(line.split("=", 1) for line in said.stdout.splitlines() if "=" in line)
        assert (said.code, said.stderr, told["HEROKU_API_KEY"]) == (0, "", heroku.token)
        assert told["HEROKU_HOST"] == told["HTTP_PROXY"] == heroku.url
        assert Path(told["NODE_EXTRA_CA_CERTS"]).exists()
    assert told["PATH"].split(":")[0] == str(program.parent)
    assert [name for name, value in told.items() if value == "of the machine"] == []
    places = ("HOME", "TMPDIR", "HEROKU_CACHE_DIR", "HEROKU_DATA_DIR", "HEROKU_CONFIG_DIR", "GIT_CONFIG_GLOBAL")
    assert [name for name in places if not Path(told[name]).is_relative_to(home)] == []
    assert Path(told["GIT_CONFIG_GLOBAL"]).read_text().startswith("[user]")
    assert told["DISABLE_TELEMETRY"] == "true"
    assert told["HEROKU_DISABLE_AUTOUPDATE"] == told["GIT_CONFIG_NOSYSTEM"] == told["NO_COLOR"] == "1"


def test_what_a_command_says(program: Path, tmp_path: Path) -> None:
    with Heroku() as heroku:
        cli = heroku.cli(tmp_path / "home", str(program))
        said = cli("apps:create", "two words", stdin="typed")
        assert (said.code, said.stderr) == (3, "to stderr\n")
        assert said.stdout == f"2 apps:create two words in {cli.folder}\ntyped"
        assert cli("open").stdout == "opened\n"
        version = cli.run("git", "config", "--get", "user.email")
        assert version.stdout == "you@example.com\n"


def test_one_that_does_not_end_is_ended_with_what_it_started(program: Path, tmp_path: Path) -> None:
    with Heroku() as heroku:
        cli = heroku.cli(tmp_path / "home", str(program))
        with pytest.raises(TimeoutError, match="`heroku sleep x` has not ended within 1 s. It said:\nbegun"):
            cli("sleep", "x", seconds=1)
    assert processes_below(cli.folder) == {}
    assert psutil.Process(os.getpid()).children() == []


@pytest.mark.usefixtures("path")
def test_where_it_is_looked_for(program: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NoHerokuCli, match="`heroku` is not on the PATH, and HEROKU_CLI names none"):
        find_cli()
    monkeypatch.setenv("PATH", str(program.parent))
    assert find_cli() == program
    other = tmp_path / "other"
    other.write_text(PROGRAM)
    other.chmod(0o755)
    monkeypatch.setenv("HEROKU_CLI", str(other))
    assert find_cli() == other
    assert find_cli(str(program)) == find_cli("heroku") == program
    monkeypatch.setenv("HEROKU_CLI", str(tmp_path / "nothing"))
    with pytest.raises(FileNotFoundError, match=r"nothing' was named as the heroku CLI, and is no program"):
        find_cli()


@pytest.mark.usefixtures("path")
def test_a_test_is_skipped_where_there_is_none_and_fails_where_a_wrong_one_is_named(
    pytester: pytest.Pytester, program: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = ("-p", "no:xdist", "-p", "no:hypothesispytest", "-p", "no:cacheprovider", "-rs")
    pytester.makepyfile("def test_cli(heroku_cli): assert heroku_cli('x').code == 3\n")
    none = pytester.runpytest_inprocess(*quick)
    none.assert_outcomes(skipped=1)
    none.stdout.fnmatch_lines(["SKIPPED * there is no heroku CLI: *; or name it with platform_sim_heroku_cli"])
    pytester.runpytest_inprocess(*quick, f"--platform-sim-heroku-cli={program}").assert_outcomes(passed=1)
    monkeypatch.setenv("HEROKU_CLI", "nothing")
    wrong = pytester.runpytest_inprocess(*quick)
    wrong.assert_outcomes(errors=1)
    wrong.stdout.fnmatch_lines(["'nothing' was named as the heroku CLI, and is no program"])
