"""Ranges: a header cuts and orders lists; read leniently, clients spell it many ways (platform-api §4.5)."""

import re
from dataclasses import dataclass
from typing import Any

from platform_sim.core.errors import BadRange

DEFAULT_MAX = 200
MOST = 1000
LONGEST = 1000
"""Characters of a header that is read; longer ones only cost time."""

UNSHOWN = frozenset({"seq", "domain"})
"""What lists may be ordered by though their items do not show it: webhook deliveries in the published schema, and
domains by heroku3, which asks for them so and is answered."""

_FIELD = re.compile(r"[A-Za-z_]{1,64}")
_DIGITS = re.compile(r"[0-9]+")
_NUMBER = re.compile(r"-?[0-9]{1,18}")
_TIE = "~"
"""Between the value and the id of a mark, where several items have that value. No value of ours holds it."""


@dataclass(frozen=True)
class Range:
    """What a client asked for. `after`: the first value itself is left out (`]value`)."""

    field: str = "id"
    first: str | None = None
    last: str | None = None
    after: bool = False
    most: int = DEFAULT_MAX
    descending: bool = False


@dataclass(frozen=True)
class Cut:
    """A part of a list, and the headers that say so. `status` is 206 when more is left."""

    items: list[dict[str, Any]]
    status: int
    headers: dict[str, str]


def parse(header: str | None) -> Range:
    """`version ..; max=15, order=desc` and its relatives; nothing or only separators is the default."""
    if header is None or not header.strip(" ;,"):
        return Range()
    where, _, options = header.partition(";")
    # `id ..`, `id..` and a bare `id` are the same.
    field, dots, last = where.partition("..")
    field, _, first = field.strip().partition(" ")
    first, last = first.strip(), last.strip()
    if (
        len(header) > LONGEST
        or _FIELD.fullmatch(field) is None
        or (first and not dots)
        or " " in first + last
        or first == "]"
    ):
        raise BadRange(f"Cannot read the Range header {header[:200]!r}. Write for example `id ..; max=200`.")
    most, descending = _options(options)
    return Range(field, first.removeprefix("]") or None, last or None, first.startswith("]"), most, descending)


def _options(text: str) -> tuple[int, bool]:
    most, descending = DEFAULT_MAX, False
    for option in re.split(r"[;,]", text):
        key, _, value = (part.strip().lower() for part in option.partition("="))
        if key == "max":
            if _DIGITS.fullmatch(value) is None:
                raise BadRange(f"max={value[:20]} in the Range header is not a number from 1 to {MOST}.")
            most = min(max(int(value[:9]), 1), MOST)
        elif key == "order":
            descending = value == "desc"
    return most, descending


def cut(items: list[dict[str, Any]], wanted: Range, sortable: tuple[str, ...]) -> Cut:
    """Order and cut a list. By `id` means: in the list's own order, ids being the marks where to go on.

    `sortable`: what a client may order by. Lists of things without ids do not name `id`; its ranges are then
    those of the first field.
    """
    field = wanted.field if wanted.field != "id" or "id" in sortable else sortable[0]
    if field not in sortable:
        raise BadRange(f"Lists here can be ordered by {', '.join(sortable)}, not by {field}.")
    ordered = items if field == "id" else sorted(items, key=lambda item: _place(item, field))
    if wanted.descending:
        ordered = ordered[::-1]
    ordered = _by_id(ordered, wanted) if field == "id" else _by_value(ordered, field, wanted)
    page, rest = ordered[: wanted.most], ordered[wanted.most :]
    headers = {"Accept-Ranges": ", ".join(sortable)}
    if page:
        headers["Content-Range"] = f"{field} {page[0][field]}..{page[-1][field]}; max={wanted.most}"
    if rest:
        order = ",order=desc" if wanted.descending else ""
        mark = _mark(page[-1], rest[0], field)
        headers["Next-Range"] = f"{field} ]{mark}..{wanted.last or ''}; max={wanted.most}{order}"
    if UNSHOWN.intersection(sortable):
        page = [{name: value for name, value in item.items() if name not in UNSHOWN} for item in page]
    return Cut(page, 206 if rest else 200, headers)


def _place(item: dict[str, Any], field: str) -> tuple[Any, str]:
    """Numbers as numbers; items with one value are in the order of their ids."""
    value = item[field]
    return value if isinstance(value, int) else str(value), str(item.get("id", ""))


def _mark(last: dict[str, Any], following: dict[str, Any], field: str) -> str:
    tied = last[field] == following[field]
    return f"{last[field]}{_TIE}{last['id']}" if tied else str(last[field])


def _by_id(ordered: list[dict[str, Any]], wanted: Range) -> list[dict[str, Any]]:
    """From mark to mark. A mark that is gone cuts nothing: ids have no order of their own here."""
    marks = [item["id"] for item in ordered]
    end = marks.index(wanted.last) + 1 if wanted.last in marks else len(ordered)
    start = marks.index(wanted.first) + wanted.after if wanted.first in marks else 0
    return ordered[start:end]


def _by_value(ordered: list[dict[str, Any]], field: str, wanted: Range) -> list[dict[str, Any]]:
    first, last = wanted.first, wanted.last
    if not ordered or first is last is None:
        return ordered
    numbers = isinstance(ordered[0][field], int)

    def beyond(item: dict[str, Any], mark: str) -> int:
        """-1 before the mark, 0 at it, 1 beyond it, in the order asked for."""
        value, _, identity = mark.partition(_TIE)
        here, there = _place(item, field), (_number(value) if numbers else value, identity)
        if not identity:
            here, there = (here[0], ""), (there[0], "")
        step = (here > there) - (here < there)
        return -step if wanted.descending else step

    return [
        item
        for item in ordered
        if (first is None or beyond(item, first) >= (1 if wanted.after else 0))
        and (last is None or beyond(item, last) <= 0)
    ]


def _number(text: str) -> int:
    if _NUMBER.fullmatch(text) is None:
        raise BadRange(f"{text[:40]!r} in the Range header is not a number.")
    return int(text)
