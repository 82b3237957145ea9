"""Installing an add-on and asking for another plan."""

import re
from typing import Any

import pytest

from platform_sim.core.access import Actor, addon_named
from platform_sim.core.actions.addons import create_addon, plan_of, rename_addon, request_plan_change
from platform_sim.core.actions.addons_end import destroy_addon, finish_deprovisioning
from platform_sim.core.actions.addons_outcome import acknowledge
from platform_sim.core.actions.apps import create_app
from platform_sim.core.actions.plans import set_plans
from platform_sim.core.actions.releases import app_config, newest_release
from platform_sim.core.errors import ConfirmationRequired, Forbidden, InvalidParams, NotFound
from platform_sim.core.model.accounts import Authorization
from platform_sim.core.model.addons import Addon, AddonService, Attachment, Plan
from platform_sim.core.model.apps import App, Release
from platform_sim.core.model.catalog import PlanSpec
from platform_sim.core.model.records import Event, Job
from platform_sim.core.store import Database, Transaction

from ...support import (
    START,
    dump,
    new_addon,
    new_app,
    new_customer,
    new_pending_addon,
    new_service,
    partner_of_addon,
)


@pytest.fixture
def service(tx: Transaction) -> AddonService:
    return new_service(tx)


def test_one_transaction_writes_addon_attachment_grant_event_and_job(
    tx: Transaction, customer: Actor, app: App, service: AddonService
) -> None:
    addon, job = create_addon(tx, customer, app, "exceptions:test", options={"a": "b"})
    assert (addon.state, addon.app_id, addon.service_id) == ("provisioning", app.id, service.id)
    assert (addon.config, addon.options, addon.provider_id) == ({}, {"a": "b"}, None)
    assert (addon.region, addon.actor_id) == ("amazon-web-services::us-east-1", customer.account.id)
    assert plan_of(tx, addon).name == "test"
    [attachment] = tx.all(Attachment)
    assert (attachment.name, attachment.app_id, attachment.addon_id) == ("EXCEPTIONS", app.id, addon.id)
    [grant] = tx.all(Authorization, addon_id=addon.id)
    assert (grant.account_id, grant.grant_used_at, grant.refresh_token) == (None, None, None)
    assert grant.grant_code is not None
    assert grant.grant_expires_at is not None
    assert (grant.grant_expires_at - START).total_seconds() == 300
    assert (job.kind, job.subject_id, job.state) == ("provision", addon.id, "todo")
    events = tx.all(Event, addon_id=addon.id, order_by="number")
    assert [(e.kind, e.action) for e in events] == [("addon-attachment", "create"), ("addon", "create")]
    assert all(e.app_id == app.id and e.actor_email == customer.account.email for e in events)


def test_an_addon_that_nobody_has_acknowledged_makes_no_release(
    tx: Transaction, customer: Actor, app: App, service: AddonService
) -> None:
    create_addon(tx, customer, app, "exceptions")
    assert newest_release(tx, app).version == 2


def test_names_are_generated_after_the_service_or_given(
    tx: Transaction, customer: Actor, app: App, service: AddonService
) -> None:
    new_service(tx, "heroku-postgresql")
    assert re.fullmatch(r"exceptions-[a-z]+-\d{5}", create_addon(tx, customer, app, "exceptions")[0].name)
    assert re.fullmatch(r"postgresql-[a-z]+-\d{5}", create_addon(tx, customer, app, "heroku-postgresql")[0].name)
    other = new_app(tx, customer, "other")
    assert create_addon(tx, customer, other, "exceptions", name="My_own-1")[0].name == "My_own-1"


@pytest.mark.parametrize("name", ["", "1abc", "-abc", "a b", "a.b", "a", "äbc", "abc\n", "a" * 257])
def test_bad_names_are_refused(tx: Transaction, customer: Actor, app: App, service: AddonService, name: str) -> None:
    before = dump(tx)
    with pytest.raises(InvalidParams, match="Name must"):
        create_addon(tx, customer, app, "exceptions", name=name)
    assert dump(tx) == before


