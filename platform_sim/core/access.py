"""Who may see and do what. An actor is a customer, or a partner through the token of one add-on instance.

What somebody may not see is NotFound, as if it were not there; what it sees and may not do is Forbidden.
"""

from dataclasses import dataclass
from typing import NamedTuple

from platform_sim.core.errors import Delinquent, Forbidden, NotFound, Suspended
from platform_sim.core.model.accounts import Account
from platform_sim.core.model.addons import Addon, AddonService, AddonState, Attachment, Plan
from platform_sim.core.model.apps import App
from platform_sim.core.model.scopes import GLOBAL
from platform_sim.core.model.values import is_uuid
from platform_sim.core.roles import app_ids_of, apps_of, joined_apps, permissions_in_app, role_in_app, team_of
from platform_sim.core.store import Snapshot

LIVE = ("provisioning", "provisioned", "deprovisioning")
"""States of add-ons that still exist for customers; after `deprovisioned` reads answer 404 (partner-api §2.7)."""


@dataclass(frozen=True)
class Actor:
    """Whoever makes a request. `addon_id` is set for partners: the one instance their token is for."""

    account: Account
    authorization_id: str
    addon_id: str | None = None
    abilities: tuple[str, ...] = ()
    """Of a partner, what its service has been given beside the usual (`model.addons.ABILITIES`)."""
    scope: tuple[str, ...] = (GLOBAL,)
    """Of a customer, what the token is limited to (`model.scopes`)."""
    logs_in: bool = False
    """Whether it has shown a password instead of a token: what it makes with that is a session (heroku-cli §3)."""

    @property
    def is_partner(self) -> bool:
        """Whether this is a partner's token rather than a customer's."""
        return self.addon_id is not None


def customers_only(actor: Actor, what: str, unless: str = "") -> None:
    """Forbidden for partners: their tokens reach the endpoints of partner-api §4.1 only.

    `unless`: the ability with which a partner's service may do it all the same.
    """
    if actor.is_partner and unless not in actor.abilities:
        raise Forbidden(
            f"A partner's token cannot {what}. It reaches its own add-on instance "
            "and what is listed under Platform API for Partners."
        )


def check_standing(account: Account) -> None:
    """Suspended or Delinquent if an operator has made the account so (platform-api §4.3); its apps go on."""
    if account.suspended_at is not None:
        raise Suspended(f"The account {account.email} is suspended: an operator has to lift that.")
    if account.delinquent_at is not None:
        raise Delinquent(f"The account {account.email} has not been paid for: an operator has to lift that.")


def visible_apps(rows: Snapshot, actor: Actor) -> list[App]:
    """Those in which a customer has a part; for a partner those that its instance is attached to (partner-api §4.1)."""
    if actor.addon_id is None:
        return apps_of(rows, actor.account)
    attached = {a.app_id for a in rows.all(Attachment, addon_id=actor.addon_id)}
    return rows.all(App, id=sorted(attached), order_by="name")


def visible_app_ids(rows: Snapshot, actor: Actor) -> set[str]:
    """The ids of the same apps, which take a fraction of the time."""
    if actor.addon_id is None:
        return app_ids_of(rows, actor.account)
    return {app for (app,) in rows.values(Attachment, "app_id", addon_id=actor.addon_id)}


def app_named(rows: Snapshot, actor: Actor, identity: str) -> App:
    """The app by name or id if the actor may see it, else NotFound: strangers' apps do not exist for them."""
    found = rows.find(App, id=identity) if is_uuid(identity) else rows.find(App, name=identity)
    if found is None or not _may_see_app(rows, actor, found):
        raise NotFound("app")
    return found


def _may_see_app(rows: Snapshot, actor: Actor, app: App) -> bool:
    if actor.addon_id is None:
        return role_in_app(rows, actor.account, app) is not None
    return rows.find(Attachment, app_id=app.id, addon_id=actor.addon_id) is not None


def manages(rows: Snapshot, actor: Actor, app: App) -> bool:
    """Whether the actor owns the app, is an admin of the team that does, or was given that permission."""
    return not actor.is_partner and "manage" in permissions_in_app(rows, actor.account, app)


def check_permitted(rows: Snapshot, actor: Actor, app: App, permission: str) -> None:
    """Forbidden for a customer who sees the app and lacks this permission on it (`model.teams.PERMISSIONS`)."""
    if actor.is_partner or app.owner_id == actor.account.id:
        return
    if permission not in permissions_in_app(rows, actor.account, app):
        raise Forbidden(
            f"You do not have access to the app {app.name} with the permission {permission}. "
            "An admin of the team that owns it can give it to you, or unlock the app."
        )


def check_manages(rows: Snapshot, actor: Actor, app: App, what: str) -> None:
    """Forbidden unless the actor manages the app, which it takes to delete, transfer or rename it."""
    if not manages(rows, actor, app):
        raise Forbidden(f"You cannot {what}: only the owner of {app.name} can, or an admin of the team that owns it.")


def check_shares(rows: Snapshot, actor: Actor, app: App) -> None:
    """Forbidden unless the actor may say who else uses the app: of a personal app its collaborators may, too."""
    if role_in_app(rows, actor.account, app) == "collaborator" and team_of(rows, app) is None:
        return
    check_manages(rows, actor, app, "change who may use this app")


