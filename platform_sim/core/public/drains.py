"""Log drains in public."""

from platform_sim.core.model.addons import Addon
from platform_sim.core.model.apps import App
from platform_sim.core.model.drains import LogDrain
from platform_sim.core.model.values import iso
from platform_sim.core.store import Snapshot

Json = dict[str, object]


def log_drain(rows: Snapshot, row: LogDrain) -> Json:
    """`Log Drain`; `addon` is empty for a customer's own."""
    app = rows.get(App, row.app_id)
    return {
        "addon": _addon(rows, rows.get(Addon, row.addon_id)) if row.addon_id else None,
        "app": {"id": app.id, "name": app.name},
        "created_at": iso(row.created_at),
        "id": row.id,
        "token": row.token,
        "updated_at": iso(row.updated_at),
        "url": row.url,
    }


def _addon(rows: Snapshot, row: Addon) -> Json:
    owner = rows.find(App, id=row.app_id)
    return {"id": row.id, "name": row.name, "app": {"id": row.app_id, "name": owner.name if owner else "deleted"}}
