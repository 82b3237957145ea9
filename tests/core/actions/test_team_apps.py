"""Apps of teams: who makes, sees, uses, manages and gives them away."""

import pytest

from platform_sim.core.access import Actor, app_named, visible_apps
from platform_sim.core.actions.apps import create_app, delete_app, update_app
from platform_sim.core.actions.collaborators import add_collaborator, remove_collaborator
from platform_sim.core.actions.config_vars import change_config_vars
from platform_sim.core.actions.team_access import set_lock
from platform_sim.core.actions.team_apps import apps_of_team, create_team_app, give_away, has_joined
from platform_sim.core.actions.team_members import invite
from platform_sim.core.actions.teams import create_team
from platform_sim.core.errors import Forbidden, InvalidParams, NotFound
from platform_sim.core.model.apps import App, Release
from platform_sim.core.model.records import Event
from platform_sim.core.model.teams import Team
from platform_sim.core.public import addons as public_addons
from platform_sim.core.public import apps as public_apps
from platform_sim.core.roles import role_in_app
from platform_sim.core.store import Transaction

from ...support import AT, new_addon, new_customer, new_service

MEMBER, OUTSIDE = "member@example.com", "outside@example.com"


@pytest.fixture
def team(tx: Transaction, customer: Actor) -> Team:
    return create_team(tx, customer, "crew")


@pytest.fixture
def member(tx: Transaction, customer: Actor, team: Team) -> Actor:
    made = new_customer(tx, MEMBER)
    invite(tx, customer, team, MEMBER, "member")
    return made


@pytest.fixture
def crew_app(tx: Transaction, customer: Actor, team: Team) -> App:
    return create_team_app(tx, customer, team, name="crew-app")


@pytest.fixture
def outside(tx: Transaction, customer: Actor, crew_app: App) -> Actor:
    """A collaborator on the team's app who is not in the team."""
    made = new_customer(tx, OUTSIDE)
    add_collaborator(tx, customer, crew_app, OUTSIDE)
    return made


def test_members_make_apps_of_the_team(tx: Transaction, team: Team, member: Actor) -> None:
    app = create_team_app(tx, member, team, region="eu", stack="heroku-22")
    assert (app.owner_id, app.region, app.stack) == (team.id, "eu", "heroku-22")
    assert {each.actor_email for each in tx.all(Release, app_id=app.id)} == {MEMBER}
    assert has_joined(tx, member, app)


def test_collaborators_and_strangers_do_not(tx: Transaction, team: Team, outside: Actor) -> None:
    for actor in (outside, new_customer(tx, "stranger@example.com")):
        with pytest.raises(Forbidden):
            create_team_app(tx, actor, team)


def test_members_see_all_apps_collaborators_their_own(
    tx: Transaction, customer: Actor, team: Team, crew_app: App, member: Actor, outside: Actor
) -> None:
    second = create_team_app(tx, customer, team, name="second")
    create_app(tx, customer, name="personal")
    assert apps_of_team(tx, member, team) == [crew_app, second]
    assert apps_of_team(tx, outside, team) == [crew_app]
    assert [app.name for app in visible_apps(tx, member)] == ["crew-app", "second"]
    assert not has_joined(tx, member, crew_app)


def test_members_use_an_app_admins_manage_it(
    tx: Transaction, customer: Actor, crew_app: App, member: Actor, outside: Actor
) -> None:
    for actor in (member, outside):
        change_config_vars(tx, actor, app_named(tx, actor, "crew-app"), {"A": actor.account.email})
        update_app(tx, actor, tx.get(App, crew_app.id), maintenance=actor is member)
        for act in (
            lambda actor=actor: delete_app(tx, actor, crew_app),
            lambda actor=actor: update_app(tx, actor, crew_app, name="renamed"),
            lambda actor=actor: add_collaborator(tx, actor, crew_app, MEMBER),
            lambda actor=actor: give_away(tx, actor, "crew-app", "user@example.com"),
        ):
            with pytest.raises(Forbidden, match="only the owner of crew-app can, or an admin"):
                act()
    with pytest.raises(Forbidden):
        remove_collaborator(tx, member, crew_app, OUTSIDE)
    remove_collaborator(tx, outside, crew_app, OUTSIDE)
    update_app(tx, customer, tx.get(App, crew_app.id), name="renamed")
    delete_app(tx, customer, tx.get(App, crew_app.id))


def test_the_team_pays_and_is_shown(tx: Transaction, customer: Actor, team: Team, crew_app: App) -> None:
    new_service(tx)
    addon = new_addon(tx, customer, crew_app)
    shown = public_apps.app(tx, crew_app, AT)
    assert shown["owner"] == {"email": "crew@herokumanager.com", "id": team.id}
    assert shown["team"] == shown["organization"] == {"id": team.id, "name": "crew"}
    assert public_addons.addon(tx, addon, AT)["billing_entity"] == {"id": team.id, "name": "crew", "type": "team"}


def test_a_personal_app_is_given_to_ones_team_at_once(
    tx: Transaction, customer: Actor, app: App, team: Team, member: Actor
) -> None:
    new_service(tx)
    addon = new_addon(tx, customer, app)
    given = give_away(tx, customer, "acme", "crew")
    assert given.owner_id == team.id
    assert public_addons.addon(tx, addon, AT)["billing_entity"]["type"] == "team"  # type: ignore[index]
    assert role_in_app(tx, member.account, given) == "member"
    assert give_away(tx, customer, "acme", team.id) == given, "it is there already"


def test_not_to_somebody_elses_team(tx: Transaction, customer: Actor, app: App) -> None:
    create_team(tx, new_customer(tx, "other@example.com"), "others")
    with pytest.raises(NotFound):
        give_away(tx, customer, "acme", "others")


def test_nor_to_a_team_in_which_one_is_a_collaborator_only(tx: Transaction, outside: Actor) -> None:
    create_app(tx, outside, name="mine")
    with pytest.raises(Forbidden):
        give_away(tx, outside, "mine", "crew")


def test_from_a_team_to_who_may_use_the_app(
    tx: Transaction, customer: Actor, team: Team, crew_app: App, member: Actor
) -> None:
    new_customer(tx, OUTSIDE)
    with pytest.raises(InvalidParams, match="has no access"):
        give_away(tx, customer, "crew-app", OUTSIDE)
    set_lock(tx, customer, crew_app, True)
    given = give_away(tx, customer, crew_app.id, member.account.id)
    assert (given.owner_id, given.locked) == (member.account.id, False)
    assert role_in_app(tx, customer.account, given) is None, "the CLI says that all collaborators are removed"
    assert [each.data for each in tx.all(Event, kind="collaborator", action="destroy")] == [
        {"email": customer.account.email}
    ]
    assert apps_of_team(tx, customer, team) == []


def test_from_person_to_person_takes_a_transfer(tx: Transaction, customer: Actor, app: App) -> None:
    new_customer(tx, OUTSIDE)
    add_collaborator(tx, customer, app, OUTSIDE)
    with pytest.raises(InvalidParams, match="offer it to outside@example.com with an app transfer"):
        give_away(tx, customer, "acme", OUTSIDE)
