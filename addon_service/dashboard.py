"""The pages: a public one that says what this is, and one for each instance behind SSO.

It shows what the store and Heroku say, escaped, and can do one thing: rotate the credentials.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from addon_service.addons.base import Addon
from addon_service.clock import public_time
from addon_service.errors import ServiceError
from addon_service.resources import Resource, find
from addon_service.service import Service, current
from addon_service.sessions import check_csrf, opened
from addon_service.store import Tx

dashboard = Blueprint("dashboard", __name__)
PATIENCE = 3.0  # seconds a page waits for each answer of Heroku
SHOWN = 10
MASK = "••••••"


@dashboard.get("/")
def home() -> ResponseReturnValue:
    """What this service is, for anybody."""
    service = current()
    return render_template("home.html", name=service.settings.name, addons=list(service.addons.values()))


@dashboard.get("/dashboard/<uuid>")
def show(uuid: str) -> ResponseReturnValue:
    """The instance's page; 403 without a session, 410 once it is gone."""
    entry = opened(uuid)
    service = current()
    with service.store.read() as tx:
        resource = find(tx, uuid)
    addon = service.addons[resource.addon]
    unknown = survey(addon, resource)
    with service.store.read() as tx:
        resource = find(tx, uuid)
        on_their_way = ("push_config", addon.chores["rotate"])
        facts = {
            "usage": addon.usage(tx, uuid, resource.plan),
            "requests": service.inbox.listed(tx, uuid, SHOWN),
            "credentials": service.credentials.listed(tx, uuid),
            "rotating": any(service.duties.pending(tx, kind, uuid) for kind in on_their_way),
            "config": masked_config(service, addon, tx, resource),
            **addon.facts(tx, uuid, SHOWN),
        }
    apps, trouble = attached_apps(service, addon, uuid)
    return render_template(
        f"{addon.key}.html",
        plan=addon.plans.get(resource.plan),
        unknown=unknown,
        name=addon.identity.name,
        resource=resource,
        created=public_time(resource.created_at),
        entry=entry,
        apps=apps,
        trouble=trouble,
        rotated=request.args.get("rotated") == "1",
        time=public_time,
        **facts,
    )


@dashboard.post("/dashboard/<uuid>/rotate")
def rotate(uuid: str) -> ResponseReturnValue:
    """Rotate the credentials, then show the page again."""
    check_csrf(opened(uuid), request.form.get("csrf", ""))
    current().resources.rotate(uuid)
    return redirect(url_for("dashboard.show", uuid=uuid, rotated=1), 303)


def survey(addon: Addon, resource: Resource) -> str | None:
    """Look at what is outside of our store, as far as it is there; why it cannot be looked at, or None."""
    if resource.state != "provisioned":
        return None
    try:
        addon.survey(resource.uuid)
    except ServiceError as error:
        return error.message
    return None


def masked_config(service: Service, addon: Addon, tx: Tx, resource: Resource) -> dict[str, str]:
    """The config vars as they are handed out, without the secret in them; none before they are there."""
    if resource.state != "provisioned":
        return dict.fromkeys(addon.config_vars, "")
    credential = replace(service.credentials.current(tx, resource.uuid), secret=MASK)
    try:
        return addon.config(tx, resource.uuid, credential)
    except ServiceError:
        return dict.fromkeys(addon.config_vars, MASK)


def attached_apps(service: Service, addon: Addon, uuid: str) -> tuple[list[dict[str, Any]], str | None]:
    """The apps of this instance as `{"app", "attachment", "owner"}`, or none and why (partner-api §4.1).

    App names are asked for each time, since they may change.
    """

    def ask(path: str) -> Any:
        return service.authorizations.call(addon.identity, uuid, "GET", path, timeout=PATIENCE).json()

    try:
        owner = _name(ask(f"/addons/{uuid}"), "app")
        attachments = ask(f"/addons/{uuid}/addon-attachments")
    except ServiceError as error:
        return [], error.message
    listed = attachments if isinstance(attachments, list) else []
    apps = [
        {"app": _name(item, "app"), "attachment": item.get("name"), "owner": _name(item, "app") == owner}
        for item in listed
        if isinstance(item, dict) and _name(item, "app")
    ]
    if owner and not any(app["owner"] for app in apps):
        apps.insert(0, {"app": owner, "attachment": None, "owner": True})
    return apps, None if apps else "Heroku named no app for this instance."


def _name(thing: Any, key: str) -> str | None:
    """`thing[key]["name"]` of an answer that may hold anything."""
    inner = thing.get(key) if isinstance(thing, dict) else None
    name = inner.get("name") if isinstance(inner, dict) else None
    return name if isinstance(name, str) else None
