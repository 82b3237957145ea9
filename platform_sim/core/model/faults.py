"""Faults on purpose: the next n of a kind that match do not go as they should (docs/faults.md). Pure values.

To add a kind:

1. A row in the table of its side, `faults_partner.py` or `faults_platform.py`: name, sentence, what it can be narrowed
   to, its amount if it has one, how often a profile makes it happen. CLI, API, page and docs come from there.
2. Where it acts, ask `core.actions.faults.take(database, ("kind",), facts)` at that moment, with no transaction open
   (or `take_in(tx, ...)` in the one that writes what comes of it). `facts` says what is about to be done: each key that
   the kind can be narrowed to, and only a value that is no secret. None: nothing is to happen, and without faults that
   costs one look at a set in memory. Else the fault has been counted down and has told the timeline: act.
   Give the `cause_id` of what it happens to, unless the thread acts on behalf of a call.
3. A test of what it does, in a file beside the engine or door. docs/faults.md has the row by `make docs`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Any

FAULT = "fault"
"""Kind of the events."""
SCRIPT = "script"
"""Where a fault is from that was not made by a profile."""
ANY_TIMES = 1_000_000
"""More than that nobody counts: say that it stays until it is removed."""


@dataclass(frozen=True)
class Fault:
    """What is to go wrong. Spent, it stays until it is removed: whoever made it sees that it acted."""

    id: str
    kind: str
    match: dict[str, str]
    times: int | None
    """How often, as asked; None: until it is removed."""
    left: int | None
    """How often it will still act; None: until it is removed."""
    acted: int
    amount: float | None
    origin: str
    """`script`, or the profile that made it."""
    chance: float | None
    """Of a profile's: how likely it acts at each of its moments."""
    seed: int | None
    """Of a profile's: what decides when."""
    held: list[str]
    """Jobs that wait because of it, until another has gone before them."""
    created_at: datetime
    updated_at: datetime

    @property
    def waits(self) -> bool:
        """Whether it may still act, or something waits because of it."""
        return self.left is None or self.left > 0 or bool(self.held)


Facts = Mapping[str, str | tuple[str, ...]]
"""What is about to be done, by key of `MATCH_KEYS`; a name and an id are two values of one key. Never a secret."""


def fits(fault: Fault, facts: Facts) -> bool:
    """Whether each of what it was narrowed to is true. A key that is not among the facts fits nothing."""
    return all(_one_fits(wanted, facts.get(key, ())) for key, wanted in fault.match.items())


def _one_fits(wanted: str, given: str | tuple[str, ...]) -> bool:
    values = (given,) if isinstance(given, str) else given
    return any(fits_text(value, wanted) for value in values)


def fits_text(value: str, wanted: str) -> bool:
    """Whether it is that text, which may hold `*` for any."""
    return fnmatchcase(value, wanted.replace("[", "[[]"))


def told_facts(facts: Facts) -> dict[str, Any]:
    """For the event: of a name and an id the name."""
    return {key: value if isinstance(value, str) else value[0] for key, value in facts.items() if value}
