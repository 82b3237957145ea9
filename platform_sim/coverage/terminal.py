"""The report for people who read a terminal. Pure."""

from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]
MOST = 15
"""Rows of a group that are listed as missing; of more these, unless all are asked for."""


def lines(report: Json, *, all_missing: bool = False) -> Iterator[str]:
    """A line a group, and under it what was not touched; rules that were not kept; the sum. `report`: as JSON."""
    for group in report["groups"]:
        yield f"{group['title']}: {group['touched']} of {group['of']}"
        missing = [each for each in group["items"] if not each["count"]]
        shown = missing if all_missing else missing[:MOST]
        yield from (f"  missing  {each['id']}  {each['sentence']}" for each in shown)
        if len(missing) > len(shown):
            yield f"  missing  {len(missing) - len(shown)} more"
        yield from (f"  {each['id']} {each['note']}" for each in group["items"] if each["note"])
    yield from report["left_out"]
    yield total(report)


def total(report: Json) -> str:
    """The last line."""
    return f"Contract coverage: {report['touched']} of {report['of']}, {report['percent']:g} %"
