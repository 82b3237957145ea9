"""Add-ons from the customer's side, and what both sides may read."""

from platform_sim.core import access
from platform_sim.core.actions import addons, addons_end
from platform_sim.core.errors import InvalidParams, MultipleMatches, NotFound
from platform_sim.core.model.addons import Addon, AddonService, Attachment
from platform_sim.core.model.apps import App
from platform_sim.core.model.records import Job
from platform_sim.core.public import addons as public
from platform_sim.core.store import Snapshot
from platform_sim.web.api.bodies import flag, identity, options, part, text
from platform_sim.web.api.call import Answer, Call, Json
from platform_sim.web.late import raise_failure

CREATE = {
    "plan": identity,
    "name": text,
    "attachment": part({"name": text}),
    "config": options,
    "confirm": text,
}
UPDATE = {"plan": identity, "name": text}
DELETE = {"force": flag}
RESOLVE = {"addon": text, "app": text, "addon_service": text}


def _shown(call: Call, rows: Snapshot, addon: Addon) -> Json:
    return public.addon(rows, addon, call.at, expand=call.expansion, message=call.wants_messages)


def listing(call: Call, rows: Snapshot) -> Json:
    """GET /addons."""
    return [_shown(call, rows, each) for each in access.visible_addons(rows, call.actor)]


def listing_by_user(call: Call, rows: Snapshot) -> Json:
    """GET /users/:account/addons."""
    access.user_named(rows, call.actor, call.path["account"])
    return listing(call, rows)


def listing_by_app(call: Call, rows: Snapshot) -> Json:
    """GET /apps/:app/addons: owned and attached ones."""
    app = access.app_named(rows, call.actor, call.path["app"])
    return [_shown(call, rows, each) for each in access.visible_addons(rows, call.actor, app)]


def info(call: Call, rows: Snapshot) -> Json:
    """GET /addons/:addon."""
    return _shown(call, rows, access.addon_named(rows, call.actor, call.path["add-on"]))


def info_by_app(call: Call, rows: Snapshot) -> Json:
    """GET /apps/:app/addons/:addon."""
    return _shown(call, rows, _in_app(call, rows)[1])


def _in_app(call: Call, rows: Snapshot) -> tuple[App, Addon]:
    app = access.app_named(rows, call.actor, call.path["app"])
    return app, access.addon_named(rows, call.actor, call.path["add-on"], app)


def create(call: Call) -> Json:
    """POST /apps/:app/addons: waits for the partner; 201 with the state that was reached."""
    wish = call.body
    with call.doors.database.transaction() as tx:
        app = access.app_named(tx, call.actor, call.path["app"])
        addon, job = addons.create_addon(
            tx,
            call.actor,
            app,
            wish["plan"],
            name=wish.get("name"),
            attachment=wish.get("attachment", {}).get("name"),
            options=wish.get("config"),
            confirm=wish.get("confirm"),
        )
    return Answer(_after(call, addon.id, call.doors.job_settled(job.id)), 201)


def _after(call: Call, addon_id: str, job: Job) -> Json:
    """The add-on as the partner's answer left it, or the customer's error."""
    raise_failure(job)
    with call.doors.database.snapshot() as rows:
        return _shown(call, rows, rows.get(Addon, addon_id))


def update(call: Call) -> Json:
    """PATCH /apps/:app/addons/:addon: another name, another plan; for a plan it waits for the partner."""
    name, plan = call.body.get("name"), call.body.get("plan")
    if name is None and plan is None:
        raise InvalidParams("Nothing to change: give `plan` or `name`.")
    with call.doors.database.transaction() as tx:
        _, addon = _in_app(call, tx)
        if name is not None:
            addon = addons.rename_addon(tx, call.actor, addon, name)
        job = None if plan is None else addons.request_plan_change(tx, call.actor, addon, plan)
        if job is None:
            return _shown(call, tx, addon)
    return _after(call, addon.id, call.doors.job_settled(job.id))


def delete(call: Call) -> Json:
    """DELETE /apps/:app/addons/:addon: 200 when the partner has acknowledged, else 202 and it goes on; an error
    where the add-on stays (see the setting `refused_delete_keeps_addon`)."""
    with call.doors.database.transaction() as tx:
        _, addon = _in_app(call, tx)
        job = addons_end.destroy_addon(tx, call.actor, addon, force=call.body.get("force", False))
    raise_failure(call.doors.job_settled(job.id))
    with call.doors.database.snapshot() as rows:
        addon = rows.get(Addon, addon.id)
        return Answer(_shown(call, rows, addon), 200 if addon.state == "deprovisioned" else 202)


def resolve(call: Call, rows: Snapshot) -> Json:
    """POST /actions/addons/resolve: by add-on name, id, attachment name or service name (heroku-cli §7)."""
    wanted = call.body["addon"]
    app = access.app_named(rows, call.actor, call.body["app"]) if call.body.get("app") else None
    candidates = access.visible_addons(rows, call.actor, app)
    found = [a for a in candidates if wanted in (a.id, a.name)]
    if not found and app is not None:
        held = {a.addon_id for a in rows.all(Attachment, app_id=app.id, name=attachment_name(wanted))}
        found = [a for a in candidates if a.id in held]
    if not found:
        service = rows.find(AddonService, name=wanted)
        found = [a for a in candidates if service and a.service_id == service.id]
    if not found:
        raise NotFound("add_on")
    if len(found) > 1 and app is None:
        names = ", ".join(a.name for a in found)
        raise MultipleMatches(f"Ambiguous identifier; multiple matching add-ons found: {names}.")
    return [_shown(call, rows, each) for each in found]


def attachment_name(identifier: str) -> str:
    """`database`, `DATABASE` and `DATABASE_URL` all mean the attachment DATABASE."""
    return identifier.upper().removesuffix("_URL")
