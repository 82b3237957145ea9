"""The marketplace and add-ons in public."""

from uuid import UUID, uuid5

from platform_sim.core.actions.addon_logs import input_token_of
from platform_sim.core.actions.ownership import shown_vars
from platform_sim.core.model import places
from platform_sim.core.model.addons import Addon, AddonService, Attachment, Plan, requires
from platform_sim.core.model.addresses import Addresses
from platform_sim.core.model.apps import App
from platform_sim.core.model.values import iso
from platform_sim.core.roles import team_of
from platform_sim.core.store import Snapshot

Json = dict[str, object]


def service(row: AddonService) -> Json:
    """`Add-on Service`."""
    return {
        "cli_plugin_name": row.cli_plugin_name,
        "created_at": iso(row.created_at),
        "human_name": row.human_name,
        "id": row.id,
        "name": row.name,
        "state": row.state,
        "supported_generations": [{"id": places.CEDAR.id, "name": places.CEDAR.name}],
        "supports_multiple_installations": requires(row.manifest, "many_per_app"),
        "supports_sharing": requires(row.manifest, "attachable"),
        "updated_at": iso(row.updated_at),
    }


def plan(row: Plan, owner: AddonService) -> Json:
    """`Plan`, named `service:plan`."""
    return {
        "addon_service": {"id": owner.id, "name": owner.name},
        "compliance": None,
        "created_at": iso(row.created_at),
        "default": row.is_default,
        "description": row.description,
        "human_name": row.human_name,
        "id": row.id,
        "installable_inside_private_network": False,
        "installable_outside_private_network": True,
        "name": f"{owner.name}:{row.name}",
        "price": _price(row),
        "space_default": False,
        "state": row.state,
        "updated_at": iso(row.updated_at),
        "visible": row.state == "public",
    }


def _price(row: Plan) -> Json:
    return {"cents": row.cents, "contract": False, "unit": row.unit}


def addon(
    rows: Snapshot,
    row: Addon,
    at: Addresses,
    *,
    expand: frozenset[str] = frozenset(),
    message: bool = False,
) -> Json:
    """`Add-on`. `expand` holds `plan` and `addon_service` if the client asked (platform-api §4.6); `message`
    shows the partner's words (partner-api §2.2). Var names are those that the owning app sees."""
    owner, chosen = rows.get(AddonService, row.service_id), rows.get(Plan, row.plan_id)
    app = rows.find(App, id=row.app_id)
    app_ref = {"id": row.app_id, "name": app.name if app else "deleted"}
    body: Json = {
        "actions": chosen.actions,
        "addon_service": service(owner) if "addon_service" in expand else {"id": owner.id, "name": owner.name},
        "app": app_ref,
        "billed_price": _price(chosen),
        "billing_entity": _billing_entity(rows, app) or {**app_ref, "type": "app"},
        "config_vars": _var_names(rows, row, owner),
        "created_at": iso(row.created_at),
        "id": row.id,
        "name": row.name,
        "plan": plan(chosen, owner) if "plan" in expand else {"id": chosen.id, "name": f"{owner.name}:{chosen.name}"},
        "provider_id": row.provider_id or "",
        "state": row.state,
        "updated_at": iso(row.updated_at),
        "web_url": at.addon_sso(row.app_id, row.id),
    }
    if message and row.provision_message:
        body["provision_message"] = row.provision_message
    return body


def _billing_entity(rows: Snapshot, app: App | None) -> Json | None:
    """The team that pays, if one owns the app."""
    team = team_of(rows, app) if app else None
    return None if team is None else {"id": team.id, "name": team.name, "type": "team"}


def _var_names(rows: Snapshot, row: Addon, owner: AddonService) -> list[str]:
    attachments = rows.all(Attachment, addon_id=row.id, app_id=row.app_id)
    return sorted({name for each in attachments for name in shown_vars(owner, each, row)})


def attachment(rows: Snapshot, row: Attachment, at: Addresses, *, include: frozenset[str] = frozenset()) -> Json:
    """`Add-on Attachment`; `include` may hold `config_vars` and `addon:plan` (platform-api §4.6)."""
    held = rows.get(Addon, row.addon_id)
    app, owner_app = rows.get(App, row.app_id), rows.find(App, id=held.app_id)
    addon_ref: Json = {
        "id": held.id,
        "name": held.name,
        "app": {"id": held.app_id, "name": owner_app.name if owner_app else "deleted"},
    }
    owner = rows.get(AddonService, held.service_id)
    if "addon:plan" in include:
        addon_ref["plan"] = plan(rows.get(Plan, held.plan_id), owner)
    body: Json = {
        "addon": addon_ref,
        "app": {"id": app.id, "name": app.name},
        "created_at": iso(row.created_at),
        "id": row.id,
        "log_input_url": _log_input_url(rows, row, owner, at),
        "name": row.name,
        "namespace": row.namespace,
        "updated_at": iso(row.updated_at),
        "web_url": at.attachment_sso(app.id, row.id),
    }
    if include:
        body["config_vars"] = sorted(shown_vars(owner, row, held))
    return body


def _log_input_url(rows: Snapshot, row: Attachment, owner: AddonService, at: Addresses) -> str | None:
    """Where the partner writes into this app's log, if its manifest asks for that (partner-api §1.1)."""
    token = input_token_of(rows, row.addon_id, row.app_id) if requires(owner.manifest, "log_input") else None
    return at.log_input(token) if token else None


def region(row: places.Region) -> Json:
    """`Region`."""
    return {
        "country": row.country,
        "created_at": iso(places.FOUNDED),
        "description": row.description,
        "id": row.id,
        "locale": row.locale,
        "name": row.name,
        "private_capable": row.private_capable,
        "provider": {"name": "amazon-web-services", "region": row.provider_region},
        "updated_at": iso(places.FOUNDED),
    }


def stack(row: places.Named) -> Json:
    """`Stack`; the newest is the default."""
    return {
        "created_at": iso(places.FOUNDED),
        "default": row.name == places.STACKS[-1].name,
        "id": row.id,
        "name": row.name,
        "state": "public",
        "updated_at": iso(places.FOUNDED),
    }


def generation(row: places.Named) -> Json:
    """`Generation`."""
    return {
        "created_at": iso(places.FOUNDED),
        "id": row.id,
        "name": row.name,
        "updated_at": iso(places.FOUNDED),
    }


def region_capability(owner: AddonService, place: places.Region) -> Json:
    """`Add-on Region Capability`: its id is always the same for a service and a region."""
    return {
        "addon_service": service(owner),
        "id": str(uuid5(UUID(owner.id), place.name)),
        "region": region(place),
        "supports_private_networking": False,
    }


def dyno_size(row: places.DynoSize) -> Json:
    """`Dyno Size`."""
    return {
        "architecture": "amd64",
        "compute": row.compute,
        "cost": {"cents": row.cents, "unit": "month"},
        "dedicated": row.dedicated,
        "generation": {"id": places.CEDAR.id, "name": places.CEDAR.name},
        "id": row.id,
        "memory": row.memory,
        "name": row.name,
        "precise_dyno_units": row.units,
        "private_space_only": False,
    }
