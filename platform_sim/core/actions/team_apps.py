"""Apps of teams: made by members, given to a team or by it."""

from platform_sim.core.access import Actor, app_named, check_manages, customers_only, visible_apps
from platform_sim.core.actions.accounts import customer_named
from platform_sim.core.actions.apps import create_app
from platform_sim.core.actions.collaborators import join
from platform_sim.core.actions.teams import check_role, team_named
from platform_sim.core.actions.transfers import hand_over
from platform_sim.core.errors import InvalidParams
from platform_sim.core.model.accounts import Account
from platform_sim.core.model.apps import App
from platform_sim.core.model.teams import Collaborator, Team
from platform_sim.core.model.values import is_uuid
from platform_sim.core.roles import role_in_app, team_of
from platform_sim.core.store import Snapshot, Transaction


def create_team_app(
    tx: Transaction,
    actor: Actor,
    team: Team,
    *,
    name: str | None = None,
    region: str | None = None,
    stack: str | None = None,
) -> App:
    """A new app that the team owns. Who makes it has joined it."""
    customers_only(actor, "create an app")
    check_role(tx, actor, team, "admin", "member")
    owner = tx.get(Account, team.id)
    app = create_app(tx, actor, name=name, region=region, stack=stack, owner=owner)
    join(tx, actor.account, app, actor.account)
    return app


def apps_of_team(rows: Snapshot, actor: Actor, team: Team) -> list[App]:
    """Those that the actor may see: all for admins and members."""
    return [app for app in visible_apps(rows, actor) if app.owner_id == team.id]


def has_joined(rows: Snapshot, actor: Actor, app: App) -> bool:
    """Whether the actor owns the app or is a collaborator on it, not only a member of its team."""
    account = actor.account
    return app.owner_id == account.id or rows.find(Collaborator, app_id=app.id, account_id=account.id) is not None


def give_away(tx: Transaction, actor: Actor, identity: str, owner: str) -> App:
    """At once, to a team that the actor is in, or from a team to a customer who may use the app (heroku-cli:
    apps:transfer). From one customer to another it takes a transfer that the other accepts."""
    customers_only(actor, "transfer an app")
    app = app_named(tx, actor, identity)
    check_manages(tx, actor, app, "transfer this app")
    account = _recipient(tx, actor, owner)
    if account.id == app.owner_id:
        return app
    if account.is_customer:
        if team_of(tx, app) is None:
            raise InvalidParams(f"{app.name} is a personal app: offer it to {account.email} with an app transfer.")
        if role_in_app(tx, account, app) is None:
            raise InvalidParams(f"{account.email} has no access to {app.name}: give it that first.")
    return hand_over(tx, actor.account, app, account)


def _recipient(tx: Transaction, actor: Actor, owner: str) -> Account:
    if "@" in owner or (is_uuid(owner) and tx.find(Team, id=owner) is None):
        return customer_named(tx, owner)
    team = team_named(tx, actor, owner)
    check_role(tx, actor, team, "admin", "member")
    return tx.get(Account, team.id)
