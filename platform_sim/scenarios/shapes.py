"""The kinds that hold others, and names that refer to something: see `kinds.py`. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from platform_sim.core.model.values import kind
from platform_sim.scenarios.kinds import Json, Kind, Text, holds_saved
from platform_sim.scenarios.problems import Notes, Path, unknown


@dataclass(frozen=True)
class ListOf:
    """A list."""

    item: Kind
    least: int = 0

    @property
    def words(self) -> str:
        """See `Kind`."""
        return "a list"

    def takes(self, value: Any) -> bool:
        """See `Kind`."""
        return isinstance(value, list)

    def check(self, value: Any, at: Path, notes: Notes) -> None:
        """See `Kind`."""
        if not isinstance(value, list):
            notes.add(at, f"must be {self.words}, not {kind(value)}")
            return
        if len(value) < self.least:
            notes.add(at, f"must have at least {self.least} of them")
        for number, each in enumerate(value):
            self.item.check(each, (*at, number), notes)

    def schema(self) -> Json:
        """See `Kind`."""
        return {"type": "array", "items": self.item.schema()} | ({"minItems": self.least} if self.least else {})


@dataclass(frozen=True)
class MapOf:
    """An object with names of the file's own choosing. `noun`: what each name brings, or (`refers`) speaks of."""

    item: Kind
    what: str = "name"
    form: str = r".+"
    noun: str = ""
    refers: bool = False

    @property
    def words(self) -> str:
        """See `Kind`."""
        return f"an object, {self.what} to value"

    def takes(self, value: Any) -> bool:
        """See `Kind`."""
        return isinstance(value, dict)

    def check(self, value: Any, at: Path, notes: Notes) -> None:
        """See `Kind`."""
        if not isinstance(value, dict):
            notes.add(at, f"must be {self.words}, not {kind(value)}")
            return
        for name, each in value.items():
            if not holds_saved(name) and not re.fullmatch(self.form, name, re.ASCII):
                notes.add((*at, name), f"{name[:60]!r} cannot be the {self.what}", key=True)
            if self.noun and self.refers:
                notes.used.append((self.noun, name, (*at, name)))
            elif self.noun:
                notes.bring(self.noun, name)
            self.item.check(each, (*at, name), notes)

    def schema(self) -> Json:
        """See `Kind`."""
        form = {"propertyNames": {"pattern": rf"^(?:{self.form})$|\$\{{"}} if self.form not in (r".+", r".*") else {}
        return {"type": "object", "additionalProperties": self.item.schema()} | form


@dataclass(frozen=True)
class Field:
    """A field of an object, and its sentence."""

    kind: Kind
    sentence: str


@dataclass(frozen=True)
class Obj:
    """An object with known fields. `one`: exactly one of these has to be there. `mark`: without this field it is
    meant as something else."""

    fields: Mapping[str, Field]
    required: tuple[str, ...] = ()
    one: tuple[str, ...] = ()
    mark: str = ""
    what: str = "field here"

    @property
    def words(self) -> str:
        """See `Kind`."""
        return "an object"

    def takes(self, value: Any) -> bool:
        """See `Kind`."""
        return isinstance(value, dict) and (not self.mark or self.mark in value)

    def check(self, value: Any, at: Path, notes: Notes) -> None:
        """See `Kind`."""
        if not isinstance(value, dict):
            notes.add(at, f"must be {self.words} with {', '.join(list(self.fields)[:8])}, not {kind(value)}")
            return
        for name, each in value.items():
            if name in self.fields:
                self.fields[name].kind.check(each, (*at, name), notes)
            else:
                notes.add((*at, name), unknown(self.what, name, list(self.fields)), key=True)
        for name in self.required:
            if name not in value:
                notes.add(at, f"{name!r} is missing")
        if self.one and sum(name in value for name in self.one) != 1:
            notes.add(at, f"must have exactly one of {', '.join(self.one)}")

    def schema(self) -> Json:
        """See `Kind`."""
        found: Json = {
            "type": "object",
            "properties": {n: {"description": f.sentence} | f.kind.schema() for n, f in self.fields.items()},
            "additionalProperties": False,
        }
        if self.required:
            found["required"] = list(self.required)
        if self.one:
            found["oneOf"] = [{"required": [name]} for name in self.one]
        return found


@dataclass(frozen=True)
class Either:
    """The first of these that takes the value's form."""

    kinds: tuple[Kind, ...]

    @property
    def words(self) -> str:
        """See `Kind`."""
        return " or ".join(each.words for each in self.kinds)

    def takes(self, value: Any) -> bool:
        """See `Kind`."""
        return any(each.takes(value) for each in self.kinds)

    def check(self, value: Any, at: Path, notes: Notes) -> None:
        """See `Kind`."""
        for each in self.kinds:
            if each.takes(value):
                each.check(value, at, notes)
                return
        quoted = isinstance(value, bool | int | float) and any(each.takes("") for each in self.kinds)
        notes.add(at, f"must be {self.words}, not {kind(value)}" + ("; put it in quotes" if quoted else ""))

    def schema(self) -> Json:
        """See `Kind`."""
        return {"anyOf": [each.schema() for each in self.kinds]}


@dataclass(frozen=True)
class Ref:
    """The name of something that the file has to bring, or say that it is there (`uses`)."""

    noun: str

    @property
    def words(self) -> str:
        """See `Kind`."""
        return f"the name of {'an' if self.noun[0] in 'aeio' else 'a'} {self.noun}"

    def takes(self, value: Any) -> bool:
        """See `Kind`."""
        return isinstance(value, str)

    def check(self, value: Any, at: Path, notes: Notes) -> None:
        """See `Kind`."""
        if not isinstance(value, str) or not value:
            notes.add(at, f"must be {self.words}, not {kind(value) if value != '' else 'an empty text'}")
        else:
            notes.used.append((self.noun, value, at))

    def schema(self) -> Json:
        """See `Kind`."""
        return {"type": "string", "minLength": 1}


@dataclass(frozen=True)
class Brings:
    """The name of something that is made here."""

    noun: str
    form: str = ""
    words: str = "a name"

    def takes(self, value: Any) -> bool:
        """See `Kind`."""
        return isinstance(value, str)

    def check(self, value: Any, at: Path, notes: Notes) -> None:
        """See `Kind`."""
        text = Text(self.words, self.form)
        text.check(value, at, notes)
        if isinstance(value, str):
            notes.bring(self.noun, value)

    def schema(self) -> Json:
        """See `Kind`."""
        return Text(self.words, self.form).schema()
