"""Rows of the API's table that clients ask of other hosts of Heroku's: telex, particleboard (heroku-cli §1.3).

All hosts are this one port, and no two of them have a path in common, so a path says enough.
"""

from platform_sim.web.api.handlers import notices
from platform_sim.web.api.specs import Key, Spec, listing, write

TELEX: Spec = {"title": "Of telex.heroku.com"}
PARTICLEBOARD: Spec = {"title": "Of particleboard.heroku.com"}

HOSTS: dict[Key, Spec] = {
    ("GET", "/user/notifications"): listing(notices.list_notifications, **TELEX),
    ("PATCH", "/user/notifications/{notification}"): write(
        notices.mark_notification, fields=notices.READ, required=("read",), **TELEX
    ),
    ("GET", "/favorites"): listing(notices.list_favorites, "resource_name", **PARTICLEBOARD),
    ("POST", "/favorites"): write(
        notices.add_favorite, 201, fields=notices.FAVORITE, required=("resource_id",), **PARTICLEBOARD
    ),
    ("DELETE", "/favorites/{favorite}"): write(notices.remove_favorite, **PARTICLEBOARD),
}
