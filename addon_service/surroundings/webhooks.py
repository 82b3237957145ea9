"""The door for Heroku's events (partner-api §6.3): the signature is checked, a duty is written, 204."""

from __future__ import annotations

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from addon_service.errors import Gone, Invalid
from addon_service.service import current
from addon_service.surroundings.subscriptions import PATH
from addon_service.web import json_object, text

webhooks = Blueprint("webhooks", __name__, url_prefix=PATH)
LONGEST_ID = 100


@webhooks.post("/<uuid>")
def take(uuid: str) -> ResponseReturnValue:
    """An event of one instance: 204, also for one that came before; 403 when Heroku did not sign it.

    The last events come when the instance is gone, and its secret with it: nothing is left to do about them, and
    anything but 2xx would have Heroku repeat them for days.
    """
    subscriptions = current().subscriptions
    try:
        subscriptions.check(uuid, request.headers.get("Heroku-Webhook-Hmac-SHA256", ""), request.get_data())
        event = json_object()
        event_id = text(event, "id", required=True) or ""
        if len(event_id) > LONGEST_ID:
            raise Invalid(f"cannot use 'id': it has more than {LONGEST_ID} characters")
        subscriptions.heed(uuid, event_id, event)
    except Gone:
        pass
    return "", 204
