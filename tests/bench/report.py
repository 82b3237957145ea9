"""What was measured, as lines for people or as JSON."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Literal


@dataclass(frozen=True)
class Line:
    """One result. `detail`: the sizes behind it; `unit`: x (a ratio), s, ms or kB."""

    name: str
    value: float
    unit: Literal["x", "s", "ms", "kB"]
    aim: float
    is_least: bool
    """Whether the aim is the least (a rate) rather than the most (a time)."""
    detail: str

    @property
    def ok(self) -> bool:
        """Whether the aim is met."""
        return self.value >= self.aim if self.is_least else self.value <= self.aim

    def text(self) -> str:
        """For people."""
        sign = ">=" if self.is_least else "<="
        verdict = "ok" if self.ok else "AIM MISSED"
        aim = f"aim {sign} {self.aim:g} {self.unit}"
        return f"{self.name:<34} {self.value:6.2f} {self.unit}   {aim:<14} {verdict:<11} {self.detail}"


def by_turns(ones: Sequence[float], others: Sequence[float]) -> float:
    """The median of the ratios of what was measured in the same turn."""
    return median(one / other for one, other in zip(ones, others, strict=True))


def spread(values: Sequence[float], digits: int = 0, unit: str = "") -> str:
    """Median and range, for the detail of a line."""
    return f"{median(values):.{digits}f}{unit} ({min(values):.{digits}f}-{max(values):.{digits}f})"


def as_json(lines: Sequence[Line]) -> str:
    """A JSON array, a line an object with its verdict."""
    return json.dumps([asdict(line) | {"ok": line.ok} for line in lines], indent=2)


def closing(lines: Sequence[Line]) -> str:
    """One sentence on all lines."""
    missed = [line.name for line in lines if not line.ok]
    if not missed:
        return f"All {len(lines)} aims are met."
    return f"AIM MISSED: {', '.join(missed)} ({len(lines) - len(missed)} of {len(lines)} aims are met)."
