"""A customer deletes its account: what stands in the way, and what is left."""

import pytest

from platform_sim.core.access import Actor
from platform_sim.core.actions import browser_logins, invitations
from platform_sim.core.actions.account_end import delete_account
from platform_sim.core.actions.accounts import actor_for_token, create_customer, customer_named, issue_token
from platform_sim.core.actions.apps import delete_app
from platform_sim.core.actions.browsers import create_link
from platform_sim.core.actions.clients import create_client
from platform_sim.core.actions.collaborators import add_collaborator, collaborators_of
from platform_sim.core.actions.favorites import add_favorite
from platform_sim.core.actions.features import feature_named, switch
from platform_sim.core.actions.keys import add_key
from platform_sim.core.actions.logins import set_password, set_second_factor
from platform_sim.core.actions.pipelines import create_pipeline, delete_pipeline
from platform_sim.core.actions.releases import current_release
from platform_sim.core.actions.team_members import invite
from platform_sim.core.actions.teams import create_team
from platform_sim.core.actions.transfers import offer
from platform_sim.core.errors import Forbidden, InvalidParams, NotFound, Unauthorized
from platform_sim.core.model import accounts, logins, teams
from platform_sim.core.model.accounts import Account
from platform_sim.core.model.apps import App, Build, FeatureSwitch, Release
from platform_sim.core.model.notices import Favorite, Notification
from platform_sim.core.model.records import Event
from platform_sim.core.public import apps as public
from platform_sim.core.store import Transaction
from platform_sim.core.store.tables import NOUNS, TABLES

from ...support import AT, deploy, dump, new_addon, new_app, new_customer, new_service, partner_of_addon

PASSWORD = "correct horse"
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f me@home"


@pytest.fixture
def ann(tx: Transaction) -> Actor:
    """A customer with a password."""
    made = new_customer(tx, "ann@example.com")
    set_password(tx, made.account, made.account, PASSWORD)
    return made


def refused(tx: Transaction, who: Actor, words: str) -> None:
    before = dump(tx)
    with pytest.raises(InvalidParams, match=words):
        delete_account(tx, who, PASSWORD)
    assert dump(tx) == before


def test_nothing_is_left_that_acts(tx: Transaction, customer: Actor, ann: Actor) -> None:
    token = issue_token(tx, ann.account, "mine").token
    set_second_factor(tx, ann.account, ann.account)
    create_client(tx, ann, "robot", "https://robot.example.com/")
    add_key(tx, ann, KEY)
    switch(tx, ann, ann.account, feature_named(ann.account, "dashboard-repositories-api"), True)
    create_link(tx, ann.account)
    crew = create_team(tx, customer, "crew")
    invitations.invite(tx, customer, crew, "ann@example.com", "member")
    offered = new_app(tx, customer, "gift")
    add_collaborator(tx, customer, offered, "ann@example.com")
    add_favorite(tx, ann, "gift")
    offer(tx, customer, "gift", "ann@example.com")
    assert tx.count(Favorite) * tx.count(teams.TeamInvitation) * tx.count(Notification) > 0, "there is one of each"
    login = browser_logins.begin_login(tx, "x")
    browser_logins.accept_login(tx, login, ann.account)
    delete_account(tx, ann, PASSWORD)
    with pytest.raises(Unauthorized):
        actor_for_token(tx, token)
    for noun, owner in (
        (accounts.OauthClient, "account_id"),
        (accounts.SshKey, "account_id"),
        (accounts.BrowserSession, "account_id"),
        (FeatureSwitch, "owner_id"),
        (logins.Credentials, "id"),
    ):
        assert tx.count(noun, **{owner: ann.account.id}) == 0, noun
    for noun in NOUNS:
        if "account_id" in TABLES[noun].columns and noun is not accounts.Authorization:
            assert tx.count(noun, account_id=ann.account.id) == (noun is logins.BrowserLogin), noun
    assert tx.count(accounts.Authorization, account_id=ann.account.id, revoked_at=None) == 0
    assert browser_logins.take_answer(tx, login.id) == {"error": browser_logins.DECLINED}
    event = tx.find(Event, kind="account", action="destroy")
    assert event is not None
    assert (event.actor_email, event.data) == ("ann@example.com", {"email": "ann@example.com"})


