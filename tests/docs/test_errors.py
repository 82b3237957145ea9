"""docs/errors.md has every error the platform can answer with, as the code has it."""

import re

import pytest

from platform_sim.core import errors
from platform_sim.engines.dynos import lines as dyno_lines
from platform_sim.engines.router.lines import CODES

from .pages import ROOT

PAGE = (ROOT / "docs" / "errors.md").read_text()
ROWS = [[cell.strip(" `") for cell in line.strip("|").split("|")] for line in PAGE.splitlines() if line.startswith("|")]
ERRORS = [
    kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, errors.PlatformError) and kind is not errors.PlatformError
]


@pytest.mark.parametrize("kind", ERRORS, ids=lambda kind: kind.__name__)
def test_an_error_has_a_row_with_its_id_and_status(kind: type[errors.PlatformError]) -> None:
    row = next((cells for cells in ROWS if cells[0] == kind.__name__), None)
    assert row is not None, f"docs/errors.md lacks a row for {kind.__name__}"
    assert row[1:3] == [kind.id, str(kind.status)]
    assert len(row[3]) > 5, "say when it is answered"


def test_no_row_is_left_over() -> None:
    named = {cells[0] for cells in ROWS if len(cells) == 5} - {"class", "---"}
    assert named == {kind.__name__ for kind in ERRORS}


def test_the_router_codes_are_told_with_their_status() -> None:
    told = {cells[0]: cells[1] for cells in ROWS if re.fullmatch(r"H\d\d", cells[0])}
    assert told == {code: str(status or "none") for code, (_, _, status) in CODES.items()}


def test_the_dyno_codes_are_told() -> None:
    told = {cells[0] for cells in ROWS if re.fullmatch(r"R\d\d", cells[0])}
    assert told == set(re.findall(r"Error (R\d\d)", (ROOT / str(dyno_lines.__file__)).read_text()))
