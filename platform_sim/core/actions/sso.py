"""Single sign-on: the signed form with which a user's browser enters a partner's dashboard (partner-api §5)."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass

from platform_sim.core.access import Actor, check_permitted, customers_only, manages
from platform_sim.core.actions.ownership import attached
from platform_sim.core.errors import Forbidden, InvalidParams
from platform_sim.core.model.addons import Addon, AddonService, Plan
from platform_sim.core.model.apps import App
from platform_sim.core.model.sso import SsoTarget, resource_token, user_scoped_token
from platform_sim.core.store import Snapshot

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


OF_A_GET = ("token", "timestamp", "nav-data", "email", "app")
"""All that the oldest partners were sent: the id is in the path, and nobody had thought of users (partner-api §5.4)."""


@dataclass(frozen=True)
class SsoForm:
    """What the browser sends. The platform itself calls nobody."""

    method: str
    action: str
    params: dict[str, str]


def begin_sso(
    rows: Snapshot, actor: Actor, addon: Addon, context_app: App, target: SsoTarget | None, extra: Mapping[str, str]
) -> SsoForm:
    """The form for one add-on and one user; `target` is the manifest's, `extra` are a link's parameters.

    The caller has checked that the user may see the add-on. Both namings are sent (design §9).
    """
    customers_only(actor, "sign in to a dashboard")
    # A dashboard shows credentials and renews them: as good as the app's config.
    check_permitted(rows, actor, context_app, "deploy")
    service = rows.get(AddonService, addon.service_id)
    salt = service.manifest.get("api", {}).get("sso_salt")
    if not salt or target is None:
        raise InvalidParams(f"{service.human_name} has no single sign-on: its manifest has no sso_salt or sso_url.")
    owning_app = rows.get(App, addon.app_id)
    user = actor.account
    _check_action(rows, actor, addon, owning_app, extra.get("action"))
    timestamp = str(int(rows.now().timestamp()))
    legacy_id = partners_id(addon)
    trusted = {
        "resource_id": addon.id,
        "resource_token": resource_token(addon.id, salt, timestamp),
        "user_scoped_resource_token": user_scoped_token(addon.id, salt, timestamp, user.id, user.email),
        "timestamp": timestamp,
        "user_id": user.id,
        "email": user.email,
        "app": owning_app.name,
        "context_app": context_app.name,
        "id": legacy_id,
        "token": resource_token(legacy_id, salt, timestamp),
        "nav-data": _nav_data(rows, addon, context_app),
    }
    if target.method == "get":
        trusted = {name: trusted[name] for name in OF_A_GET}
    params = {name: value for name, value in extra.items() if name not in RESERVED} | trusted
    return SsoForm(target.method, target.url, params)


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