def test_a_name_is_taken_on_every_app_as_long_as_its_addon_lives(
    tx: Transaction, customer: Actor, app: App, service: AddonService
) -> None:
    stranger = new_customer(tx, "other@example.com")
    far = create_app(tx, stranger, name="far")
    addon = new_addon(tx, customer, app, name="my-addon")
    with pytest.raises(InvalidParams, match="^Name is already taken$"):
        create_addon(tx, stranger, far, "exceptions", name="my-addon")
    destroy_addon(tx, customer, addon)
    with pytest.raises(InvalidParams, match="^Name is already taken$"):
        create_addon(tx, stranger, far, "exceptions", name="my-addon")
    finish_deprovisioning(tx, addon, None)
    assert create_addon(tx, stranger, far, "exceptions", name="my-addon")[0].id != addon.id


def test_a_service_is_installed_once_on_an_app_unless_it_allows_many(
    tx: Transaction, customer: Actor, app: App, service: AddonService
) -> None:
    new_service(tx, "many", requires=("many_per_app",))
    create_addon(tx, customer, app, "exceptions")
    with pytest.raises(InvalidParams, match="only once"):
        create_addon(tx, customer, app, "exceptions")
    create_addon(tx, customer, new_app(tx, customer, "other"), "exceptions")
    names = [create_addon(tx, customer, app, "many")[0] for _ in range(3)]
    attached = [a.name for a in tx.all(Attachment, addon_id=[a.id for a in names])]
    assert attached[0] == "MANY"
    assert all(re.fullmatch(r"MANY_[A-Z]+", name) for name in attached[1:])
    assert len(set(attached)) == 3


def test_after_all_colours_come_numbers(tx: Transaction, customer: Actor, app: App) -> None:
    new_service(tx, "many", requires=("many_per_app",))
    names = []
    for _ in range(36):
        addon, _ = create_addon(tx, customer, app, "many")
        names += [a.name for a in tx.all(Attachment, addon_id=addon.id)]
    assert len(set(names)) == 36
    assert "MANY_2" in names


def test_the_customer_may_name_the_attachment(
    tx: Transaction, customer: Actor, app: App, service: AddonService
) -> None:
    addon = new_addon(tx, customer, app, attachment="primary_log")
    assert app_config(tx, app) == {"PRIMARY_LOG_URL": addon.config["EXCEPTIONS_URL"]}


@pytest.mark.parametrize("name", ["1X", "A-B", "Ä", "_A", "A" * 101, "A B"])
def test_bad_attachment_names_are_refused(
    tx: Transaction, customer: Actor, app: App, service: AddonService, name: str
) -> None:
    with pytest.raises(InvalidParams, match="not an attachment name"):
        create_addon(tx, customer, app, "exceptions", attachment=name)


def test_a_used_attachment_name_gives_way_only_when_confirmed(
    tx: Transaction, customer: Actor, app: App, service: AddonService
) -> None:
    new_service(tx, "database", requires=("many_per_app",))
    holder = new_addon(tx, customer, app)
    before = dump(tx)
    for confirm in (None, "", "other"):
        with pytest.raises(ConfirmationRequired, match="confirm with the name"):
            create_addon(tx, customer, app, "database", attachment="EXCEPTIONS", confirm=confirm)
    assert [a.addon_id for a in tx.all(Attachment)] == [holder.id]
    assert dump(tx)["Release"] == before["Release"]
    addon, _ = create_addon(tx, customer, app, "database", attachment="exceptions", confirm="acme")
    assert [a.addon_id for a in tx.all(Attachment)] == [addon.id]
    assert tx.get(Addon, holder.id).state == "provisioned", "it is detached, not destroyed"
    assert newest_release(tx, app).description == f"Detach EXCEPTIONS (@ref:{holder.name})"
    assert app_config(tx, app) == {}


def test_unknown_plans_and_shut_down_services(
    tx: Transaction, customer: Actor, app: App, service: AddonService
) -> None:
    with pytest.raises(InvalidParams):
        create_addon(tx, customer, app, "exceptions:gold")
    tx.update(service, state="shutdown")
    [plan] = tx.all(Plan, service_id=service.id)
    for spelling in ("exceptions", "exceptions:test", plan.id):
        with pytest.raises(InvalidParams, match="shut down"):
            create_addon(tx, customer, app, spelling)


def test_nothing_stays_of_an_install_that_is_refused(database: Database) -> None:
    with database.transaction() as tx:
        customer = new_customer(tx)
        app = new_app(tx, customer)
        new_service(tx)
        new_service(tx, "database")
        new_addon(tx, customer, app)
        before = dump(tx)
    with pytest.raises(ConfirmationRequired), database.transaction() as tx:
        create_addon(tx, customer, app, "database", attachment="EXCEPTIONS")
    with database.snapshot() as rows:
        assert dump(rows) == before


