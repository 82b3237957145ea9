"""The life cycle of an instance: provision, change plan, deprovision, rotate.

Each verb is one write transaction, in which the duties that follow from it are written too. No HTTP here:
`partner_api` and `admin` translate. (partner-api §2.3 to §2.11; idempotent by uuid, §2.6)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from addon_service.addons.base import Addon
from addon_service.authorization import Authorizations
from addon_service.clock import Clock, parse_stamp, stamp
from addon_service.credentials import Credentials
from addon_service.duties import Duties
from addon_service.errors import Conflict, Gone, Invalid, NotFound
from addon_service.instances import Addons, Order, Resource, find
from addon_service.logs.drains import Drains
from addon_service.logs.voice import Voice
from addon_service.store import Row, Store, Tx
from addon_service.vault import token_hash

Forget = Callable[[Tx, str], None]
# Longer than Heroku waits for our answer to a plan change (§2.1: 25 s): before, it may still name the old plan.
PLAN_SETTLES = timedelta(seconds=30)


class Resources:
    """The verbs. `forget`: what else of an instance must go with it, each in the same transaction."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        addons: Addons,
        credentials: Credentials,
        authorizations: Authorizations,
        duties: Duties,
        drains: Drains,
        voice: Voice,
        forget: Sequence[Forget],
    ) -> None:
        self._store = store
        self._clock = clock
        self._addons = addons
        self._credentials = credentials
        self._authorizations = authorizations
        self._duties = duties
        self._drains = drains
        self._voice = voice
        self._forget = forget

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
            return {**config, "id": resource.uuid, "message": resource.message, **self._take_logs(tx, order)}

    def change_plan(self, addon: Addon, uuid: str, plan: str) -> Row:
        """Put the instance on a plan; the answer's body (§2.10). The same plan again changes nothing.

        Raises NotFound, Gone, Invalid when the instance cannot be on that plan, or Unavailable when that cannot be
        told now.
        """
        with self._store.read() as tx:
            before = find(tx, uuid, addon.identity.slug)
            # Heroku may have taken our report and ask for a plan before we have read its answer.
            is_reported = self._duties.pending(tx, "hand_over", uuid)
        if before.state == "provisioning" and not is_reported:
            raise Invalid(f"cannot change the plan of {uuid}: it is still being made; try again when it is there")
        if plan != before.plan:
            addon.survey(uuid)
        with self._store.write() as tx:
            resource = find(tx, uuid, addon.identity.slug)
            if plan != resource.plan:
                addon.check_plan(tx, uuid, plan)
                self._set_plan(tx, addon, uuid, plan)
                self._voice.say(tx, resource, "plan changed", plan=plan)
            # Heroku takes the config of this answer, and so undoes what a customer has set by hand.
            return {**self._config(tx, resource), "message": addon.welcome(plan)}

    def follow(self, tx: Tx, uuid: str, name: str | None, plan: str | None, asked_at: datetime) -> datetime | None:
        """Heroku, asked at `asked_at`, calls the instance so and has it on that plan, which is what the customer pays
        for. When it is best asked again, because a plan change may have been under way; or None."""
        resource = find(tx, uuid)
        addon = self._addons[resource.addon]
        if name is not None:
            tx.run("UPDATE resources SET name = ? WHERE uuid = ?", name, uuid)
        if plan is None or plan == resource.plan or plan not in addon.plans or resource.state != "provisioned":
            return None
        settled = parse_stamp(resource.plan_set_at or resource.created_at) + PLAN_SETTLES
        if asked_at < settled:
            return settled
        self._set_plan(tx, addon, uuid, plan)
        return None

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
        for forget in self._forget:
            forget(tx, uuid)
        self._chore(tx, addon, "deprovision", uuid)

    def rotate(self, uuid: str, *, forced: bool = False) -> int:
        """Make a new credential; Heroku is told by a duty, and the old one works on for the overlap, or `forced` for no
        longer than until Heroku has taken the new one. The new id.

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
            self._chore(tx, addon, "rotate", uuid, credential_id=made, forced=forced)
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

    def _set_plan(self, tx: Tx, addon: Addon, uuid: str, plan: str) -> None:
        now = stamp(self._clock.now())
        tx.run("UPDATE resources SET plan = ?, plan_set_at = ? WHERE uuid = ?", plan, now, uuid)
        self._chore(tx, addon, "change_plan", uuid)

    def _take_logs(self, tx: Tx, order: Order) -> Row:
        """What the order brings for the app's log, and what the answer says to it (§2.4)."""
        if order.log_input_url is not None:
            self._voice.learn(tx, order.uuid, order.log_input_url)
        if order.drain_token is None:
            return {}
        self._drains.learn(tx, order.uuid, order.drain_token)
        return {"log_drain_url": self._drains.url(order.uuid)}

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
