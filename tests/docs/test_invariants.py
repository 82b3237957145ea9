"""docs/invariants.md lists every invariant with what holds it: rules of the machine, tests that are there."""

import re
from pathlib import Path

import pytest

from platform_sim.cli.main import COMMANDS

from ..invariants import machine
from ..invariants.rule import RULES
from ..invariants.test_machine import EXAMPLES, ROUNDS
from .pages import ROOT

PAGE = (ROOT / "docs" / "invariants.md").read_text()
CELLS = [line.strip("|").split(" | ") for line in PAGE.splitlines() if re.match(r"\| \d+ \|", line)]
ROWS = {int(number): (text, rules, tests) for number, text, rules, tests in CELLS}
ALL = range(1, 25)


def named(text: str) -> set[str]:
    """What is in backticks."""
    return set(re.findall(r"`([^`]+)`", text))


def files_by_number() -> dict[int, set[str]]:
    """Files with tests that bear an invariant's number: `test_invariant_07_...`."""
    found: dict[int, set[str]] = {}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for number in re.findall(r"^ *def test_invariant_(\d+)_", path.read_text(), flags=re.MULTILINE):
            found.setdefault(int(number), set()).add(path.relative_to(ROOT).as_posix())
    return found


def test_all_are_there_in_order() -> None:
    assert list(ROWS) == list(ALL)


@pytest.mark.parametrize("number", ALL)
def test_the_machines_rules_are_named_in_the_row_of_their_number(number: int) -> None:
    assert named(ROWS[number][1]) == {rule.name for rule in RULES.values() if rule.number == number}


def test_rules_without_a_number_are_named_below() -> None:
    last = PAGE.rstrip().splitlines()[-1]
    assert named(last) == {rule.name for rule in RULES.values() if rule.number == 0}


@pytest.mark.parametrize("number", ALL)
def test_tests_that_bear_the_number_are_named(number: int) -> None:
    assert files_by_number().get(number, set()) - named(ROWS[number][2]) == set()


@pytest.mark.parametrize("number", ALL)
def test_something_holds_it_or_it_is_told_that_its_command_is_not_there(number: int) -> None:
    _, rules, tests = ROWS[number]
    files = {each for each in named(tests) if each.startswith("tests/")}
    missing = {each.removeprefix("platform-sim ") for each in named(tests) - files}
    assert files or missing or named(rules)
    assert [each for each in files if not Path(ROOT / each).is_file()] == []
    assert missing & set(COMMANDS) == set(), "it is there now: name the test that holds the invariant"


def test_the_number_of_examples_is_told() -> None:
    assert f"plays {ROUNDS * EXAMPLES} examples" in PAGE
    assert machine.__doc__
