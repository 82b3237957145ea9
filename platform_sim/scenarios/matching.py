"""Matchers of expectations: what a value has to be, and in words what it was instead. Pure."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import regex

from platform_sim.core.model.values import kind
from platform_sim.scenarios.kinds import Json, Whole
from platform_sim.scenarios.problems import Notes, Path, unknown

MISSING = type("Missing", (), {"__repr__": lambda self: "nothing"})()
"""What a path leads to that leads nowhere."""
SHOWN = 200
"""Characters of a value that a failure shows."""
LONGEST_SEARCH = 1.0
"""Wall seconds that a regular expression may take with one text; other threads go on meanwhile."""
_STEP = re.compile(r"\[(-?[0-9]+)\]|\[([\w-]+(?:\.[\w-]+)*)=([^\]]*)\]|([^.\[\]]+)")


class TooLong(Exception):
    """A search that was given up; the message says which."""


def _holds(value: Any, part: Any) -> bool:
    if isinstance(value, str):
        return isinstance(part, str) and part in value
    return isinstance(value, list | dict) and part in value


def _size(value: Any) -> int:
    return len(value) if isinstance(value, str | list | dict) else -1


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


MATCHERS: dict[str, tuple[str, Callable[[Any, Any], bool]]] = {
    "is": ("equal to", lambda value, wanted: _same(value, wanted)),
    "is not": ("other than", lambda value, wanted: not _same(value, wanted)),
    "contains": ("something with", lambda value, wanted: all(_holds(value, each) for each in _many(wanted))),
    "lacks": ("something without", lambda value, wanted: not any(_holds(value, each) for each in _many(wanted))),
    "matches": ("a text like", lambda value, wanted: isinstance(value, str) and searched(wanted, value) is not None),
    "starts with": (
        "a text that begins with",
        lambda value, wanted: isinstance(value, str) and value.startswith(wanted),
    ),
    "one of": ("one of", lambda value, wanted: any(_same(value, each) for each in _many(wanted))),
    "length": ("something of length", lambda value, wanted: _size(value) == wanted),
    "at least": ("at least", lambda value, wanted: _number(value) and value >= wanted),
    "at most": ("at most", lambda value, wanted: _number(value) and value <= wanted),
    "there": ("there:", lambda value, wanted: (value is not MISSING) == wanted),
}
"""Name -> how it is said, and what it means."""
NEEDS: dict[str, type | tuple[type, ...]] = {
    "matches": str,
    "starts with": str,
    "one of": list,
    "length": int,
    "at least": (int, float),
    "at most": (int, float),
    "there": bool,
}


def _many(wanted: Any) -> list[Any]:
    return wanted if isinstance(wanted, list) else [wanted]


def _same(value: Any, wanted: Any) -> bool:
    return (
        type(value) is type(wanted)
        and bool(value == wanted)
        or (_number(value) and _number(wanted) and value == wanted)
    )


def told(value: Any) -> str:
    """A value as a failure shows it."""
    text = repr(value)
    return text if len(text) <= SHOWN else text[: SHOWN - 3] + "..."


def mismatch(value: Any, wanted: Any, default: str = "is") -> str:
    """What was wanted instead of this value, in words; "" if it fits. `default`: how what is no matcher is meant.

    TooLong if a regular expression does not come to an end."""
    wishes = wanted if isinstance(wanted, dict) else {default: wanted}
    for name, each in wishes.items():
        words, holds = MATCHERS[name]
        if not holds(value, each):
            return f"{words} {told(each)}"
    return ""


def searched(pattern: str, text: str) -> "regex.Match[str] | None":
    """The first place where a pattern fits; TooLong if that is not known after LONGEST_SEARCH."""
    try:
        return regex.search(pattern, text, timeout=LONGEST_SEARCH)
    except TimeoutError:
        raise TooLong(
            f"the regular expression {told(pattern)} was given up after {LONGEST_SEARCH:g} s: write it so that it "
            "fits in one way only, without a repetition inside a repetition"
        ) from None


def found_at(document: Any, path: str) -> Any:
    """What a path leads to, MISSING if nowhere. `plan.name`, `[0]`, `[-1].id`, `[state=up]` (those of a list for which
    it is so), and a name after a list: that of each item."""
    value = document
    for index, name, wanted, key in ((m[1], m[2], m[3], m[4]) for m in _STEP.finditer(path)):
        if index is not None:
            number = int(index)
            inside = isinstance(value, list) and -len(value) <= number < len(value)
            value = value[number] if inside else MISSING
        elif name is not None:
            items = value if isinstance(value, list) else []
            value = [each for each in items if _plain(found_at(each, name)) == wanted]
        elif isinstance(value, list):
            value = [found for each in value if (found := found_at(each, key)) is not MISSING]
        else:
            value = value.get(key, MISSING) if isinstance(value, dict) else MISSING
    return value


def _plain(value: Any) -> str:
    return {True: "true", False: "false", None: "null"}[value] if value in (True, False, None) else str(value)


def check_path(path: str) -> None:
    """ValueError, a sentence, for what is no path."""
    rest = _STEP.sub("", path).replace(".", "")
    if rest:
        raise ValueError(f"{path[:60]!r} is no path into an answer: write it as in plan.name, [0].id or [state=up]")


@dataclass(frozen=True)
class Matcher:
    """A value that has to be equal, or an object of matchers."""

    words: str = "a value, or an object with matchers"

    def takes(self, value: Any) -> bool:
        """See `Kind`."""
        return True

    def check(self, value: Any, at: Path, notes: Notes) -> None:
        """See `Kind`."""
        if not isinstance(value, dict):
            return
        for name, each in value.items():
            if name not in MATCHERS:
                notes.add((*at, name), unknown("matcher", name, list(MATCHERS)), key=True)
            elif name in NEEDS and (not isinstance(each, NEEDS[name]) or (name != "there" and isinstance(each, bool))):
                notes.add((*at, name), f"{name!r} takes {_wanted(name)}, not {kind(each)}")
            elif name == "matches":
                try:
                    check_pattern(each)
                except ValueError as problem:
                    notes.add((*at, name), str(problem))

    def schema(self) -> Json:
        """See `Kind`."""
        kinds: dict[Any, Json] = {str: {"type": "string"}, list: {"type": "array"}, bool: {"type": "boolean"}}
        kinds |= {int: Whole().schema(), (int, float): {"type": "number"}}
        fields = {name: kinds.get(NEEDS.get(name), {}) for name in MATCHERS}
        plain = {"type": ["string", "number", "boolean", "null", "array"]}
        return {"anyOf": [plain, {"type": "object", "properties": fields, "additionalProperties": False}]}


@dataclass(frozen=True)
class Var(Matcher):
    """A config var: one of some words, a value, or matchers. What nearly is one of the words is taken for a slip."""

    said: tuple[str, ...] = ()

    def check(self, value: Any, at: Path, notes: Notes) -> None:
        """See `Kind`."""
        super().check(value, at, notes)
        near = get_close_matches(value, self.said, 1, 0.7) if isinstance(value, str) and value not in self.said else []
        if near:
            notes.add(at, f"did you mean {near[0]!r}? If {value!r} is the value, write {{is: {value}}}")


def _wanted(name: str) -> str:
    words: dict[Any, str] = {str: "a text", list: "a list", bool: "true or false", int: "a whole number"}
    return words.get(NEEDS[name], "a number")


def check_pattern(pattern: str) -> None:
    """ValueError, a sentence, for what is no regular expression."""
    try:
        re.compile(pattern)
        regex.compile(pattern)
    except (re.error, regex.error) as problem:
        raise ValueError(f"{pattern[:60]!r} is no regular expression: {problem}") from None
