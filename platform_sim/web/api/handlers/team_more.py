"""What else a team has: invitations, features, permissions, add-ons, apps of a member, preferences."""

from platform_sim.core.access import visible_addons
from platform_sim.core.actions import invitations, team_apps, team_members, teams
from platform_sim.core.errors import NotFound, NotSimulated
from platform_sim.core.model.accounts import Account
from platform_sim.core.model.features import TEAM_FEATURES, feature
from platform_sim.core.model.teams import Team
from platform_sim.core.public import addons as public_addons
from platform_sim.core.public import features as public_features
from platform_sim.core.public import teams as public
from platform_sim.core.roles import joined_apps, members_of, permissions_in_app
from platform_sim.core.store import Snapshot, Transaction
from platform_sim.web.api.bodies import OrNull, flag, text, user
from platform_sim.web.api.call import Call, Json

INVITATION = {"email": user, "role": text}
PREFERENCES = {"addons-controls": OrNull(flag)}


def _team(call: Call, rows: Snapshot) -> Team:
    identity = next(call.path[name] for name in ("team", "team.name", "team-preferences") if name in call.path)
    return teams.team_named(rows, call.actor, identity)


def _members_team(call: Call, rows: Snapshot) -> Team:
    team = _team(call, rows)
    teams.check_role(rows, call.actor, team, "admin", "member")
    return team


def list_invitations(call: Call, rows: Snapshot) -> Json:
    """GET /teams/:team/invitations (heroku-cli: members)."""
    found = invitations.invitations_of(rows, call.actor, _team(call, rows))
    return [public.invitation(rows, each) for each in found]


def invite(call: Call, tx: Transaction) -> Json:
    """PUT /teams/:team/invitations (heroku-cli: members:add)."""
    made = invitations.invite(tx, call.actor, _team(call, tx), call.body["email"], call.body["role"])
    return public.invitation(tx, made)


def revoke(call: Call, tx: Transaction) -> Json:
    """DELETE /teams/:team/invitations/:id-or-email answers with the invitation as it was."""
    return public.invitation(tx, invitations.revoke(tx, call.actor, _team(call, tx), call.path["team-invitation"]))


def invitation_info(call: Call, rows: Snapshot) -> Json:
    """GET /teams/invitations/:token."""
    found = invitations.invitation_named(rows, call.actor, call.path["team-invitation.token"])
    return public.invitation(rows, found)


def accept(call: Call, tx: Transaction) -> Json:
    """POST /teams/invitations/:token/accept: the member that the caller has become."""
    return public.member(tx, invitations.accept(tx, call.actor, call.path["team-invitation.token"]))


def list_features(call: Call, rows: Snapshot) -> Json:
    """GET /teams/:team/features: what the CLI looks at before it invites."""
    _team(call, rows)
    return [public_features.team_feature(each) for each in TEAM_FEATURES]


def feature_info(call: Call, rows: Snapshot) -> Json:
    """GET /teams/:team/features/:id-or-name."""
    _team(call, rows)
    found = feature(TEAM_FEATURES, call.path["team-feature"])
    if found is None:
        raise NotFound("feature")
    return public_features.team_feature(found)


def list_permissions(call: Call, rows: Snapshot) -> Json:
    """GET /teams/:team/permissions: of each app, who has which."""
    team = _members_team(call, rows)
    people = [rows.get(Account, each.account_id) for each in members_of(rows, team)]
    return [
        public.permission_entity(rows, app, (each for each in people if permissions_in_app(rows, each, app)))
        for app in team_apps.apps_of_team(rows, call.actor, team)
    ]


def list_addons(call: Call, rows: Snapshot) -> Json:
    """GET /teams/:team/addons: of the apps that the caller sees."""
    team = _team(call, rows)
    owned = {app.id for app in team_apps.apps_of_team(rows, call.actor, team)}
    return [
        public_addons.addon(rows, each, call.at, expand=call.expansion)
        for each in visible_addons(rows, call.actor)
        if each.app_id in owned
    ]


def list_apps_of_member(call: Call, rows: Snapshot) -> Json:
    """GET /teams/:team/members/:id-or-email/apps: those of the team that it has joined."""
    team = _members_team(call, rows)
    member = team_members.member_named(rows, team, call.path["team-member"])
    account = rows.get(Account, member.account_id)
    found = [app for app in joined_apps(rows, account) if app.owner_id == team.id]
    return [public.team_app(rows, app, call.at, joined=True) for app in found]


def never_any(call: Call, rows: Snapshot) -> Json:
    """Lists of what a team cannot have here: private spaces, identity providers, invoices."""
    _team(call, rows)
    return []


def preferences(call: Call, rows: Snapshot) -> Json:
    """GET /teams/:team/preferences: no default permission, and no rules for add-ons."""
    _team(call, rows)
    return {"addons-controls": False, "default-permission": None}


def update_preferences(call: Call, tx: Transaction) -> Json:
    """PATCH /teams/:team/preferences: the controls stay off, since nothing here obeys them."""
    teams.check_role(tx, call.actor, _team(call, tx), "admin")
    if call.body.get("addons-controls"):
        raise NotSimulated("addons-controls is not simulated: every add-on can be installed on a team's apps.")
    return preferences(call, tx)


def delinquency(call: Call, rows: Snapshot) -> Json:
    """GET /teams/:team/delinquency: nobody bills a team here, so nothing is scheduled."""
    _team(call, rows)
    return {"scheduled_deletion_time": None, "scheduled_suspension_time": None}
