"""Plans as an operator sets them."""

from typing import Any

from platform_sim.core.access import Actor
from platform_sim.core.actions.plans import set_plans, update_plan
from platform_sim.core.model.addons import AddonService, Plan
from platform_sim.core.model.catalog import PlanSpec
from platform_sim.core.model.records import Event
from platform_sim.core.store import Transaction

from ...support import dump, new_database, new_service


def plans_of(tx: Transaction, service: AddonService) -> dict[str, Plan]:
    return {plan.name: plan for plan in tx.all(Plan, service_id=service.id)}


def defaults(tx: Transaction, service: AddonService) -> list[str]:
    return [name for name, plan in plans_of(tx, service).items() if plan.is_default]


def test_plans_are_added_and_changed_never_removed_and_one_is_the_default(tx: Transaction) -> None:
    service = new_service(tx)
    set_plans(tx, service, [PlanSpec("basic"), PlanSpec("premium", 5000, "Premium Plus", "All of it")])
    plans = plans_of(tx, service)
    assert {n: p.is_default for n, p in plans.items()} == {"test": False, "basic": True, "premium": False}
    assert (plans["premium"].cents, plans["premium"].human_name) == (5000, "Premium Plus")
    assert plans["premium"].description == "All of it"
    set_plans(tx, service, [PlanSpec("premium", 6000)])
    now = plans_of(tx, service)
    assert now["premium"].id == plans["premium"].id
    assert (now["premium"].cents, now["premium"].is_default, now["basic"].is_default) == (6000, True, False)


def test_what_is_not_said_stays(tx: Transaction) -> None:
    service = new_service(tx)
    full = PlanSpec(
        "pro", 900, "Pro", "For work", "hidden", None, ("Ann@Example.com",), ({"label": "x", "url": "http://x"},)
    )
    [made] = set_plans(tx, service, [full])
    assert (made.cents, made.state, made.passes) == (900, "hidden", ["ann@example.com"])
    assert update_plan(tx, service, PlanSpec("pro")) == made
    changed = update_plan(tx, service, PlanSpec("pro", 0, passes=(), actions=()))
    assert (changed.cents, changed.passes, changed.actions) == (0, [], [])
    assert (changed.human_name, changed.description, changed.state) == ("Pro", "For work", "hidden")


def test_a_new_plan_has_a_name_and_a_text_to_show(tx: Transaction) -> None:
    [plan] = set_plans(tx, new_service(tx), [PlanSpec("very-big")])
    assert (plan.human_name, plan.description) == ("Very Big", "Exceptions, plan very-big")


def test_the_default_is_named_or_the_first_and_there_is_always_one(tx: Transaction) -> None:
    service = new_service(tx)
    set_plans(tx, service, [PlanSpec("a"), PlanSpec("b", default=True)])
    assert defaults(tx, service) == ["b"]
    set_plans(tx, service, [])
    update_plan(tx, service, PlanSpec("b", default=False))
    assert defaults(tx, service) == ["b"]
    update_plan(tx, service, PlanSpec("test", 5))
    assert defaults(tx, service) == ["b"]
    update_plan(tx, service, PlanSpec("test", default=True))
    assert defaults(tx, service) == ["test"]


def test_actions_have_ids_that_stay_with_their_labels(tx: Transaction) -> None:
    service = new_service(tx)
    rotate: dict[str, Any] = {"label": "Rotate", "action": "rotate", "requires_owner": True}
    docs = {"label": "Docs", "url": "http://x?id=:resource_id"}
    [plan] = set_plans(tx, service, [PlanSpec("pro", actions=(rotate, docs))])
    first, second = plan.actions
    assert first == rotate | {"id": first["id"]}
    assert second == docs | {"id": second["id"], "requires_owner": False}
    assert first["id"] != second["id"]
    [again] = set_plans(tx, service, [PlanSpec("pro", actions=(docs, rotate))])
    assert again.actions == [second, first]
    given = "01234567-89ab-cdef-0123-456789abcdef"
    [named] = set_plans(tx, service, [PlanSpec("pro", actions=(rotate | {"id": given},))])
    assert named.actions[0]["id"] == given


def test_a_change_is_told_once_without_who_is_invited(tx: Transaction, customer: Actor) -> None:
    service = new_service(tx)
    spec = PlanSpec("pro", 900, passes=("ann@example.com",))
    set_plans(tx, service, [PlanSpec("test"), spec], customer.account)
    update_plan(tx, service, PlanSpec("pro", 1000), customer.account)
    before = dump(tx)
    set_plans(tx, service, [PlanSpec("test"), PlanSpec("pro", 1000)], customer.account)
    update_plan(tx, service, PlanSpec("pro", 1000), customer.account)
    assert dump(tx) == before
    [plan] = [plan for plan in tx.all(Plan) if plan.name == "pro"]
    made, changed = tx.all(Event, kind="plan", subject_id=plan.id)
    told = {"name": "exceptions:pro", "cents": 900, "is_default": False, "state": "public"}
    assert (made.action, made.data, made.actor_email) == ("create", told, customer.account.email)
    assert (changed.action, changed.data, changed.previous) == ("update", told | {"cents": 1000}, {"cents": 900})


def test_where_the_market_is_strict_a_new_plan_is_for_the_invited() -> None:
    database = new_database(strict_marketplace=True)
    with database.transaction() as tx:
        service = new_service(tx)
        [pro] = set_plans(tx, service, [PlanSpec("pro")])
        assert (pro.state, plans_of(tx, service)["test"].state) == ("invite-only", "invite-only")
        [shown] = set_plans(tx, service, [PlanSpec("all", state="public")])
        assert shown.state == "public"
    database.close()
