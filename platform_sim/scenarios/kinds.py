"""Of what kinds the values of a scenario file are: how one is checked, and how JSON Schema says it. Pure.

One table of these (`table.py`) is the language: the check, the schema and the documentation are made of it.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Protocol

from platform_sim.core.model.values import kind
from platform_sim.scenarios.problems import Notes, Path, listed

Json = dict[str, Any]
SAVED = re.compile(r"(?<!\$)\$\{([^{}]*)\}")
"""A value that was saved, as it stands in a text; `$${` stands for `${` itself."""


class Kind(Protocol):
    """What may stand somewhere. `takes`: whether a value has the right form, to choose one of several kinds."""

    @property
    def words(self) -> str:
        """What is wanted: `a text`, `a list`."""
        ...

    def takes(self, value: Any) -> bool:
        """Whether a value could be meant as one."""
        ...

    def check(self, value: Any, at: Path, notes: Notes) -> None:
        """Note everything that is wrong with a value."""
        ...

    def schema(self) -> Json:
        """The same as JSON Schema."""
        ...


def holds_saved(value: Any) -> bool:
    """Whether it is a text with `${name}` in it: known only when it is played."""
    return isinstance(value, str) and SAVED.search(value) is not None


@dataclass(frozen=True)
class Text:
    """A text that is not empty. `form`: the whole of it; `test` raises ValueError, a sentence, for what it does not
    take."""

    words: str = "a text"
    form: str = ""
    test: Callable[[str], Any] | None = None
    empty: bool = False

    def takes(self, value: Any) -> bool:
        """See `Kind`."""
        return isinstance(value, str)

    def check(self, value: Any, at: Path, notes: Notes) -> None:
        """See `Kind`."""
        if not isinstance(value, str):
            quoted = "; put it in quotes" if isinstance(value, bool | int | float) else ""
            notes.add(at, f"must be {self.words}, not {kind(value)}{quoted}")
        elif not value and not self.empty:
            notes.add(at, f"must be {self.words}, not an empty one")
        elif not holds_saved(value):
            self._check_form(value, at, notes)

    def _check_form(self, value: str, at: Path, notes: Notes) -> None:
        if self.form and not re.fullmatch(self.form, value):
            notes.add(at, f"must be {self.words}, not {value[:60]!r}")
        try:
            if self.test is not None:
                self.test(value)
        except ValueError as problem:
            notes.add(at, str(problem))

    def schema(self) -> Json:
        """See `Kind`. What holds a saved value has no form yet."""
        form = {"pattern": rf"^(?:{self.form})$|\$\{{"} if self.form else {}
        return {"type": "string"} | ({} if self.empty else {"minLength": 1}) | form


@dataclass(frozen=True)
class Choice:
    """One of some words."""

    names: tuple[str, ...]

    @property
    def words(self) -> str:
        """See `Kind`."""
        return f"one of {', '.join(self.names)}"

    def takes(self, value: Any) -> bool:
        """See `Kind`."""
        return isinstance(value, str)

    def check(self, value: Any, at: Path, notes: Notes) -> None:
        """See `Kind`."""
        if value not in self.names:
            given = repr(value[:60]) if isinstance(value, str) else kind(value)
            near = get_close_matches(value, self.names, 1, 0.6) if isinstance(value, str) else []
            meant = f"; did you mean {near[0]!r}?" if near else ""
            words = f"one of {listed(self.names)}" if near else self.words
            notes.add(at, f"must be {words}, not {given}{meant}")

    def schema(self) -> Json:
        """See `Kind`."""
        return {"enum": list(self.names)}


@dataclass(frozen=True)
class Whole:
    """A whole number in a range."""

    low: int = 0
    high: int = 10_000_000

    @property
    def words(self) -> str:
        """See `Kind`."""
        return f"a whole number from {self.low} to {self.high}"

    def takes(self, value: Any) -> bool:
        """See `Kind`."""
        return isinstance(value, int) and not isinstance(value, bool)

    def check(self, value: Any, at: Path, notes: Notes) -> None:
        """See `Kind`."""
        if not self.takes(value):
            notes.add(at, f"must be {self.words}, not {kind(value)}")
        elif not self.low <= value <= self.high:
            notes.add(at, f"must be {self.words}, not {value}")

    def schema(self) -> Json:
        """See `Kind`."""
        return {"type": "integer", "minimum": self.low, "maximum": self.high}


@dataclass(frozen=True)
class Number:
    """Any number."""

    words: str = "a number"

    def takes(self, value: Any) -> bool:
        """See `Kind`."""
        return isinstance(value, int | float) and not isinstance(value, bool)

    def check(self, value: Any, at: Path, notes: Notes) -> None:
        """See `Kind`."""
        if not self.takes(value):
            notes.add(at, f"must be {self.words}, not {kind(value)}")

    def schema(self) -> Json:
        """See `Kind`."""
        return {"type": "number"}


@dataclass(frozen=True)
class Switch:
    """true or false."""

    words: str = "true or false"

    def takes(self, value: Any) -> bool:
        """See `Kind`."""
        return isinstance(value, bool)

    def check(self, value: Any, at: Path, notes: Notes) -> None:
        """See `Kind`."""
        if not isinstance(value, bool):
            notes.add(at, f"must be {self.words}, not {kind(value)}")

    def schema(self) -> Json:
        """See `Kind`."""
        return {"type": "boolean"}


@dataclass(frozen=True)
class Nothing:
    """Null."""

    words: str = "nothing"

    def takes(self, value: Any) -> bool:
        """See `Kind`."""
        return value is None

    def check(self, value: Any, at: Path, notes: Notes) -> None:
        """See `Kind`."""
        if value is not None:
            notes.add(at, f"must be {self.words}, not {kind(value)}")

    def schema(self) -> Json:
        """See `Kind`."""
        return {"type": "null"}


@dataclass(frozen=True)
class AnyJson:
    """Whatever JSON knows."""

    words: str = "any value"

    def takes(self, value: Any) -> bool:
        """See `Kind`."""
        return True

    def check(self, value: Any, at: Path, notes: Notes) -> None:
        """See `Kind`."""

    def schema(self) -> Json:
        """See `Kind`."""
        return {}
