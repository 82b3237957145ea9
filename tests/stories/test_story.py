"""`platform-sim demo`, as a person runs it: the whole of "How Add-ons Work" (design §1, §6, §7)."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from ..long import long
from ..processes.up import outer_environment
from .wheelhouse import offline

pytestmark = pytest.mark.processes

SECONDS = 600.0
CLAIMS = {
    1: "the marketplace is empty",
    2: "a new app has the releases v1 and v2",
    3: "the push was accepted",
    4: "add-on yet",
    6: "the partner has exactly one resource, under the same uuid",
    7: "the request carried the uuid",
    8: "web.1 and worker.1 run that release",
    9: "the worker wrote too",
    10: "the partner has said so in the app's own log",
    11: "the var is the partner's again, on the new plan",
    12: "the app's config vars are refused",
    13: "what the app itself has logged, through a log drain",
    14: "the partner has no resource",
    15: "nothing secret is in it",
    16: "in exactly one release, made by the partner",
    17: "the page shows what both have written",
    18: "requests failed",
    19: "it shows plan, size, connections and credentials",
    20: "the server refuses the old one and takes the new one",
    21: "database and roles are gone",
    22: "processes is left",
}
"""What a step must have shown, by its number."""


def demo(folder: Path, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "platform_sim", "demo", *arguments],
        cwd=folder,
        env=outer_environment(folder) | environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=SECONDS,
        check=False,
    )


@long
def test_the_whole_story(tmp_path: Path) -> None:
    """With packages from a folder: the story needs no network. The fixture sees that nothing of it is left."""
    told = demo(tmp_path, **offline(tmp_path / "wheels"))
    assert told.returncode == 0, told.stdout
    steps = re.split(r"^\d+\. ", told.stdout, flags=re.MULTILINE)
    for number, claim in CLAIMS.items():
        shown = [line for line in steps[number].splitlines() if line.startswith("   ok: ")]
        assert any(claim in line for line in shown), (claim, steps[number])
    checks = told.stdout.count("\n   ok: ")
    assert re.search(rf"The story is told: {len(steps) - 1} steps, {checks} checks, [\d.]+ s\.", told.stdout)
    assert checks > 40
    assert "HRKU-" not in told.stdout, "no token is shown"
    assert list((tmp_path / "scratch").iterdir()) == []
    visible = {path.name for path in tmp_path.iterdir() if not path.name.startswith(".")}
    assert visible == {"scratch", "wheels"}, "at home only what installers keep"


def test_a_story_that_goes_wrong_says_so_and_cleans_up(tmp_path: Path) -> None:
    """No package index at all: the push is refused, and so is the story."""
    told = demo(tmp_path, PIP_NO_INDEX="1", UV_NO_INDEX="1")
    assert told.returncode == 1, told.stdout
    assert "Push failed" in told.stdout, "what happened"
    assert "The story is told" not in told.stdout
    assert "Traceback" not in told.stdout
    assert list((tmp_path / "scratch").iterdir()) == []
