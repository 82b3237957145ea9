"""Matchers, and paths into an answer."""

import threading
from typing import Any

import pytest

from platform_sim.scenarios.matching import MATCHERS, MISSING, TooLong, check_path, found_at, mismatch

DOCUMENT = {
    "plan": {"name": "acme:free", "tags": [1, 2]},
    "dynos": [{"state": "up", "n": 1, "on": True}, {"state": "crashed", "n": 2, "on": False}],
}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("plan.name", "acme:free"),
        ("plan.tags[-1]", 2),
        ("plan.tags[2]", MISSING),
        ("plan.none", MISSING),
        ("plan.name.none", MISSING),
        ("dynos.n", [1, 2]),
        ("dynos.none", []),
        ("dynos[0].n", 1),
        ("dynos[state=crashed].n", [2]),
        ("dynos[on=true].n", [1]),
        ("dynos[state=none]", []),
        ("plan[name=x]", []),
        ("[0]", MISSING),
        ("", DOCUMENT),
    ],
)
def test_a_path_leads_to(path: str, found: Any) -> None:
    check_path(path)
    assert found_at(DOCUMENT, path) == found


@pytest.mark.parametrize("path", ["a]", "[x", "a[b", "[=]x]"])
def test_what_is_no_path(path: str) -> None:
    with pytest.raises(ValueError, match="is no path into an answer"):
        check_path(path)


FITS: list[tuple[Any, Any]] = [
    (1, 1),
    (1.0, 1),
    (None, None),
    ([1], [1]),
    ("a", {"is": "a"}),
    ({"a": 1}, {"is": {"a": 1}}),
    ("a", {"is not": "b"}),
    (MISSING, {"is not": None}),
    ("abc", {"contains": "b"}),
    ("abc", {"contains": ["a", "c"]}),
    ([1, 2], {"contains": 2}),
    ({"a": 1}, {"contains": "a"}),
    ("abc", {"lacks": "d"}),
    (MISSING, {"lacks": "d"}),
    ("abc", {"matches": "^a.c$"}),
    ("abc", {"starts with": "ab"}),
    ("b", {"one of": ["a", "b"]}),
    ([1, 2], {"length": 2}),
    (3, {"at least": 3, "at most": 3}),
    (None, {"there": True}),
    (MISSING, {"there": False}),
]
FITS_NOT: list[tuple[Any, Any]] = [
    (1, True),
    (True, 1),
    ("1", 1),
    (MISSING, None),
    ("a", {"is": "b"}),
    ("a", {"is not": "a"}),
    ("abc", {"contains": ["a", "d"]}),
    (MISSING, {"contains": "a"}),
    (5, {"contains": "5"}),
    ("abc", {"lacks": ["x", "a"]}),
    ("abc", {"matches": "^b"}),
    (5, {"matches": "5"}),
    ("abc", {"starts with": "b"}),
    (None, {"starts with": "b"}),
    ("c", {"one of": ["a", "b"]}),
    (5, {"length": 1}),
    (2, {"at least": 3}),
    ("4", {"at least": 3}),
    (4, {"at most": 3}),
    (True, {"at most": 3}),
    (MISSING, {"there": True}),
    (None, {"there": False}),
]


@pytest.mark.parametrize(("value", "wanted"), FITS)
def test_it_fits(value: Any, wanted: Any) -> None:
    assert mismatch(value, wanted) == ""


@pytest.mark.parametrize(("value", "wanted"), FITS_NOT)
def test_it_does_not_fit(value: Any, wanted: Any) -> None:
    assert mismatch(value, wanted) != ""


def test_each_matcher_is_tried_both_ways() -> None:
    for rows in (FITS, FITS_NOT):
        assert {name for _, wanted in rows if isinstance(wanted, dict) for name in wanted} == set(MATCHERS)


def test_a_search_that_does_not_end_is_given_up_and_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform_sim.scenarios.matching.LONGEST_SEARCH", 1.0)
    turns, told = 0, []

    def search() -> None:
        try:
            mismatch("a" * 50 + "!", {"matches": "^(a|a)*$"})
        except TooLong as problem:
            told.append(str(problem))

    thread = threading.Thread(target=search)
    thread.start()
    while thread.is_alive():
        thread.join(0.01)
        turns += 1
    assert "was given up after 1 s" in told[0] and turns > 3
    assert mismatch("a" * 50 + "!", {"matches": "^(a+)+$"})
