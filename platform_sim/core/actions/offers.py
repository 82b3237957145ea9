"""Who is offered what: services and plans that a customer sees, and may install (partner-api §1.5, §12).

What an operator has said counts always: `shutdown`, `invite-only`. The stages alpha and beta, in which a service
begins, keep nobody out unless the setting `strict_marketplace` says so.
"""

from collections.abc import Sequence

from platform_sim.core.access import Actor
from platform_sim.core.errors import InvalidParams
from platform_sim.core.model.addons import Addon, AddonService, Plan
from platform_sim.core.store import Snapshot, Transaction

ALPHA_PLAN = "test"
"""The only plan of a service in alpha (partner-api §1.5)."""


def listed_services(rows: Snapshot, actor: Actor, *, strict: bool) -> list[AddonService]:
    """By name. Where the stages count, a service in alpha is listed for those who are invited, and for its partner."""
    services = rows.all(AddonService, order_by="name")
    if not strict:
        return services
    invited = {plan.service_id for plan in rows.all(Plan) if is_invited(actor, plan)}
    return [
        each for each in services if each.state != "alpha" or each.id in invited or is_partner_of(rows, actor, each)
    ]


def listed_plans(rows: Snapshot, actor: Actor, service: AddonService) -> list[Plan]:
    """Those for all users, and those to which one is invited; the service's partner sees all."""
    return listed_plans_of(rows, actor, [service])[service.id]


def listed_plans_of(rows: Snapshot, actor: Actor, services: Sequence[AddonService]) -> dict[str, list[Plan]]:
    """The same of several services, by their ids, in one question to the rows."""
    partners = {each.id for each in services if is_partner_of(rows, actor, each)}
    found: dict[str, list[Plan]] = {each.id: [] for each in services}
    for plan in rows.all(Plan, service_id=list(found)):
        if plan.service_id in partners or plan.state == "public" or _is_let_in(actor, plan):
            found[plan.service_id].append(plan)
    return found


def _is_let_in(actor: Actor, plan: Plan) -> bool:
    return plan.state == "invite-only" and is_invited(actor, plan)


def is_invited(actor: Actor, plan: Plan) -> bool:
    """Whether the customer has a plan pass."""
    return actor.account.email.lower() in plan.passes


def is_partner_of(rows: Snapshot, actor: Actor, service: AddonService) -> bool:
    """Whether the token is one of the service's instances."""
    return actor.addon_id is not None and rows.get(Addon, actor.addon_id).service_id == service.id


def check_installable(tx: Transaction, actor: Actor, service: AddonService, plan: Plan) -> None:
    """InvalidParams, with what to do, for a plan that this customer cannot install now. What lives, lives on."""
    if service.state == "shutdown":
        raise InvalidParams(
            f"{service.human_name} has been shut down and cannot be installed any more. "
            "Add-ons that exist go on; choose another service for a new one."
        )
    check_offered(tx, actor, service, plan)


def check_offered(tx: Transaction, actor: Actor, service: AddonService, plan: Plan) -> None:
    """InvalidParams for a plan that is not for this customer, whether for a new add-on or for one that has another."""
    invited = is_invited(actor, plan)
    if plan.state == "invite-only" and not invited:
        raise InvalidParams(
            f"{service.name}:{plan.name} is for invited users only, and {actor.account.email} has no plan pass. "
            f"Choose another plan of {service.human_name}, or ask its provider for a plan pass."
        )
    if tx.rules.strict_marketplace:
        _check_stage(actor, service, plan, invited)


def _check_stage(actor: Actor, service: AddonService, plan: Plan, invited: bool) -> None:
    if service.state == "alpha" and not invited:
        raise InvalidParams(
            f"{service.human_name} is in alpha: invited users only, and {actor.account.email} has no plan pass "
            f"for {service.name}:{plan.name}. Ask its provider for one."
        )
    if service.state == "alpha" and plan.name != ALPHA_PLAN:
        raise InvalidParams(f"{service.human_name} is in alpha: only its plan {ALPHA_PLAN} can be installed.")
    if service.state in ("alpha", "beta") and plan.cents > 0:
        raise InvalidParams(
            f"{service.human_name} is in {service.state}: plans that cost something can be installed once it is "
            "generally available. Choose a free plan."
        )
