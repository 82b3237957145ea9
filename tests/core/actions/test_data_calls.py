"""Who may ask a partner about an add-on's data, and of which partners (docs/pg-commands.md)."""

import pytest

from platform_sim.core.access import Actor
from platform_sim.core.actions import data_calls, jobs
from platform_sim.core.actions.catalog import register_manifest
from platform_sim.core.actions.collaborators import add_collaborator
from platform_sim.core.actions.team_access import add_to_team_app, give_permissions
from platform_sim.core.actions.team_apps import create_team_app
from platform_sim.core.actions.teams import create_team
from platform_sim.core.errors import Forbidden, InvalidParams, NotFound
from platform_sim.core.model.addons import Addon
from platform_sim.core.model.apps import App
from platform_sim.core.model.records import Job
from platform_sim.core.store import Transaction

from ... import support


@pytest.fixture
def addon(tx: Transaction, customer: Actor, app: App) -> Addon:
    """Of a partner that answers data calls."""
    manifest = support.new_manifest("pg", "URL")
    manifest["api"]["data_api"] = True
    register_manifest(tx, customer.account, manifest)
    return support.new_addon(tx, customer, app, "pg")


def test_the_job_says_what_to_ask_and_of_whom(tx: Transaction, customer: Actor, addon: Addon) -> None:
    job = data_calls.ask(tx, customer, addon.name, "PATCH", "/config", {"a": 1})
    wanted = {"addon_id": addon.id, "method": "PATCH", "path": "/config", "body": {"a": 1}}
    assert (job.kind, job.state, job.payload) == ("data_call", "todo", wanted)


def test_an_add_on_of_a_partner_without_it_is_clearly_refused(tx: Transaction, customer: Actor, app: App) -> None:
    support.new_service(tx)
    other = support.new_addon(tx, customer, app)
    with pytest.raises(InvalidParams, match=f"{other.name} is not Heroku Postgres"):
        data_calls.ask(tx, customer, other.id, "GET", "")
    assert tx.count(Job, kind="data_call") == 0


@pytest.mark.parametrize("state", ["provisioning", "deprovisioning"])
def test_what_is_not_there_cannot_be_asked(tx: Transaction, customer: Actor, addon: Addon, state: str) -> None:
    """404: so the CLI says "not yet provisioned", and `pg:wait` goes on waiting."""
    tx.update(addon, state=state)
    with pytest.raises(NotFound, match=state):
        data_calls.ask(tx, customer, addon.id, "GET", "")


def test_a_stranger_does_not_see_it(tx: Transaction, addon: Addon) -> None:
    with pytest.raises(NotFound, match="Couldn't find that add-on"):
        data_calls.ask(tx, support.new_customer(tx, "eve@example.com"), addon.id, "GET", "")


def test_a_partner_asks_nothing_here(tx: Transaction, addon: Addon) -> None:
    with pytest.raises(Forbidden):
        data_calls.ask(tx, support.partner_of_addon(tx, addon), addon.id, "GET", "")


def test_who_borrows_it_reads_and_who_uses_its_app_writes(
    tx: Transaction, customer: Actor, app: App, addon: Addon
) -> None:
    friend = support.new_customer(tx, "friend@example.com")
    theirs = support.new_app(tx, friend, "theirs")
    support.attach(tx, theirs, addon, "SHARED")
    data_calls.ask(tx, friend, addon.id, "GET", "/credentials")
    with pytest.raises(Forbidden, match="belongs to acme"):
        data_calls.ask(tx, friend, addon.id, "POST", "/credentials_rotation")
    add_collaborator(tx, customer, app, friend.account.email)
    data_calls.ask(tx, friend, addon.id, "POST", "/credentials_rotation")


def test_who_only_views_the_app_does_not_read_credentials(tx: Transaction, customer: Actor, addon: Addon) -> None:
    """What is answered holds what its config holds."""
    crew = create_team_app(tx, customer, create_team(tx, customer, "crew"), name="crew-app")
    theirs = support.new_addon(tx, customer, crew, "pg")
    viewer = support.new_customer(tx, "viewer@example.com")
    add_to_team_app(tx, customer, crew, viewer.account.email, ["operate"])
    with pytest.raises(Forbidden, match="cannot read the config"):
        data_calls.ask(tx, viewer, theirs.id, "GET", "/credentials/default")
    give_permissions(tx, customer, crew, viewer.account.email, ["deploy"])
    data_calls.ask(tx, viewer, theirs.id, "GET", "/credentials/default")


def test_an_app_is_asked_about_through_all_its_databases(
    tx: Transaction, customer: Actor, app: App, addon: Addon
) -> None:
    support.new_service(tx)
    support.new_addon(tx, customer, app)
    asked = data_calls.ask_of_app(tx, customer, "acme", "/transfers")
    assert [(job.payload["addon_id"], job.payload["path"]) for job in asked] == [(addon.id, "/transfers")]
    empty = support.new_app(tx, customer, "empty")
    with pytest.raises(NotFound, match="empty has no Heroku Postgres database"):
        data_calls.ask_of_app(tx, customer, empty.name, "/transfers")


def test_an_answer_that_was_fetched_is_gone(tx: Transaction, customer: Actor, addon: Addon) -> None:
    job = jobs.finish(tx, data_calls.ask(tx, customer, addon.id, "GET", ""), {"body": {"password": "x"}})
    data_calls.forget(tx, job)
    assert tx.find(Job, id=job.id) is None


def test_answers_that_nobody_fetches_do_not_pile_up(tx: Transaction, customer: Actor, addon: Addon) -> None:
    made = [data_calls.ask(tx, customer, addon.id, "GET", "") for _ in range(3 * data_calls.KEPT)]
    for job in made:
        jobs.finish(tx, job, {"body": {}})
    newest = data_calls.ask(tx, customer, addon.id, "GET", "")
    left = [job.id for job in tx.all(Job, kind="data_call")]
    assert left == [job.id for job in made[-data_calls.KEPT :]] + [newest.id]
