"""Plans of a service, as an operator sets them: what the Partner Portal and Heroku's staff do (partner-api §1.5)."""

from collections.abc import Sequence
from typing import Any

from platform_sim.core.model.accounts import Account
from platform_sim.core.model.addons import AddonService, Plan
from platform_sim.core.model.catalog import PlanSpec
from platform_sim.core.store import Transaction

TOLD = ("cents", "is_default", "state")
"""What an event says of a plan, beside its name."""


def set_plans(
    tx: Transaction, service: AddonService, specs: Sequence[PlanSpec], actor: Account | None = None
) -> list[Plan]:
    """Add the plans, or bring those that are there up to date. The first is the default if none says so.

    None is removed: add-ons may be on it. What is as it should be is not written again.
    """
    chosen = next((spec.name for spec in specs if spec.default), specs[0].name if specs else None)
    plans = [_set(tx, service, spec, spec.name == chosen, actor) for spec in specs]
    if chosen is not None:
        _no_other_default(tx, service, chosen)
    return plans


def update_plan(tx: Transaction, service: AddonService, spec: PlanSpec, actor: Account | None = None) -> Plan:
    """Add or change one plan. There is always a default: it goes only when another plan takes its place."""
    plan = _set(tx, service, spec, True if spec.default else None, actor)
    if spec.default:
        _no_other_default(tx, service, spec.name)
    return plan


def _set(
    tx: Transaction, service: AddonService, spec: PlanSpec, is_default: bool | None, actor: Account | None
) -> Plan:
    plan = tx.find(Plan, service_id=service.id, name=spec.name)
    if plan is None:
        return _insert(tx, service, spec, is_default or False, actor)
    wanted = _wanted(tx, service, spec, plan.actions) | ({} if is_default is None else {"is_default": is_default})
    changes = {name: value for name, value in wanted.items() if getattr(plan, name) != value}
    if not changes:
        return plan
    changed = tx.update(plan, **changes)
    previous = {name: getattr(plan, name) for name in TOLD if name in changes}
    tx.record("plan", "update", plan.id, actor, _told(service, changed), previous=previous)
    return changed


def _insert(tx: Transaction, service: AddonService, spec: PlanSpec, is_default: bool, actor: Account | None) -> Plan:
    now = tx.now()
    first: dict[str, Any] = {
        "human_name": spec.name.replace("-", " ").title(),
        "description": f"{service.human_name}, plan {spec.name}",
        "cents": 0,
        "state": "invite-only" if tx.rules.strict_marketplace else "public",
        "passes": [],
        "actions": [],
    }
    plan = tx.insert(
        Plan(
            id=tx.uuid("plan", f"{service.name}:{spec.name}"),
            service_id=service.id,
            name=spec.name,
            unit="month",
            is_default=is_default,
            created_at=now,
            updated_at=now,
            **first | _wanted(tx, service, spec, []),
        )
    )
    tx.record("plan", "create", plan.id, actor, _told(service, plan))
    return plan


def _wanted(
    tx: Transaction, service: AddonService, spec: PlanSpec, known_actions: list[dict[str, Any]]
) -> dict[str, Any]:
    """The columns that the operator has spoken of."""
    said = {
        "cents": spec.cents,
        "human_name": spec.human_name,
        "description": spec.description,
        "state": spec.state,
        "passes": None if spec.passes is None else sorted({email.lower() for email in spec.passes}),
        "actions": None if spec.actions is None else _actions(tx, service, spec, known_actions),
    }
    return {name: value for name, value in said.items() if value is not None}


def _actions(
    tx: Transaction, service: AddonService, spec: PlanSpec, known: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """With ids: the given one, that of the action with the same label before, or a new one."""
    ids = {each["label"]: each["id"] for each in known}
    scope = f"{service.name}:{spec.name}"
    return [
        {
            "requires_owner": False,
            **each,
            "id": each.get("id") or ids.get(each["label"]) or tx.uuid("plan-action", scope),
        }
        for each in spec.actions or ()
    ]


def _no_other_default(tx: Transaction, service: AddonService, chosen: str) -> None:
    for other in tx.all(Plan, service_id=service.id, is_default=True):
        if other.name != chosen:
            tx.update(other, is_default=False)


def _told(service: AddonService, plan: Plan) -> dict[str, Any]:
    return {"name": f"{service.name}:{plan.name}"} | {name: getattr(plan, name) for name in TOLD}
