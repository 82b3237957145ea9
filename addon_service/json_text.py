"""JSON from others. It knows no HTTP."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

DEEPEST = 100
"""Levels of nesting that are read; what Heroku sends has about five."""
_STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"?', re.DOTALL)


def read(text: bytes, constant: Callable[[str], Any] | None = None) -> Any:
    """What it says; ValueError for what is no JSON or has more than DEEPEST levels. `constant` reads NaN and the like.

    `json.loads` alone recurses as deep as the text wants, until Python refuses to call anything any more.
    """
    depth = 0
    for bracket in re.findall(rb"[\[{\]}]", _STRING.sub(b"", text)):
        depth += 1 if bracket in b"[{" else -1
        if depth > DEEPEST:
            raise ValueError(f"it has more than {DEEPEST} levels")
    return json.loads(text, parse_constant=constant)
