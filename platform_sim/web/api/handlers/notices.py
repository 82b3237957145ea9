"""What the CLI asks of the hosts telex and particleboard: notifications and favorites (heroku-cli §1.3)."""

from platform_sim.core.actions import favorites, notifications
from platform_sim.core.errors import NotSimulated
from platform_sim.core.public import notices as public
from platform_sim.core.store import Snapshot, Transaction
from platform_sim.web.api.bodies import flag, identity, text
from platform_sim.web.api.call import Call, Json

READ = {"read": flag}
FAVORITE = {"resource_id": identity, "type": text}


def list_notifications(call: Call, rows: Snapshot) -> Json:
    """GET /user/notifications, the newest first."""
    return [public.notification(each) for each in notifications.notifications_of(rows, call.actor)]


def mark_notification(call: Call, tx: Transaction) -> Json:
    """PATCH /user/notifications/:id."""
    return public.notification(notifications.mark(tx, call.actor, call.path["notification"], call.body["read"]))


def list_favorites(call: Call, rows: Snapshot) -> Json:
    """GET /favorites?type=app; nothing else can be marked here, so there is none of any other type."""
    if call.query.get("type", "app") != "app":
        return []
    return [public.favorite(rows, each) for each in favorites.favorites_of(rows, call.actor)]


def add_favorite(call: Call, tx: Transaction) -> Json:
    """POST /favorites: an app by name or id."""
    if call.body.get("type", "app") != "app":
        raise NotSimulated("Only apps can be favorites here: send type app.")
    return public.favorite(tx, favorites.add_favorite(tx, call.actor, call.body["resource_id"]))


def remove_favorite(call: Call, tx: Transaction) -> Json:
    """DELETE /favorites/:id answers with the favorite as it was."""
    return public.favorite(tx, favorites.remove_favorite(tx, call.actor, call.path["favorite"]))
