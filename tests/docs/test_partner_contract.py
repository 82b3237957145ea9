"""docs/partner-contract.md: every fact of the partner contract with the test that holds it, and none left out."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from .pages import ROOT

PAGE = ROOT / "docs" / "partner-contract.md"
SHEET = ROOT.parent / "shared" / "reference" / "addon-partner-api.md"
ROW = re.compile(r"\| (§[\d.]+) \| (.+?) \| (.+?) \|$", re.MULTILINE)
HEADING = re.compile(r"#{2,3} (\d+(?:\.\d+)?)\.? ")
ITEM = re.compile(r"(\* |- |\d+\. )")
LEFT_OUT = ("0", "9", "11", "12", "14", "16")
"""Sections that are no contract: how to read the sheet, kensa's habits, complaints, business, open points, advice."""
REFERENCE = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def rows() -> list[tuple[str, str, str]]:
    """Number, fact, and what holds it."""
    return ROW.findall(PAGE.read_text(encoding="utf-8"))


def facts(sheet: str) -> Iterator[str]:
    """The numbers of the facts: the n-th table row or list item of section 2.3 is §2.3.n."""
    section, count, header = None, 0, True
    for line in sheet.splitlines():
        if found := HEADING.match(line):
            section, count, header = found[1], 0, True
        elif line.startswith("#"):
            section = None if line.startswith("## ") else section
        elif line.startswith("|"):
            if re.fullmatch(r"[|\-: ]+", line):
                header = False
            elif section and not header:
                count += 1
                yield f"§{section}.{count}"
        else:
            header = True
            if section and ITEM.match(line):
                count += 1
                yield f"§{section}.{count}"


@cache
def functions_of(path: str) -> frozenset[str]:
    """The test functions of a file, those in classes too."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def test_facts_are_counted_as_the_page_says() -> None:
    sheet = "## 2. A\n- one\n### 2.3 B\n| Field |\n|---|\n| uuid |\n| plan |\n\n* three\n\ntext\n## Other\n- none\n"
    assert list(facts(sheet)) == ["§2.1", "§2.3.1", "§2.3.2", "§2.3.3"]


def test_every_fact_stands_once_and_in_order() -> None:
    numbers = [number for number, _, _ in rows()]
    assert numbers == sorted(set(numbers), key=lambda number: [int(part) for part in number[1:].split(".")])
    assert len(numbers) > 250


@pytest.mark.skipif(not SHEET.exists(), reason="the protocol sheet is not here")
def test_no_fact_of_the_sheet_is_left_out() -> None:
    known = {number for number in facts(SHEET.read_text(encoding="utf-8")) if number[1:].split(".")[0] not in LEFT_OUT}
    assert {number for number, _, _ in rows()} == known


@pytest.mark.parametrize(("number", "fact", "held"), rows() if PAGE.exists() else [], ids=lambda value: value[:12])
def test_each_fact_has_a_test_or_says_why_none_can_be(number: str, fact: str, held: str) -> None:
    named = REFERENCE.findall(held)
    missing = [
        f"{path}::{name}" for path, name in named if not Path(ROOT / path).exists() or name not in functions_of(path)
    ]
    assert missing == []
    assert named or re.match(r"none: \S+ \S+", held), "a test, or `none: ` and the reason"


def test_facts_without_a_test_are_few() -> None:
    """Facts about Heroku's own business, or that nobody has verified: named one by one on the page."""
    without = [number for number, _, held in rows() if held.startswith("none: ")]
    assert len(without) <= len(rows()) // 8, without
