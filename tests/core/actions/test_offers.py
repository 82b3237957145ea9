"""Who sees which service and plan, and who may install it."""

import pytest

from platform_sim.core.access import Actor
from platform_sim.core.actions.addons import create_addon, request_plan_change
from platform_sim.core.actions.offers import listed_plans, listed_services
from platform_sim.core.actions.plans import set_plans
from platform_sim.core.actions.services import change_service
from platform_sim.core.errors import InvalidParams
from platform_sim.core.model.addons import Addon, AddonService, PlanState, ServiceState
from platform_sim.core.model.apps import App
from platform_sim.core.model.catalog import PlanSpec, ServiceSpec
from platform_sim.core.store import Transaction

from ...support import new_addon, new_app, new_customer, new_database, new_service, partner_of_addon

PASSES = ("USER@example.com",)


@pytest.fixture
def service(tx: Transaction) -> AddonService:
    """A service with a plan of each kind; `mine` is one to which the customer is invited."""
    service = new_service(tx, requires=("many_per_app",))
    specs = [
        PlanSpec("test"),
        PlanSpec("secret", state="hidden"),
        PlanSpec("others", state="invite-only", passes=("ann@example.com",)),
        PlanSpec("mine", state="invite-only", passes=PASSES),
        PlanSpec("both", state="hidden", passes=PASSES),
    ]
    set_plans(tx, service, specs)
    return service


def test_hidden_plans_and_those_of_others_are_not_listed(
    tx: Transaction, customer: Actor, service: AddonService
) -> None:
    assert [plan.name for plan in listed_plans(tx, customer, service)] == ["test", "mine"]
    ann = new_customer(tx, "Ann@example.com")
    assert [plan.name for plan in listed_plans(tx, ann, service)] == ["test", "others"]


def test_the_services_own_partner_sees_all_another_one_what_everybody_sees(
    tx: Transaction, customer: Actor, app: App, service: AddonService
) -> None:
    other = new_service(tx, "database")
    own, foreign = (partner_of_addon(tx, new_addon(tx, customer, app, each.name)) for each in (service, other))
    assert len(listed_plans(tx, own, service)) == 5
    assert [plan.name for plan in listed_plans(tx, foreign, service)] == ["test"]


@pytest.mark.parametrize("plan", ["test", "secret", "mine", "both"])
def test_a_hidden_plan_can_be_installed_by_name(
    tx: Transaction, customer: Actor, app: App, service: AddonService, plan: str
) -> None:
    addon, _ = create_addon(tx, customer, app, f"{service.name}:{plan}")
    assert addon.state == "provisioning"


def test_a_plan_for_others_is_refused_with_what_to_do(
    tx: Transaction, customer: Actor, app: App, service: AddonService
) -> None:
    with pytest.raises(InvalidParams) as raised:
        create_addon(tx, customer, app, "exceptions:others")
    assert raised.value.message == (
        "exceptions:others is for invited users only, and user@example.com has no plan pass. "
        "Choose another plan of Exceptions, or ask its provider for a plan pass."
    )
    assert tx.count(Addon) == 0


def test_a_plan_change_asks_too_but_never_for_the_plan_one_has(
    tx: Transaction, customer: Actor, app: App, service: AddonService
) -> None:
    addon = new_addon(tx, customer, app, "exceptions:mine")
    with pytest.raises(InvalidParams, match="invited users only"):
        request_plan_change(tx, customer, addon, "others")
    set_plans(tx, service, [PlanSpec("test"), PlanSpec("mine", passes=())])
    assert request_plan_change(tx, customer, addon, "mine").kind == "change_plan"
    assert request_plan_change(tx, customer, addon, "secret").kind == "change_plan"


def test_a_service_that_is_shut_down_keeps_what_it_has(
    tx: Transaction, customer: Actor, app: App, service: AddonService
) -> None:
    addon = new_addon(tx, customer, app)
    change_service(tx, customer.account, service, ServiceSpec(state="shutdown"))
    with pytest.raises(InvalidParams, match="has been shut down .* choose another service"):
        create_addon(tx, customer, app, "exceptions")
    assert tx.get(Addon, addon.id).state == "provisioned"
    assert request_plan_change(tx, customer, addon, "secret").kind == "change_plan"


@pytest.mark.parametrize("state", ["alpha", "beta", "ga"])
def test_stages_keep_nobody_out_by_themselves(
    tx: Transaction, customer: Actor, app: App, service: AddonService, state: ServiceState
) -> None:
    change_service(tx, customer.account, service, ServiceSpec(state=state, plans=(PlanSpec("pro", 900),)))
    assert create_addon(tx, customer, app, "exceptions")[0].state == "provisioning"
    assert [each.name for each in listed_services(tx, customer, strict=False)] == ["exceptions"]


STRICT: list[tuple[ServiceState, PlanState, str, int, bool, str | None]] = [
    ("alpha", "public", "test", 0, True, None),
    ("alpha", "public", "test", 0, False, "is in alpha: invited users only"),
    ("alpha", "invite-only", "test", 0, False, "is for invited users only"),
    ("alpha", "public", "other", 0, True, "only its plan test"),
    ("alpha", "public", "test", 5, True, "is in alpha: plans that cost something"),
    ("beta", "public", "other", 0, False, None),
    ("beta", "public", "other", 5, True, "is in beta: plans that cost something"),
    ("beta", "invite-only", "other", 0, False, "is for invited users only"),
    ("ga", "public", "other", 5, False, None),
    ("shutdown", "public", "test", 0, True, "has been shut down"),
]


@pytest.mark.parametrize(("state", "plan_state", "plan", "cents", "invited", "refusal"), STRICT)
def test_a_strict_market(
    state: ServiceState, plan_state: PlanState, plan: str, cents: int, invited: bool, refusal: str | None
) -> None:
    database = new_database(strict_marketplace=True)
    with database.transaction() as tx:
        customer = new_customer(tx)
        app, service = new_app(tx, customer), new_service(tx)
        spec = PlanSpec(plan, cents, state=plan_state, passes=PASSES if invited else ())
        change_service(tx, customer.account, service, ServiceSpec(state=state, plans=(spec,)))
        listed = [each.name for each in listed_services(tx, customer, strict=True)]
        assert listed == ([] if state == "alpha" and not invited else ["exceptions"])
        if refusal is None:
            create_addon(tx, customer, app, f"exceptions:{plan}")
        else:
            with pytest.raises(InvalidParams, match=refusal):
                create_addon(tx, customer, app, f"exceptions:{plan}")
    database.close()


def test_a_strict_market_shows_a_partner_its_own_service() -> None:
    database = new_database(strict_marketplace=True)
    with database.transaction() as tx:
        customer = new_customer(tx)
        app, service = new_app(tx, customer), new_service(tx)
        new_service(tx, "database")
        set_plans(tx, service, [PlanSpec("test", passes=PASSES)])
        partner = partner_of_addon(tx, new_addon(tx, customer, app))
        assert [each.name for each in listed_services(tx, partner, strict=True)] == ["exceptions"]
    database.close()
