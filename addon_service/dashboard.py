"""The pages: a public one that says what this is, and one for each instance behind SSO.

It shows what the store knows, escaped, after a look at Heroku and at what is outside; and can do one thing: rotate the
credentials.
"""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from addon_service.addons.base import Addon
from addon_service.clock import public_time
from addon_service.errors import ServiceError
from addon_service.instances import Resource, find
from addon_service.service import Service, current
from addon_service.sessions import check_csrf, opened
from addon_service.store import Tx
from addon_service.surroundings.facts import app_names, known

dashboard = Blueprint("dashboard", __name__)
PATIENCE = 3.0  # seconds a page waits for each answer of Heroku
SHOWN = 10
LINES = REQUESTS = 50
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
    trouble = service.look.refresh(addon, uuid, PATIENCE)
    with service.store.read() as tx:
        resource = find(tx, uuid)
        on_their_way = ("push_config", addon.chores["rotate"])
        facts = {
            "usage": addon.usage(tx, uuid, resource.plan),
            "requests": service.inbox.listed(tx, uuid, REQUESTS),
            "known": known(tx, uuid),
            "reads_logs": service.drains.there_are(tx, uuid),
            "lines": recent_lines(service, tx, uuid),
            "told": service.subscriptions.described(tx, uuid) is not None,
            "credentials": service.credentials.listed(tx, uuid),
            "rotating": any(service.duties.pending(tx, kind, uuid) for kind in on_their_way),
            "config": masked_config(service, addon, tx, resource),
            **addon.facts(tx, uuid, SHOWN),
        }
    return render_template(
        f"{addon.key}.html",
        plan=addon.plans.get(resource.plan),
        unknown=unknown,
        name=addon.identity.name,
        resource=resource,
        created=public_time(resource.created_at),
        entry=entry,
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


def recent_lines(service: Service, tx: Tx, uuid: str) -> list[dict[str, str]]:
    """The last lines of the apps' logs, oldest first, each with the name of its app as far as that is known."""
    apps, names = service.drains.apps(tx, uuid), app_names(tx, uuid)
    return [
        {
            "at": str(public_time(row["at"])),
            "app": names.get(apps.get(row["drain"]) or "", ""),
            "process": f"{row['source']}[{row['process']}]",
            "text": row["text"],
        }
        for row in service.lines.latest(uuid, LINES)
    ]
