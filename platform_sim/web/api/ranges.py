"""Ranges: a header cuts and orders lists; read leniently, clients spell it many ways (platform-api §4.5)."""

import re
from dataclasses import dataclass
from typing import Any

from platform_sim.core.errors import BadRange

DEFAULT_MAX = 200
MOST = 1000
_FORM = re.compile(
    r"\s*(?P<field>[A-Za-z_]+)\s*(?P<first>[^.;\s]\S*?)?\s*\.\.\s*(?P<last>[^;\s]+)?\s*(?:;(?P<more>.*))?"
)


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
    """`version ..; max=15, order=desc` and its relatives; nothing or only spaces is the default."""
    if header is None or not header.strip(" ;,"):
        return Range()
    found = _FORM.fullmatch(header)
    if found is None:
        if re.fullmatch(r"\s*[A-Za-z_]+\s*;?.*", header) and ".." not in header and "=" not in header.split(";")[0]:
            found = _FORM.fullmatch(re.sub(r"^\s*([A-Za-z_]+)", r"\1 ..", header))
        if found is None:
            raise BadRange(f"Cannot read the Range header {header[:200]!r}. Write for example `id ..; max=200`.")
    first = found["first"]
    after = first is not None and first.startswith("]")
    most, descending = DEFAULT_MAX, False
    for option in re.split(r"[;,]", found["more"] or ""):
        key, _, value = option.strip().partition("=")
        if key == "max":
            if not value.strip().isdigit():
                raise BadRange(f"max={value[:20]} in the Range header is not a number from 1 to {MOST}.")
            most = min(max(int(value[:9]), 1), MOST)
        elif key == "order":
            descending = value.strip() == "desc"
    return Range(found["field"], first.lstrip("]") if first else None, found["last"], after, most, descending)


def cut(items: list[dict[str, Any]], wanted: Range, sortable: tuple[str, ...]) -> Cut:
    """Order and cut a list. By `id` means: in the list's own order, ids being the marks where to go on."""
    field = wanted.field
    if items and field != "id" and (field not in sortable or field not in items[0]):
        raise BadRange(f"Lists here can be ordered by {', '.join(sortable)}, not by {field[:40]}.")
    ordered = list(items) if field == "id" else sorted(items, key=lambda item: _key(item[field]))
    if wanted.descending:
        ordered.reverse()
    ordered = _from_mark(ordered, wanted)
    page, rest = ordered[: wanted.most], ordered[wanted.most :]
    headers = {"Accept-Ranges": ", ".join(sortable)}
    if page:
        headers["Content-Range"] = f"{field} {page[0].get(field)}..{page[-1].get(field)}; max={wanted.most}"
    if rest:
        order = ",order=desc" if wanted.descending else ""
        headers["Next-Range"] = f"{field} ]{page[-1].get(field)}..; max={wanted.most}{order}"
    return Cut(page, 206 if rest else 200, headers)


def _key(value: Any) -> tuple[int, Any]:
    return (0, value) if isinstance(value, int) else (1, str(value))


def _from_mark(ordered: list[dict[str, Any]], wanted: Range) -> list[dict[str, Any]]:
    if wanted.first is not None:
        ordered = _cut_before(ordered, wanted.field, wanted.first, wanted.after, wanted.descending)
    if wanted.last is not None and wanted.field != "id":
        last = wanted.last
        ordered = [i for i in ordered if _between(i[wanted.field], last, not wanted.descending)]
    elif wanted.last is not None:
        marks = [str(i["id"]) for i in ordered]
        if wanted.last in marks:
            ordered = ordered[: marks.index(wanted.last) + 1]
    return ordered


def _cut_before(
    ordered: list[dict[str, Any]], field: str, first: str, after: bool, descending: bool
) -> list[dict[str, Any]]:
    marks = [str(item.get(field)) for item in ordered]
    if first in marks:
        return ordered[marks.index(first) + (1 if after else 0) :]
    if field == "id":
        # The mark has been deleted since: ids have no order of their own here, so start again.
        return ordered
    return [item for item in ordered if _between(item[field], first, descending)]


def _between(value: Any, bound: str, below: bool) -> bool:
    if isinstance(value, int):
        if not bound.lstrip("-").isdigit():
            raise BadRange(f"{bound[:40]!r} in the Range header is not a number.")
        return value <= int(bound) if below else value >= int(bound)
    return str(value) <= bound if below else str(value) >= bound
