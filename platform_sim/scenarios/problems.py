"""What is wrong with a scenario file: each mistake with its place, all of them at once. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

Path = tuple[str | int, ...]
"""The way to a value in a file: names and numbers, as `("steps", 0, "ask")`."""
SHOWN = 12
"""Allowed names that a sentence lists."""


@dataclass(frozen=True, order=True)
class Place:
    """Line and column, both from 1."""

    line: int = 1
    column: int = 1


@dataclass(frozen=True, order=True)
class Problem:
    """One mistake: where, and a sentence that says what is wrong and what is wanted."""

    place: Place
    what: str

    def at(self, file: str) -> str:
        """`FILE:LINE:COLUMN: sentence`, as editors and compilers write it."""
        return f"{file}:{self.place.line}:{self.place.column}: {self.what}"


class BadScenario(ValueError):
    """A file that cannot be played; the message has a line for each mistake."""

    def __init__(self, file: str, problems: Iterable[Problem]) -> None:
        self.problems = sorted(set(problems))
        super().__init__("\n".join(each.at(file) for each in self.problems))


@dataclass
class Notes:
    """Collects mistakes and references while a file is checked. `marks`: the place of each value, `keys`: of names."""

    marks: dict[Path, Place]
    keys: dict[Path, Place]
    problems: list[Problem] = field(default_factory=list)
    named: dict[str, set[str]] = field(default_factory=dict)
    """Noun -> the names that the file itself brings."""
    used: list[tuple[str, str, Path]] = field(default_factory=list)
    """Noun, name and place of each reference."""

    def add(self, path: Path, what: str, *, key: bool = False) -> None:
        """Note a mistake at a value, or at its name."""
        self.problems.append(Problem(self.place(path, key=key), what))

    def place(self, path: Path, *, key: bool = False) -> Place:
        """Where it stands; of what is not there, where that stands which should hold it."""
        if key and path in self.keys:
            return self.keys[path]
        while path and path not in self.marks:
            path = path[:-1]
        return self.marks.get(path, Place())

    def bring(self, noun: str, name: str) -> None:
        """The file brings a thing of this name."""
        self.named.setdefault(noun, set()).add(name)


def listed(names: Sequence[str]) -> str:
    """The first of them, and how many more there are."""
    return ", ".join(names[:SHOWN]) + (f" and {len(names) - SHOWN} more" if len(names) > SHOWN else "")


def unknown(what: str, given: str, allowed: Sequence[str], also: Sequence[str] = ()) -> str:
    """`unknown verb 'creat app'; did you mean 'create app'? There are ...`. `also`: what is none, and may stand there,
    too."""
    near = get_close_matches(given, [*allowed, *also], 1, 0.6)
    meant = f"; did you mean {near[0]!r}? There are:" if near else "; there are:"
    return f"{given[:60]!r} is no {what}{meant} {listed(sorted(allowed)) or 'none'}"
