"""Who is around the customer of a full world: a collaborator, a team, a giver of apps, and what acts for it."""

from platform_sim.core.access import Actor, app_named
from platform_sim.core.actions import invitations
from platform_sim.core.actions.accounts import add_token, authorize
from platform_sim.core.actions.authorizations import create_authorization, token_of
from platform_sim.core.actions.clients import create_client
from platform_sim.core.actions.collaborators import add_collaborator, join
from platform_sim.core.actions.favorites import add_favorite
from platform_sim.core.actions.notifications import notifications_of
from platform_sim.core.actions.sessions import begin_session
from platform_sim.core.actions.team_apps import create_team_app
from platform_sim.core.actions.team_members import invite
from platform_sim.core.actions.teams import create_team
from platform_sim.core.actions.transfers import offer
from platform_sim.core.model.accounts import Authorization
from platform_sim.core.store import Transaction

from .. import support

FRIEND = "friend@example.com"
"""Collaborates on `acme`, is in the team `crew` and on its app, and has offered the customer the app `gift`."""
INVITED = "invited@example.com"
"""Has been asked into the team."""


def add_people(tx: Transaction, who: Actor) -> dict[str, str]:
    """All of them; what the variables of their paths stand for."""
    friend = support.new_customer(tx, FRIEND)
    made = add_collaborator(tx, who, app_named(tx, who, "acme"), FRIEND)
    team = create_team(tx, who, "crew")
    member = invite(tx, who, team, FRIEND, "member")
    crew_app = create_team_app(tx, who, team, name="crew-app")
    join(tx, who.account, crew_app, friend.account)
    support.new_customer(tx, INVITED)
    invitation = invitations.invite(tx, who, team, INVITED, "member")
    support.new_app(tx, friend, "gift")
    transfer = offer(tx, friend, "gift", who.account.email)
    (note,) = notifications_of(tx, who)
    favorite = add_favorite(tx, who, "acme")
    client = create_client(tx, who, "robot", "https://robot.example.com/callback")
    authorization = create_authorization(tx, who, description="robot", expires_in=3600)
    token = token_of(tx, authorization)
    session = begin_session(tx, authorize(tx, who.account, "a login", ["global"]))
    add_token(tx, tx.get(Authorization, session.authorization_id), life=3600)
    assert token is not None
    return {
        "collaborator": made.id,
        "team": "crew",
        "team-member": member.id,
        "team-app": "crew-app",
        "team-app-collaborator": FRIEND,
        "team.name": "crew",
        "team-invitation": invitation.id,
        "team-invitation.token": invitation.token,
        "team-feature": "team-invite-acceptance",
        "team-preferences": "crew",
        "notification": note.id,
        "favorite": favorite.id,
        "app-transfer": transfer.id,
        "oauth-client": client.id,
        "oauth-authorization": authorization.id,
        "oauth-token": token.id,
        "oauth-session": session.id,
    }
