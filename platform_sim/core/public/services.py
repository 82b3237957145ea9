"""Services as their operator sees them: hidden plans and invitations too, secrets never."""

import json
from difflib import unified_diff
from typing import Any

from platform_sim.core.actions.catalog import without_stamp
from platform_sim.core.model.accounts import Account
from platform_sim.core.model.addons import PLAN_STATES, Addon, AddonService, ManifestVersion, Plan, as_called
from platform_sim.core.model.masking import masked_beside, masked_manifest, masked_url
from platform_sim.core.model.values import iso
from platform_sim.core.store import Snapshot

Json = dict[str, Any]


def service(rows: Snapshot, row: AddonService) -> Json:
    """A service with its plans, the default first, and how many add-ons live. `calls`: where the partner is called."""
    plans = sorted(rows.all(Plan, service_id=row.id), key=lambda plan: (not plan.is_default, plan.cents))
    owner = rows.find(Account, id=row.owner_id)
    return {
        "abilities": row.abilities,
        "addons": rows.count(Addon, service_id=row.id) - rows.count(Addon, service_id=row.id, state="deprovisioned"),
        "calls": _calls(row),
        "cli_plugin_name": row.cli_plugin_name,
        "created_at": iso(row.created_at),
        "human_name": row.human_name,
        "id": row.id,
        "local": row.local_url or None,
        "name": row.name,
        "owner": owner.email if owner else None,
        "plans": [plan(each) for each in plans],
        "state": row.state,
        "updated_at": iso(row.updated_at),
    }


def _calls(row: AddonService) -> Json:
    """The URLs of the manifest, or of `local`; as they are written, without passwords."""
    api = as_called(row)["api"]
    place = api.get("test") or api["production"]
    found = place if isinstance(place, dict) else {"base_url": place}
    return {name: masked_url(str(found[name])) for name in ("base_url", "sso_url") if name in found}


def plan(row: Plan) -> Json:
    """A plan; `offered` is the state in the Partner Portal's words."""
    return {
        "actions": row.actions,
        "cents": row.cents,
        "default": row.is_default,
        "description": row.description,
        "human_name": row.human_name,
        "id": row.id,
        "name": row.name,
        "offered": PLAN_STATES[row.state],
        "passes": row.passes,
        "state": row.state,
    }


def differences(stored: Json, given: Json) -> list[str]:
    """What stands otherwise in a given manifest than in the stored one, as the lines of a unified diff. No secrets."""
    before, after = _lines(masked_manifest(without_stamp(stored))), _lines(masked_beside(without_stamp(given), stored))
    return list(unified_diff(before, after, "stored", "given", lineterm=""))


def _lines(shown: Json) -> list[str]:
    return json.dumps(shown, indent=2, ensure_ascii=False, sort_keys=True).splitlines()


def version(row: ManifestVersion) -> Json:
    """A version of the manifest to look at, without its secrets; the registry gives the real one to its owner."""
    return {"contents": masked_manifest(row.contents), "created_at": iso(row.created_at), "id": row.id}