def test_partners_install_nothing_and_change_no_plan(
    tx: Transaction, customer: Actor, app: App, service: AddonService
) -> None:
    addon = new_addon(tx, customer, app)
    partner = partner_of_addon(tx, addon)
    attempts: list[Any] = [
        lambda: create_addon(tx, partner, app, "exceptions"),
        lambda: request_plan_change(tx, partner, addon, "test"),
    ]
    before = dump(tx)
    for attempt in attempts:
        with pytest.raises(Forbidden):
            attempt()
    assert dump(tx) == before


def test_a_plan_change_is_a_job_and_the_plan_stays_until_the_partner_agrees(
    tx: Transaction, customer: Actor, app: App, service: AddonService
) -> None:
    _, premium = set_plans(tx, service, [PlanSpec("test"), PlanSpec("premium")])
    addon = new_addon(tx, customer, app)
    releases = tx.count(Release)
    job = request_plan_change(tx, customer, addon, "exceptions:premium")
    assert (job.kind, job.subject_id) == ("change_plan", addon.id)
    assert job.payload == {"plan_id": premium.id, "actor_id": customer.account.id}
    assert plan_of(tx, tx.get(Addon, addon.id)).name == "test"
    assert tx.count(Release) == releases


def test_the_plan_of_an_addon_changes_within_its_service_and_once_it_is_provisioned(
    tx: Transaction, customer: Actor, app: App, service: AddonService
) -> None:
    new_service(tx, "database")
    pending = new_pending_addon(tx, customer, app)
    with pytest.raises(InvalidParams, match="is provisioning"):
        request_plan_change(tx, customer, pending, "test")
    addon = new_addon(tx, customer, new_app(tx, customer, "other"))
    with pytest.raises(InvalidParams):
        request_plan_change(tx, customer, addon, "database:test")
    assert tx.count(Job, kind="change_plan") == 0


def test_a_rename_tells_the_old_name_and_leaves_releases_and_vars(
    tx: Transaction, customer: Actor, app: App, service: AddonService
) -> None:
    addon = new_addon(tx, customer, app)
    before = dump(tx)
    renamed = rename_addon(tx, customer, addon, "my-errors")
    assert (renamed.id, renamed.name) == (addon.id, "my-errors")
    assert addon_named(tx, customer, "my-errors") == tx.get(Addon, addon.id) == renamed
    with pytest.raises(NotFound):
        addon_named(tx, customer, addon.name)
    event = tx.all(Event, addon_id=addon.id, order_by="number")[-1]
    assert (event.kind, event.action, event.previous) == ("addon", "update", {"name": addon.name})
    after = dump(tx)
    assert [after[noun] for noun in ("Release", "Job", "Attachment")] == [
        before[noun] for noun in ("Release", "Job", "Attachment")
    ], "nobody is told, nothing restarts"
    assert rename_addon(tx, customer, renamed, "my-errors") == renamed
    assert dump(tx) == after


def test_what_cannot_be_renamed(tx: Transaction, customer: Actor, app: App, service: AddonService) -> None:
    new_service(tx, "second")
    new_addon(tx, customer, app, "second", name="taken")
    addon, _ = create_addon(tx, customer, app, "exceptions")
    with pytest.raises(InvalidParams, match="once its provider has answered"):
        rename_addon(tx, customer, addon, "my-errors")
    addon = acknowledge(tx, addon, "1", None, asynchronous=True)
    for name, why in (("taken", "^Name is already taken$"), ("1x", "Name must start"), ("", "Name must start")):
        with pytest.raises(InvalidParams, match=why):
            rename_addon(tx, customer, addon, name)
    with pytest.raises(Forbidden):
        rename_addon(tx, partner_of_addon(tx, addon), addon, "my-errors")
    assert rename_addon(tx, customer, addon, "my-errors").name == "my-errors", (
        "202: the partner was asked, it has the id"
    )
    destroy_addon(tx, customer, addon)
    with pytest.raises(InvalidParams, match="deprovisioning"):
        rename_addon(tx, customer, tx.get(Addon, addon.id), "other")
