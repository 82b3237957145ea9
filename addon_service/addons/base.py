"""What the life cycle asks of any add-on. A new product is a new file here that answers these questions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from addon_service.credentials import Credential
from addon_service.identity import Identity
from addon_service.store import Tx


@dataclass(frozen=True)
class Usage:
    """How full an instance is: things stored, or bytes, and how many its plan allows; `shown` is for people."""

    stored: int
    limit: int
    shown: str


class Addon(Protocol):
    """One product: its plans, its config vars, its data."""

    @property
    def key(self) -> str:
        """Its name in this program, whatever its slug is; also of its page."""

    @property
    def identity(self) -> Identity:
        """Slug and shared secrets."""

    @property
    def config_vars(self) -> tuple[str, ...]:
        """Every name that `config` may ever hold; the manifest declares them (partner-api §1.1)."""

    @property
    def plans(self) -> Mapping[str, str]:
        """Short plan slugs, as Heroku sends them, each with what it gives in a few words."""

    @property
    def overlap(self) -> int:
        """Seconds a replaced credential keeps working after Heroku has taken the new one."""

    @property
    def asynchronous(self) -> bool:
        """Whether an instance, and each credential of it, takes work outside our store: then 202 (§2.5)."""

    @property
    def chores(self) -> Mapping[str, str]:
        """Verb of the life cycle to the kind of duty it brings: provision, change_plan, rotate, retire, deprovision."""

    def check_open(self) -> None:
        """Raise Unavailable, with a message for the customer, when nothing new can be provisioned now."""

    def begin(self, tx: Tx, uuid: str, chance: str) -> None:
        """Write down what a new instance needs; `chance` is a fresh uuid."""

    def survey(self, uuid: str) -> None:
        """Bring what is known of the outside up to date. No transaction is open. Raises ServiceError."""

    def check_plan(self, tx: Tx, uuid: str, plan: str) -> None:
        """Raise Invalid, with a message for the customer, when the instance cannot be on that plan."""

    def config(self, tx: Tx, uuid: str, credential: Credential) -> dict[str, str]:
        """The config vars of an instance, manifest names to text, made of a credential."""

    def welcome(self, plan: str) -> str:
        """The sentence shown to the customer after provisioning or a plan change."""

    def usage(self, tx: Tx, uuid: str, plan: str) -> Usage:
        """How full the instance is, as far as the store knows."""

    def facts(self, tx: Tx, uuid: str, count: int) -> dict[str, Any]:
        """What its page shows besides: things stored (at most `count` of them, newest first), nothing secret."""

    def on_server(self, uuid: str) -> list[str] | None:
        """What there is of the instance on a server of its own, asked there now; None when there is no such server,
        or it does not say. No transaction is open."""

    def erase(self, tx: Tx, uuid: str) -> None:
        """Delete the customer's data in our store."""
