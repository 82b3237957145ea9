"""What becomes of an add-on when its partner has answered: forward only, one release, no foreign variable."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest

from platform_sim.core.access import Actor
from platform_sim.core.actions.accounts import actor_for_token
from platform_sim.core.actions.addon_config import partner_deprovisions, partner_provisions, update_config
from platform_sim.core.actions.addons import create_addon
from platform_sim.core.actions.addons_end import destroy_addon, finish_deprovisioning
from platform_sim.core.actions.addons_outcome import (
    acknowledge,
    change_config,
    fail_provisioning,
    finish_plan_change,
    finish_provisioning,
)
from platform_sim.core.actions.config_vars import change_config_vars
from platform_sim.core.actions.oauth import exchange_grant
from platform_sim.core.actions.plans import set_plans
from platform_sim.core.actions.releases import app_config, newest_release
from platform_sim.core.errors import InvalidParams, Unauthorized
from platform_sim.core.model.accounts import Authorization
from platform_sim.core.model.addons import Addon, AddonService, Attachment
from platform_sim.core.model.apps import App, Release
from platform_sim.core.model.catalog import PlanSpec
from platform_sim.core.model.records import Event, Job
from platform_sim.core.store import Transaction

from ...support import (
    START,
    attach,
    dump,
    new_addon,
    new_app,
    new_customer,
    new_database,
    new_pending_addon,
    new_service,
    partner_of_addon,
)

A, B = "EXCEPTIONS_A", "EXCEPTIONS_B"


@pytest.fixture
def service(tx: Transaction) -> AddonService:
    return new_service(tx, "exceptions", "A", "B")


def descriptions(tx: Transaction, app: App) -> list[str]:
    """Of the releases after the first two."""
    return [r.description for r in tx.all(Release, app_id=app.id, order_by="version")][2:]


def test_a_synchronous_yes_is_two_releases(tx: Transaction, customer: Actor, app: App, service: AddonService) -> None:
    addon, _ = create_addon(tx, customer, app, "exceptions")
    addon = acknowledge(tx, addon, "77", "Welcome", asynchronous=False)
    assert (addon.state, addon.provider_id, addon.provision_message) == ("provisioning", "77", "Welcome")
    assert (addon.acknowledged_at, addon.deadline_at) == (START, None)
    assert app_config(tx, app) == {}
    addon = finish_provisioning(tx, addon, {A: "1", B: "2"}, customer.account)
    assert (addon.state, addon.config) == ("provisioned", {A: "1", B: "2"})
    assert app_config(tx, app) == {A: "1", B: "2"}
    assert descriptions(tx, app) == [
        f"Attach EXCEPTIONS (@ref:{addon.name})",
        f"@ref:{addon.name} completed provisioning, setting {A}, {B}.",
    ]
    [event] = tx.all(Event, kind="addon", action="update")
    assert (event.previous, event.data["state"]) == ({"state": "provisioning"}, "provisioned")
    assert tx.count(Job, kind="provision_deadline") == 0


def test_an_addon_without_config_completes_too(
    tx: Transaction, customer: Actor, app: App, service: AddonService
) -> None:
    addon = new_addon(tx, customer, app, config={})
    assert descriptions(tx, app)[-1] == f"@ref:{addon.name} completed provisioning."


def test_an_asynchronous_yes_starts_the_deadline(
    tx: Transaction, customer: Actor, app: App, service: AddonService
) -> None:
    addon = new_pending_addon(tx, customer, app)
    assert addon.deadline_at == START + timedelta(hours=12)
    [job] = tx.all(Job, kind="provision_deadline")
    assert (job.subject_id, job.run_at) == (addon.id, addon.deadline_at)


def test_invariant_09_config_while_provisioning_makes_no_release_and_completion_makes_one_per_app(
    tx: Transaction, customer: Actor, app: App, service: AddonService
) -> None:
    addon = new_pending_addon(tx, customer, app)
    other = new_app(tx, customer, "other")
    attach(tx, other, addon, "BORROWED")
    attach(tx, other, addon, "TWICE")
    partner = partner_of_addon(tx, addon)
    before = [newest_release(tx, each).version for each in (app, other)]
    update_config(tx, partner, addon.id, [(A, "1")])
    update_config(tx, partner, addon.id, [(B, "2"), (A, "3")])
    assert [newest_release(tx, each).version for each in (app, other)] == before
    assert [app_config(tx, each) for each in (app, other)] == [{}, {}]
    partner_provisions(tx, partner, addon.id)
    assert [newest_release(tx, each).version for each in (app, other)] == [v + 1 for v in before]
    assert app_config(tx, app) == {A: "3", B: "2"}
    assert app_config(tx, other) == {"BORROWED_A": "3", "BORROWED_B": "2", "TWICE_A": "3", "TWICE_B": "2"}
    assert newest_release(tx, app).actor_email == "exceptions@addons.heroku.com"
    partner_provisions(tx, partner, addon.id)
    assert [newest_release(tx, each).version for each in (app, other)] == [v + 1 for v in before], "again: harmless"


def test_what_a_partner_set_while_its_answer_was_on_the_way_is_kept(
    tx: Transaction, customer: Actor, app: App, service: AddonService
) -> None:
    asked, _ = create_addon(tx, customer, app, "exceptions")
    update_config(tx, partner_of_addon(tx, asked), asked.id, [(B, "early")])
    acknowledge(tx, asked, "77", None, asynchronous=False)
    assert finish_provisioning(tx, asked, {A: "1"}, customer.account).config == {A: "1", B: "early"}
    assert app_config(tx, app) == {A: "1", B: "early"}


def test_invariant_10_an_undeclared_variable_is_never_set(
    tx: Transaction, customer: Actor, app: App, service: AddonService
) -> None:
    addon = new_pending_addon(tx, customer, app)
    before = dump(tx)
    attempts: list[Callable[[], object]] = [
        lambda: finish_provisioning(tx, addon, {A: "1", "OTHER": "2"}, customer.account),
        lambda: change_config(tx, addon, {"EXCEPTIONS_C": "2"}, customer.account),
        lambda: change_config(tx, addon, {"EXCEPTIONS_C": None}, customer.account),
        lambda: update_config(tx, partner_of_addon(tx, addon), addon.id, [(A, "1"), ("PATH", "/tmp")]),
    ]
    for attempt in attempts:
        with pytest.raises(InvalidParams, match=f"not declared in the manifest of exceptions. It declares {A}, {B}"):
            attempt()
        assert dump(tx) == before


def test_invariant_10_removal_takes_the_addons_value_never_the_customers(
    tx: Transaction, customer: Actor, app: App, service: AddonService
) -> None:
    addon = new_addon(tx, customer, app, config={A: "1", B: "2"})
    change_config_vars(tx, customer, app, {A: "mine", "OWN": "x"})
    change_config(tx, addon, {A: None, B: None}, customer.account)
    assert app_config(tx, app) == {A: "mine", "OWN": "x"}
    assert tx.get(Addon, addon.id).config == {}


def test_invariant_10_a_name_the_addon_never_set_is_not_removed(
    tx: Transaction, customer: Actor, app: App, service: AddonService
) -> None:
    addon = new_addon(tx, customer, app, config={A: "1"})
    change_config_vars(tx, customer, app, {B: "mine"})
    change_config(tx, addon, {B: None}, customer.account)
    assert app_config(tx, app) == {A: "1", B: "mine"}


def test_a_change_of_one_var_leaves_the_customers_value_of_another(
    tx: Transaction, customer: Actor, app: App, service: AddonService
) -> None:
    """Names that are not in the body stay unchanged (partner-api §4.2), in the app as well."""
    addon = new_addon(tx, customer, app, config={A: "1", B: "2"})
    change_config_vars(tx, customer, app, {B: "mine"})
    change_config(tx, addon, {A: "3"}, customer.account)
    assert app_config(tx, app) == {A: "3", B: "mine"}
    assert tx.get(Addon, addon.id).config == {A: "3", B: "2"}


def test_a_partners_change_is_one_release_in_each_attached_app_whose_vars_change(
    tx: Transaction, customer: Actor, app: App, service: AddonService
) -> None:
    addon = new_addon(tx, customer, app, config={A: "1"})
    other = new_app(tx, customer, "other")
    attach(tx, other, addon, "ONE")
    attach(tx, other, addon, "TWO")
    change_config(tx, addon, {A: "2"}, customer.account)
    assert descriptions(tx, app)[-1] == "Update EXCEPTIONS by exceptions"
    assert descriptions(tx, other) == ["Update ONE, TWO by exceptions"]
    assert app_config(tx, other) == {"ONE_A": "2", "TWO_A": "2"}
    versions = [newest_release(tx, each).version for each in (app, other)]
    change_config(tx, addon, {A: "2"}, customer.account)
    assert [newest_release(tx, each).version for each in (app, other)] == versions, "the same again: no release"


def test_unchanged_values_make_a_release_if_the_setting_says_so() -> None:
    database = new_database(unchanged_config_makes_release=True)
    with database.transaction() as tx:
        customer = new_customer(tx)
        app = new_app(tx, customer)
        new_service(tx, "exceptions", "A")
        addon = new_addon(tx, customer, app, config={A: "1"})
        version = newest_release(tx, app).version
        change_config(tx, addon, {A: "1"}, customer.account)
        assert newest_release(tx, app).version == version + 1
    database.close()


def test_a_plan_change_switches_the_plan_and_sets_config_over_the_customers_value(
    tx: Transaction, customer: Actor, app: App, service: AddonService
) -> None:
    _, premium = set_plans(tx, service, [PlanSpec("test"), PlanSpec("premium")])
    addon = new_addon(tx, customer, app, config={A: "1", B: "2"})
    change_config_vars(tx, customer, app, {A: "mine", B: "mine"})
    addon = finish_plan_change(tx, addon, premium, {A: "1"}, "Done.", customer.account)
    assert (addon.plan_id, addon.provision_message, addon.provider_id) == (premium.id, "Done.", f"provider-{addon.id}")
    assert app_config(tx, app) == {A: "1", B: "mine"}, "the answer's vars are set back, others are left alone"
    assert newest_release(tx, app).actor_email == "exceptions@addons.heroku.com"
    event = tx.all(Event, kind="addon", order_by="number")[-1]
    assert (event.previous, event.data["plan"]) == ({"plan": "exceptions:test"}, "exceptions:premium")


def test_a_plan_change_without_config_makes_no_release(
    tx: Transaction, customer: Actor, app: App, service: AddonService
) -> None:
    _, premium = set_plans(tx, service, [PlanSpec("test"), PlanSpec("premium")])
    addon = new_addon(tx, customer, app)
    version = newest_release(tx, app).version
    finish_plan_change(tx, addon, premium, None, None, customer.account)
    finish_plan_change(tx, addon, premium, {}, None, customer.account)
    assert newest_release(tx, app).version == version


def test_a_refusal_leaves_nothing_visible_and_deletes_nothing(
    tx: Transaction, customer: Actor, app: App, service: AddonService
) -> None:
    addon, _ = create_addon(tx, customer, app, "exceptions")
    addon = fail_provisioning(tx, addon, "No more room.", clean_up=False)
    assert (addon.state, addon.provision_message) == ("deprovisioned", "No more room.")
    assert tx.count(Attachment) == 0
    assert newest_release(tx, app).version == 2, "nothing was shown in the releases, nothing is taken back"
    assert tx.count(Job, kind="deprovision") == 0
    assert [(e.kind, e.action) for e in tx.all(Event, addon_id=addon.id, order_by="number")] == [
        ("addon-attachment", "create"),
        ("addon", "create"),
        ("addon-attachment", "destroy"),
        ("addon", "destroy"),
    ]
    assert tx.all(Event, order_by="number")[-1].data["reason"] == "No more room."
    assert create_addon(tx, customer, app, "exceptions")[0].id != addon.id


def test_an_unknown_outcome_that_is_given_up_is_deleted_at_the_partner(
    tx: Transaction, customer: Actor, app: App, service: AddonService
) -> None:
    addon, _ = create_addon(tx, customer, app, "exceptions")
    fail_provisioning(tx, addon, "No answer.", clean_up=True)
    [job] = tx.all(Job, kind="deprovision")
    assert (job.subject_id, job.state, job.payload) == (addon.id, "todo", {"clean_up": True})


def test_giving_up_what_was_acknowledged_is_a_release(
    tx: Transaction, customer: Actor, app: App, service: AddonService
) -> None:
    addon = new_pending_addon(tx, customer, app)
    change_config_vars(tx, customer, app, {A: "mine"})
    fail_provisioning(tx, addon, "Too late.", clean_up=True)
    assert descriptions(tx, app)[-1] == f"Detach EXCEPTIONS (@ref:{addon.name})"
    assert app_config(tx, app) == {A: "mine"}


def test_tokens_of_a_failed_install_are_worth_nothing(
    tx: Transaction, customer: Actor, app: App, service: AddonService
) -> None:
    addon = new_pending_addon(tx, customer, app)
    grant = tx.find(Authorization, addon_id=addon.id)
    assert grant is not None
    assert grant.grant_code is not None
    token = exchange_grant(tx, grant.grant_code, service.client_secret).access.token
    partner_deprovisions(tx, actor_for_token(tx, token), addon.id)
    with pytest.raises(Unauthorized):
        actor_for_token(tx, token)


def test_no_config_value_reaches_an_event_or_a_job(
    tx: Transaction, customer: Actor, app: App, service: AddonService
) -> None:
    addon = new_addon(tx, customer, app, config={A: "s3cr3t-one"})
    change_config(tx, addon, {A: "s3cr3t-two"}, customer.account)
    destroy_addon(tx, customer, addon)
    finish_deprovisioning(tx, addon, None)
    kept = dump(tx)
    for table in ("Event", "Job", "Release"):
        assert "s3cr3t" not in json.dumps(kept[table], default=str), table
