"""What a customer asks of a database through Heroku's CLI, `heroku pg:*`: what it is, its credentials, its settings.

Platform Sim passes the questions on (docs/pg-commands.md). Answers have the fields that the CLI reads (heroku-cli §15),
as far as they are true of the database; what it cannot do here is refused in words for the customer.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from addon_service.addons.database import MEGABYTE, Database
from addon_service.clock import parse_stamp
from addon_service.credentials import Credential, Credentials
from addon_service.datastore.base import Data, Look, Setting, SettingValue
from addon_service.duties import Duties
from addon_service.errors import Conflict, Invalid, NotFound
from addon_service.instances import Resource, find
from addon_service.logs.voice import Voice
from addon_service.resources import Resources
from addon_service.store import Row, Store, Tx

DEFAULT = "default"
"""The name of the only credential there is."""
BUSY = "reset_database"
"""The duty that a database is not available before the end of."""


@dataclass(frozen=True)
class DatabaseData:
    """The answers, with what they need."""

    store: Store
    product: Database
    credentials: Credentials
    duties: Duties
    resources: Resources
    voice: Voice

    def info(self, uuid: str) -> Row:
        """`pg:info`: what is shown, and the fields that the CLI reads besides."""
        resource, name = self._found(uuid)
        look = self._data().look(name)
        with self.store.read() as tx:
            url = next(iter(self.product.config(tx, uuid, self.credentials.current(tx, uuid)).values()))
            busy = self._busy(tx, uuid)
        return {
            "addon_id": uuid,
            "name": resource.name,
            "plan": resource.plan,
            "created_at": resource.created_at,
            "database_name": name,
            "resource_url": url,
            "postgres_version": look.version,
            "num_bytes": look.bytes,
            "num_tables": look.tables,
            "num_connections": sum(look.connections.values()),
            "following": None,
            "leader": None,
            "waiting?": busy,
            "info": [{"name": what, "values": [value]} for what, value in self._shown(resource, look, busy).items()],
        }

    def _shown(self, resource: Resource, look: Look, busy: bool) -> dict[str, str]:
        limit = self.product.limits.get(resource.plan)
        connections, size = str(sum(look.connections.values())), f"{look.bytes / MEGABYTE:.1f} MB"
        if limit is not None:
            connections += f"/{limit.connections}"
            share = look.bytes / (limit.megabytes * MEGABYTE)
            compliance = "In compliance" if share <= 1 else "Not in compliance"
            size += f" / {limit.megabytes} MB ({share:.2%}) ({compliance})"
        return {
            "Plan": resource.plan.replace("-", " ").title(),
            "Status": "Resetting" if busy else "Available",
            "Connections": connections,
            "PG Version": look.version,
            "Created": f"{parse_stamp(resource.created_at):%Y-%m-%d %H:%M} UTC",
            "Data Size": size,
            "Tables": str(look.tables),
            "Fork/Follow": "Unsupported",
            "Rollback": "Unsupported",
            "Continuous Protection": "Off",
        }

    def wait_status(self, uuid: str) -> Row:
        """`pg:wait`: whether there is something to wait for."""
        self._found(uuid)
        with self.store.read() as tx:
            busy = self._busy(tx, uuid)
        return {"waiting?": busy, "error?": False, "message": "resetting" if busy else "available"}

    def listed(self, uuid: str) -> list[Row]:
        """`pg:credentials`: the one that there is, without passwords."""
        found = self.credential(uuid, DEFAULT)
        for login in found["credentials"]:
            del login["password"]
        return [found]

    def credential(self, uuid: str, wanted: str) -> Row:
        """`pg:credentials:url`: every login that works now, `active` or on its way out. Raises NotFound."""
        self._check(wanted)
        _, name = self._found(uuid)
        data = self._data()
        connections = data.look(name).connections
        with self.store.read() as tx:
            listed = self.credentials.listed(tx, uuid)
            opened = [(row, self.credentials.get(tx, row["id"])) for row in listed]
        working = [(row, each) for row, each in opened if each and row["state"] in ("current", "retiring")]
        making = any(row["state"] == "preparing" for row in listed)
        host, _, port = self.product.engine.address.rpartition(":")
        return {
            "name": DEFAULT,
            "state": "rotating" if making or len(working) > 1 else "active",
            "database": name,
            "host": host,
            "port": int(port),
            "credentials": [_login(data, name, row, each, connections) for row, each in working],
        }

    def rotate(self, uuid: str, wanted: str, forced: bool) -> Row:
        """`pg:credentials:rotate`: as on the dashboard. Raises NotFound, Conflict."""
        self._check(wanted)
        self.resources.rotate(uuid, forced=forced)
        return {"message": "The new credential is being made; Heroku gives it to the apps."}

    def settings(self, uuid: str) -> Row:
        """`pg:settings`."""
        return _public(self._data().settings(self._found(uuid)[1]))

    def configure(self, uuid: str, wishes: Mapping[str, Any]) -> Row:
        """`pg:settings:NAME VALUE`, for new sessions. Raises Invalid for what cannot be set here."""
        resource, name = self._found(uuid)
        data = self._data()
        known = data.settings(name)
        values = {setting: _checked(setting, value, known) for setting, value in wishes.items()}
        told = data.configure(name, values)
        with self.store.write() as tx:
            self.voice.say(tx, resource, "settings changed", **{each: json.dumps(told[each].value) for each in values})
        return _public(told)

    def end_sessions(self, uuid: str) -> Row:
        """`pg:killall`."""
        resource, name = self._found(uuid)
        self._data().end_sessions(name)
        with self.store.write() as tx:
            self.voice.say(tx, resource, "all connections were ended")
        return {"message": "Connections terminated."}

    def reset(self, uuid: str, extensions: Any) -> Row:
        """`pg:reset`: done by a duty, since a kill in the middle must not leave the customer without a database."""
        self._data()
        self._found(uuid)
        if extensions:
            raise Invalid("cannot install extensions with a reset: say CREATE EXTENSION afterwards, with pg:psql")
        with self.store.write() as tx:
            find(tx, uuid, self.product.identity.slug)
            if self._busy(tx, uuid):
                raise Conflict("cannot reset the database: a reset is under way")
            self.duties.add(tx, BUSY, uuid, {})
        return {"message": "The database is being reset."}

    def transfers(self, uuid: str) -> list[Row]:
        """`pg:backups` and `pg:backups:schedules`: none, since none can be made."""
        self._found(uuid)
        return []

    def _found(self, uuid: str) -> tuple[Resource, str]:
        """A database that is there, and what it is called. Raises NotFound, Gone."""
        with self.store.read() as tx:
            resource = find(tx, uuid, self.product.identity.slug)
            if resource.state != "provisioned":
                raise NotFound(f"cannot ask {resource.name or uuid}: it is still being made")
            return resource, self.product.name(tx, uuid)

    def _data(self) -> Data:
        """Raises Unavailable while there is no server, NotFound when it is none that can be asked."""
        self.product.check_open()
        data = self.product.engine.data
        if data is None:
            raise NotFound("cannot answer: `heroku pg:*` is for PostgreSQL, and this database is on another server")
        return data

    def _busy(self, tx: Tx, uuid: str) -> bool:
        return self.duties.pending(tx, BUSY, uuid)

    def _check(self, wanted: str) -> None:
        if wanted != DEFAULT:
            raise NotFound(f"cannot find the credential {wanted[:63]!r}: there is only {DEFAULT!r}")


def _login(data: Data, name: str, row: Row, credential: Credential | None, connections: Mapping[int, int]) -> Row:
    assert credential is not None, "only those that work are shown"
    return {
        "user": data.user(name, credential.number),
        "password": credential.secret,
        "state": "active" if row["state"] == "current" else "revoking",
        "connections": connections.get(credential.number, 0),
    }


def _public(settings: Mapping[str, Setting]) -> Row:
    return {name: {"value": each.value, "values": dict(each.values)} for name, each in settings.items()}


def _checked(name: str, value: Any, known: Mapping[str, Setting]) -> SettingValue:
    """A value that the setting can have. Raises Invalid."""
    if name not in known:
        there_are = f"there are {', '.join(sorted(known))}" if known else "there are none on this server"
        raise Invalid(f"cannot set {name[:63]!r}: it is no setting of a database here; {there_are}")
    setting = known[name]
    if setting.values:
        if not isinstance(value, str) or value not in setting.values:
            raise Invalid(f"cannot set {name}: the value must be one of {', '.join(setting.values)}")
        return value
    if isinstance(setting.value, bool):
        if not isinstance(value, bool):
            raise Invalid(f"cannot set {name}: the value must be true or false")
        return value
    if isinstance(value, bool) or not isinstance(value, int) or not -1 <= value <= 2**31 - 1:
        raise Invalid(f"cannot set {name}: the value must be a whole number of milliseconds, or -1 for never")
    return value
