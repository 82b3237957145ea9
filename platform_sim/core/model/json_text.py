"""JSON from others, read without recursing, whatever it holds.

`json.loads` goes as deep as its text does, up to Python's limit; at the limit everything fails that has to call a
function, such as what the collector of garbage happens to end just then.
"""

import json
import re
from collections.abc import Callable
from typing import Any

DEEPEST = 100
"""Levels of nesting that are read, the usual limit of Ruby's JSON; what is sent has about five."""
_STRING = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"?', re.DOTALL)
"""Also one that does not end, to the end of the text: else each of its quotes would be tried."""
_BRACKETS = re.compile(r"[\[{]+|[\]}]+")


class TooDeep(ValueError):
    """The text is nested deeper than it may be."""


def read(
    text: str | bytes,
    deepest: int = DEEPEST,
    *,
    constant: Callable[[str], Any] | None = None,
    pairs: Callable[[list[tuple[str, Any]]], Any] | None = None,
) -> Any:
    """As `json.loads` reads it; ValueError for what is no JSON, TooDeep for more than `deepest` levels of it.

    `constant` reads NaN and the infinities, `pairs` makes the objects.
    """
    if isinstance(text, bytes):
        text = text.decode(json.detect_encoding(text), "surrogatepass")
    if text.count("[") + text.count("{") > deepest and _is_deeper(text, deepest):
        raise TooDeep(f"it is nested deeper than {deepest} levels")
    return json.loads(text, parse_constant=constant, object_pairs_hook=pairs)


def _is_deeper(text: str, deepest: int) -> bool:
    depth = 0
    for found in _BRACKETS.finditer(_STRING.sub("", text)):
        brackets = found[0]
        depth += len(brackets) if brackets[0] in "[{" else -len(brackets)
        if depth > deepest:
            return True
    return False
