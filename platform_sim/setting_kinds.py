"""Of what kinds settings are: how a text becomes a value, what is allowed, how one is written. Touches nothing."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from platform_sim.core.model.webhooks import ACTIONS

PREFIX = "PLATFORM_SIM_"


@dataclass(frozen=True)
class Setting:
    """One thing that can be set. `mark`: documented, inferred, unverified (as the protocol sheets mark it) or ours."""

    name: str
    default: Any
    read: Callable[[str], Any]
    allowed: str
    sentence: str
    source: str
    mark: str

    @property
    def variable(self) -> str:
        """The environment variable that sets it."""
        return PREFIX + self.name.upper()


def number(kind: type, low: float, high: float) -> tuple[Callable[[str], Any], str]:
    """Whole numbers (or any) in a range, and how that is said."""

    def read(text: str) -> Any:
        value = kind(text)
        if not low <= value <= high:
            raise ValueError
        return value

    word = "a whole number" if kind is int else "a number"
    return read, f"{word} from {low:.15g} to {high:.15g}"


def switch(text: str) -> bool:
    """true or false, in the usual words; KeyError for others."""
    return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}[text.lower()]


def one_of(known: Callable[[str], object]) -> Callable[[str], str]:
    """A text that something knows."""

    def read(text: str) -> str:
        if known(text) is None:
            raise ValueError
        return text

    return read


def delays(text: str) -> tuple[float, ...]:
    """Numbers with commas; ValueError for what a wait cannot be."""
    values = tuple(float(part) for part in text.split(","))
    if not all(0 <= value <= 10_000_000 for value in values):
        raise ValueError
    return values


def one_of_these(*values: int) -> Callable[[str], int]:
    """One of a few numbers; KeyError for others."""
    return {str(value): value for value in values}.__getitem__


_MARK = re.compile(r"|[A-Za-z0-9-]+: [!-~]([ -~]*[!-~])?|\?[\w.~-]+=[\w.~-]*", re.ASCII)


def mark(text: str) -> str:
    """A header, a query parameter or nothing; ValueError for others."""
    if _MARK.fullmatch(text) is None:
        raise ValueError
    return text


def events(text: str) -> tuple[str, ...]:
    """Names of events with commas; ValueError for one that there is not."""
    names = tuple(part.strip() for part in text.split(",")) if text.strip() else ()
    if not ACTIONS.keys() >= set(names):
        raise ValueError
    return names


def seconds(
    name: str, default: float, sentence: str, source: str, mark: str, kind: type = float, low: float = 0
) -> Setting:
    """A setting that is a time."""
    read, allowed = number(kind, low, 10_000_000)
    return Setting(name, kind(default), read, allowed + " (seconds)", sentence, source, mark)


def count(name: str, default: int, high: int, sentence: str, source: str, mark: str) -> Setting:
    """A setting that is a number of things."""
    read, allowed = number(int, 1, high)
    return Setting(name, default, read, allowed, sentence, source, mark)


def flag(name: str, default: bool, sentence: str, source: str, mark: str) -> Setting:
    """A setting that is on or off."""
    return Setting(name, default, switch, "true or false", sentence, source, mark)
