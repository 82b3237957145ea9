"""What is known of an app or an add-on to which something is about to happen: what faults are matched with."""

from platform_sim.core.model.addons import Addon, AddonService
from platform_sim.core.model.apps import App
from platform_sim.core.model.faults import Facts
from platform_sim.core.store import Snapshot


def facts_of_app(rows: Snapshot, app_id: str | None) -> dict[str, str | tuple[str, ...]]:
    """Nothing for one that is gone: then a fault that is narrowed to an app does not act."""
    app = rows.find(App, id=app_id) if app_id else None
    return {"app": (app.name, app.id)} if app else {}


def facts_of_addon(rows: Snapshot, addon_id: str | None) -> Facts:
    """With its service, and the app that it was made for."""
    addon = rows.find(Addon, id=addon_id) if addon_id else None
    if addon is None:
        return {}
    service = rows.get(AddonService, addon.service_id)
    return {"service": service.name, "addon": (addon.name, addon.id), **facts_of_app(rows, addon.app_id)}
