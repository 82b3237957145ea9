"""Apps of teams: joined, locked, and used with permissions that were given one by one."""

import pytest

from platform_sim.core.access import Actor, check_permitted, check_reads_config, manages
from platform_sim.core.actions.addons import create_addon
from platform_sim.core.actions.attachments import attach
from platform_sim.core.actions.collaborators import add_collaborator
from platform_sim.core.actions.pipelines import couple, create_pipeline, move, uncouple
from platform_sim.core.actions.promotions import promote
from platform_sim.core.actions.sso import begin_sso
from platform_sim.core.actions.team_access import add_to_team_app, give_permissions, set_lock
from platform_sim.core.actions.team_apps import create_team_app, give_away
from platform_sim.core.actions.team_members import invite
from platform_sim.core.actions.teams import create_team
from platform_sim.core.errors import Forbidden, InvalidParams, NotFound
from platform_sim.core.model.apps import App
from platform_sim.core.model.records import Event
from platform_sim.core.model.sso import SsoTarget
from platform_sim.core.model.teams import PERMISSIONS, Collaborator, Team
from platform_sim.core.roles import permissions_in_app
from platform_sim.core.store import Transaction

from ...support import deploy, new_addon, new_customer, new_service

MEMBER, OUTSIDE = "member@example.com", "outside@example.com"
ALL = tuple(PERMISSIONS)
USES = ("view", "deploy", "operate")


@pytest.fixture
def team(tx: Transaction, customer: Actor) -> Team:
    return create_team(tx, customer, "crew")


@pytest.fixture
def crew_app(tx: Transaction, customer: Actor, team: Team) -> App:
    return create_team_app(tx, customer, team, name="crew-app")


@pytest.fixture
def member(tx: Transaction, customer: Actor, team: Team) -> Actor:
    made = new_customer(tx, MEMBER)
    invite(tx, customer, team, MEMBER, "member")
    return made


@pytest.fixture
def outside(tx: Transaction) -> Actor:
    return new_customer(tx, OUTSIDE)


def test_a_member_joins(tx: Transaction, crew_app: App, member: Actor) -> None:
    made = add_to_team_app(tx, member, crew_app, MEMBER, [])
    assert (made.account_id, made.permissions) == (member.account.id, [])
    with pytest.raises(InvalidParams, match="already a collaborator"):
        add_to_team_app(tx, member, crew_app, MEMBER, [])


def test_a_member_adds_nobody_else_and_gives_itself_nothing(
    tx: Transaction, crew_app: App, member: Actor, outside: Actor
) -> None:
    for user, permissions in ((OUTSIDE, []), (MEMBER, ["manage"])):
        with pytest.raises(Forbidden):
            add_to_team_app(tx, member, crew_app, user, permissions)


def test_who_is_in_no_team_does_not_join(tx: Transaction, crew_app: App, outside: Actor) -> None:
    with pytest.raises(Forbidden):
        add_to_team_app(tx, outside, crew_app, OUTSIDE, [])


def test_a_locked_app_can_be_looked_at_by_who_has_not_joined(
    tx: Transaction, customer: Actor, team: Team, crew_app: App, member: Actor, outside: Actor
) -> None:
    invite(tx, customer, team, OUTSIDE, "member")
    add_to_team_app(tx, member, crew_app, MEMBER, [])
    assert permissions_in_app(tx, outside.account, crew_app) == USES
    locked = set_lock(tx, customer, crew_app, True)
    assert set_lock(tx, customer, locked, True) == locked
    assert permissions_in_app(tx, member.account, locked) == USES, "who has joined before keeps everything"
    assert permissions_in_app(tx, outside.account, locked) == ("view",)
    assert permissions_in_app(tx, customer.account, locked) == ALL
    check_permitted(tx, outside, locked, "view")
    with pytest.raises(Forbidden, match="the permission deploy"):
        check_permitted(tx, outside, locked, "deploy")
    with pytest.raises(Forbidden, match="join this app while it is locked"):
        add_to_team_app(tx, outside, locked, OUTSIDE, [])
    add_to_team_app(tx, customer, locked, OUTSIDE, [])
    assert permissions_in_app(tx, outside.account, locked) == USES
    told = tx.all(Event, kind="app", subject_id=locked.id, action="update")[-1]
    assert (told.data, told.previous) == ({"name": "crew-app", "locked": True}, {"locked": False})
    assert not set_lock(tx, customer, locked, False).locked


def test_only_who_manages_locks_and_only_apps_of_teams(
    tx: Transaction, customer: Actor, app: App, crew_app: App, member: Actor
) -> None:
    with pytest.raises(Forbidden, match="lock or unlock"):
        set_lock(tx, member, crew_app, True)
    with pytest.raises(InvalidParams, match="acme is a personal app"):
        set_lock(tx, customer, app, True)
    with pytest.raises(InvalidParams, match="acme is a personal app"):
        add_to_team_app(tx, customer, app, MEMBER, [])


