"""Log drains: an app's lines go to a URL, that of a customer or of an add-on's partner (partner-api §7.1)."""

from collections.abc import Sequence
from typing import Literal

from platform_sim.core.access import Actor, customers_only, own_instance, visible_app_ids
from platform_sim.core.errors import Forbidden, InvalidParams, NotFound
from platform_sim.core.model.accounts import Account
from platform_sim.core.model.addons import Addon
from platform_sim.core.model.apps import App
from platform_sim.core.model.drains import LogDrain, drain_url_problem, shown_address
from platform_sim.core.store import Snapshot, Transaction


def create_drain(tx: Transaction, actor: Actor, app: App, url: str) -> LogDrain:
    """A drain of the customer's own, or of the partner's instance; InvalidParams for a bad or used URL, or for more
    drains than the settings allow."""
    _check_may_change(tx, actor, "add a log drain to an app")
    _check_url(url)
    there = drains_of_app(tx, app)
    if any(drain.url == url and drain.addon_id == actor.addon_id for drain in there):
        raise InvalidParams(f"{app.name} already has a log drain with this URL.")
    if len(there) >= tx.rules.drains_per_app:
        raise InvalidParams(
            f"{app.name} already has {len(there)} log drains, and {tx.rules.drains_per_app} is the most: "
            "remove one before you add another."
        )
    now = tx.now()
    token = drain_token(tx, app)
    drain = tx.insert(LogDrain(tx.uuid("log-drain", app.id), app.id, actor.addon_id, token, url, True, now, now))
    tell(tx, "create", drain, actor.account)
    return drain


def _check_may_change(tx: Transaction, actor: Actor, what: str) -> None:
    """Partners may where the setting says so: it is written of them in one place only (partner-api §4.1)."""
    if not tx.rules.partner_app_drains:
        customers_only(actor, what)


def drain_token(tx: Transaction, app: App) -> str:
    """A new `d.<uuid>`."""
    return "d." + tx.uuid("log-drain-token", app.id)


def drains_of_app(rows: Snapshot, app: App) -> list[LogDrain]:
    """The drains that an app has now; the customer's own come first."""
    found = rows.all(LogDrain, app_id=app.id, active=True)
    return sorted(found, key=lambda drain: drain.addon_id is not None)


def drains_of_addon(rows: Snapshot, actor: Actor, addon: Addon) -> list[LogDrain]:
    """An add-on's drains, one for each app that it is attached to and the actor may see."""
    apps = sorted(visible_app_ids(rows, actor))
    return rows.all(LogDrain, addon_id=addon.id, app_id=apps, active=True)


def drain_named(drains: Sequence[LogDrain], identity: str) -> LogDrain:
    """One of them by id, token or URL; NotFound if none is."""
    for drain in drains:
        if identity in (drain.id, drain.token, drain.url):
            return drain
    raise NotFound("log_drain", "Couldn't find that log drain.")


def delete_drain(tx: Transaction, actor: Actor, app: App, identity: str) -> LogDrain:
    """Remove a drain of the customer's own, or of the partner's instance; Forbidden to a customer for an add-on's,
    which lives as long as the add-on does, NotFound to a partner for all others."""
    _check_may_change(tx, actor, "remove a log drain from an app")
    there = [drain for drain in drains_of_app(tx, app) if actor.addon_id in (None, drain.addon_id)]
    drain = drain_named(there, identity)
    if drain.addon_id != actor.addon_id:
        assert drain.addon_id is not None, "a partner has been given its own only"
        name = tx.get(Addon, drain.addon_id).name
        raise Forbidden(f"This log drain belongs to the add-on {name} and goes when that is destroyed or detached.")
    tx.delete(drain)
    tell(tx, "destroy", drain, actor.account)
    return drain


def update_drain(tx: Transaction, actor: Actor, addon_identity: str, identity: str, url: str) -> LogDrain:
    """The partner moves one of its instance's drains to another URL; its token stays."""
    addon = own_instance(tx, actor, addon_identity)
    drain = drain_named(drains_of_addon(tx, actor, addon), identity)
    _check_url(url)
    if url == drain.url:
        return drain
    drain = tx.update(drain, url=url)
    tell(tx, "update", drain, actor.account)
    return drain


def _check_url(url: str) -> None:
    problem = drain_url_problem(url)
    if problem is not None:
        raise InvalidParams(f"url {problem}.")


def tell(
    tx: Transaction, action: Literal["create", "update", "destroy"], drain: LogDrain, actor: Account | None
) -> None:
    """Record what became of a drain: the event is also what begins and ends the sending. Nothing in it is secret."""
    to = shown_address(drain.url) if drain.url else None
    tx.record("log-drain", action, drain.id, actor, {"to": to}, app_id=drain.app_id, addon_id=drain.addon_id)
