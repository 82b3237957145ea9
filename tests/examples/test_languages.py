"""The examples in other languages, each with its own language's test runner."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ..processes.leftovers import nothing_left
from ..rules.sources import ROOT

__all__ = ["nothing_left"]
pytestmark = pytest.mark.processes

FOLDER = ROOT / "examples"
LONGEST = 300.0
COMMANDS = {
    "node": (["node", "--test", "addon.test.mjs"], "# pass 3"),
    "ruby": (["ruby", "addon_test.rb"], "3 runs, 12 assertions, 0 failures, 0 errors"),
    "go": (
        ["go", "test", "-v", "-count=1", "."],
        "--- PASS: TestAddon/a_DELETE_that_nobody_has_acknowledged_comes_again",
    ),
}
"""Language -> what a reader types in its folder, and a line that is printed if all went well."""


def played(language: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run it in `folder`, where its files are."""
    words, _ = COMMANDS[language]
    if shutil.which(words[0]) is None:
        pytest.skip(f"{words[0]} is not on this machine")
    known = {"PATH": os.environ["PATH"], "HOME": str(folder), "TMPDIR": str(folder.parent), "LANG": "C.UTF-8"}
    known["PLATFORM_SIM"] = str(Path(sys.executable).with_name("platform-sim"))
    if language == "go":
        # What it has compiled is kept where it always is; nothing is fetched.
        cache = subprocess.run(["go", "env", "GOCACHE"], capture_output=True, text=True, check=True).stdout.strip()
        known |= {"GOCACHE": cache, "GOPROXY": "off", "GOFLAGS": "-mod=mod"}
    return subprocess.run(
        words,
        cwd=folder,
        env=known,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=LONGEST,
    )


@pytest.mark.parametrize("language", COMMANDS)
def test_an_example_passes_and_leaves_nothing(language: str, tmp_path: Path) -> None:
    folder = shutil.copytree(FOLDER / language, tmp_path / language)
    done = played(language, folder)
    assert done.returncode == 0, done.stdout
    assert COMMANDS[language][1] in done.stdout


@pytest.mark.parametrize("language", COMMANDS)
def test_it_finds_a_partner_that_keeps_what_it_was_to_delete(language: str, tmp_path: Path) -> None:
    folder = shutil.copytree(FOLDER / language, tmp_path / language)
    kept = {
        "node": ("addon.test.mjs", "held.delete(uuid)", "held.has(uuid)"),
        "ruby": ("addon_test.rb", "@held.delete(uuid)", "@held.key?(uuid)"),
        "go": ("addon_test.go", "delete(n.held, uuid)", ""),
    }
    name, right, wrong = kept[language]
    text = (folder / name).read_text()
    assert text.count(right) == 1
    (folder / name).write_text(text.replace(right, wrong))
    done = played(language, folder)
    assert done.returncode != 0
    assert "acknowledged" in done.stdout
