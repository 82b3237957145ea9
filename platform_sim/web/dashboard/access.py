"""Who may use an app."""

from flask import Blueprint, Response, url_for

from platform_sim.core.actions.collaborators import add_collaborator, collaborators_of, remove_collaborator
from platform_sim.core.model.accounts import Account
from platform_sim.core.model.teams import MOST_MEMBERS, TeamMember
from platform_sim.core.roles import team_name
from platform_sim.web.dashboard.desk import Desk, field
from platform_sim.web.dashboard.held import by_id
from platform_sim.web.dashboard.links import ADD_COLLABORATOR, LIST_COLLABORATORS, REMOVE_COLLABORATOR
from platform_sim.web.dashboard.paging import part_of


def access_pages(desk: Desk) -> Blueprint:
    """`/dashboard/apps/<name>/access`."""
    blueprint = Blueprint("access", __name__, url_prefix="/dashboard/apps/<name>/access")
    database = desk.doors.database

    @blueprint.get("")
    def show(name: str) -> Response:
        with database.snapshot() as rows:
            actor = desk.actor(rows)
            app = desk.app(rows, actor, name, LIST_COLLABORATORS)
            part = part_of(collaborators_of(rows, app), 50)
            members = rows.all(TeamMember, team_id=app.owner_id, limit=MOST_MEMBERS)
            ids = [*(each.account_id for each in part.items), *(each.account_id for each in members)]
            people = by_id(rows, Account, ids)
            may = desk.may(rows, actor, app)
        team = team_name(people[app.owner_id]) if app.owner_id in people else None
        shown = {"part": part, "members": members, "people": people, "may": may, "team": team}
        return desk.page("access.html", actor, tab="access", app=app, **shown)

    @blueprint.post("/add")
    def add(name: str) -> Response:
        with database.transaction() as tx:
            actor = desk.actor(tx)
            made = add_collaborator(tx, actor, desk.app(tx, actor, name, ADD_COLLABORATOR), field("user"))
            email = tx.get(Account, made.account_id).email
        return desk.go(url_for("access.show", name=name), f"{email} may use the app now.")

    @blueprint.post("/remove")
    def remove(name: str) -> Response:
        with database.transaction() as tx:
            actor = desk.actor(tx)
            gone = remove_collaborator(tx, actor, desk.app(tx, actor, name, REMOVE_COLLABORATOR), field("user"))
            email = tx.get(Account, gone.account_id).email
        left = url_for("apps.listing" if gone.account_id == actor.account.id else "access.show", name=name)
        return desk.go(left, f"{email} may not use the app any more.")

    return blueprint
