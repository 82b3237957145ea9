"""Rows of the API's table about people: accounts, what acts for them, who shares an app, teams."""

from platform_sim.web.api.handlers import account, authorizations, collaborators, logins, teams
from platform_sim.web.api.rows_elsewhere import ELSEWHERE
from platform_sim.web.api.rows_hosts import HOSTS
from platform_sim.web.api.rows_teams import TEAMS
from platform_sim.web.api.specs import BOTH, Key, Spec, get, late, listing, write

PEOPLE: dict[Key, Spec] = {
    **TEAMS,
    **HOSTS,
    **ELSEWHERE,
    ("GET", "/account"): get(account.info, always=True),
    ("PATCH", "/account"): write(account.update, fields=account.UPDATE),
    ("DELETE", "/account"): write(logins.delete),
    ("GET", "/account/rate-limits"): get(account.rate_limits, free=True, always=True),
    ("GET", "/users/{account}"): get(account.user_info, always=True),
    ("PATCH", "/users/{account}"): write(account.update_user, fields=account.UPDATE),
    ("DELETE", "/users/{account}"): write(logins.delete_user),
    ("POST", "/oauth/tokens"): late(account.create_token, status=201, fields=account.TOKEN, open=True, free=True),
    ("DELETE", "/oauth/tokens/{oauth-token}"): write(authorizations.delete_token),
    ("GET", "/oauth/authorizations"): listing(authorizations.listing),
    ("POST", "/oauth/authorizations"): write(authorizations.create, 201, fields=authorizations.CREATE, login=True),
    ("GET", "/oauth/authorizations/{oauth-authorization}"): get(authorizations.info),
    ("PATCH", "/oauth/authorizations/{oauth-authorization}"): write(
        authorizations.update, fields=authorizations.UPDATE
    ),
    ("DELETE", "/oauth/authorizations/{oauth-authorization}"): write(authorizations.revoke),
    ("POST", "/oauth/authorizations/{oauth-authorization}/actions/regenerate-tokens"): write(authorizations.regenerate),
    ("GET", "/oauth/sessions"): listing(logins.list_sessions),
    ("DELETE", "/oauth/sessions/{oauth-session}"): write(logins.end_session),
    ("PUT", "/apps/{app}/pre-authorizations"): write(logins.pre_authorize, unguarded=True),
    ("GET", "/oauth/clients"): listing(authorizations.list_clients, "name"),
    ("POST", "/oauth/clients"): write(
        authorizations.create_client, 201, fields=authorizations.CLIENT, required=("name", "redirect_uri")
    ),
    ("GET", "/oauth/clients/{oauth-client}"): get(authorizations.client_info),
    ("PATCH", "/oauth/clients/{oauth-client}"): write(authorizations.update_client, fields=authorizations.CLIENT),
    ("DELETE", "/oauth/clients/{oauth-client}"): write(authorizations.delete_client),
    ("POST", "/oauth/clients/{oauth-client}/actions/rotate-credentials"): write(authorizations.rotate_client),
    ("GET", "/apps/{app}/collaborators"): listing(collaborators.listing, **BOTH),
    ("POST", "/apps/{app}/collaborators"): write(
        collaborators.create, 201, fields=collaborators.CREATE, required=("user",)
    ),
    ("GET", "/apps/{app}/collaborators/{collaborator}"): get(collaborators.info, **BOTH),
    ("DELETE", "/apps/{app}/collaborators/{collaborator}"): write(collaborators.delete),
    ("GET", "/account/app-transfers"): listing(collaborators.list_transfers),
    ("POST", "/account/app-transfers"): write(
        collaborators.offer, 201, fields=collaborators.OFFER, required=("app", "recipient")
    ),
    ("GET", "/account/app-transfers/{app-transfer}"): get(collaborators.transfer_info),
    ("PATCH", "/account/app-transfers/{app-transfer}"): write(
        collaborators.answer, fields=collaborators.ANSWER, required=("state",)
    ),
    ("DELETE", "/account/app-transfers/{app-transfer}"): write(collaborators.withdraw),
    ("POST", "/filters/apps"): listing(teams.filter_apps, "name", fields=teams.FILTER, **BOTH),
    ("GET", "/spaces"): listing(account.list_spaces, "name"),
}
