"""examples/fastapi-addon with nothing but what is published: our wheel, a fresh environment, its CI file's words."""

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from ..processes.leftovers import nothing_left
from ..rules.sources import PROGRAMS, ROOT

__all__ = ["nothing_left"]
pytestmark = pytest.mark.processes

SAMPLE = ROOT / "examples" / "fastapi-addon"
OUTER = re.compile(r"PYTHON|VIRTUAL_ENV|PLATFORM_SIM|PYTEST|EXAMPLES")
"""Variables of our own run, which that project must not see."""
NO_NETWORK = re.compile(r"ConnectionError|ConnectTimeout|Failed to establish|Temporary failure|timed out|Max retries")
LONGEST = 600.0


def run(words: list[str], folder: Path, known: Mapping[str, str]) -> str:
    """What it has printed; a test without a package index is skipped."""
    done = subprocess.run(
        words, cwd=folder, env=known, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=LONGEST
    )
    said = done.stdout + done.stderr
    if done.returncode != 0 and "pip" in " ".join(words) and NO_NETWORK.search(said):
        pytest.skip(f"the package index cannot be reached: {said.strip().splitlines()[-1]}")
    assert done.returncode == 0, f"{words} ended with {done.returncode}:\n{said}"
    return said


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The variables of somebody who works in an environment of their own, made by Python's own means."""
    folder = tmp_path_factory.mktemp("environment")
    outer = {name: value for name, value in os.environ.items() if not OUTER.match(name)}
    # That of the Python below ours: else an environment in an environment.
    python = Path(sys.base_prefix) / "bin" / f"python3.{sys.version_info.minor}"
    run([str(python), "-m", "venv", str(folder / "venv")], folder, outer)
    path = f"{folder / 'venv' / 'bin'}:/usr/local/bin:/usr/bin:/bin"
    return outer | {"PATH": path, "HOME": str(folder), "PIP_NO_COMPILE": "1", "PIP_QUIET": "1"}


@pytest.fixture(scope="module")
def wheel(known: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What would be published, built of a copy: building writes into the source."""
    folder = tmp_path_factory.mktemp("build")
    for name in (*PROGRAMS, "pyproject.toml", "README.md"):
        place = ROOT / name
        if place.is_dir():
            shutil.copytree(place, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(place, folder / name)
    run(["pip", "wheel", "--no-deps", "--wheel-dir", "dist", "."], folder, known)
    [made] = (folder / "dist").iterdir()
    return made


def typed() -> list[str]:
    """The commands of the project's workflow, in order."""
    workflow = yaml.safe_load((SAMPLE / ".github" / "workflows" / "test.yml").read_text())
    return [step["run"] for step in workflow["jobs"]["test"]["steps"] if "run" in step]


def test_what_its_workflow_types_passes(tmp_path: Path, known: dict[str, str], wheel: Path) -> None:
    source = re.compile(r"git\+https://github.com/OWNER/platform-sim@main")
    first, *others = typed()
    assert source.search(first) is not None
    project = shutil.copytree(
        SAMPLE, tmp_path / "project", ignore=shutil.ignore_patterns("__pycache__", ".pytest_cache")
    )
    said = [run(["bash", "-c", source.sub(wheel.as_uri(), first)], project, known)]
    said += [run(["bash", "-c", line], project, known) for line in others]
    tests = [each for each in said if "passed" in each]
    assert len(tests) == 2
    for each in tests:
        assert re.search(r"\b[67] passed", each) and "failed" not in each and "seed 7" in each
    assert "partner greeter.app:create_app()" in tests[0] and "partner uvicorn --factory" in tests[1]
    code = "import json, platform_sim, sys; print(json.dumps([platform_sim.__file__, sys.path]))"
    place, path = json.loads(run(["python", "-c", code], project, known))
    assert [each for each in (place, *path) if str(ROOT) in each] == []


def test_nothing_is_left_out_of_what_is_published(wheel: Path) -> None:
    built = {file for name in PROGRAMS for file in (wheel.parents[1] / name).rglob("*") if file.is_file()}
    with zipfile.ZipFile(wheel) as packed:
        published = set(packed.namelist())
    assert len(published) > 400
    assert {file.relative_to(wheel.parents[1]).as_posix() for file in built} - published == set()


def test_without_the_extra_there_is_no_pytest(known: dict[str, str], wheel: Path) -> None:
    report = ["pip", "install", "--dry-run", "--ignore-installed", "--quiet", "--report", "-", wheel.as_uri()]
    said = run(report, wheel.parent, known)
    names = {each["metadata"]["name"].lower() for each in json.loads(said[said.index("{") :])["install"]}
    assert "flask" in names
    assert {"pytest", "hypothesis", "fastapi", "anyio"} & names == set()
