"""Rows of the API's table about teams: members, invitations, apps, what they may do with them."""

from platform_sim.web.api.handlers import team_access, team_more, teams
from platform_sim.web.api.specs import BOTH, Key, Spec, get, listing, write

TEAMS: dict[Key, Spec] = {
    ("GET", "/teams"): listing(teams.listing, "name"),
    ("POST", "/teams"): write(teams.create, 201, fields=teams.CREATE, required=("name",)),
    ("GET", "/teams/{team}"): get(teams.info),
    ("PATCH", "/teams/{team}"): write(teams.update, fields=teams.UPDATE),
    ("DELETE", "/teams/{team}"): write(teams.delete),
    ("GET", "/teams/{team}/members"): listing(teams.list_members, "email", **BOTH),
    ("POST", "/teams/{team}/members"): write(teams.add_member, 201, fields=teams.MEMBER, required=("email", "role")),
    ("PUT", "/teams/{team}/members"): write(teams.put_member, fields=teams.MEMBER, required=("email", "role")),
    ("PATCH", "/teams/{team}/members"): write(teams.change_member, fields=teams.MEMBER, required=("email", "role")),
    ("DELETE", "/teams/{team}/members/{team-member}"): write(teams.remove_member),
    ("GET", "/teams/permissions"): get(teams.list_permissions, sortable=("name",)),
    ("GET", "/teams/{team}/apps"): listing(teams.list_apps, "name"),
    ("POST", "/teams/apps"): write(teams.create_app, 201, fields=teams.APP),
    ("GET", "/teams/apps/{team-app}"): get(teams.app_info),
    ("PATCH", "/teams/apps/{team-app}"): write(teams.update_app, fields=teams.UPDATE_APP),
    ("POST", "/teams/apps/{app}/collaborators"): write(
        team_access.create, 201, fields=team_access.CREATE, required=("user",)
    ),
    ("GET", "/teams/apps/{team-app}/collaborators"): listing(team_access.listing),
    ("GET", "/teams/apps/{team-app}/collaborators/{team-app-collaborator}"): get(team_access.info),
    ("PATCH", "/teams/apps/{team-app}/collaborators/{team-app-collaborator}"): write(
        team_access.update, fields=team_access.UPDATE, required=("permissions",)
    ),
    ("DELETE", "/teams/apps/{team-app}/collaborators/{team-app-collaborator}"): write(team_access.delete),
    ("GET", "/teams/{team.name}/invitations"): listing(team_more.list_invitations),
    ("PUT", "/teams/{team}/invitations"): write(
        team_more.invite, fields=team_more.INVITATION, required=("email", "role")
    ),
    ("DELETE", "/teams/{team}/invitations/{team-invitation}"): write(team_more.revoke),
    ("GET", "/teams/invitations/{team-invitation.token}"): get(team_more.invitation_info),
    ("POST", "/teams/invitations/{team-invitation.token}/accept"): write(team_more.accept, 201),
    ("GET", "/teams/{team}/features"): listing(team_more.list_features, "name"),
    ("GET", "/teams/{team}/features/{team-feature}"): get(team_more.feature_info),
    ("GET", "/teams/{team}/permissions"): listing(team_more.list_permissions, "name"),
    ("GET", "/teams/{team}/addons"): listing(team_more.list_addons, "name"),
    ("GET", "/teams/{team}/members/{team-member}/apps"): listing(team_more.list_apps_of_member, "name"),
    ("GET", "/teams/{team}/spaces"): listing(team_more.never_any, "name"),
    ("GET", "/teams/{team}/invoices"): listing(team_more.never_any),
    ("GET", "/teams/{team.name}/identity-providers"): listing(team_more.never_any),
    ("GET", "/teams/{team-preferences}/preferences"): get(team_more.preferences),
    ("PATCH", "/teams/{team-preferences}/preferences"): write(
        team_more.update_preferences, fields=team_more.PREFERENCES
    ),
    ("GET", "/teams/{team}/delinquency"): get(team_more.delinquency),
}
