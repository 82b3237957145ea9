"""Teams, their members and their apps."""

from platform_sim.core import access
from platform_sim.core.actions import apps, team_access, team_apps, team_members, teams
from platform_sim.core.errors import InvalidParams, NotSimulated
from platform_sim.core.model.apps import App
from platform_sim.core.model.teams import PERMISSIONS, Team
from platform_sim.core.public import teams as public
from platform_sim.core.roles import members_of, role_in_team
from platform_sim.core.store import Snapshot, Transaction
from platform_sim.web.api.bodies import flag, identity, list_of, part, text, user
from platform_sim.web.api.call import Call, Json

CREATE = {"name": text}
UPDATE = {"name": text, "default": flag}
MEMBER = {"email": user, "role": text, "federated": flag}
APP = {
    "name": text,
    "team": identity,
    "personal": flag,
    "region": identity,
    "stack": identity,
    "space": identity,
    "locked": flag,
    "internal_routing": flag,
}
FILTER = {"in": part({"id": list_of(text)})}
UPDATE_APP = {"owner": user, "locked": flag}


def _team(call: Call, rows: Snapshot) -> Team:
    return teams.team_named(rows, call.actor, call.path["team"])


def _shown(call: Call, rows: Snapshot, team: Team) -> Json:
    return public.team(team, role_in_team(rows, call.actor.account, team))


def _not_simulated(call: Call, *fields: str) -> None:
    """Refuse wishes that would change nothing here."""
    asked = [name for name in fields if call.body.get(name)]
    if asked:
        raise NotSimulated(f"{asked[0]} is not simulated for teams and their apps: send it without.")


def listing(call: Call, rows: Snapshot) -> Json:
    """GET /teams: those that the caller is in, or of which it may use an app."""
    return [_shown(call, rows, each) for each in teams.teams_of(rows, call.actor)]


def create(call: Call, tx: Transaction) -> Json:
    """POST /teams; addresses and cards are not looked at."""
    return _shown(call, tx, teams.create_team(tx, call.actor, call.body["name"]))


def info(call: Call, rows: Snapshot) -> Json:
    """GET /teams/:team."""
    return _shown(call, rows, _team(call, rows))


def update(call: Call, tx: Transaction) -> Json:
    """PATCH /teams/:team."""
    _not_simulated(call, "default")
    team = _team(call, tx)
    return _shown(call, tx, teams.rename_team(tx, call.actor, team, call.body.get("name", team.name)))


def delete(call: Call, tx: Transaction) -> Json:
    """DELETE /teams/:team answers with the team as it was."""
    team = _team(call, tx)
    body = _shown(call, tx, team)
    teams.delete_team(tx, call.actor, team)
    return body


def list_members(call: Call, rows: Snapshot) -> Json:
    """GET /teams/:team/members, with those who may use some app of it; for its members, and for partners (§4.1)."""
    team = _team(call, rows)
    if not call.actor.is_partner:
        teams.check_role(rows, call.actor, team, "admin", "member")
    return [public.member(rows, each) for each in members_of(rows, team)]


def add_member(call: Call, tx: Transaction) -> Json:
    """POST /teams/:team/members."""
    made = team_members.invite(tx, call.actor, _team(call, tx), call.body["email"], call.body["role"])
    return public.member(tx, made)


def put_member(call: Call, tx: Transaction) -> Json:
    """PUT /teams/:team/members: add, or change the role."""
    made = team_members.invite_or_change(tx, call.actor, _team(call, tx), call.body["email"], call.body["role"])
    return public.member(tx, made)


def change_member(call: Call, tx: Transaction) -> Json:
    """PATCH /teams/:team/members."""
    changed = team_members.change_role(tx, call.actor, _team(call, tx), call.body["email"], call.body["role"])
    return public.member(tx, changed)


def remove_member(call: Call, tx: Transaction) -> Json:
    """DELETE /teams/:team/members/:id-or-email answers with the member as it was."""
    return public.member(tx, team_members.remove(tx, call.actor, _team(call, tx), call.path["team-member"]))


def list_permissions(call: Call, rows: Snapshot) -> Json:
    """GET /teams/permissions."""
    return [public.permission(name) for name in PERMISSIONS]


def _app(call: Call, rows: Snapshot, app: App) -> Json:
    joined = team_apps.has_joined(rows, call.actor, app)
    return public.team_app(rows, app, call.at, joined=joined)


def list_apps(call: Call, rows: Snapshot) -> Json:
    """GET /teams/:team/apps."""
    team = _team(call, rows)
    return [_app(call, rows, each) for each in team_apps.apps_of_team(rows, call.actor, team)]


def app_info(call: Call, rows: Snapshot) -> Json:
    """GET /teams/apps/:app."""
    return _app(call, rows, access.app_named(rows, call.actor, call.path["team-app"]))


def create_app(call: Call, tx: Transaction) -> Json:
    """POST /teams/apps: of a team, or without one a personal app."""
    _not_simulated(call, "space", "internal_routing")
    wish = {field: call.body.get(field) for field in ("name", "region", "stack")}
    if call.body.get("personal") or "team" not in call.body:
        return _app(call, tx, apps.create_app(tx, call.actor, **wish))
    team = teams.team_named(tx, call.actor, call.body["team"])
    app = team_apps.create_team_app(tx, call.actor, team, **wish)
    if call.body.get("locked"):
        app = team_access.set_lock(tx, call.actor, app, True)
    return _app(call, tx, app)


def update_app(call: Call, tx: Transaction) -> Json:
    """PATCH /teams/apps/:app: locked or not, or to another owner, at once (heroku-cli: apps:lock, apps:transfer)."""
    wish, app = call.body, access.app_named(tx, call.actor, call.path["team-app"])
    if not wish:
        raise InvalidParams("Missing parameter: owner (a team, or somebody who may use the app), or locked.")
    if "owner" in wish:
        app = team_apps.give_away(tx, call.actor, app.id, wish["owner"])
    if "locked" in wish:
        app = team_access.set_lock(tx, call.actor, app, wish["locked"])
    return _app(call, tx, app)


def filter_apps(call: Call, rows: Snapshot) -> Json:
    """POST /filters/apps: of the apps that the caller may see, those with these ids (all, if none is named)."""
    wanted = call.body.get("in", {}).get("id")
    found = access.visible_apps(rows, call.actor)
    return [_app(call, rows, each) for each in found if wanted is None or each.id in wanted]
