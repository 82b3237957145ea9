"""What the hosts telex and particleboard show (heroku-cli §15, §16)."""

from platform_sim.core.model.apps import App
from platform_sim.core.model.notices import Favorite, Notification
from platform_sim.core.model.values import iso
from platform_sim.core.store import Snapshot

Json = dict[str, object]


def notification(row: Notification) -> Json:
    """Nobody adds to one later, so `followup` is empty."""
    return {
        "body": row.body,
        "created_at": iso(row.created_at),
        "followup": [],
        "id": row.id,
        "read": row.read,
        "target": {"id": row.target_id, "type": row.target_type},
        "title": row.title,
        "updated_at": iso(row.updated_at),
    }


def favorite(rows: Snapshot, row: Favorite) -> Json:
    """The app by the name that it has now."""
    return {
        "created_at": iso(row.created_at),
        "id": row.id,
        "resource_id": row.app_id,
        "resource_name": rows.get(App, row.app_id).name,
        "type": "app",
        "updated_at": iso(row.updated_at),
    }
