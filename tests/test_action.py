"""The composite action: its scripts run, with the inputs as it passes them, against partners on a socket."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from platform_sim.cli.main import cli
from platform_sim.loopback import free_port

from .zoo.animals_end import Forgets
from .zoo.partner import MANIFEST, SECRET
from .zoo.serve import served

ROOT = Path(__file__).parents[1]
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text())
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]
SCRIPTS = [step for step in STEPS if "run" in step]
EXPRESSION = re.compile(r"\$\{\{ (\S+) \}\}")
PYTHON = """#!/bin/sh
# As `python -m venv DIR` for the action: what is to be installed is noted, what runs is the project's own.
test "$1 $2" = "-m venv" && mkdir -p "$3/bin" && ln -s "{script}" "$3/bin/platform-sim"
printf '#!/bin/sh\\necho "$@" > "%s"\\n' "{noted}" > "$3/bin/pip" && chmod +x "$3/bin/pip"
"""


class Runner:
    """What GitHub does with an action: each script in turn, the inputs given or by default."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.workspace = folder, folder / "workspace"
        self.noted, self.summary, self.outputs = (folder / name for name in ("noted", "summary", "outputs"))
        self.workspace.mkdir()
        (self.workspace / "addon-manifest.json").write_text(json.dumps(MANIFEST))
        self.python = folder / "python"
        script = Path(sys.executable).with_name("platform-sim")
        self.python.write_text(PYTHON.replace("{script}", str(script)).replace("{noted}", str(self.noted)))
        self.python.chmod(0o755)

    def run(self, **inputs: str) -> int:
        """-> the exit code of the first script that fails, or 0."""
        given = {name.replace("_", "-"): value for name, value in inputs.items()}
        assert set(given) <= set(ACTION["inputs"])
        values = {f"inputs.{name}": str(each.get("default", "")) for name, each in ACTION["inputs"].items()}
        values |= {f"inputs.{name}": value for name, value in given.items()}
        values["steps.python.outputs.python-path"] = str(self.python)
        for step in SCRIPTS:
            code = self._script(step, values)
            if code:
                return code
        return 0

    def _script(self, step: dict[str, Any], values: dict[str, str]) -> int:
        def evaluated(text: str) -> str:
            return EXPRESSION.sub(lambda found: values[found[1]], text)

        names = {
            "RUNNER_TEMP": str(self.folder / "temp with a space"),
            "GITHUB_ACTION_PATH": str(ROOT),
            "GITHUB_STEP_SUMMARY": str(self.summary),
            "GITHUB_OUTPUT": str(self.outputs),
        }
        names["PATH"] = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        names |= {name: evaluated(value) for name, value in step.get("env", {}).items()}
        place = self.workspace / evaluated(step.get("working-directory", "."))
        # As GitHub starts `shell: bash`.
        shell = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
        self.done = subprocess.run(
            shell, cwd=place, env=os.environ | names, capture_output=True, text=True, check=False, timeout=60
        )
        return self.done.returncode

    def output(self, name: str) -> Path:
        """The file that an output of the action names."""
        value = ACTION["outputs"][name]["value"]
        assert value == f"${{{{ steps.check.outputs.{name} }}}}"
        found = dict(line.split("=", 1) for line in self.outputs.read_text().splitlines())
        return Path(found[name])


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    return Runner(tmp_path)


def test_no_script_holds_an_expression() -> None:
    """What somebody has written into a branch's name or a title would be a part of it."""
    assert len(SCRIPTS) == 2
    assert [step for step in SCRIPTS if "${{" in step["run"]] == []
    assert [step for step in SCRIPTS if step["shell"] != "bash"] == []


def test_every_input_is_used_and_said() -> None:
    used = set(EXPRESSION.findall(json.dumps(STEPS)))
    assert used == {f"inputs.{name}" for name in ACTION["inputs"]} | {"steps.python.outputs.python-path"}
    page = (ROOT / "docs" / "github-actions.md").read_text()
    assert [name for name in (*ACTION["inputs"], *ACTION["outputs"]) if f"`{name}`" not in page] == []


@pytest.mark.processes
def test_findings_fail_the_step_and_are_still_told(runner: Runner) -> None:
    with served(Forgets()) as url:
        code = runner.run(url=url, plans="test\n big ", client_secret=SECRET, mode="quick", level="should", port="0")
    assert code == 1, runner.done
    assert "D04" in runner.summary.read_text()
    assert "| - | L01 |" not in runner.summary.read_text(), "it is judged: there are two plans"
    assert "D04" in runner.output("junit").read_text()
    assert json.loads(runner.output("sarif").read_text())["version"] == "2.1.0"
    assert "<html" in runner.output("html").read_text()


@pytest.mark.processes
def test_inputs_are_words_and_no_commands(runner: Runner) -> None:
    (runner.workspace / "sub").mkdir()
    evil = "$(touch evil); touch evil; `touch evil` --json"
    assert runner.run(url=evil, manifest=evil, plans=evil, level="must", working_directory="sub") == 2
    assert "cannot be read" in runner.done.stderr
    assert runner.run(url=evil, mode="deep --json") == 2
    assert "The mode is" in runner.done.stdout
    assert list(runner.folder.rglob("evil")) == []


@pytest.mark.processes
def test_the_workflow_of_a_new_partner_passes(runner: Runner) -> None:
    """All that it does itself: a manifest for the run, and the action with its inputs."""
    folder = runner.workspace / "zebra"
    done = CliRunner().invoke(cli, ["new", "addon", "--lang", "python", str(folder)])
    assert done.exit_code == 0, done.output
    (folder / "addon-manifest.json").unlink()
    steps = yaml.safe_load((folder / ".github" / "workflows" / "check.yml").read_text())["jobs"]["check"]["steps"]
    (made,) = [step["run"] for step in steps if step.get("run", "").startswith("sed")]
    subprocess.run(["bash", "-c", made], cwd=folder, check=True)
    api = json.loads((folder / "addon-manifest.json").read_text())["api"]
    assert len(api["password"]) == len(api["sso_salt"]) == 64
    action = steps[-1]
    assert action["uses"].partition("/")[2].startswith("platform-sim@")
    inputs = {name.replace("-", "_"): value for name, value in action["with"].items()}
    code = runner.run(**inputs, working_directory="zebra", url=f"http://127.0.0.1:{free_port()}", mode="quick")
    assert code == 0, runner.done
    assert "G02" in runner.summary.read_text()
    assert runner.noted.read_text().split()[-1] == str(ROOT)


def test_without_a_partner_the_action_says_what_it_needs(runner: Runner) -> None:
    assert runner.run() == 2
    assert runner.done.stdout.startswith("::error::")
    assert not runner.outputs.exists()
