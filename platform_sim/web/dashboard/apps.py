"""Apps: the list, a new one, and the first page of one."""

from flask import Blueprint, Response, redirect, request, url_for

from platform_sim.core.access import visible_apps
from platform_sim.core.actions.apps import create_app
from platform_sim.core.actions.team_apps import create_team_app
from platform_sim.core.actions.teams import team_named
from platform_sim.core.model.accounts import Account
from platform_sim.core.model.apps import Formation, Release
from platform_sim.core.model.places import REGIONS, STACKS
from platform_sim.core.model.teams import Team, TeamMember
from platform_sim.core.roles import team_name
from platform_sim.core.store import Snapshot
from platform_sim.web.dashboard.desk import Desk, field
from platform_sim.web.dashboard.held import by_id, dynos_of, held_by
from platform_sim.web.dashboard.links import SEE_APP
from platform_sim.web.dashboard.paging import part_of

LATEST = 5
"""Releases on the first page of an app."""


def app_pages(desk: Desk) -> Blueprint:
    """`/dashboard/apps`."""
    blueprint = Blueprint("apps", __name__, url_prefix="/dashboard")
    database = desk.doors.database

    @blueprint.get("")
    @blueprint.get("/")
    def root() -> Response:
        answer = redirect(url_for("apps.listing"))
        assert isinstance(answer, Response)
        return answer

    @blueprint.get("/apps")
    def listing() -> Response:
        wanted = request.args.get("q", "").strip().lower()
        with database.snapshot() as rows:
            actor = desk.actor(rows)
            part = part_of([app for app in visible_apps(rows, actor) if wanted in app.name])
            owners = by_id(rows, Account, (app.owner_id for app in part.items))
            teams = _teams(rows, actor.account)
        shown = [(app, team_name(owners[app.owner_id]) or owners[app.owner_id].email) for app in part.items]
        choices = {"regions": REGIONS, "stacks": STACKS, "teams": teams}
        return desk.page("apps.html", actor, part=part, apps=shown, q=wanted, **choices)

    @blueprint.post("/apps")
    def create() -> Response:
        with database.transaction() as tx:
            actor = desk.actor(tx)
            name, region, stack = (field(each) or None for each in ("name", "region", "stack"))
            if field("team"):
                team = team_named(tx, actor, field("team"))
                app = create_team_app(tx, actor, team, name=name, region=region, stack=stack)
            else:
                app = create_app(tx, actor, name=name, region=region, stack=stack)
        return desk.go(url_for("apps.overview", name=app.name), f"{app.name} was created.")

    _add_overview(blueprint, desk)
    return blueprint


def _add_overview(blueprint: Blueprint, desk: Desk) -> None:
    @blueprint.get("/apps/<name>")
    def overview(name: str) -> Response:
        with desk.doors.database.snapshot() as rows:
            actor = desk.actor(rows)
            app = desk.app(rows, actor, name, SEE_APP)
            shown = {
                "app": app,
                "owner": rows.get(Account, app.owner_id),
                "may": desk.may(rows, actor, app),
                "formation": rows.all(Formation, app_id=app.id, order_by="type"),
                **dynos_of(rows, app),
                "held": held_by(rows, app)[:50],
                "releases": rows.all(Release, app_id=app.id, order_by="version", desc=True, limit=LATEST),
            }
        return desk.page("overview.html", actor, tab="overview", **shown)


def _teams(rows: Snapshot, account: Account) -> list[Team]:
    """Those in whose name the account may create apps."""
    found = by_id(rows, Team, (each.team_id for each in rows.all(TeamMember, account_id=account.id)))
    return sorted(found.values(), key=lambda team: team.name)
