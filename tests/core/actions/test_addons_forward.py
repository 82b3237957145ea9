"""States of add-ons only move forward, whatever comes late or twice."""

from collections.abc import Callable

import pytest

from platform_sim.core.access import Actor
from platform_sim.core.actions.addons import create_addon
from platform_sim.core.actions.addons_end import destroy_addon, finish_deprovisioning
from platform_sim.core.actions.addons_outcome import (
    acknowledge,
    change_config,
    fail_provisioning,
    finish_plan_change,
    finish_provisioning,
)
from platform_sim.core.actions.plans import set_plans
from platform_sim.core.model.addons import Addon, AddonService
from platform_sim.core.model.apps import App
from platform_sim.core.model.catalog import PlanSpec
from platform_sim.core.store import Transaction

from ...support import (
    dump,
    new_addon,
    new_service,
)

A = "EXCEPTIONS_A"


@pytest.fixture
def service(tx: Transaction) -> AddonService:
    return new_service(tx, "exceptions", "A", "B")


Outcome = Callable[[Transaction, Addon, Actor], object]
OUTCOMES: dict[str, Outcome] = {
    "acknowledge": lambda tx, addon, who: acknowledge(tx, addon, "late", None, asynchronous=True),
    "finish_provisioning": lambda tx, addon, who: finish_provisioning(tx, addon, {A: "late"}, who.account),
    "fail_provisioning": lambda tx, addon, who: fail_provisioning(tx, addon, "late", clean_up=True),
    "finish_deprovisioning": lambda tx, addon, who: finish_deprovisioning(tx, addon, None),
    "change_config": lambda tx, addon, who: change_config(tx, addon, {A: "late"}, who.account),
}
ORDER = ["provisioning", "provisioned", "deprovisioning", "deprovisioned"]


def reach(tx: Transaction, customer: Actor, app: App, state: str) -> Addon:
    """An add-on in this state; returned as it was when its partner was asked, as an engine holds it."""
    asked, _ = create_addon(tx, customer, app, "exceptions")
    if state != "provisioning":
        acknowledge(tx, asked, "77", None, asynchronous=True)
        finish_provisioning(tx, asked, {A: "1"}, customer.account)
    if state.startswith("deprovision"):
        destroy_addon(tx, customer, asked)
    if state == "deprovisioned":
        finish_deprovisioning(tx, asked, None)
    assert tx.get(Addon, asked.id).state == state
    return asked


@pytest.mark.parametrize("outcome", OUTCOMES)
@pytest.mark.parametrize("state", ORDER)
def test_invariant_07_states_only_move_forward_whatever_comes_late(
    tx: Transaction, customer: Actor, app: App, service: AddonService, state: str, outcome: str
) -> None:
    stale = reach(tx, customer, app, state)
    OUTCOMES[outcome](tx, stale, customer)
    now = tx.get(Addon, stale.id)
    assert ORDER.index(now.state) >= ORDER.index(state)
    if now.state == "deprovisioned":
        assert now.config == {}, "no credential outlives its add-on"


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_invariant_07_nothing_changes_an_addon_that_is_gone(
    tx: Transaction, customer: Actor, app: App, service: AddonService, outcome: str
) -> None:
    stale = reach(tx, customer, app, "deprovisioned")
    before = dump(tx)
    OUTCOMES[outcome](tx, stale, customer)
    assert dump(tx) == before


def test_invariant_07_a_repeated_yes_changes_nothing(
    tx: Transaction, customer: Actor, app: App, service: AddonService
) -> None:
    asked, _ = create_addon(tx, customer, app, "exceptions")
    acknowledge(tx, asked, "77", None, asynchronous=True)
    finish_provisioning(tx, asked, {A: "1"}, customer.account)
    before = dump(tx)
    acknowledge(tx, asked, "78", "again", asynchronous=True)
    finish_provisioning(tx, asked, {A: "2"}, customer.account)
    fail_provisioning(tx, asked, "late", clean_up=True)
    assert dump(tx) == before


def test_destroyed_while_the_partner_is_asked_the_partners_id_is_kept_and_nothing_else(
    tx: Transaction, customer: Actor, app: App, service: AddonService
) -> None:
    asked, _ = create_addon(tx, customer, app, "exceptions")
    destroy_addon(tx, customer, asked)
    before = dump(tx, without=(Addon,))
    acknowledge(tx, asked, "77", None, asynchronous=False)
    finish_provisioning(tx, asked, {A: "1"}, customer.account)
    now = tx.get(Addon, asked.id)
    assert (now.state, now.provider_id, now.config) == ("deprovisioning", "77", {})
    assert dump(tx, without=(Addon,)) == before


def test_a_plan_change_that_comes_after_the_customer_has_destroyed_it_changes_nothing(
    tx: Transaction, customer: Actor, app: App, service: AddonService
) -> None:
    _, premium = set_plans(tx, service, [PlanSpec("test"), PlanSpec("premium")])
    addon = new_addon(tx, customer, app)
    destroy_addon(tx, customer, addon)
    before = dump(tx)
    finish_plan_change(tx, addon, premium, {A: "late"}, None, customer.account)
    assert dump(tx) == before
