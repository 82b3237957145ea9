"""The demo's story as a scenario file: played by pytest as anybody's test, and by the command (`make test-long`).

As `make demo` tells it: test_story.py. In a browser: tests/browser/test_scenarios.py.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from platform_sim.scenarios.document import STORIES, load

from ..long import long
from ..processes.up import outer_environment
from .test_story import CLAIMS
from .wheelhouse import offline

pytestmark = pytest.mark.processes

STORY = STORIES / "demo.scenario.yaml"
SECONDS = 600.0
CHAPTERS = 22


def play(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=folder,
        env=outer_environment(folder) | offline(folder / "wheels"),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=SECONDS,
        check=False,
    )


def test_the_story_tells_what_the_demo_tells() -> None:
    chapters = [step.options["chapter"] for step in load(STORY).steps if "chapter" in step.options]
    assert len(chapters) == CHAPTERS == max(CLAIMS)
    demo = "".join(each.read_text() for each in Path(STORIES).parents[1].glob("demo/story*.py"))
    told = [title for title in re.findall(r'tell\.step\(f?"(.*)"\)', demo) if "OVERLAP" not in title]
    missing = [title for title in told if title not in chapters]
    assert missing == [
        "Two servers start and know each other only by URL; the app comes as the third program",
        "The platform stops",
    ], "what starts and stops them is the player"


@long
def test_pytest_plays_it(tmp_path: Path) -> None:
    """With packages from a folder: the story needs no network. The fixture sees that nothing of it is left."""
    done = play(tmp_path, "pytest", "-p", "no:cacheprovider", "--junit-xml=report.xml", "-rA", str(STORY))
    assert done.returncode == 0, done.stdout
    assert "PASSED" in done.stdout and "How add-ons work" in done.stdout
    assert "HRKU-" not in done.stdout + (tmp_path / "report.xml").read_text(), "no token is shown"


@long
def test_the_command_plays_it(tmp_path: Path) -> None:
    done = play(tmp_path, "platform_sim", "run", "--json", str(STORY))
    assert done.returncode == 0, done.stdout
    (played,) = json.loads(done.stdout)
    assert {each["state"] for each in played["steps"]} == {"ok"}
    assert played["checks"] > 75
    assert len([each for each in played["steps"] if each["chapter"]]) == CHAPTERS
    assert "HRKU-" not in done.stdout, "no token is shown"
