"""One add-on of an app: its plan, where it is attached, its end. What a partner has to do is waited for shortly."""

from dataclasses import dataclass

from flask import Blueprint, Response, url_for

from platform_sim.core import access, errors
from platform_sim.core.access import Actor
from platform_sim.core.actions import addons, addons_end, attachments, offers
from platform_sim.core.actions.ownership import shown_vars
from platform_sim.core.model.addons import Addon, AddonService, Attachment, Plan, requires
from platform_sim.core.model.apps import App
from platform_sim.core.model.records import Job
from platform_sim.core.model.values import is_uuid
from platform_sim.core.store import Snapshot
from platform_sim.web.dashboard.desk import Desk, check_typed, field
from platform_sim.web.dashboard.held import by_id
from platform_sim.web.dashboard.links import ATTACH, DESTROY_ADDON, DETACH, SEE_ADDON, UPDATE_ADDON
from platform_sim.web.late import raise_failure

MOST_SHOWN = 40
"""Apps to which one add-on is attached."""


@dataclass(frozen=True)
class Place:
    """An attachment, to one of the apps that the customer sees."""

    attachment: Attachment
    app: App
    vars: list[str]


def addon_pages(desk: Desk) -> Blueprint:
    """`/dashboard/apps/<name>/addons/<addon>`."""
    blueprint = Blueprint("addons", __name__, url_prefix="/dashboard/apps/<name>/addons/<addon>")
    database = desk.doors.database

    @blueprint.get("")
    def show(name: str, addon: str) -> Response:
        with database.snapshot() as rows:
            actor = desk.actor(rows)
            app = desk.app(rows, actor, name, SEE_ADDON)
            ended = _ended(rows, app, addon)
            if ended is not None:
                return desk.page("addon_ended.html", actor, tab="resources", app=app, **ended)
            shown = _shown(desk, rows, actor, app, access.addon_named(rows, actor, addon, app))
            shown["may"] = desk.may(rows, actor, app)
        return desk.page("addon.html", actor, tab="resources", app=app, **shown)

    @blueprint.post("/plan")
    def change_plan(name: str, addon: str) -> Response:
        with database.transaction() as tx:
            actor = desk.actor(tx)
            found = access.addon_named(tx, actor, addon, desk.app(tx, actor, name, UPDATE_ADDON))
            job = addons.request_plan_change(tx, actor, found, field("plan"))
        return _after(desk, job, name, found, f"{found.name} has another plan.", "The plan of {} is being changed.")

    @blueprint.post("/destroy")
    def destroy(name: str, addon: str) -> Response:
        with database.transaction() as tx:
            actor = desk.actor(tx)
            found = access.addon_named(tx, actor, addon, desk.app(tx, actor, name, DESTROY_ADDON))
            check_typed(found.name, "destroy the add-on")
            job = addons_end.destroy_addon(tx, actor, found, force=field("force") == "yes")
        return _after(desk, job, name, found, f"{found.name} is destroyed.", "{} is being destroyed.", ends=True)

    _add_attaching(blueprint, desk)
    return blueprint


def _add_attaching(blueprint: Blueprint, desk: Desk) -> None:
    @blueprint.post("/attach")
    def attach(name: str, addon: str) -> Response:
        with desk.doors.database.transaction() as tx:
            actor = desk.actor(tx)
            found = access.addon_named(tx, actor, addon, desk.app(tx, actor, name, SEE_ADDON))
            target = desk.app(tx, actor, field("app"), ATTACH)
            made = attachments.attach(
                tx, actor, target, found, name=field("as") or None, confirm=field("confirm") or None
            )
        said = f"{found.name} is attached to {target.name} as {made.name}."
        return desk.go(url_for("addons.show", name=name, addon=addon), said)

    @blueprint.post("/detach")
    def detach(name: str, addon: str) -> Response:
        with desk.doors.database.transaction() as tx:
            actor = desk.actor(tx)
            found = access.addon_named(tx, actor, addon, desk.app(tx, actor, name, SEE_ADDON))
            attachment = tx.find(Attachment, id=field("attachment"), addon_id=found.id)
            if attachment is None:
                raise errors.NotFound("add_on attachment", "Couldn't find that add-on attachment.")
            app = desk.app(tx, actor, attachment.app_id, DETACH)
            attachments.customer_detaches(tx, actor, app, attachment)
        page = "resources.show" if app.name == name else "addons.show"
        where = url_for(page, name=name, addon=addon if page == "addons.show" else None)
        return desk.go(where, f"{attachment.name} is detached from {app.name}.")


def _after(desk: Desk, job: Job, name: str, addon: Addon, done: str, going_on: str, *, ends: bool = False) -> Response:
    """Where to go once the partner has answered, or while it has not."""
    job = desk.doors.job_settled(job.id, desk.patience)
    raise_failure(job)
    if job.state != "done":
        return desk.go(url_for("addons.show", name=name, addon=addon.id), going_on.format(addon.name))
    where = url_for("resources.show", name=name) if ends else url_for("addons.show", name=name, addon=addon.name)
    return desk.go(where, done)


def _shown(desk: Desk, rows: Snapshot, actor: Actor, app: App, addon: Addon) -> dict[str, object]:
    service = rows.get(AddonService, addon.service_id)
    return {
        "addon": addon,
        "service": service,
        "plan": rows.get(Plan, addon.plan_id),
        "plans": offers.listed_plans(rows, actor, service),
        "owner": rows.find(App, id=addon.app_id),
        "places": _places(rows, actor, service, addon),
        "can_be_attached": requires(service.manifest, "attachable"),
        "waits": addon.state in ("provisioning", "deprovisioning") or _changes(rows, addon),
        "has_sso": desk.signs_in(service),
    }


def _changes(rows: Snapshot, addon: Addon) -> bool:
    return rows.find(Job, subject_id=addon.id, kind="change_plan", state=("todo", "doing")) is not None


def _places(rows: Snapshot, actor: Actor, service: AddonService, addon: Addon) -> list[Place]:
    seen = access.visible_app_ids(rows, actor)
    known = rows.values(Attachment, "id", "app_id", addon_id=addon.id)
    first = [one for one, of in known if of in seen][:MOST_SHOWN]
    found = rows.all(Attachment, id=first)
    apps = by_id(rows, App, (each.app_id for each in found))
    return [Place(each, apps[each.app_id], sorted(shown_vars(service, each, addon))) for each in found]


def _ended(rows: Snapshot, app: App, identity: str) -> dict[str, object] | None:
    """Of an add-on that has gone, by its id: what was said of it. Others are found by the usual way, or are not."""
    addon = rows.find(Addon, id=identity, app_id=app.id, state="deprovisioned") if is_uuid(identity) else None
    if addon is None:
        return None
    failed = rows.find(Job, subject_id=addon.id, kind="provision", state="failed")
    return {"addon": addon, "failed": failed is not None, "message": addon.provision_message if failed else None}
