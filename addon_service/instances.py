"""The nouns of the life cycle: an instance, the order for one, and how an instance is found.

It touches the rows it is handed; the verbs are in `resources.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from addon_service.addons.base import Addon
from addon_service.errors import Gone, NotFound
from addon_service.store import Tx

Addons = Mapping[str, Addon]  # by slug


@dataclass(frozen=True)
class Resource:
    """An instance, alive or gone. Times as kept in the store."""

    uuid: str
    addon: str
    name: str | None
    plan: str
    region: str | None
    state: str
    message: str
    created_at: str
    deprovisioned_at: str | None
    grant_hash: str | None = field(repr=False, default=None)
    plan_set_at: str | None = None


@dataclass(frozen=True)
class Order:
    """What Heroku asks for when it provisions; `grant` is `{code, expires_at}` or None.

    `drain_token` and `log_input_url` come where the manifest asks for logs (partner-api §1.1).
    """

    uuid: str
    plan: str
    name: str | None = None
    region: str | None = None
    grant: dict[str, Any] | None = field(repr=False, default=None)
    drain_token: str | None = field(repr=False, default=None)
    log_input_url: str | None = field(repr=False, default=None)


def find(tx: Tx, uuid: str, addon: str | None = None) -> Resource:
    """A live instance (of one add-on, when named). Raises NotFound when it never was, Gone when it is no more."""
    row = tx.one("SELECT * FROM resources WHERE uuid = ?", uuid)
    if row is None or (addon is not None and row["addon"] != addon):
        raise NotFound(f"cannot find resource {uuid}: it was never provisioned here")
    if row["state"] == "deprovisioned":
        raise Gone(f"resource {uuid} was deprovisioned and does not come back")
    return Resource(**row)
