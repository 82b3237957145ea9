"""Whether rows from a file are what the nouns say: each value of its field's type, names that cannot be paths."""

import re
import types
from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import datetime
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from platform_sim.core.model.addons import Addon
from platform_sim.core.model.apps import Slug
from platform_sim.core.model.records import Event, Sequence
from platform_sim.core.model.snapshots import BadSnapshot
from platform_sim.core.store.still import Still
from platform_sim.core.store.tables import TABLES

Check = Callable[[Any], bool]

_PLAIN = re.compile(r"[\w.:@+-]{1,400}")
_FOLDER = re.compile(r"[\w-][\w.-]*(/[\w-][\w.-]*){0,3}")
_WORDS = {(Sequence, "id"), (Event, "subject_id"), (Addon, "provider_id"), (Slug, "commit_id")}
"""Ids that say more than a name, and that no file is called by."""
_OUTPUTS = ("output_secret", "build_secret", "postdeploy_secret", "folder")
FURTHEST = 1 << 62


def check_rows(still: Still) -> None:
    """BadSnapshot for the first row that cannot be."""
    for noun, table in TABLES.items():
        checks = _checks(noun)
        for number, row in enumerate(_rows(still, noun), start=1):
            for name, check in checks.items():
                if not check(getattr(row, name)):
                    raise BadSnapshot(f"the snapshot cannot be used: {name} of row {number} of {table.name} cannot be")


def _rows(still: Still, noun: type) -> Any:
    table = TABLES[noun]
    flags = [(index, name) for index, (name, kind) in enumerate(table.types.items()) if kind is bool]
    for raw in still.raw(noun):
        for index, name in flags:
            if raw[index] not in (0, 1, None):
                raise BadSnapshot(f"the snapshot cannot be used: {name} of a row of {table.name} is neither yes nor no")
        try:
            yield table.from_row(tuple(raw))
        except (ValueError, TypeError, RecursionError):
            raise BadSnapshot(f"the snapshot cannot be used: a row of {table.name} cannot be read") from None


@cache
def _checks(noun: type) -> Mapping[str, Check]:
    hints = get_type_hints(noun)
    found: dict[str, Check] = {}
    for each in fields(noun):
        check = _of(hints[each.name])
        if _is_name(noun, each.name):
            check = _both(check, _FOLDER if (noun, each.name) == (Slug, "folder") else _PLAIN)
        found[each.name] = check
    return found


def _is_name(noun: type, field: str) -> bool:
    """Whether files may be called by it: then it must not lead elsewhere."""
    named = field == "id" or field.endswith("_id") or field in _OUTPUTS
    return named and (noun, field) not in _WORDS and TABLES[noun].types[field] is str


def _both(check: Check, form: re.Pattern[str]) -> Check:
    def safe(value: Any) -> bool:
        if not check(value):
            return False
        return not value or (form.fullmatch(value) is not None and ".." not in value)

    return safe


def _of(hint: Any) -> Check:
    """What a value of a type has to be, JSON in its depth."""
    origin, inner = get_origin(hint), get_args(hint)
    if hint is Any:
        return lambda value: True
    if origin in (Union, types.UnionType):
        checks = [_of(each) for each in inner]
        return lambda value: any(check(value) for check in checks)
    if origin is Literal:
        return lambda value: value in inner
    if origin is dict:
        of = _of(inner[1])
        return lambda value: type(value) is dict and all(of(each) for each in value.values())
    if origin is list:
        of = _of(inner[0])
        return lambda value: type(value) is list and all(of(each) for each in value)
    return _plain(hint)


def _plain(hint: Any) -> Check:
    if hint is datetime:
        return lambda value: type(value) is datetime and value.tzinfo is not None and 1 < value.year < 9000
    if hint is int:
        return lambda value: type(value) is int and abs(value) < FURTHEST
    if hint is float:
        return lambda value: type(value) in (int, float)
    if hint is type(None):
        return lambda value: value is None
    return lambda value: type(value) is hint
