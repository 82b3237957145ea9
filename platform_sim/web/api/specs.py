"""The words in which rows of the table are written: what a link does, in short."""

from collections.abc import Callable
from typing import Any

Key = tuple[str, str]
"""Method and path, as published."""

Spec = dict[str, Any]
"""The fields of a `Route` that differ from those of a link that is not simulated."""

BOTH: Spec = {"partner": True}
"""For customers and partners."""

OPERATORS: Spec = {"partner": True, "ability": "app_operations"}
"""For customers, and partners who have been given that (partner-api §4.1)."""


def get(handler: Callable[..., Any], **more: Any) -> Spec:
    """Reads one thing."""
    return {"handler": handler, "mode": "read", **more}


def listing(handler: Callable[..., Any], *sortable: str, **more: Any) -> Spec:
    """Reads a list, which can be cut and ordered by `id` and what else is named."""
    return {"handler": handler, "mode": "read", "sortable": ("id", *sortable), **more}


def write(handler: Callable[..., Any], status: int = 200, **more: Any) -> Spec:
    """Writes, in one transaction."""
    return {"handler": handler, "mode": "write", "status": status, **more}


def late(handler: Callable[..., Any], **more: Any) -> Spec:
    """Opens transactions itself and waits on rows between them."""
    return {"handler": handler, "mode": "late", **more}
