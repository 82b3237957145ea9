"""Who shares apps and what acts for them, as public JSON: the part of `samples` that is about people."""

from typing import Any

from platform_sim.core.access import Actor
from platform_sim.core.actions.accounts import set_standing
from platform_sim.core.actions.authorizations import authorizations_of, create_authorization, token_of
from platform_sim.core.actions.clients import clients_of, create_client
from platform_sim.core.actions.collaborators import add_collaborator, collaborators_of
from platform_sim.core.actions.oauth import exchange_grant
from platform_sim.core.actions.sessions import begin_session
from platform_sim.core.actions.team_apps import create_team_app, has_joined
from platform_sim.core.actions.team_members import invite
from platform_sim.core.actions.teams import create_team, teams_of
from platform_sim.core.actions.transfers import answer, offer, transfers_of
from platform_sim.core.model.accounts import Account
from platform_sim.core.model.apps import App
from platform_sim.core.model.teams import PERMISSIONS, Team
from platform_sim.core.public import accounts as public_accounts
from platform_sim.core.public import addons as public_addons
from platform_sim.core.public import apps as public_apps
from platform_sim.core.public import authorizations as public_authorizations
from platform_sim.core.public import teams as public
from platform_sim.core.roles import apps_of, members_of, role_in_team
from platform_sim.core.store import Transaction

from ...support import AT, new_addon, new_app, new_customer

Bodies = dict[str, list[Any]]
OUTSIDE = "outside@example.com"


def of_people(tx: Transaction) -> Bodies:
    """A team with an app and an add-on, everybody's roles, transfers in all states, a client's authorization."""
    boss, member, outside = (new_customer(tx, f"{name}@example.com") for name in ("boss", "member", "outside"))
    team = create_team(tx, boss, "crew")
    invite(tx, boss, team, "member@example.com", "member")
    app = create_team_app(tx, boss, team, name="crew-app")
    addon = new_addon(tx, boss, app)
    for shared in (app, new_app(tx, boss, "shared")):
        add_collaborator(tx, boss, shared, OUTSIDE)
    for name, state in (("first-gift", "accepted"), ("second-gift", "declined"), ("third-gift", "")):
        new_app(tx, boss, name)
        transfer = offer(tx, boss, name, OUTSIDE)
        if state:
            answer(tx, outside, transfer, state)
    return (
        _shared(tx, boss, team, app)
        | _seen_by(tx, outside, member)
        | _acting(tx, boss)
        | {
            "account": [public_accounts.account(_out_of_favour(tx))],
            "add-on": [public_addons.addon(tx, addon, AT)],
            "app": [public_apps.app(tx, app, AT)],
        }
    )


def _out_of_favour(tx: Transaction) -> Account:
    account = new_customer(tx, "late@example.com").account
    return set_standing(tx, account, account, suspended=True, delinquent=True)


def _shared(tx: Transaction, boss: Actor, team: Team, app: App) -> Bodies:
    apps = apps_of(tx, boss.account)
    return {
        "collaborator": [public.collaborator(tx, row, each) for each in apps for row in collaborators_of(tx, each)],
        "app-transfer": [public.transfer(tx, row) for row in transfers_of(tx, boss.account)],
        "team-member": [public.member(tx, row) for row in members_of(tx, team)],
        "team-app-permission": [public.permission(name) for name in PERMISSIONS],
    }


def _seen_by(tx: Transaction, *actors: Actor) -> Bodies:
    return {
        "team": [public.team(row, role_in_team(tx, who.account, row)) for who in actors for row in teams_of(tx, who)],
        "team-app": [
            public.team_app(tx, row, AT, joined=has_joined(tx, who, row))
            for who in actors
            for row in apps_of(tx, who.account)
        ],
    }


def _acting(tx: Transaction, boss: Actor) -> Bodies:
    client = create_client(tx, boss, "robot", "https://robot.example.com/")
    create_authorization(tx, boss, client=client.id)
    exchanged = create_authorization(tx, boss, client=client.id)
    exchange_grant(tx, exchanged.grant_code or "", client.secret)
    short = create_authorization(tx, boss, expires_in=60)
    begin_session(tx, create_authorization(tx, boss, expires_in=60))
    token = token_of(tx, short)
    assert token is not None
    shown = [public_authorizations.authorization(tx, row) for row in authorizations_of(tx, boss)]
    tx.delete(token)
    return {
        "oauth-client": [public_authorizations.client(row) for row in clients_of(tx, boss)],
        "oauth-authorization": [*shown, public_authorizations.authorization(tx, short)],
        "oauth-token": [public_authorizations.ended_token(tx, short, token)],
    }
