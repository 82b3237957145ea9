"""The life cycle of an instance: provision, change plan, deprovision, rotate.

Each verb is one write transaction, in which the duties that follow from it are written too. No HTTP here:
`partner_api` and `admin` translate. (partner-api §2.3 to §2.11; idempotent by uuid, §2.6)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from addon_service.addons.base import Addon
from addon_service.authorization import Authorizations
from addon_service.clock import Clock, stamp
from addon_service.credentials import Credentials
from addon_service.duties import Duties
from addon_service.errors import Conflict, Gone, Invalid, NotFound
from addon_service.store import Row, Store, Tx
from addon_service.vault import token_hash

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


@dataclass(frozen=True)
class Order:
    """What Heroku asks for when it provisions; `grant` is `{code, expires_at}` or None."""

    uuid: str
    plan: str
    name: str | None = None
    region: str | None = None
    grant: dict[str, Any] | None = field(repr=False, default=None)


def find(tx: Tx, uuid: str, addon: str | None = None) -> Resource:
    """A live instance (of one add-on, when named). Raises NotFound when it never was, Gone when it is no more."""
    row = tx.one("SELECT * FROM resources WHERE uuid = ?", uuid)
    if row is None or (addon is not None and row["addon"] != addon):
        raise NotFound(f"cannot find resource {uuid}: it was never provisioned here")
    if row["state"] == "deprovisioned":
        raise Gone(f"resource {uuid} was deprovisioned and does not come back")
    return Resource(**row)


class Resources:
    """The verbs."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        addons: Addons,
        credentials: Credentials,
        authorizations: Authorizations,
        duties: Duties,
    ) -> None:
        self._store = store
        self._clock = clock
        self._addons = addons
        self._credentials = credentials
        self._authorizations = authorizations
        self._duties = duties

    def provision(self, addon: Addon, order: Order) -> Row:
        """Make the instance, or find the one made before; the answer's body, the same each time (§2.4, §2.6).

        An asynchronous product's has no config: that follows when the work is done (§2.5). Raises Gone for a uuid
        that was deprovisioned, Invalid for a plan that is not sold, Unavailable when nothing can be made now.
        """
        with self._store.write() as tx:
            if tx.one("SELECT 1 FROM tombstones WHERE uuid = ?", order.uuid):
                raise Gone(f"cannot provision {order.uuid}: its deprovisioning came first")
            if tx.one("SELECT 1 FROM resources WHERE uuid = ?", order.uuid) is None:
                resource = self._create(tx, addon, order)
            else:
                resource = find(tx, order.uuid, addon.identity.slug)
                self._renew_grant(tx, resource, order)
            config = {} if addon.asynchronous else self._config(tx, resource)
            return {**config, "id": resource.uuid, "message": resource.message}

    def change_plan(self, addon: Addon, uuid: str, plan: str) -> Row:
        """Put the instance on a plan; the answer's body (§2.10). The same plan again changes nothing.

        Raises NotFound, Gone, Invalid when the instance cannot be on that plan, or Unavailable when that cannot be
        told now.
        """
        with self._store.read() as tx:
            before = find(tx, uuid, addon.identity.slug)
        if before.state == "provisioning":
            raise Invalid(f"cannot change the plan of {uuid}: it is still being made; try again when it is there")
        if plan != before.plan:
            addon.survey(uuid)
        with self._store.write() as tx:
            resource = find(tx, uuid, addon.identity.slug)
            if plan != resource.plan:
                addon.check_plan(tx, uuid, plan)
                tx.run("UPDATE resources SET plan = ? WHERE uuid = ?", plan, uuid)
                self._chore(tx, addon, "change_plan", uuid)
            # Heroku takes the config of this answer, and so undoes what a customer has set by hand.
            return {**self._config(tx, resource), "message": addon.welcome(plan)}

    def deprovision(self, addon: Addon, uuid: str) -> None:
        """End the instance and delete its data at once (§2.11). Raises Gone on a repeat, NotFound otherwise."""
        try:
            with self._store.write() as tx:
                find(tx, uuid, addon.identity.slug)
                self.end(tx, addon, uuid)
        except NotFound:
            self._remember_gone(uuid, stamp(self._clock.now()))
            raise

    def end(self, tx: Tx, addon: Addon, uuid: str) -> None:
        """Let the instance end, in the caller's transaction: by Heroku's wish, or because it could not be made."""
        sql = "UPDATE resources SET state = 'deprovisioned', deprovisioned_at = ? WHERE uuid = ?"
        tx.run(sql, stamp(self._clock.now()), uuid)
        addon.erase(tx, uuid)
        self._credentials.retire_all(tx, uuid)
        self._authorizations.forget(tx, uuid)
        self._duties.cancel(tx, uuid)
        self._chore(tx, addon, "deprovision", uuid)

    def rotate(self, uuid: str) -> int:
        """Make a new credential; Heroku is told by a duty, and the old one works on for the overlap. The new id.

        Raises NotFound, Gone, or Conflict: when Heroku could not be told for want of an authorization, the instance
        is not there yet, or the rotation before this one has not reached what it opens.
        """
        with self._store.write() as tx:
            resource = find(tx, uuid)
            addon = self._addons[resource.addon]
            if resource.state == "provisioning":
                raise Conflict(f"cannot rotate {uuid}: it is still being made")
            if addon.asynchronous and self._duties.pending(tx, addon.chores["rotate"], uuid):
                raise Conflict(f"cannot rotate {uuid}: a rotation is under way")
            reachable = self._authorizations.held(tx, uuid) or self._duties.pending(tx, "exchange_grant", uuid)
            if not reachable:
                raise Conflict(
                    f"cannot rotate {uuid}: there is no authorization to give Heroku the new credential with; "
                    "see the duty exchange_grant"
                )
            make = self._credentials.prepare if addon.asynchronous else self._credentials.issue
            made = make(tx, uuid, self._clock.new_token(), self._clock.now())
            self._chore(tx, addon, "rotate", uuid, credential_id=made)
            return made

    def announce_move(self, addon: Addon) -> int:
        """What the add-on's config points to has a new address: tell Heroku for every live instance; how many."""
        with self._store.write() as tx:
            sql = "SELECT uuid FROM resources WHERE state = 'provisioned' AND addon = ?"
            live = tx.rows(sql, addon.identity.slug)
            for row in live:
                if not self._duties.pending(tx, "push_config", row["uuid"]):
                    self._duties.add(tx, "push_config", row["uuid"], {})
            return len(live)

    def _create(self, tx: Tx, addon: Addon, order: Order) -> Resource:
        addon.check_open()
        addon.check_plan(tx, order.uuid, order.plan)
        if addon.asynchronous and order.grant is None:
            raise Invalid(f"cannot provision {order.uuid}: without 'oauth_grant' it could never be handed over")
        now = self._clock.now()
        resource = Resource(
            uuid=order.uuid,
            addon=addon.identity.slug,
            name=order.name,
            plan=order.plan,
            region=order.region,
            state="provisioning" if addon.asynchronous else "provisioned",
            message=addon.welcome(order.plan),
            created_at=stamp(now),
            deprovisioned_at=None,
            grant_hash=_grant_hash(order),
        )
        tx.insert("resources", dict(vars(resource)))
        addon.begin(tx, order.uuid, self._clock.new_id())
        self._credentials.issue(tx, order.uuid, self._clock.new_token(), now)
        if order.grant is not None:
            self._duties.add(tx, "exchange_grant", order.uuid, order.grant)
        self._chore(tx, addon, "provision", order.uuid)
        return resource

    def _renew_grant(self, tx: Tx, resource: Resource, order: Order) -> None:
        """A repeat may bring a grant not seen before: of use only while we hold no tokens."""
        if order.grant is None or _grant_hash(order) == resource.grant_hash:
            return
        if not self._authorizations.held(tx, order.uuid):
            tx.run("UPDATE resources SET grant_hash = ? WHERE uuid = ?", _grant_hash(order), order.uuid)
            self._duties.cancel(tx, order.uuid, "exchange_grant")
            self._duties.add(tx, "exchange_grant", order.uuid, order.grant)

    def _config(self, tx: Tx, resource: Resource) -> Row:
        credential = self._credentials.current(tx, resource.uuid)
        return {"config": self._addons[resource.addon].config(tx, resource.uuid, credential)}

    def _chore(self, tx: Tx, addon: Addon, verb: str, uuid: str, **payload: Any) -> None:
        """The duty that this verb brings with this product, if it brings one."""
        if verb in addon.chores:
            self._duties.add(tx, addon.chores[verb], uuid, payload)

    def _remember_gone(self, uuid: str, now: str) -> None:
        with self._store.write() as tx:
            if tx.one("SELECT 1 FROM resources WHERE uuid = ?", uuid) is None:
                tx.run("INSERT OR IGNORE INTO tombstones (uuid, created_at) VALUES (?, ?)", uuid, now)


def _grant_hash(order: Order) -> str | None:
    return None if order.grant is None else token_hash(order.grant["code"])
