"""Webhooks, their deliveries and events: of an app for its customer, of an add-on for its partner (partner-api §6.1).

One handler for both forms of a link: the path says whose it is.
"""

from typing import Any, get_args

from platform_sim.core import access
from platform_sim.core.actions import webhook_deliveries as deliveries
from platform_sim.core.actions import webhooks
from platform_sim.core.actions.webhooks import Owner
from platform_sim.core.errors import InvalidParams, NotFound
from platform_sim.core.model.webhooks import DeliveryStatus
from platform_sim.core.public import webhooks as public
from platform_sim.core.store import Snapshot, Transaction
from platform_sim.web.api.bodies import OrNull, list_of, text
from platform_sim.web.api.call import Answer, Call, Json

FIELDS = {
    "include": list_of(text),
    "level": text,
    "url": text,
    "authorization": OrNull(text),
    "secret": OrNull(text),
}
REQUIRED = ("include", "level", "url")
STATUSES: tuple[DeliveryStatus, ...] = get_args(DeliveryStatus)


def _owner(call: Call, rows: Snapshot) -> Owner:
    if "app" in call.path:
        access.customers_only(call.actor, "use an app's webhooks; its own are at /addons/:id/webhooks")
        return access.app_named(rows, call.actor, call.path["app"])
    if not call.actor.is_partner:
        # Hidden, not forbidden: a client that reads all that its customer may see must not run into an error.
        hidden = "Couldn't find that add-on webhook: only its partner sees them, with the instance's own token."
        raise NotFound("add_on webhook", hidden)
    return access.own_instance(rows, call.actor, call.path["add-on"])


def listing(call: Call, rows: Snapshot) -> Json:
    """GET .../webhooks."""
    owner = _owner(call, rows)
    found = webhooks.webhooks_of(rows, owner)
    return [{"seq": number} | public.webhook(each, owner) for number, each in enumerate(found, 1)]


def info(call: Call, rows: Snapshot) -> Json:
    """GET .../webhooks/:webhook."""
    owner = _owner(call, rows)
    return public.webhook(webhooks.webhook_named(rows, owner, call.path["app-webhook"]), owner)


def create(call: Call, tx: Transaction) -> Json:
    """POST .../webhooks: a secret that we made is shown once, in a header."""
    owner = _owner(call, tx)
    made = webhooks.create_webhook(tx, call.actor, owner, call.body)
    headers = _secret(made.secret) if call.body.get("secret") is None else {}
    return Answer(public.webhook(made, owner), call.doors.database.rules.webhook_create_status, headers)


def update(call: Call, tx: Transaction) -> Json:
    """PATCH .../webhooks/:webhook; `"secret": null` asks for a new one."""
    owner = _owner(call, tx)
    found = webhooks.webhook_named(tx, owner, call.path["app-webhook"])
    changed = webhooks.update_webhook(tx, call.actor, owner, found, call.body)
    headers = _secret(changed.secret) if call.body.get("secret", "") is None else {}
    return Answer(public.webhook(changed, owner), 200, headers)


def _secret(value: str) -> dict[str, str]:
    return {"Heroku-Webhook-Secret": value}


def delete(call: Call, tx: Transaction) -> Json:
    """DELETE .../webhooks/:webhook answers with the webhook as it was."""
    owner = _owner(call, tx)
    found = webhooks.webhook_named(tx, owner, call.path["app-webhook"])
    webhooks.delete_webhook(tx, call.actor, found)
    return public.webhook(found, owner)


def list_deliveries(call: Call, rows: Snapshot) -> Json:
    """GET .../webhook-deliveries, all or those with a status: `?eq[status]=failed`."""
    found = deliveries.deliveries_of(rows, _owner(call, rows), _wanted_status(call))
    return [{"seq": row.seq} | public.delivery(row, to) for row, to in found]


def _wanted_status(call: Call) -> DeliveryStatus | None:
    filters: dict[str, Any] = {name: value for name, value in call.query.items() if name.startswith("eq[")}
    status = filters.pop("eq[status]", None)
    if filters:
        raise InvalidParams(f"Deliveries cannot be filtered by {min(filters)[:64]}, only by eq[status].")
    if status is not None and status not in STATUSES:
        raise InvalidParams(f"eq[status] must be one of {', '.join(STATUSES)}.")
    wanted: DeliveryStatus | None = status
    return wanted


def delivery_info(call: Call, rows: Snapshot) -> Json:
    """GET .../webhook-deliveries/:delivery."""
    row, to = deliveries.delivery_named(rows, _owner(call, rows), call.path["app-webhook-delivery"])
    return public.delivery(row, to)


def list_events(call: Call, rows: Snapshot) -> Json:
    """GET .../webhook-events: what any of the webhooks was told."""
    return [{"seq": row.seq} | public.event(row) for row in deliveries.events_of(rows, _owner(call, rows))]


def event_info(call: Call, rows: Snapshot) -> Json:
    """GET .../webhook-events/:event."""
    return public.event(deliveries.event_named(rows, _owner(call, rows), call.path["app-webhook-event"]))
