"""Single sign-on: the signed form with which a user's browser enters a partner's dashboard (partner-api §5)."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass

from platform_sim.core.access import Actor, check_permitted, customers_only, manages
from platform_sim.core.actions.ownership import attached
from platform_sim.core.errors import Forbidden, InvalidParams
from platform_sim.core.model.accounts import Account
from platform_sim.core.model.addons import Addon, AddonService, Plan
from platform_sim.core.model.apps import App
from platform_sim.core.model.sso import SALT, Entry, SsoTarget, fields_of
from platform_sim.core.store import Snapshot, Transaction

SSO = "sso"
"""Kind of the event that a browser was handed a signed form; its subject is the add-on."""
RESERVED = frozenset(
    {
        "resource_id",
        "resource_token",
        "user_scoped_resource_token",
        "timestamp",
        "user_id",
        "email",
        "app",
        "context_app",
        "id",
        "token",
        "nav-data",
    }
)
"""Fields that an SSO link's own parameters must not replace: they are what the partner trusts."""


@dataclass(frozen=True)
class SsoForm:
    """What the browser sends. The platform itself calls nobody (but in `sso_lab`)."""

    method: str
    action: str
    params: dict[str, str]


def begin_sso(
    rows: Snapshot, actor: Actor, addon: Addon, context_app: App, target: SsoTarget | None, extra: Mapping[str, str]
) -> SsoForm:
    """The form for one add-on and one user; `target` is the manifest's, `extra` are a link's parameters.

    The caller has checked that the user may see the add-on. Both namings are sent (design §9).
    """
    salt = check_enters(rows, actor, addon, context_app, target)
    assert target is not None, "checked"
    _check_action(rows, actor, addon, rows.get(App, addon.app_id), extra.get("action"))
    entry = entry_of(rows, actor.account, addon, context_app)
    trusted = fields_of(target, entry.signed(salt, str(int(rows.now().timestamp()))))
    params = {name: value for name, value in extra.items() if name not in RESERVED} | trusted
    return SsoForm(target.method, target.url, params)


def check_enters(rows: Snapshot, actor: Actor, addon: Addon, context_app: App, target: SsoTarget | None) -> str:
    """The salt of the add-on's service. Forbidden for who may not enter, InvalidParams where there is no sign-on."""
    customers_only(actor, "sign in to a dashboard")
    # A dashboard shows credentials and renews them: as good as the app's config.
    check_permitted(rows, actor, context_app, "deploy")
    service = rows.get(AddonService, addon.service_id)
    salt: str | None = service.manifest.get("api", {}).get(SALT)
    if not salt or target is None:
        raise InvalidParams(f"{service.human_name} has no single sign-on: its manifest has no sso_salt or sso_url.")
    return salt


def entry_of(rows: Snapshot, user: Account, addon: Addon, context_app: App | None) -> Entry:
    """A user who comes from an app to an add-on. Of an ended add-on the apps may be gone, and nameless then."""
    owning_app = rows.find(App, id=addon.app_id)
    return Entry(
        resource_id=addon.id,
        partners_id=partners_id(addon),
        user_id=user.id,
        email=user.email,
        app=owning_app.name if owning_app else "",
        context_app=context_app.name if context_app else "",
        nav_data=_nav_data(rows, addon, context_app) if context_app else "",
    )


def record_sign_in(tx: Transaction, actor: Actor, addon: Addon, context_app: App) -> None:
    """The fact that a browser was handed a form. What the partner made of it, the platform does not hear."""
    data: dict[str, object] = {"name": addon.name, "email": actor.account.email}
    tx.record(SSO, "create", addon.id, actor.account, data, app_id=context_app.id, addon_id=addon.id)


def partners_id(addon: Addon) -> str:
    """The add-on's id at its partner; before the partner has told one, the platform's."""
    return addon.provider_id or addon.id


def _check_action(rows: Snapshot, actor: Actor, addon: Addon, owning_app: App, action: str | None) -> None:
    """Forbidden for a plan action that only the app's owner may take (partner-api §4.3). Names that the plan does not
    have pass: a link's parameters are the partner's own affair."""
    for each in rows.get(Plan, addon.plan_id).actions:
        if each.get("action") == action and each["requires_owner"] and not manages(rows, actor, owning_app):
            raise Forbidden(f'"{each["label"]}" is for the owner of {owning_app.name} only: ask them to do it.')


def _nav_data(rows: Snapshot, addon: Addon, app: App) -> str:
    """The blob of the old navigation header: URL-safe Base64 without padding (partner-api §5.4)."""
    listed = [
        {"slug": service.name, "name": service.human_name} | ({"current": True} if each.id == addon.id else {})
        for _, each, service in attached(rows, app)
    ]
    service = rows.get(AddonService, addon.service_id)
    data = json.dumps({"addon": service.human_name, "appname": app.name, "addons": listed})
    return base64.urlsafe_b64encode(data.encode()).decode().rstrip("=")
