"""The table, the exit codes, and that nothing is loaded before it is needed."""

import importlib
import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from platform_sim.cli import main as entry
from platform_sim.cli.failures import EnvironmentProblem, Failure
from platform_sim.cli.heroku.group import COMMANDS as HEROKU
from platform_sim.cli.lazy import Lazy
from platform_sim.cli.main import COMMANDS, Root, cli

from .conftest import Run

ROWS = {**COMMANDS, **{f"heroku {name}": row for name, row in HEROKU.items()}}
HEAVY = {"requests", "flask", "sqlite3", "platform_sim.core.store", "platform_sim.assemble"}


def test_help_lists_every_command_with_its_line() -> None:
    shown = CliRunner().invoke(cli, ["--help"]).stdout.split()
    for name, row in COMMANDS.items():
        assert name in shown
        assert row.help.split()[0] in shown


def test_the_group_of_a_customer_lists_its_commands() -> None:
    result = CliRunner().invoke(cli, ["heroku", "--help"])
    assert result.exit_code == 0
    assert [line.split()[0] for line in result.stdout.splitlines() if ":" in line.partition("  ")[2]] != []
    assert all(f"  {name} " in result.stdout for name in HEROKU)


def test_no_command_of_later_issues_exists() -> None:
    assert not {"prune"} & set(COMMANDS)


@pytest.mark.parametrize("name", list(ROWS))
def test_every_row_leads_to_a_command_with_the_same_words(name: str) -> None:
    row = ROWS[name]
    command = getattr(importlib.import_module(row.module), row.attribute)
    assert isinstance(command, click.Command)
    assert command.get_short_help_str(limit=300).startswith(row.help.rstrip("."))


@pytest.mark.parametrize("name", list(ROWS))
def test_every_command_explains_its_options(name: str) -> None:
    result = CliRunner().invoke(cli, [*name.split(), "--help"])
    assert result.exit_code == 0
    assert "Usage: " in result.stdout


@pytest.mark.processes
@pytest.mark.parametrize("words", [["--help"], ["heroku", "--help"], ["heroku", "config", "--help"], ["env", "--help"]])
def test_a_command_loads_nothing_heavy(words: list[str]) -> None:
    program = (
        "import sys\n"
        "from platform_sim.cli.main import cli\n"
        "try:\n    cli.main(sys.argv[1:])\n"
        "except SystemExit as end:\n    assert not end.code, end\n"
        "print(*sorted(sys.modules), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", program, *words], capture_output=True, text=True, check=True)
    assert "click" in done.stderr.split()
    assert not HEAVY & set(done.stderr.split())


@pytest.mark.processes
def test_only_those_that_run_a_platform_bring_one_along() -> None:
    modules = sorted({row.module for name, row in ROWS.items() if name not in ("up", "demo", "check", "explain")})
    program = f"import sys, {', '.join(modules)}\nprint(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert set(modules) <= set(done.stdout.split())
    assert not HEAVY & set(done.stdout.split())


@pytest.mark.processes
def test_a_platform_starts_without_the_language_of_scenarios() -> None:
    program = "import sys, platform_sim.cli.check, platform_sim.cli.up\nprint(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    ours = {name for name in done.stdout.split() if name.startswith("platform_sim.scenarios.")}
    assert ours == {"platform_sim.scenarios.glue"}


@pytest.mark.processes
def test_help_loads_no_command() -> None:
    program = "import sys, platform_sim.cli.main\nprint(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    ours = {name for name in done.stdout.split() if name.startswith("platform_sim.cli.")}
    assert ours == {f"platform_sim.cli.{room}" for room in ("failures", "lazy", "main")}
    assert "http.client" not in done.stdout.split()


@pytest.mark.processes
def test_python_m_platform_sim_is_the_same_program() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "platform_sim", "nonsense"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "No such command 'nonsense'" in done.stderr
    assert done.stdout == ""


def _with(problem: BaseException, monkeypatch: pytest.MonkeyPatch) -> Root:
    """The group with one command, `burst`, that ends in `problem`."""

    @click.command
    def burst() -> None:
        raise problem

    monkeypatch.setattr(entry, "burst", burst, raising=False)
    return Root("test", lazy={"burst": Lazy(entry.__name__, "burst", "Burst.")})


@pytest.mark.parametrize(
    ("problem", "code", "words"),
    [
        (Failure("the API said no"), 1, "Error: the API said no"),
        (click.UsageError("not so"), 2, "Error: not so"),
        (EnvironmentProblem("nothing there"), 3, "Error: nothing there"),
        (ZeroDivisionError("oops"), 4, "this is a bug of platform-sim"),
        (KeyboardInterrupt(), 130, "Interrupted."),
        (click.exceptions.Exit(1), 1, ""),
    ],
)
def test_every_end_has_its_code(problem: BaseException, code: int, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    result = CliRunner().invoke(_with(problem, monkeypatch), ["burst"])
    assert result.exit_code == code
    assert words in result.stderr
    assert result.stdout == ""


def test_no_color_takes_the_colours_away(run_alone: Run) -> None:
    coloured = CliRunner().invoke(cli, ["doctor", "--port", "1"], color=True)
    plain = CliRunner().invoke(cli, ["doctor", "--port", "1"], color=True, env={"NO_COLOR": "1"})
    assert "\x1b[" in coloured.stdout
    assert "\x1b[" not in plain.stdout