def test_permissions_are_given_one_by_one(tx: Transaction, customer: Actor, crew_app: App, outside: Actor) -> None:
    made = add_to_team_app(tx, customer, crew_app, OUTSIDE, ["deploy"])
    assert made.permissions == ["view", "deploy"], "who is on an app sees it"
    check_permitted(tx, outside, crew_app, "deploy")
    with pytest.raises(Forbidden):
        check_permitted(tx, outside, crew_app, "operate")
    changed = give_permissions(tx, customer, crew_app, OUTSIDE, ["manage"])
    assert permissions_in_app(tx, outside.account, crew_app) == ("view", "manage")
    assert manages(tx, outside, crew_app)
    assert give_permissions(tx, outside, crew_app, OUTSIDE, ["manage", "view"]) == changed
    told = tx.all(Event, kind="collaborator", action="update")
    assert [(each.data, each.previous) for each in told] == [
        ({"email": OUTSIDE, "permissions": ["view", "manage"]}, {"permissions": ["view", "deploy"]})
    ]


def test_what_cannot_be_given(tx: Transaction, customer: Actor, team: Team, crew_app: App, member: Actor) -> None:
    add_to_team_app(tx, member, crew_app, MEMBER, [])
    with pytest.raises(InvalidParams, match="'all' is none of view, deploy, operate, manage"):
        give_permissions(tx, customer, crew_app, MEMBER, ["all"])
    with pytest.raises(InvalidParams, match="permissions is empty"):
        give_permissions(tx, customer, crew_app, MEMBER, [])
    for identity in ("crew@herokumanager.com", customer.account.email):
        with pytest.raises(InvalidParams, match="have every permission"):
            give_permissions(tx, customer, crew_app, identity, ["view"])
    with pytest.raises(Forbidden):
        give_permissions(tx, member, crew_app, MEMBER, ["manage"])
    with pytest.raises(NotFound):
        give_permissions(tx, customer, crew_app, OUTSIDE, ["view"])


def test_add_ons_follow_the_permissions(tx: Transaction, customer: Actor, crew_app: App, outside: Actor) -> None:
    new_service(tx)
    new_service(tx, "second")
    addon = new_addon(tx, customer, crew_app)
    add_to_team_app(tx, customer, crew_app, OUTSIDE, ["operate"])
    with pytest.raises(Forbidden, match="permission deploy"):
        create_addon(tx, outside, crew_app, "second")
    with pytest.raises(Forbidden, match="permission deploy"):
        attach(tx, outside, crew_app, addon, name="AGAIN")
    with pytest.raises(Forbidden, match="cannot read the config"):
        check_reads_config(tx, outside, addon)
    dashboard = SsoTarget("post", "http://localhost/sso")
    with pytest.raises(Forbidden, match="permission deploy"):
        begin_sso(tx, outside, addon, crew_app, dashboard, {})
    give_permissions(tx, customer, crew_app, OUTSIDE, ["deploy"])
    check_reads_config(tx, outside, addon)
    assert begin_sso(tx, outside, addon, crew_app, dashboard, {}).params["email"] == OUTSIDE
    create_addon(tx, outside, crew_app, "second")
    attach(tx, outside, crew_app, addon, name="AGAIN")


def test_pipelines_follow_the_permissions(
    tx: Transaction, customer: Actor, app: App, crew_app: App, outside: Actor
) -> None:
    pipeline = create_pipeline(tx, customer, "flow")
    add_to_team_app(tx, customer, crew_app, OUTSIDE, ["operate"])
    with pytest.raises(Forbidden, match="permission deploy"):
        couple(tx, outside, pipeline, crew_app, "production")
    coupling = couple(tx, customer, pipeline, crew_app, "production")
    couple(tx, customer, pipeline, app, "staging")
    add_collaborator(tx, customer, app, OUTSIDE)
    deploy(tx, customer, app)
    for act in (
        lambda: move(tx, outside, coupling, "staging"),
        lambda: uncouple(tx, outside, coupling),
        lambda: promote(tx, outside, pipeline, app, [crew_app]),
    ):
        with pytest.raises(Forbidden, match="permission deploy"):
            act()
    give_permissions(tx, customer, crew_app, OUTSIDE, ["deploy"])
    promote(tx, outside, pipeline, app, [crew_app])
    uncouple(tx, outside, move(tx, outside, coupling, "staging"))


def test_an_app_that_leaves_the_team_leaves_its_permissions(
    tx: Transaction, customer: Actor, team: Team, crew_app: App, outside: Actor
) -> None:
    add_to_team_app(tx, customer, crew_app, OUTSIDE, ["view"])
    give_away(tx, customer, "crew-app", customer.account.email)
    assert tx.all(Collaborator, app_id=crew_app.id) == []
