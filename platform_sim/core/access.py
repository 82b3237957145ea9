"""Who may see and do what. An actor is a customer, or a partner through the token of one add-on instance."""

from dataclasses import dataclass

from platform_sim.core.errors import Forbidden, NotFound
from platform_sim.core.model.accounts import Account
from platform_sim.core.model.addons import Addon, AddonService, Attachment
from platform_sim.core.model.apps import App
from platform_sim.core.model.values import is_uuid
from platform_sim.core.store import Snapshot

LIVE = ("provisioning", "provisioned", "deprovisioning")
"""States of add-ons that still exist for customers; after `deprovisioned` reads answer 404 (partner-api §2.7)."""


@dataclass(frozen=True)
class Actor:
    """Whoever makes a request. `addon_id` is set for partners: the one instance their token is for."""

    account: Account
    authorization_id: str
    addon_id: str | None = None

    @property
    def is_partner(self) -> bool:
        """Whether this is a partner's token rather than a customer's."""
        return self.addon_id is not None


def customers_only(actor: Actor, what: str) -> None:
    """Forbidden for partners: their tokens reach the endpoints of partner-api §4.1 only."""
    if actor.is_partner:
        raise Forbidden(
            f"A partner's token cannot {what}. It reaches its own add-on instance "
            "and what is listed under Platform API for Partners."
        )


def visible_apps(rows: Snapshot, actor: Actor) -> list[App]:
    """A customer's own apps; for a partner the apps to which its instance is attached (partner-api §4.1)."""
    if actor.addon_id is None:
        return rows.all(App, owner_id=actor.account.id, order_by="name")
    attached = {a.app_id for a in rows.all(Attachment, addon_id=actor.addon_id)}
    return rows.all(App, id=sorted(attached), order_by="name")


def app_named(rows: Snapshot, actor: Actor, identity: str) -> App:
    """The app by name or id if the actor may see it, else NotFound: strangers' apps do not exist for them."""
    found = rows.find(App, id=identity) if is_uuid(identity) else rows.find(App, name=identity)
    if found is None or not _may_see_app(rows, actor, found):
        raise NotFound("app")
    return found


def _may_see_app(rows: Snapshot, actor: Actor, app: App) -> bool:
    if actor.addon_id is None:
        return app.owner_id == actor.account.id
    return rows.find(Attachment, app_id=app.id, addon_id=actor.addon_id) is not None


def visible_addons(rows: Snapshot, actor: Actor, app: App | None = None) -> list[Addon]:
    """Live add-ons that the actor may see: of one app (owned or attached), or all."""
    if actor.addon_id is not None:
        own = rows.find(Addon, id=actor.addon_id, state=LIVE)
        return [own] if own and (app is None or _may_see_app(rows, actor, app)) else []
    if app is None:
        owned = [a.id for a in rows.all(App, owner_id=actor.account.id)]
        return rows.all(Addon, app_id=owned, state=LIVE, order_by="name")
    attached = [a.addon_id for a in rows.all(Attachment, app_id=app.id)]
    addons = {a.id: a for a in rows.all(Addon, id=attached, state=LIVE)}
    addons |= {a.id: a for a in rows.all(Addon, app_id=app.id, state=LIVE)}
    return sorted(addons.values(), key=lambda a: a.name)


def addon_named(rows: Snapshot, actor: Actor, identity: str, app: App | None = None) -> Addon:
    """The live add-on by name or id (or attachment name within `app`) if the actor may see it, else NotFound."""
    candidates = visible_addons(rows, actor, app) if app else None
    found = rows.find(Addon, id=identity, state=LIVE) if is_uuid(identity) else None
    if found is None:
        found = rows.find(Addon, name=identity, state=LIVE)
    if found is None and app is not None:
        attachment = rows.find(Attachment, app_id=app.id, name=identity.upper())
        found = rows.find(Addon, id=attachment.addon_id, state=LIVE) if attachment else None
    if found is None or not _may_see_addon(rows, actor, found):
        raise NotFound("add_on")
    if candidates is not None and found.id not in {a.id for a in candidates}:
        raise NotFound("add_on")
    return found


def _may_see_addon(rows: Snapshot, actor: Actor, addon: Addon) -> bool:
    if actor.addon_id is not None:
        return addon.id == actor.addon_id
    apps = [a.app_id for a in rows.all(Attachment, addon_id=addon.id)]
    return rows.find(App, id=[addon.app_id, *apps], owner_id=actor.account.id) is not None


def own_instance(rows: Snapshot, actor: Actor, identity: str) -> Addon:
    """The partner's own instance; Forbidden for customers, NotFound for a foreign one (partner-api §4.1)."""
    if not actor.is_partner:
        raise Forbidden("Only the add-on's partner can do this, with the token of this very instance.")
    return addon_named(rows, actor, identity)


def service_of(rows: Snapshot, addon: Addon) -> AddonService:
    """The service an add-on is an instance of."""
    return rows.get(AddonService, addon.service_id)
