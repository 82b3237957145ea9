"""The acts of the add-on `database`: make it and hand it over, or give it up; logins that come and go; its end.

Each looks before it acts and is safe to repeat after a kill at any moment. None holds a transaction while it asks
the database server or Heroku. (partner-api §2.5, §2.12)
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Never

from addon_service.addons.database import Database
from addon_service.calls import POLL, Calls
from addon_service.clock import Clock
from addon_service.credentials import Credential, Credentials
from addon_service.datastore.base import DatastoreAway, DatastoreRefused
from addon_service.duties import Act, Duties, Duty, Finish, GiveUp, Later
from addon_service.errors import Gone, NotFound
from addon_service.instances import Resource, find
from addon_service.logs.voice import Voice
from addon_service.platform_client import Answer, reason
from addon_service.resources import Resources
from addon_service.store import Store, Tx


class _Abandoned(Exception):
    """It will never be made; the message says why."""


@dataclass(frozen=True)
class DatabaseActs:
    """The acts, with what they need. `give_up`: seconds after which a database that cannot be made is abandoned."""

    store: Store
    clock: Clock
    product: Database
    calls: Calls
    credentials: Credentials
    duties: Duties
    resources: Resources
    voice: Voice
    give_up: int

    def acts(self) -> dict[str, Act]:
        """Kind of duty to its act."""
        return {
            "create_database": self._or_abandon(self.create_database),
            "hand_over": self._or_abandon(self.hand_over),
            "abandon": self.abandon,
            "create_login": self.create_login,
            "drop_login": self.drop_login,
            "fit_database": self.fit_database,
            "drop_database": self.drop_database,
            "reset_database": self.reset_database,
        }

    def create_database(self, duty: Duty) -> Finish:
        """Database, owner and first login; then it can be handed over."""
        with self.store.read() as tx:
            resource, name = self._found(tx, duty)
            credential = self.credentials.current(tx, duty.uuid)
        try:
            self.product.engine.create(name, lambda: self._wanted(duty))
            self._make_login(duty, resource, name, credential)
        except DatastoreRefused as refused:
            raise _Abandoned(refused.message) from None
        except DatastoreAway as away:
            if self.clock.now() - duty.created_at >= timedelta(seconds=self.give_up):
                raise _Abandoned(away.message) from None
            raise
        return lambda tx: self._then(tx, duty, "hand_over")

    def hand_over(self, duty: Duty) -> Finish:
        """Give Heroku the config, which shows nowhere yet, and say that it is provisioned (§2.5: 3 and 4)."""
        with self.store.read() as tx:
            resource, _ = self._found(tx, duty)
            config = self.product.config(tx, duty.uuid, self.credentials.current(tx, duty.uuid))
        if resource.state == "provisioning":
            pairs = [{"name": name, "value": value} for name, value in config.items()]
            answer = self._call(duty, "PATCH", "/config", {"config": pairs})
            if answer.status not in (200, 201):
                self._refused(duty, answer, "did not take the config")
            answer = self._call(duty, "POST", "/actions/provision", {})
            if answer.status not in (200, 201) and not self._is_provisioned(duty):
                self._refused(duty, answer, "did not take it as provisioned")
        sql = "UPDATE resources SET state = 'provisioned' WHERE uuid = ? AND state = 'provisioning'"
        return lambda tx: _nothing(tx.run(sql, duty.uuid))

    def abandon(self, duty: Duty) -> Finish:
        """Tell Heroku that there will be no database (§2.5: 5), then end the instance and what was made of it."""
        with self.store.read() as tx:
            self._found(tx, duty)
        answer = self._call(duty, "POST", "/actions/deprovision", {})
        if answer.status not in (200, 201, 202, 204, 404, 410):
            self.calls.refused(duty, answer, "does not let it be given up")
        return lambda tx: self.resources.end(tx, self.product, duty.uuid)

    def create_login(self, duty: Duty) -> Finish:
        """The login of a new credential; from then on it is the current one, and Heroku is told."""
        with self.store.read() as tx:
            resource, name = self._found(tx, duty)
            credential = self.credentials.get(tx, int(duty.payload["credential_id"]))
        if credential is None:
            raise GiveUp("the credential was ended before it was made")
        self._make_login(duty, resource, name, credential)

        def finish(tx: Tx) -> None:
            self.credentials.promote(tx, duty.uuid, credential.id)
            self.duties.add(tx, "push_config", duty.uuid, {"forced": duty.payload.get("forced", False)})

        return finish

    def drop_login(self, duty: Duty) -> Finish:
        """The end of a login whose overlap is over."""
        with self.store.read() as tx:
            _, name = self._found(tx, duty)
            credential = self.credentials.get(tx, int(duty.payload["credential_id"]))
        if credential is None:
            raise GiveUp("the credential has ended already")
        self.product.engine.retire(name, credential.number)

        def finish(tx: Tx) -> None:
            self.credentials.retire(tx, credential.id)
            self.voice.say(tx, find(tx, duty.uuid), "old credentials ended", credential=credential.number)

        return finish

    def fit_database(self, duty: Duty) -> Finish:
        """The limits of the plan that the instance is on now."""
        with self.store.read() as tx:
            resource, name = self._found(tx, duty)
        self.product.engine.limit(name, self._connections(resource))
        return lambda tx: None

    def reset_database(self, duty: Duty) -> Finish:
        """An empty database under the same name and logins."""
        with self.store.read() as tx:
            resource, name = self._found(tx, duty)
        data = self.product.engine.data
        if data is None:
            raise GiveUp("this server's databases cannot be reset")
        data.reset(name, lambda: self._wanted(duty))
        return lambda tx: self.voice.say(tx, resource, "database reset")

    def drop_database(self, duty: Duty) -> Finish:
        """The database and its logins, whoever is connected."""
        with self.store.read() as tx:
            name = self.product.name(tx, duty.uuid)
        self.product.engine.drop(name)
        return lambda tx: _nothing(tx.run("UPDATE databases SET dropped = 1 WHERE resource_uuid = ?", duty.uuid))

    def _or_abandon(self, act: Act) -> Act:
        """The act; when it says that there will never be a database, the duty to give up follows."""

        def acting(duty: Duty) -> Finish:
            try:
                return act(duty)
            except _Abandoned as why:
                text = str(why)
                return lambda tx: self._then(tx, duty, "abandon", reason=text)

        return acting

    def _then(self, tx: Tx, duty: Duty, kind: str, **payload: Any) -> None:
        self.duties.add(tx, kind, duty.uuid, payload)

    def _make_login(self, duty: Duty, resource: Resource, name: str, credential: Credential) -> None:
        self.product.engine.login(
            name, credential.number, credential.secret, self._connections(resource), lambda: self._wanted(duty)
        )

    def _connections(self, resource: Resource) -> int:
        """Of a plan that is no longer sold, the fewest there are."""
        limits = self.product.limits
        found = limits.get(resource.plan)
        return found.connections if found else min(limit.connections for limit in limits.values())

    def _wanted(self, duty: Duty) -> bool:
        """Whether the instance still lives, asked when nobody else can work on its database any more."""
        with self.store.read() as tx:
            try:
                find(tx, duty.uuid)
            except (Gone, NotFound):
                return False
        return True

    def _found(self, tx: Tx, duty: Duty) -> tuple[Resource, str]:
        try:
            return find(tx, duty.uuid, self.product.identity.slug), self.product.name(tx, duty.uuid)
        except (Gone, NotFound) as gone:
            raise GiveUp(gone.message) from None

    def _call(self, duty: Duty, method: str, path: str, body: Any = None) -> Answer:
        """A call about this instance, once its grant is exchanged. Without one it cannot be handed over at all; what
        is not handed over within 12 h, Heroku ends with a DELETE (§2.5), which cleans up here."""
        return self.calls.call(duty, method, f"/addons/{duty.uuid}{path}", body)

    def _is_provisioned(self, duty: Duty) -> bool:
        """What a second `actions/provision` is answered with is not documented (§2.12), so Heroku is asked."""
        body = self._call(duty, "GET", "").json()
        return isinstance(body, dict) and body.get("state") == "provisioned"

    def _refused(self, duty: Duty, answer: Answer, what: str) -> Never:
        said = f"Heroku {what}: {answer.status} {reason(answer)}"
        if self.calls.early(duty):
            raise Later(said, POLL)
        raise _Abandoned(said)


def _nothing(rows: int) -> None:
    """A Finish gives nothing back."""