def check_buys(rows: Snapshot, actor: Actor, app: App, *plans: Plan) -> None:
    """Forbidden unless the actor may add, change and remove add-ons of these plans on the app that owns them.

    Who only borrows an add-on may not; collaborators of a personal app may what is free.
    """
    role = role_in_app(rows, actor.account, app)
    if role is None:
        raise Forbidden(f"This add-on belongs to {app.name}, an app of somebody else. Ask for access to that.")
    paid = any(plan.cents for plan in plans)
    if role == "collaborator" and paid and team_of(rows, app) is None:
        raise Forbidden(f"Collaborators cannot add, change or remove paid add-ons. Ask the owner of {app.name}.")
    check_permitted(rows, actor, app, "operate" if paid else "deploy")


def check_reads_config(rows: Snapshot, actor: Actor, addon: Addon) -> None:
    """Forbidden for a customer who may deploy none of the apps that the add-on is attached to: config is secret."""
    apps = [addon.app_id, *(each.app_id for each in rows.all(Attachment, addon_id=addon.id))]
    if actor.is_partner:
        return
    if not any("deploy" in permissions_in_app(rows, actor.account, app) for app in rows.all(App, id=apps)):
        raise Forbidden(f"You cannot read the config of {addon.name}: that takes the permission deploy on its app.")


def user_named(rows: Snapshot, actor: Actor, identity: str) -> Account:
    """The account by e-mail, id or `~`: the actor itself; for a partner also who has a part in an attached app."""
    if identity in ("~", actor.account.id, actor.account.email):
        return actor.account
    found = rows.find(Account, id=identity) if is_uuid(identity) else rows.find(Account, email=identity.lower())
    related = found and actor.is_partner and any(role_in_app(rows, found, app) for app in visible_apps(rows, actor))
    if found is not None and related:
        return found
    raise NotFound("user", "Couldn't find that user.")


def visible_apps_of(rows: Snapshot, actor: Actor, identity: str) -> list[App]:
    """Of the apps that the actor may see those that a user owns or collaborates on; `~` of a partner: all."""
    user = user_named(rows, actor, identity)
    seen = visible_apps(rows, actor)
    if actor.is_partner and user == actor.account:
        return seen
    joined = {app.id for app in joined_apps(rows, user)}
    return [app for app in seen if app.id in joined]


def visible_addons(rows: Snapshot, actor: Actor, app: App | None = None) -> list[Addon]:
    """Live add-ons that the actor may see: of one app (its own or attached), or of all apps in which it has a part."""
    if actor.addon_id is not None:
        own = rows.find(Addon, id=actor.addon_id, state=LIVE)
        return [own] if own and (app is None or _may_see_app(rows, actor, app)) else []
    if app is None:
        return rows.all(Addon, app_id=sorted(visible_app_ids(rows, actor)), state=LIVE, order_by="name")
    attached = [a.addon_id for a in rows.all(Attachment, app_id=app.id)]
    addons = {a.id: a for a in rows.all(Addon, id=attached, state=LIVE)}
    addons |= {a.id: a for a in rows.all(Addon, app_id=app.id, state=LIVE)}
    return sorted(addons.values(), key=lambda a: a.name)


class AddonName(NamedTuple):
    """What a long list shows of an add-on."""

    name: str
    service_id: str
    app_id: str


def visible_names(rows: Snapshot, actor: Actor, state: AddonState) -> list[AddonName]:
    """Of all add-ons in a state that a customer may see, by name: without the rest of the rows."""
    apps = sorted(visible_app_ids(rows, actor))
    found = rows.values(Addon, *AddonName._fields, app_id=apps, state=state, order_by="name")
    return [AddonName._make(each) for each in found]


def addon_named(rows: Snapshot, actor: Actor, identity: str, app: App | None = None) -> Addon:
    """The live add-on by name or id (or attachment name within `app`) if the actor may see it, else NotFound."""
    found = rows.find(Addon, id=identity, state=LIVE) if is_uuid(identity) else None
    if found is None:
        found = rows.find(Addon, name=identity, state=LIVE)
    if found is None and app is not None:
        attachment = rows.find(Attachment, app_id=app.id, name=identity.upper())
        found = rows.find(Addon, id=attachment.addon_id, state=LIVE) if attachment else None
    if found is None or not _may_see_addon(rows, actor, found):
        raise NotFound("add_on")
    if app is not None and not _has_addon(rows, actor, app, found):
        raise NotFound("add_on")
    return found


def _has_addon(rows: Snapshot, actor: Actor, app: App, addon: Addon) -> bool:
    """Whether `visible_addons` lists it for that app."""
    if actor.addon_id is None and addon.app_id == app.id:
        return True
    return rows.find(Attachment, app_id=app.id, addon_id=addon.id) is not None


def _may_see_addon(rows: Snapshot, actor: Actor, addon: Addon) -> bool:
    if actor.addon_id is not None:
        return addon.id == actor.addon_id
    own = rows.find(App, id=addon.app_id)
    if own is not None and _may_see_app(rows, actor, own):
        return True
    apps = [a.app_id for a in rows.all(Attachment, addon_id=addon.id)]
    return any(_may_see_app(rows, actor, each) for each in rows.all(App, id=apps))


def own_instance(rows: Snapshot, actor: Actor, identity: str) -> Addon:
    """The partner's own instance; Forbidden for customers, NotFound for a foreign one (partner-api §4.1)."""
    if not actor.is_partner:
        raise Forbidden("Only the add-on's partner can do this, with the token of this very instance.")
    return addon_named(rows, actor, identity)


def service_of(rows: Snapshot, addon: Addon) -> AddonService:
    """The service an add-on is an instance of."""
    return rows.get(AddonService, addon.service_id)
