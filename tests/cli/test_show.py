"""Layouts as the real CLI has them, and asking."""

import pytest

from platform_sim.cli.failures import Failure
from platform_sim.cli.show import Cell, asked, pairs, plural, table


def test_a_table_as_the_real_cli_prints_it() -> None:
    assert table(["Name", "Email"], [["teamy", "acme@herokumanager.com"]]) == [
        "  Name    Email",
        " ────────────────────────────────",
        "  teamy   acme@herokumanager.com",
    ]


def test_cells_of_several_lines_make_a_row_tall() -> None:
    rows: list[list[Cell]] = [[["a", "├─ b"], "1", ""], ["c", "22", "x"]]
    assert table(["", "N", "S"], rows)[2:] == ["  a      1", "  ├─ b", "  c      22   x"]


def test_a_table_without_rows_is_its_header() -> None:
    assert table(["Slug"], []) == ["  Slug", " ──────"]


def test_values_stand_under_one_another() -> None:
    assert pairs({"A": "1", "LONG": ["2", "3"], "B": []}) == ["A:    1", "LONG: 2", "      3", "B:"]
    assert pairs({}) == []


def test_plurals() -> None:
    assert [plural(n, "job") for n in (0, 1, 2)] == ["0 jobs", "1 job", "2 jobs"]


def test_an_answer_is_read_and_the_end_of_input_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin.readline", lambda: " yes \n", raising=False)
    assert asked("sure? ") == "yes"
    monkeypatch.setattr("sys.stdin.readline", lambda: "", raising=False)
    with pytest.raises(Failure, match="nobody answered"):
        asked("sure? ")
