"""Invariants by number (design: docs/invariants.md): each is a small function that yields what does not hold."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

Find = Callable[..., Iterator[str]]


@dataclass(frozen=True)
class Rule:
    """`number` as on the page; 0: not on it, but nothing works without it."""

    number: int
    find: Find

    @property
    def name(self) -> str:
        """As it is written on the page."""
        return self.find.__name__

    def __call__(self, *about: Any) -> list[str]:
        """What does not hold, each with number and name."""
        return [f"{self.number} {self.name}: {text}" for text in self.find(*about)]


RULES: dict[str, Rule] = {}
"""All there are, by name."""


def rule(number: int) -> Callable[[Find], Rule]:
    """Make a generator of complaints an invariant."""

    def named(find: Find) -> Rule:
        made = RULES[find.__name__] = Rule(number, find)
        return made

    return named
