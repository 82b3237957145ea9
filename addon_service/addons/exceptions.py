"""The add-on `exceptions`: an account that takes error reports and lists them again.

Its data is one table; an instance is reached by a URL that carries its token.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from addon_service.addons.base import Usage
from addon_service.clock import public_time
from addon_service.credentials import Credential
from addon_service.errors import Invalid, PlanLimit
from addon_service.identity import Identity
from addon_service.store import Row, Tx


@dataclass(frozen=True)
class Report:
    """One exception as an app sends it."""

    message: str
    type: str = "Exception"
    backtrace: str | None = None
    app: str | None = None


@dataclass(frozen=True)
class Exceptions:
    """The product. `limits`: plan to number of reports stored; `public_url`: where the data API is reached; `overlap`
    in seconds."""

    identity: Identity
    limits: Mapping[str, int]
    public_url: str
    overlap: int
    key = "exceptions"
    asynchronous = False
    chores = MappingProxyType({"rotate": "push_config", "retire": "retire_credential"})

    @property
    def config_vars(self) -> tuple[str, ...]:
        """One variable, which is the whole credential."""
        return (self.identity.config_var,)

    @property
    def plans(self) -> Mapping[str, str]:
        """The plans of the settings, in their order."""
        return {plan: f"{limit} exceptions stored" for plan, limit in self.limits.items()}

    def check_open(self) -> None:
        """Nothing outside is needed."""

    def begin(self, tx: Tx, uuid: str, chance: str) -> None:
        """Nothing: the account is its credential."""

    def survey(self, uuid: str) -> None:
        """Nothing: the store knows all."""

    def on_server(self, uuid: str) -> None:
        """There is no server but this one."""

    def check_plan(self, tx: Tx, uuid: str, plan: str) -> None:
        """Raise Invalid for a plan that is not sold, or that cannot hold what is stored."""
        if plan not in self.limits:
            raise Invalid(f"cannot use plan {plan!r}: it does not exist; choose one of {', '.join(self.plans)}")
        usage = self.usage(tx, uuid, plan)
        if usage.stored > usage.limit:
            raise Invalid(
                f"cannot change to plan {plan}: it stores up to {usage.limit} exceptions and {usage.stored} are "
                f"stored; delete some first with DELETE ${self.config_vars[0]}/exceptions"
            )

    def config(self, tx: Tx, uuid: str, credential: Credential) -> dict[str, str]:
        """The account's URL."""
        return {self.config_vars[0]: f"{self.public_url}/accounts/{credential.secret}"}

    def welcome(self, plan: str) -> str:
        """What the plan gives."""
        return f"{self.identity.name}: plan {plan} stores up to {self.limits[plan]} exceptions."

    def usage(self, tx: Tx, uuid: str, plan: str) -> Usage:
        """Reports stored against the plan's limit; a plan no longer sold holds nothing more."""
        stored = tx.count("SELECT count(*) FROM exceptions WHERE resource_uuid = ?", uuid)
        limit = self.limits.get(plan, 0)
        return Usage(stored, limit, f"{stored} of {limit} stored")

    def facts(self, tx: Tx, uuid: str, count: int) -> dict[str, Any]:
        """The newest reports."""
        return {"latest": self.latest(tx, uuid, count)}

    def latest(self, tx: Tx, uuid: str, count: int) -> list[dict[str, Any]]:
        """At most `count` reports, newest first."""
        sql = "SELECT * FROM exceptions WHERE resource_uuid = ? ORDER BY seq DESC LIMIT ?"
        return [public_report(row) for row in tx.rows(sql, uuid, count)]

    def erase(self, tx: Tx, uuid: str) -> None:
        """Delete every report."""
        self.clear(tx, uuid)

    def clear(self, tx: Tx, uuid: str) -> int:
        """Delete every report; how many there were."""
        return tx.run("DELETE FROM exceptions WHERE resource_uuid = ?", uuid)

    def add(self, tx: Tx, uuid: str, plan: str, report: Report, new_id: str, now: str) -> tuple[Row, bool]:
        """Store one report; its row, and whether the plan is full with it. Raises PlanLimit when it was before
        (partner-api §12: 402)."""
        usage = self.usage(tx, uuid, plan)
        if usage.stored >= usage.limit:
            raise PlanLimit(
                f"cannot store this exception: plan {plan} stores up to {usage.limit} and {usage.stored} are stored; "
                "upgrade with `heroku addons:upgrade`, or delete with DELETE on this URL"
            )
        row: Row = {
            "id": new_id,
            "resource_uuid": uuid,
            "type": report.type,
            "message": report.message,
            "backtrace": report.backtrace,
            "app": report.app,
            "created_at": now,
        }
        tx.insert("exceptions", row)
        return row, usage.stored + 1 == usage.limit


def public_report(row: Row) -> dict[str, Any]:
    """A report as the data API shows it."""
    return {
        "id": row["id"],
        "message": row["message"],
        "type": row["type"],
        "backtrace": row["backtrace"],
        "app": row["app"],
        "created_at": public_time(row["created_at"]),
    }
