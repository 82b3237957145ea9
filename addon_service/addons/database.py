"""The add-on `database`: a database on a real server, reached by the server's own protocol.

The store knows its name and how full it was when last looked at; everything else lives on the server, behind
`datastore`. Only `survey` asks there, with no transaction open; all that changes the server is a duty
(`database_acts.py`), but for settings and the end of sessions, of which nothing is left to do (`database_data.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from addon_service.addons.base import Usage
from addon_service.credentials import Credential
from addon_service.datastore.base import Engine, database_name
from addon_service.errors import Invalid, ServiceError, Unavailable
from addon_service.identity import Identity
from addon_service.setting_values import HEROKU_POSTGRES, DatabasePlan
from addon_service.store import Store, Tx

MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Database:
    """The product over one engine. `limits`: plan to what it gives; `overlap` in seconds."""

    identity: Identity
    limits: Mapping[str, DatabasePlan]
    overlap: int
    engine: Engine
    store: Store = field(repr=False)
    key = "database"
    asynchronous = True
    chores = MappingProxyType(
        {
            "provision": "create_database",
            "change_plan": "fit_database",
            "rotate": "create_login",
            "retire": "drop_login",
            "deprovision": "drop_database",
        }
    )

    @property
    def config_vars(self) -> tuple[str, ...]:
        """One variable, which is the whole credential."""
        return (self.identity.config_var,)

    @property
    def plans(self) -> Mapping[str, str]:
        """The plans of the settings, in their order."""
        return {
            plan: f"{limit.megabytes} MB, {limit.connections} connections for each credential"
            for plan, limit in self.limits.items()
        }

    def check_open(self) -> None:
        """Raise Unavailable while there is no server."""
        if self.engine.absent:
            raise Unavailable(f"cannot provision a database: there is no server for it here ({self.engine.absent})")

    def begin(self, tx: Tx, uuid: str, chance: str) -> None:
        """Give the database its name. It comes of chance, not of the uuid: partners may share a server, and
        platforms that are seeded alike make the same uuids."""
        tx.insert("databases", {"resource_uuid": uuid, "name": database_name(chance)})

    def name(self, tx: Tx, uuid: str) -> str:
        """The database's name on its server, of an instance that was ever begun."""
        row = tx.one("SELECT name FROM databases WHERE resource_uuid = ?", uuid)
        assert row is not None, f"instance {uuid} has no database"
        return str(row["name"])

    def survey(self, uuid: str) -> None:
        """Look how full the database is, and write it down. Raises DatastoreAway, DatastoreRefused."""
        with self.store.read() as tx:
            name = self.name(tx, uuid)
        use = self.engine.use(name)
        with self.store.write() as tx:
            sql = "UPDATE databases SET bytes = ?, connections = ? WHERE resource_uuid = ?"
            tx.run(sql, use.bytes, use.connections, uuid)

    def on_server(self, uuid: str) -> list[str] | None:
        """The database and its roles, by their names."""
        with self.store.read() as tx:
            name = self.name(tx, uuid)
        try:
            return self.engine.traces(name)
        except ServiceError:
            return None

    def check_plan(self, tx: Tx, uuid: str, plan: str) -> None:
        """Raise Invalid for a plan that is not sold, or that cannot hold what is stored."""
        if plan not in self.limits:
            raise Invalid(f"cannot use plan {plan!r}: it does not exist; choose one of {', '.join(self.limits)}")
        usage = self.usage(tx, uuid, plan)
        if usage.stored > usage.limit:
            raise Invalid(f"cannot change to plan {plan}: it is too small ({usage.shown}); delete something first")

    def config(self, tx: Tx, uuid: str, credential: Credential) -> dict[str, str]:
        """The URL of the credential's login."""
        return {self.config_vars[0]: self.engine.url(self.name(tx, uuid), credential.number, credential.secret)}

    def welcome(self, plan: str) -> str:
        """What the plan gives, and what comes next."""
        if self.identity.slug == HEROKU_POSTGRES:
            # Its first attachment is called DATABASE, whatever the manifest says (partner-api §2.8).
            return f"{self.identity.name}: plan {plan} gives {self.plans[plan]}. heroku pg:info says more."
        return f"{self.identity.name}: plan {plan} gives {self.plans[plan]}. {self.config_vars[0]} says where it is."

    def usage(self, tx: Tx, uuid: str, plan: str) -> Usage:
        """Bytes when last looked at, against the plan's; a plan no longer sold gives nothing."""
        row = tx.one("SELECT bytes FROM databases WHERE resource_uuid = ?", uuid)
        stored = 0 if row is None else int(row["bytes"])
        megabytes = self.limits[plan].megabytes if plan in self.limits else 0
        return Usage(stored, megabytes * MEGABYTE, f"{stored / MEGABYTE:.1f} of {megabytes} MB stored")

    def facts(self, tx: Tx, uuid: str, count: int) -> dict[str, Any]:
        """The server, the database's name, and the connections open when last looked at."""
        row = tx.one("SELECT name, connections FROM databases WHERE resource_uuid = ?", uuid)
        return {"server": self.engine.label, "address": self.engine.address, "database": row}

    def erase(self, tx: Tx, uuid: str) -> None:
        """Nothing: what the customer stored is on the server, and goes with the duty `drop_database`."""
