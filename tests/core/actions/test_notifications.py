"""Notifications: what a person is told that somebody else has done, or that nobody waited for."""

import pytest

from platform_sim.core.access import Actor
from platform_sim.core.actions import invitations, team_members, transfers
from platform_sim.core.actions.addons import create_addon
from platform_sim.core.actions.addons_outcome import fail_provisioning
from platform_sim.core.actions.collaborators import add_collaborator
from platform_sim.core.actions.notifications import mark, notifications_of
from platform_sim.core.actions.team_access import add_to_team_app
from platform_sim.core.actions.team_apps import create_team_app
from platform_sim.core.actions.teams import create_team
from platform_sim.core.errors import Forbidden, NotFound
from platform_sim.core.model.apps import App
from platform_sim.core.model.notices import KEPT, Notification
from platform_sim.core.model.records import Event
from platform_sim.core.store import Transaction

from ...support import end_addon, new_addon, new_app, new_customer, new_pending_addon, new_service, partner_of_addon

FRIEND = "friend@example.com"


@pytest.fixture
def friend(tx: Transaction) -> Actor:
    return new_customer(tx, FRIEND)


def titles(tx: Transaction, actor: Actor) -> list[str]:
    return [each.title for each in notifications_of(tx, actor)]


def test_an_offer_and_its_answer(tx: Transaction, customer: Actor, app: App, friend: Actor) -> None:
    offer = transfers.offer(tx, customer, "acme", FRIEND)
    (told,) = notifications_of(tx, friend)
    assert (told.title, told.target_type, told.target_id) == ("App transfer request for acme", "app", app.id)
    assert f"PATCH /account/app-transfers/{offer.id}" in told.body
    assert titles(tx, customer) == []
    transfers.answer(tx, friend, offer, "accepted")
    assert titles(tx, customer) == ["You are a collaborator on acme", "App transfer of acme accepted"]
    assert len(notifications_of(tx, friend)) == 1


def test_a_declined_offer(tx: Transaction, customer: Actor, app: App, friend: Actor) -> None:
    transfers.answer(tx, friend, transfers.offer(tx, customer, "acme", FRIEND), "declined")
    (told,) = notifications_of(tx, customer)
    assert told.body == "friend@example.com has declined the transfer of acme."


def test_a_collaborator_is_told_who_joins_is_not(tx: Transaction, customer: Actor, app: App, friend: Actor) -> None:
    add_collaborator(tx, customer, app, FRIEND)
    assert titles(tx, friend) == ["You are a collaborator on acme"]
    team = create_team(tx, customer, "crew")
    crew_app = create_team_app(tx, customer, team, name="crew-app")
    team_members.invite(tx, customer, team, FRIEND, "member")
    add_to_team_app(tx, friend, crew_app, FRIEND, [])
    assert titles(tx, friend) == ["You are in the team crew", "You are a collaborator on acme"]
    assert titles(tx, customer) == []


def test_an_invitation_brings_its_token(tx: Transaction, customer: Actor, friend: Actor) -> None:
    team = create_team(tx, customer, "crew")
    made = invitations.invite(tx, customer, team, FRIEND, "admin")
    (told,) = notifications_of(tx, friend)
    assert (told.target_type, told.target_id) == ("team", team.id)
    assert f"POST /teams/invitations/{made.token}/accept" in told.body
    assert all(made.token not in str(each) for each in tx.all(Event))
    invitations.accept(tx, friend, made.token)
    assert len(notifications_of(tx, friend)) == 1, "it knows that it has accepted"


def test_an_add_on_that_fails_in_the_background(tx: Transaction, customer: Actor, app: App) -> None:
    new_service(tx)
    addon = new_pending_addon(tx, customer, app)
    fail_provisioning(tx, addon, "It took too long.", clean_up=True)
    (told,) = notifications_of(tx, customer)
    assert told.title == f"{addon.name} failed to provision"
    assert told.body.endswith("could not be provisioned and has been removed: It took too long.")


def test_what_the_command_itself_has_told_is_not_told_again(tx: Transaction, customer: Actor, app: App) -> None:
    new_service(tx)
    addon, _ = create_addon(tx, customer, app, "exceptions")
    fail_provisioning(tx, addon, "No.", clean_up=False)
    end_addon(tx, customer, new_addon(tx, customer, app))
    assert titles(tx, customer) == []


def test_read_and_unread_and_nobody_elses(tx: Transaction, customer: Actor, app: App, friend: Actor) -> None:
    add_collaborator(tx, customer, app, FRIEND)
    (told,) = notifications_of(tx, friend)
    assert not told.read
    assert mark(tx, friend, told.id, True).read
    assert mark(tx, friend, told.id, True).read
    assert not mark(tx, friend, told.id, False).read
    with pytest.raises(NotFound):
        mark(tx, customer, told.id, True)
    new_service(tx)
    partner = partner_of_addon(tx, new_addon(tx, customer, app))
    with pytest.raises(Forbidden):
        notifications_of(tx, partner)


def test_the_newest_stay(tx: Transaction, customer: Actor, friend: Actor) -> None:
    for number in range(KEPT + 2):
        add_collaborator(tx, customer, new_app(tx, customer, f"app-{number}"), FRIEND)
    kept = titles(tx, friend)
    assert (len(kept), kept[0], kept[-1]) == (
        KEPT,
        f"You are a collaborator on app-{KEPT + 1}",
        "You are a collaborator on app-2",
    )
    assert tx.count(Notification) == KEPT