def test_the_e_mail_is_free_again_and_the_old_account_nobodys(tx: Transaction, ann: Actor) -> None:
    delete_account(tx, ann, PASSWORD)
    with pytest.raises(NotFound):
        customer_named(tx, "ann@example.com")
    left = tx.get(Account, ann.account.id)
    assert (left.email, left.name, left.is_customer) == (f"{left.id}@deleted.invalid", None, False)
    with pytest.raises(NotFound):
        customer_named(tx, left.id)
    with pytest.raises(InvalidParams):
        create_customer(tx, "bob@deleted.invalid")
    assert create_customer(tx, "ann@example.com").id != left.id


def test_what_it_has_done_for_others_stays(tx: Transaction, customer: Actor, app: App, ann: Actor) -> None:
    add_collaborator(tx, customer, app, "ann@example.com")
    release = deploy(tx, ann, app, "0a1b2c3d4e")
    offer(tx, customer, "acme", "ann@example.com")
    team = create_team(tx, customer, "crew")
    invite(tx, customer, team, "ann@example.com", "member")
    delete_account(tx, ann, PASSWORD)
    shown = public.release(tx.get(Release, release.id), app, AT, current_release(tx, app.id).id)
    assert shown["user"] == {"email": "ann@example.com", "id": ann.account.id}, "the history is not written anew"
    assert public.build(tx, tx.all(Build)[-1], AT)["user"] == {
        "email": f"{ann.account.id}@deleted.invalid",
        "id": ann.account.id,
    }
    assert [each.account_id for each in collaborators_of(tx, app)] == [customer.account.id]
    assert tx.count(teams.AppTransfer) == 0
    assert tx.count(teams.TeamMember, account_id=ann.account.id) == 0


def test_it_takes_the_password(tx: Transaction, ann: Actor) -> None:
    token = issue_token(tx, ann.account, "mine").token
    for given in (None, "", "wrong horse", token):
        before = dump(tx)
        with pytest.raises(Unauthorized, match="Heroku-Password"):
            delete_account(tx, ann, given)
        assert dump(tx) == before


def test_without_a_password_it_takes_a_token(tx: Transaction, customer: Actor) -> None:
    with pytest.raises(Unauthorized):
        delete_account(tx, customer, None)
    delete_account(tx, customer, issue_token(tx, customer.account, "mine").token)


def test_not_while_it_owns_something(tx: Transaction, customer: Actor, ann: Actor) -> None:
    app = new_app(tx, ann, "anns")
    pipeline = create_pipeline(tx, ann, "flow")
    refused(tx, ann, "own the app anns, the pipeline flow: delete or transfer them first")
    delete_app(tx, ann, app)
    refused(tx, ann, "own the pipeline flow:")
    delete_pipeline(tx, ann, pipeline)
    new_service(tx, "exceptions", owner=ann.account)
    refused(tx, ann, "the add-on service exceptions")


def test_not_as_the_last_admin_of_a_team(tx: Transaction, customer: Actor, ann: Actor) -> None:
    team = create_team(tx, ann, "crew")
    with pytest.raises(InvalidParams, match="admin"):
        delete_account(tx, ann, PASSWORD)
    invite(tx, ann, team, "user@example.com", "admin")
    delete_account(tx, ann, PASSWORD)
    assert [each.account_id for each in tx.all(teams.TeamMember)] == [customer.account.id]


def test_partners_delete_nobody(tx: Transaction, customer: Actor, app: App) -> None:
    new_service(tx)
    with pytest.raises(Forbidden):
        delete_account(tx, partner_of_addon(tx, new_addon(tx, customer, app)), "partner-password")
