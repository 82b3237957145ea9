"""Small rules on plain values, shared by several nouns."""

import re
from datetime import UTC, datetime
from typing import Any

APP_NAME = re.compile(r"[a-z][a-z0-9-]*[a-z0-9]")
ADDON_NAME = re.compile(r"[a-zA-Z][A-Za-z0-9_-]+")
ATTACHMENT_NAME = re.compile(r"[A-Z][A-Z0-9_]*")
NAMESPACE = re.compile(r"[a-z][a-z0-9_-]{0,63}:[\w.-]{1,64}", re.ASCII)
PROCESS_TYPE = re.compile(r"[-\w]{1,128}", re.ASCII)
QUANTITY = re.compile(r"[+-]?[0-9]{1,9}")
CONFIG_VAR = re.compile(r"\w+", re.ASCII)
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def is_uuid(text: str) -> bool:
    """Whether an identity in a path is an id rather than a name (identity = either, platform-api §1)."""
    return UUID.fullmatch(text) is not None


def iso(moment: datetime) -> str:
    """`2026-01-02T03:04:05Z`: whole seconds, UTC (platform-api §4.7)."""
    return moment.astimezone(UTC).isoformat(timespec="seconds")[:19] + "Z"


def iso_or_none(moment: datetime | None) -> str | None:
    """Like `iso`, for times that may not have come."""
    return None if moment is None else iso(moment)


def kind(value: Any) -> str:
    """What a JSON value is, for sentences about one that is something else."""
    names = {type(None): "null", bool: "a boolean", int: "a number", float: "a number", str: "a string", list: "a list"}
    return names.get(type(value), "an object")
