"""What an operator sees: partners, jobs, webhooks, drains, how all is. Nothing is changed here, no secret is told."""

import json
from collections.abc import Sequence

from flask import Blueprint, Response

from platform_sim.core.actions.catalog import service_named
from platform_sim.core.model.accounts import AccessToken, Account, Authorization
from platform_sim.core.model.addons import Addon, AddonService, Plan
from platform_sim.core.model.apps import App
from platform_sim.core.model.drains import LogDrain, shown_address
from platform_sim.core.model.masking import masked_manifest, masked_url
from platform_sim.core.model.notices import Incident
from platform_sim.core.model.records import Job
from platform_sim.core.model.webhooks import Webhook, WebhookDelivery
from platform_sim.core.public import services as public
from platform_sim.core.store import Snapshot
from platform_sim.core.store.queries import ADDONS_OF_SERVICE
from platform_sim.web.dashboard.desk import Desk
from platform_sim.web.dashboard.held import by_id
from platform_sim.web.dashboard.paging import part_from, part_of

LATEST = 50
OPEN = ("todo", "doing")


def operator_pages(desk: Desk) -> Blueprint:
    """`/dashboard/operator`."""
    blueprint = Blueprint("operator", __name__, url_prefix="/dashboard/operator")
    database = desk.doors.database

    @blueprint.get("")
    def status() -> Response:
        with database.snapshot() as rows:
            actor = desk.actor(rows)
            counts = {noun.__name__: rows.count(noun) for noun in (App, AddonService, Webhook, LogDrain)}
            open_jobs = rows.count(Job, state=OPEN)
            incidents = [each.title for each in rows.all(Incident, resolved_at=None)]
            services = rows.all(AddonService, order_by="name")
            owners = by_id(rows, Account, (each.owner_id for each in services if each.owner_id))
        clock = {"now": database.clock.now(), "frozen": database.clock.is_frozen, "seed": database.chance.seed}
        shown = {"counts": counts, "open_jobs": open_jobs, "part": part_of(services), "owners": owners}
        shown |= {"doors": desk.doors, "clock": clock, "incidents": incidents, "faults": sorted(database.faults)}
        return desk.page("operator.html", actor, view="status", **shown)

    @blueprint.get("/partners/<service>")
    def partner(service: str) -> Response:
        with database.snapshot() as rows:
            actor = desk.actor(rows)
            found = service_named(rows, service)
            shown = public.service(rows, found)
            granted = _granted(rows, found)
            plans = rows.all(Plan, service_id=found.id)
        manifest = json.dumps(masked_manifest(found.manifest), indent=2, ensure_ascii=False)[:10_000]
        return desk.page("partner.html", actor, view="status", shown=shown, manifest=manifest, plans=plans, **granted)

    _add_lists(blueprint, desk)
    return blueprint


def _add_lists(blueprint: Blueprint, desk: Desk) -> None:
    database = desk.doors.database

    @blueprint.get("/jobs")
    def jobs() -> Response:
        with database.snapshot() as rows:
            actor = desk.actor(rows)
            waiting = rows.all(Job, state=OPEN, order_by="run_at", limit=LATEST)
            latest = rows.all(Job, state=("done", "failed"), desc=True, limit=LATEST)
            addons = by_id(rows, Addon, (each.subject_id for each in [*waiting, *latest]))
        return desk.page("jobs.html", actor, view="jobs", waiting=waiting, latest=latest, addons=addons)

    @blueprint.get("/webhooks")
    def webhooks() -> Response:
        with database.snapshot() as rows:
            actor = desk.actor(rows)
            part = part_of(rows.all(Webhook), 40)
            deliveries = rows.all(WebhookDelivery, order_by="seq", desc=True, limit=LATEST)
            names = _names(rows, part.items)
        urls = {each.id: masked_url(each.url) for each in part.items}
        shown = {"part": part, "deliveries": deliveries, "names": names, "urls": urls}
        return desk.page("webhooks.html", actor, view="webhooks", **shown)

    @blueprint.get("/drains")
    def drains() -> Response:
        with database.snapshot() as rows:
            actor = desk.actor(rows)
            part = part_of(rows.all(LogDrain, active=True))
            names = _names(rows, part.items)
        urls = {each.id: shown_address(each.url) for each in part.items if each.url}
        return desk.page("drains.html", actor, view="drains", part=part, names=names, urls=urls)


def _names(rows: Snapshot, owned: Sequence[Webhook] | Sequence[LogDrain]) -> dict[str, str]:
    """Of the apps and add-ons that these belong to."""
    apps = by_id(rows, App, (each.app_id for each in owned if each.app_id))
    addons = by_id(rows, Addon, (each.addon_id for each in owned if each.addon_id))
    return {key: each.name for key, each in apps.items()} | {key: each.name for key, each in addons.items()}


def _granted(rows: Snapshot, service: AddonService) -> dict[str, object]:
    """The service's instances with what each has been granted; of tokens only that there are some."""
    part = part_from(
        rows.count(Addon, service_id=service.id),
        lambda limit, offset: rows.ask(ADDONS_OF_SERVICE, service=service.id, limit=limit, offset=offset),
        40,
    )
    grants = rows.all(Authorization, addon_id=[each.id for each in part.items])
    tokens = rows.all(AccessToken, authorization_id=[each.id for each in grants])
    return {
        "part": part,
        "apps": by_id(rows, App, (each.app_id for each in part.items)),
        "grants": {each.addon_id: each for each in grants},
        "tokens": {each.authorization_id: each for each in tokens},
        "now": rows.now(),
    }
