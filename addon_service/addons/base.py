"""What the life cycle asks of any add-on. A new product is a new file here that answers these questions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from addon_service.identity import Identity
from addon_service.store import Tx


@dataclass(frozen=True)
class Usage:
    """How full an instance is: things stored, and how many its plan allows."""

    stored: int
    limit: int


class Addon(Protocol):
    """One product: its plans, its config vars, its data."""

    @property
    def identity(self) -> Identity:
        """Slug and shared secrets."""

    @property
    def config_vars(self) -> tuple[str, ...]:
        """Every name that `config` may ever hold; the manifest declares them (partner-api §1.1)."""

    @property
    def plans(self) -> tuple[str, ...]:
        """Short plan slugs, as Heroku sends them."""

    def check_plan(self, tx: Tx, uuid: str, plan: str) -> None:
        """Raise Invalid, with a message for the customer, when the instance cannot be on that plan."""

    def config(self, secret: str) -> dict[str, str]:
        """The config vars of an instance, manifest names to text, made of its current credential."""

    def welcome(self, plan: str) -> str:
        """The sentence shown to the customer after provisioning or a plan change."""

    def usage(self, tx: Tx, uuid: str, plan: str) -> Usage:
        """How full the instance is."""

    def latest(self, tx: Tx, uuid: str, count: int) -> list[dict[str, Any]]:
        """The newest things stored, newest first, as the data API shows them."""

    def erase(self, tx: Tx, uuid: str) -> None:
        """Delete the customer's data."""
