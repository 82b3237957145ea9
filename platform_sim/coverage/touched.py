"""What was touched, as counts that can be added up: over tests, worlds and processes. Pure."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
COUNTS = ("rules", "states", "transitions", "links", "back", "asked")


@dataclass
class Touched:
    """How often each row was touched, by its id. `links`: of the API, by customers; `back`: by partners; `asked`: of a
    partner. `broken`: by rule, who has not kept it, where that was seen first, and what was wrong. `abilities`: what
    the partners can do. `played`: services left out, since the library itself has played their partners."""

    rules: Counter[str] = field(default_factory=Counter)
    states: Counter[str] = field(default_factory=Counter)
    transitions: Counter[str] = field(default_factory=Counter)
    links: Counter[str] = field(default_factory=Counter)
    back: Counter[str] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)
    broken: dict[str, str] = field(default_factory=dict)
    abilities: set[str] = field(default_factory=set)
    played: set[str] = field(default_factory=set)

    def add(self, other: "Touched") -> None:
        """Add what another has counted."""
        for name in COUNTS:
            getattr(self, name).update(getattr(other, name))
        self.broken = other.broken | self.broken
        self.abilities |= other.abilities
        self.played |= other.played

    def as_json(self) -> Json:
        """To be carried to another process."""
        counts: Json = {name: dict(sorted(getattr(self, name).items())) for name in COUNTS}
        sets = {"abilities": sorted(self.abilities), "played": sorted(self.played)}
        return counts | {"broken": dict(sorted(self.broken.items())), **sets}

    @classmethod
    def from_json(cls, content: Json) -> "Touched":
        """What `as_json` has made."""
        counts: Any = {name: Counter(content[name]) for name in COUNTS}
        sets: Any = {name: set(content[name]) for name in ("abilities", "played")}
        return cls(**counts, broken=dict(content["broken"]), **sets)


def added(parts: Iterable[Touched]) -> Touched:
    """All of them together."""
    whole = Touched()
    for each in parts:
        whole.add(each)
    return whole
