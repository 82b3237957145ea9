"""The marketplace: services from pushed manifests, and their plans (partner-api §1)."""

from collections.abc import Sequence
from typing import Any

from platform_sim.core.actions.accounts import partner_account
from platform_sim.core.actions.plans import set_plans
from platform_sim.core.errors import InvalidParams, NotFound
from platform_sim.core.model.accounts import Account
from platform_sim.core.model.addons import ABILITIES, AddonService, ManifestVersion, Plan
from platform_sim.core.model.catalog import PlanSpec
from platform_sim.core.model.values import is_uuid
from platform_sim.core.store import Snapshot, Transaction

FIRST_PLANS = (PlanSpec("test"),)
"""An alpha service has exactly one free plan named `test` (partner-api §1.5)."""
STAMP = "$base"
"""The registry's own mark in a stored copy: Unix seconds times 100000, and always more than before (§1.1)."""
TICKS = 100_000


def register_manifest(
    tx: Transaction, actor: Account, manifest: dict[str, Any], *, client_secret: str | None = None
) -> AddonService:
    """Make or update the service of a valid manifest and keep the version, stamped, in the history.

    The slug is frozen by the first push, whose account owns the service; its OAuth client secret is made then, or is
    the given one. (`services.set_client_secret` changes it.)
    """
    name = str(manifest["id"])
    service = tx.find(AddonService, name=name)
    stamp = max(int(tx.now().timestamp() * TICKS), service.manifest.get(STAMP, 0) + 1 if service else 0)
    stored = without_stamp(manifest) | {STAMP: stamp}
    shown: dict[str, Any] = {
        "human_name": str(manifest.get("name") or name),
        "cli_plugin_name": manifest.get("cli_plugin_name"),
        "manifest": stored,
    }
    if service is None:
        service = _first(tx, actor, name, shown, client_secret)
    else:
        service = tx.update(service, **shown)
        tx.record("addon-service", "update", service.id, actor, {"name": name})
    tx.insert(ManifestVersion(tx.uuid("manifest-version", service.id), service.id, stored, tx.now()))
    return service


def _first(
    tx: Transaction, actor: Account, name: str, shown: dict[str, Any], client_secret: str | None
) -> AddonService:
    now = tx.now()
    service = tx.insert(
        AddonService(
            id=tx.uuid("addon-service", name),
            name=name,
            state="alpha",
            owner_id=actor.id,
            client_secret=client_secret or tx.secret("client-secret", name),
            abilities=[],
            created_at=now,
            updated_at=now,
            **shown,
        )
    )
    partner_account(tx, name)
    tx.record("addon-service", "create", service.id, actor, {"name": name})
    set_plans(tx, service, FIRST_PLANS, actor)
    return service


def set_abilities(tx: Transaction, service: AddonService, names: Sequence[str]) -> AddonService:
    """Enable exactly these for the partner; InvalidParams for one that there is not."""
    unknown = sorted(set(names) - set(ABILITIES))
    if unknown:
        raise InvalidParams(f"{', '.join(unknown)[:200]}: no such ability. There are {', '.join(sorted(ABILITIES))}.")
    wanted = sorted(set(names))
    return service if wanted == service.abilities else tx.update(service, abilities=wanted)


def without_stamp(manifest: dict[str, Any]) -> dict[str, Any]:
    """A manifest as its author wrote it."""
    return {key: value for key, value in manifest.items() if key != STAMP}


def service_named(rows: Snapshot, identity: str) -> AddonService:
    """By name or id."""
    found = rows.find(AddonService, id=identity) if is_uuid(identity) else rows.find(AddonService, name=identity)
    if found is None:
        raise NotFound("add_on service")
    return found


def version_named(rows: Snapshot, service: AddonService, identity: str) -> ManifestVersion:
    """One version of a service's manifest, by id."""
    found = rows.find(ManifestVersion, id=identity, service_id=service.id) if is_uuid(identity) else None
    if found is None:
        raise NotFound("manifest", "Couldn't find that version of the manifest. See the list of manifests.")
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


def plan_wanted(rows: Snapshot, identity: str, service: AddonService | None = None) -> tuple[AddonService, Plan]:
    """`plan_named` for a plan in a request's body: what is wrong then is the body, 422 (heroku-cli §15, addons:create;
    on that the CLI lists the plans that there are)."""
    try:
        return plan_named(rows, identity, service)
    except NotFound as missing:
        raise InvalidParams(missing.message) from missing


def _no_plan(identity: str) -> NotFound:
    return NotFound("plan", f'Couldn\'t find either the add-on service or the add-on plan of "{identity[:128]}".')
