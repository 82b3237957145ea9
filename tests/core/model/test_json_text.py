"""JSON from others is read without recursing: what is too deep is told before anything is made of it."""

import json
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_sim.core.model import json_text
from platform_sim.core.model.json_text import DEEPEST, TooDeep, read

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text('[]{}"\\a\n\ud800', max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text('"\\[{', max_size=3), inner, max_size=4),
    max_leaves=200,
)


def depth(value: Any) -> int:
    """Levels of lists and objects."""
    if isinstance(value, dict):
        value = list(value.values())
    return 1 + max(map(depth, value), default=0) if isinstance(value, list) else 0


@given(JSON, st.booleans())
def test_it_reads_what_json_reads_and_knows_how_deep_it_is(value: Any, ascii_only: bool) -> None:
    text, levels = json.dumps(value, ensure_ascii=ascii_only), depth(value)
    for given_as in (text, text.encode("utf-8", "surrogatepass")):
        assert read(given_as, levels) == value
        if levels:
            with pytest.raises(TooDeep):
                read(given_as, levels - 1)


@pytest.mark.parametrize("opening, closing", [("[", "]"), ('{"a":', "}"), ('[{"]": [ ', "]}]")])
def test_the_deepest(opening: str, closing: str) -> None:
    each = opening.count("[") + opening.count("{")
    most = DEEPEST // each
    assert read(opening * most + "1" + closing * most)
    for levels in (most + 1, 300, 100_000):
        with pytest.raises(TooDeep):
            read(opening * levels + "1" + closing * levels)


@pytest.mark.parametrize(
    "text", ["", "{", '{"a": "', '"\\', "]" * 500 + "[" * 50, "[" * 90 + '"' + "[" * 500, b"\xff\xfe", b"\xff"]
)
def test_what_is_no_json(text: str | bytes) -> None:
    with pytest.raises(ValueError) as problem:
        read(text)
    assert not isinstance(problem.value, TooDeep)


def test_it_takes_what_json_takes() -> None:
    assert read('{"a": 1, "b": [NaN]}', constant=str, pairs=list) == [("a", 1), ("b", ["NaN"])]
    for encoding in ("utf-8-sig", "utf-16", "utf-32-le"):
        assert read('{"é": "😀"}'.encode(encoding)) == {"é": "😀"}


def test_nothing_is_called_at_the_limit_of_recursion(monkeypatch: pytest.MonkeyPatch) -> None:
    """`json.loads` would reach it, and whatever has to call a function there fails, whoever it belongs to."""
    seen = []
    monkeypatch.setattr(json_text.json, "loads", lambda text, **_: seen.append(text))
    with pytest.raises(TooDeep):
        read("[" * (2 * sys.getrecursionlimit()))
    assert seen == []


def test_quotes_that_end_nowhere_are_looked_at_once() -> None:
    """With each of them tried to the end of the text, this would not come back."""
    with pytest.raises(ValueError):
        read("[" * 90 + "[]" * 50 + '"' + '\\"' * 1_000_000)
