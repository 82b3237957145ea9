"""What a rule about manifests is, and what it finds. Pure; the rules stand in `rules_*.py`."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

Level = Literal["error", "warning"]
Json = dict[str, Any]
Place = tuple[str, str]
"""A path in the manifest (`api.regions`) and the sentence about it."""
Looks = Callable[[Json, Json], Iterator[Place]]
"""Called with the manifest and its `api` object; yields the places that it does not like. Must never raise."""


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong. A manifest with an `error` cannot be registered; a `warning` is tolerated."""

    id: str
    level: Level
    path: str
    sentence: str

    def __str__(self) -> str:
        """For people: the sentence names the place, the number is there to be quoted."""
        return f"{self.sentence} ({self.id})"


@dataclass(frozen=True)
class Rule:
    """Numbers are never given twice, since people quote them. `about` and `source` stand in docs/manifest.md."""

    id: str
    level: Level
    about: str
    """What should be, in a sentence."""
    source: str
    looks: Looks

    def findings(self, manifest: Json, api: Json) -> Iterator[Finding]:
        """What this rule has to say."""
        for path, sentence in self.looks(manifest, api):
            yield Finding(self.id, self.level, path, sentence)


class RuleBook(list[Rule]):
    """Rules in their order; `@rule(...)` adds a function as one."""

    def rule(self, number: str, level: Level, about: str, source: str = "partner-api §1.1") -> Callable[[Looks], Looks]:
        """See `Rule` for the arguments."""

        def add(looks: Looks) -> Looks:
            self.append(Rule(number, level, about, source, looks))
            return looks

        return add


def is_filled(value: object) -> bool:
    """Whether it is a string with something in it."""
    return isinstance(value, str) and bool(value.strip())


def short(value: object) -> str:
    """A value as a sentence can quote it."""
    return ascii(value)[:80]
