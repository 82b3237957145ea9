"""Log drains: those of an app, and an add-on's for its partner."""

from platform_sim.core import access
from platform_sim.core.actions import drains
from platform_sim.core.model.apps import App
from platform_sim.core.public import drains as public
from platform_sim.core.store import Snapshot, Transaction
from platform_sim.web.api.bodies import text
from platform_sim.web.api.call import Call, Json

URL = {"url": text}
IDENTITY = "log-drain.query_identity"
"""An id, a token or a URL (with its slashes escaped)."""
ALL_DRAINS = "see an app's log drains; its own are at /addons/:id/log-drains"


def _app(call: Call, rows: Snapshot) -> App:
    return access.app_named(rows, call.actor, call.path["app"])


def listing(call: Call, rows: Snapshot) -> Json:
    """GET /apps/:app/log-drains: the customer's own and those of add-ons."""
    access.customers_only(call.actor, ALL_DRAINS)
    found = drains.drains_of_app(rows, _app(call, rows))
    return [public.log_drain(rows, each) for each in found]


def info(call: Call, rows: Snapshot) -> Json:
    """GET /apps/:app/log-drains/:id-or-url-or-token."""
    access.customers_only(call.actor, ALL_DRAINS)
    found = drains.drains_of_app(rows, _app(call, rows))
    return public.log_drain(rows, drains.drain_named(found, call.path[IDENTITY]))


def create(call: Call, tx: Transaction) -> Json:
    """POST /apps/:app/log-drains."""
    return public.log_drain(tx, drains.create_drain(tx, call.actor, _app(call, tx), call.body["url"]))


def delete(call: Call, tx: Transaction) -> Json:
    """DELETE /apps/:app/log-drains/:id-or-url-or-token: the drain as it was."""
    return public.log_drain(tx, drains.delete_drain(tx, call.actor, _app(call, tx), call.path[IDENTITY]))


def listing_by_addon(call: Call, rows: Snapshot) -> Json:
    """GET /addons/:addon/log-drains: one for each app that it is attached to."""
    addon = access.addon_named(rows, call.actor, call.path["add-on"])
    return [public.log_drain(rows, each) for each in drains.drains_of_addon(rows, call.actor, addon)]


def update(call: Call, tx: Transaction) -> Json:
    """PUT /addons/:addon/log-drains/:id-or-url-or-token: the partner names another URL."""
    moved = drains.update_drain(tx, call.actor, call.path["add-on"], call.path[IDENTITY], call.body["url"])
    return public.log_drain(tx, moved)
