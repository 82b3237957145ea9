"""How values read on a page. Templates escape what these answer; nothing here makes HTML."""

import re
from datetime import UTC, datetime

_ESCAPES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?"
    r"|\x1b[ -/]*[0-~]?|[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]"
)
"""What moves a terminal's cursor or colours its text, turns text round, and other characters that show nothing."""


def price(cents: int) -> str:
    """What a plan costs: `free`, `$9.00/month`."""
    return f"${cents // 100:,}.{cents % 100:02}/month" if cents else "free"


def moment(value: datetime | None) -> str:
    """`2026-01-02 03:04:05`, in UTC; a dash for what has not come."""
    return "–" if value is None else value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


def plain(text: str) -> str:
    """A log line without terminal codes, in the order in which it was written."""
    return _ESCAPES.sub("", text)
