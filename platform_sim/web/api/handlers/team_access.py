"""Who may do what with an app that a team owns."""

from platform_sim.core import access
from platform_sim.core.actions import collaborators, team_access
from platform_sim.core.model.apps import App
from platform_sim.core.public import teams as public
from platform_sim.core.store import Snapshot, Transaction
from platform_sim.web.api.bodies import flag, list_of, text, user
from platform_sim.web.api.call import Call, Json

CREATE = {"user": user, "permissions": list_of(text), "silent": flag}
UPDATE = {"permissions": list_of(text)}


def _app(call: Call, rows: Snapshot) -> App:
    return access.app_named(rows, call.actor, call.path["app"] if "app" in call.path else call.path["team-app"])


def listing(call: Call, rows: Snapshot) -> Json:
    """GET /teams/apps/:app/collaborators: the owner first."""
    app = _app(call, rows)
    return [public.collaborator(rows, each, app) for each in collaborators.collaborators_of(rows, app)]


def info(call: Call, rows: Snapshot) -> Json:
    """GET /teams/apps/:app/collaborators/:id-or-email."""
    app = _app(call, rows)
    found = collaborators.collaborator_named(rows, app, call.path["team-app-collaborator"])
    return public.collaborator(rows, found, app)


def create(call: Call, tx: Transaction) -> Json:
    """POST /teams/apps/:app/collaborators (heroku-cli: apps:join, access:add with permissions)."""
    app, wish = _app(call, tx), call.body
    made = team_access.add_to_team_app(tx, call.actor, app, wish["user"], wish.get("permissions", []))
    return public.collaborator(tx, made, app)


def update(call: Call, tx: Transaction) -> Json:
    """PATCH /teams/apps/:app/collaborators/:id-or-email (heroku-cli: access:update)."""
    app, identity = _app(call, tx), call.path["team-app-collaborator"]
    changed = team_access.give_permissions(tx, call.actor, app, identity, call.body["permissions"])
    return public.collaborator(tx, changed, app)


def delete(call: Call, tx: Transaction) -> Json:
    """DELETE /teams/apps/:app/collaborators/:id-or-email answers with the collaborator as it was."""
    app = _app(call, tx)
    found = collaborators.collaborator_named(tx, app, call.path["team-app-collaborator"])
    body = public.collaborator(tx, found, app)
    collaborators.remove_collaborator(tx, call.actor, app, found.id)
    return body
