"""The marketplace: services, what they cost, and installing one. Who is offered what, `core/actions/offers` says."""

from flask import Blueprint, Response, request, url_for

from platform_sim.core import errors
from platform_sim.core.access import visible_apps
from platform_sim.core.actions import addons, catalog, offers
from platform_sim.core.model.addons import Addon, AddonService, Plan, declared_vars, requires
from platform_sim.core.store import Snapshot
from platform_sim.web.dashboard.desk import Desk, field, whole_field
from platform_sim.web.dashboard.links import CREATE_ADDON
from platform_sim.web.dashboard.paging import part_of
from platform_sim.web.late import raise_failure

MOST_APPS = 100
"""Apps that are suggested; others are typed."""


def marketplace_pages(desk: Desk) -> Blueprint:
    """`/dashboard/marketplace`."""
    blueprint = Blueprint("marketplace", __name__, url_prefix="/dashboard/marketplace")
    database = desk.doors.database

    @blueprint.get("")
    def listing() -> Response:
        wanted = request.args.get("q", "").strip().lower()
        with database.snapshot() as rows:
            actor = desk.actor(rows)
            services = offers.listed_services(rows, actor, strict=database.rules.strict_marketplace)
            part = part_of([each for each in services if wanted in f"{each.name} {each.human_name}".lower()])
            plans = offers.listed_plans_of(rows, actor, part.items)
        return desk.page("marketplace.html", actor, part=part, plans=plans, q=wanted)

    @blueprint.get("/<service>")
    def show(service: str) -> Response:
        with database.snapshot() as rows:
            actor = desk.actor(rows)
            found = catalog.service_named(rows, service)
            shown = {
                "service": found,
                "plans": _plans(rows, desk, found),
                "apps": visible_apps(rows, actor)[:MOST_APPS],
                "app": request.args.get("app", ""),
                "vars": declared_vars(found.manifest),
                "many": requires(found.manifest, "many_per_app"),
                "attachable": requires(found.manifest, "attachable"),
            }
        return desk.page("service.html", actor, **shown)

    _add_installing(blueprint, desk)
    return blueprint


def _add_installing(blueprint: Blueprint, desk: Desk) -> None:
    database = desk.doors.database

    @blueprint.post("/<service>/install")
    def install(service: str) -> Response:
        options = _options(whole_field("options"))
        with database.transaction() as tx:
            actor = desk.actor(tx)
            app = desk.app(tx, actor, field("app"), CREATE_ADDON)
            addon, job = addons.create_addon(
                tx,
                actor,
                app,
                f"{catalog.service_named(tx, service).name}:{field('plan')}",
                name=field("name") or None,
                attachment=field("as") or None,
                options=options,
                confirm=field("confirm") or None,
            )
        job = desk.doors.job_settled(job.id, desk.patience)
        raise_failure(job)
        with database.snapshot() as rows:
            is_there = rows.get(Addon, addon.id).state == "provisioned"
        said = f"{addon.name} is {'installed' if is_there else 'being provisioned'}."
        return desk.go(url_for("addons.show", name=app.name, addon=addon.id), said)


def _plans(rows: Snapshot, desk: Desk, service: AddonService) -> list[Plan]:
    found = offers.listed_plans(rows, desk.actor(rows), service)
    return sorted(found, key=lambda plan: (not plan.is_default, plan.cents, plan.name))


def _options(text: str) -> dict[str, str]:
    """`name=value`, one a line, as `heroku addons:create` takes `--name value`."""
    found: dict[str, str] = {}
    for line in filter(None, (each.strip() for each in text.splitlines())):
        name, equals, value = line.partition("=")
        if not equals or not name.strip():
            raise errors.InvalidParams(f"{line[:80]!r} is not an option: write name=value, one a line.")
        found[name.strip().removeprefix("--")] = value.strip()
    return found
