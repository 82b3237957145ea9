"""Which stretch of time numbers are asked for, and in what steps (heroku-cli §15: apps:errors). Pure.

Steps begin at whole hours, as the CLI's own tests show the answers: a day by the hour has 25 numbers, null for none.
"""

import re
from dataclasses import dataclass
from datetime import datetime

MINUTE = 60
DAY = 24 * 60
KEPT_MINUTES = DAY + 60
"""How far numbers go back: the CLI asks for a day, the hour in which that began included."""
MOST_STEPS = DAY + 1
_STEP = re.compile(r"([1-9][0-9]{0,3})([mh])")


@dataclass(frozen=True)
class Window:
    """Minutes since 1970, both ends included, cut into steps of so many minutes; `first` begins a step."""

    first: int
    last: int
    step: int

    @property
    def steps(self) -> int:
        """How many numbers an answer has."""
        return max(0, self.last - self.first) // self.step + 1

    def index(self, minute: int) -> int | None:
        """In which step a minute is; None for one outside."""
        return (minute - self.first) // self.step if self.first <= minute <= self.last else None


def window(start: datetime, end: datetime, step: int) -> Window:
    """From the step in which `start` is to the minute of `end`."""
    first = minute_of(start)
    return Window(first - first % step, minute_of(end), step)


def minute_of(moment: datetime) -> int:
    """The minute that a moment is in."""
    return int(moment.timestamp()) // MINUTE


def step_minutes(text: str) -> int | None:
    """`1h`, `10m`; None for what is no step."""
    found = _STEP.fullmatch(text)
    return int(found[1]) * (60 if found[2] == "h" else 1) if found else None
