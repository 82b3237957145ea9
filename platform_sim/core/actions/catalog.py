"""The marketplace: services from pushed manifests, and their plans (partner-api §1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from platform_sim.core.actions.accounts import partner_account
from platform_sim.core.errors import InvalidParams, NotFound
from platform_sim.core.model.accounts import AccessToken, Account, Authorization
from platform_sim.core.model.addons import ABILITIES, Addon, AddonService, ManifestVersion, Plan
from platform_sim.core.model.values import is_uuid
from platform_sim.core.store import Snapshot, Transaction


@dataclass(frozen=True)
class PlanSpec:
    """What an operator says of a plan. `cents` a month; 0 is free."""

    name: str
    cents: int = 0
    human_name: str | None = None
    description: str | None = None


FIRST_PLANS = (PlanSpec("test"),)
"""An alpha service has exactly one free plan named `test` (partner-api §1.5)."""


def register_manifest(
    tx: Transaction, actor: Account, manifest: dict[str, Any], *, client_secret: str | None = None
) -> AddonService:
    """Make or update the service of a valid manifest and keep the version in the history.

    The slug is frozen by the first push; the OAuth client secret is made then, or set to the given one.
    """
    now = tx.now()
    name = str(manifest["id"])
    shown: dict[str, Any] = {
        "human_name": str(manifest.get("name") or name),
        "cli_plugin_name": manifest.get("cli_plugin_name"),
        "manifest": manifest,
    }
    service = tx.find(AddonService, name=name)
    if service is None:
        service = tx.insert(
            AddonService(
                id=tx.uuid("addon-service", name),
                name=name,
                state="alpha",
                client_secret=client_secret or tx.secret("client-secret", name),
                abilities=[],
                created_at=now,
                updated_at=now,
                **shown,
            )
        )
        partner_account(tx, name)
        set_plans(tx, service, FIRST_PLANS)
        tx.record("addon-service", "create", service.id, actor, {"name": name})
    else:
        if client_secret is not None:
            service = set_client_secret(tx, service, client_secret)
        service = tx.update(service, **shown)
        tx.record("addon-service", "update", service.id, actor, {"name": name})
    tx.insert(ManifestVersion(tx.uuid("manifest-version", service.id), service.id, manifest, now))
    return service


def set_client_secret(tx: Transaction, service: AddonService, secret: str) -> AddonService:
    """A new client secret ends every access token at once; refreshing works with the new one (partner-api §0)."""
    if secret == service.client_secret:
        return service
    addons = [addon.id for addon in tx.all(Addon, service_id=service.id)]
    granted = [each.id for each in tx.all(Authorization, addon_id=addons)]
    tx.delete_where(AccessToken, authorization_id=granted)
    return tx.update(service, client_secret=secret)


def set_abilities(tx: Transaction, service: AddonService, names: Sequence[str]) -> AddonService:
    """Enable exactly these for the partner; InvalidParams for one that there is not."""
    unknown = sorted(set(names) - set(ABILITIES))
    if unknown:
        raise InvalidParams(f"{', '.join(unknown)[:200]}: no such ability. There are {', '.join(sorted(ABILITIES))}.")
    return tx.update(service, abilities=sorted(set(names)))


def set_plans(tx: Transaction, service: AddonService, specs: Sequence[PlanSpec]) -> list[Plan]:
    """Add the plans or bring their prices and texts up to date; the first is the default. None is removed:
    add-ons may be on it."""
    now = tx.now()
    plans = []
    for index, spec in enumerate(specs):
        shown: dict[str, Any] = {
            "human_name": spec.human_name or spec.name.replace("-", " ").title(),
            "description": spec.description or f"{service.human_name}, plan {spec.name}",
            "cents": spec.cents,
            "is_default": index == 0,
        }
        plan = tx.find(Plan, service_id=service.id, name=spec.name)
        if plan is not None:
            plans.append(tx.update(plan, **shown))
            continue
        plan = Plan(
            id=tx.uuid("plan", f"{service.name}:{spec.name}"),
            service_id=service.id,
            name=spec.name,
            unit="month",
            state="alpha",
            visible=True,
            created_at=now,
            updated_at=now,
            **shown,
        )
        plans.append(tx.insert(plan))
    for other in tx.all(Plan, service_id=service.id, is_default=True):
        if specs and other.name != specs[0].name:
            tx.update(other, is_default=False)
    return plans


def service_named(rows: Snapshot, identity: str) -> AddonService:
    """By name or id."""
    found = rows.find(AddonService, id=identity) if is_uuid(identity) else rows.find(AddonService, name=identity)
    if found is None:
        raise NotFound("add_on service")
    return found


def plan_named(rows: Snapshot, identity: str, service: AddonService | None = None) -> tuple[AddonService, Plan]:
    """`service:plan`, `service` (its default plan), a plan's id, or within `service` the bare plan name."""
    if is_uuid(identity):
        plan = rows.find(Plan, id=identity)
        if plan is not None and (service is None or plan.service_id == service.id):
            return rows.get(AddonService, plan.service_id), plan
    if not identity.strip(":"):
        raise _no_plan(identity)
    slug, _, name = identity.partition(":")
    if service is not None and not name and slug != service.name:
        slug, name = service.name, slug
    owner = rows.find(AddonService, name=slug)
    if owner is None or (service is not None and owner.id != service.id):
        raise _no_plan(identity)
    plan = (
        rows.find(Plan, service_id=owner.id, name=name)
        if name
        else rows.find(Plan, service_id=owner.id, is_default=True)
    )
    if plan is None:
        raise _no_plan(identity)
    return owner, plan


def _no_plan(identity: str) -> NotFound:
    return NotFound("plan", f'Couldn\'t find either the add-on service or the add-on plan of "{identity[:128]}".')
