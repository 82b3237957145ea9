"""What add-on events tell: no config, since values are secrets."""

from platform_sim.core.model.addons import Addon, AddonService, Plan
from platform_sim.core.store import Snapshot


def told(rows: Snapshot, addon: Addon) -> dict[str, object]:
    """Name, state and plan as they are now."""
    service, plan = rows.get(AddonService, addon.service_id), rows.get(Plan, addon.plan_id)
    return {"name": addon.name, "state": addon.state, "plan": f"{service.name}:{plan.name}"}
