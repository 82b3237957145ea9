"""The command lines whose behaviour was recorded, each with the place that shows it here (recorded.txt says how)."""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from .play import FOLDER
from .transcript import Step, parse

HERE = Path(__file__).parent
RECORDED = HERE / "recorded.txt"
pytestmark = pytest.mark.without_cli

_LINE = re.compile(r"(?P<line>.*?)(?: (?P<mark>[?=!]) (?P<what>[^?=!]+))?")


@dataclass(frozen=True)
class Recorded:
    """A line; `mark` and `what` as in the head of recorded.txt."""

    line: str
    mark: str | None
    what: str | None


def read() -> list[Recorded]:
    """All of them."""
    found = []
    for text in RECORDED.read_text(encoding="utf-8").splitlines():
        if text and not text.startswith("#"):
            match = _LINE.fullmatch(text)
            assert match is not None, text
            found.append(Recorded(match["line"], match["mark"], match["what"]))
    return found


def played() -> dict[str, list[Step]]:
    """Every command of the transcripts, without `heroku` and braces."""
    found: dict[str, list[Step]] = {}
    for file in sorted(FOLDER.glob("*.txt")):
        for step in parse(file.read_text(encoding="utf-8")):
            if step.command.startswith("heroku "):
                line = re.sub(r"[{}]", "", step.command.removeprefix("heroku "))
                found.setdefault(line, []).append(step)
    return found


def code(step: Step) -> int:
    """Its exit code."""
    return int(step.said[-1][2:]) if step.said and step.said[-1].startswith("? ") else 0


def test_220_lines_are_known_and_at_least_200_behave_as_recorded() -> None:
    lines = read()
    assert len(lines) == len({each.line for each in lines}) == 220
    assert sum(each.mark != "!" for each in lines) >= 200


@pytest.mark.parametrize("recorded", read(), ids=lambda each: each.line)
def test_a_recorded_line_behaves_as_it_says(recorded: Recorded) -> None:
    if recorded.mark == "=":
        assert recorded.what is not None
        words = recorded.line.split()[0]
        assert f'"{words}"' in (HERE / recorded.what).read_text(encoding="utf-8")
        return
    steps = played().get(recorded.line, [])
    if recorded.mark == "!":
        assert steps, "it is played all the same: nobody's CLI may crash on it"
        return
    assert int(recorded.what or 0) in [code(step) for step in steps], recorded.line
