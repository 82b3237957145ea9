"""What the CLI says, word for word, and that every answer on the way was as the published schema has it."""

from pathlib import Path

import pytest

from .cli import manifest
from .coverage import TESTED, commands
from .play import FOLDER, play, read_calls
from .transcript import parse, written

FILES = sorted(FOLDER.glob("*.txt"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_cli_says_what_is_written(file: Path, tmp_path: Path) -> None:
    """`make transcripts` writes them anew; then read what has changed."""
    text = file.read_text(encoding="utf-8")
    steps = parse(text)
    found = play(steps, tmp_path)
    assert written(steps) == text
    assert found.problems == []
    known = read_calls()
    for command, made in found.calls.items():
        assert made <= set(known[command]), f"{command} makes calls that docs/heroku-cli.md does not know"


@pytest.mark.without_cli
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_no_command_ends_in_a_crash(file: Path) -> None:
    """Neither a stack trace nor a word of JavaScript about what it could not read."""
    for step in parse(file.read_text(encoding="utf-8")):
        for line in step.said:
            assert not any(sign in line for sign in ("CRASH", "TypeError", "RangeError", "    at ")), (step.line, line)


def test_the_commands_of_the_page_are_those_of_the_program() -> None:
    """commands.txt is the pinned version's: a newer one brings new commands, which need a verdict."""
    told = manifest()["commands"]
    names = {name: set(each.get("aliases") or []) for name, each in told.items() if not each.get("hidden")}
    assert {first: set(others) for first, *others in commands()} == names


@pytest.mark.without_cli
def test_tests_that_the_page_names_are_there() -> None:
    for command, name in TESTED.items():
        text = (FOLDER.parent / name).read_text(encoding="utf-8")
        assert f'"{command}"' in text or f"heroku {command}" in text or f'"{command.removeprefix("auth:")}"' in text
