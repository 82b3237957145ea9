"""Webhooks: who wants to hear of which events, what is owed to them, and how it is signed (partner-api §6)."""

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any, Literal

from platform_sim.core.model.secrecy import ADDRESS, HEX, WITHIN

Level = Literal["notify", "sync"]
DeliveryStatus = Literal["pending", "scheduled", "retrying", "failed", "succeeded", "skipped"]

DELIVER = "deliver_webhook"
"""Kind of the job behind a delivery. Its subject is the webhook where the order counts, else the delivery."""

OPEN: tuple[DeliveryStatus, ...] = ("pending", "scheduled", "retrying")
"""Statuses of deliveries that are still owed."""

LEVELS: tuple[Level, ...] = ("notify", "sync")

ACTIONS: dict[str, frozenset[str]] = {
    "api:addon": frozenset({"create", "update", "destroy"}),
    "api:addon-attachment": frozenset({"create", "destroy"}),
    "api:app": frozenset({"create", "update", "destroy"}),
    "api:build": frozenset({"create", "update"}),
    "api:collaborator": frozenset({"create", "update", "destroy"}),
    "api:domain": frozenset({"create", "destroy"}),
    "api:dyno": frozenset({"create"}),
    "api:formation": frozenset({"update", "destroy"}),
    "api:release": frozenset({"create", "update"}),
    "api:sni-endpoint": frozenset({"create", "update", "destroy"}),
    "api:ssl-endpoint": frozenset({"create", "update", "destroy"}),
    "dyno": frozenset({"update", "destroy"}),
}
"""What a webhook may include, with the actions that are told (partner-api §6.2)."""

PARTNER_EVENTS = tuple(name for name in ACTIONS if name != "dyno")
"""`dyno` is for webhooks of apps (partner-api §6.2)."""


@dataclass(frozen=True)
class Webhook:
    """A subscription, of an app or of an add-on instance: one of the two ids is set."""

    id: str
    app_id: str | None
    addon_id: str | None
    include: list[str]
    level: Level
    url: Annotated[str, ADDRESS]
    authorization: Annotated[str | None, HEX] = field(repr=False)
    """Sent as it is as `Authorization`."""
    secret: Annotated[str, HEX] = field(repr=False)
    failing_since: datetime | None
    """When the first of the attempts failed that have all failed since."""
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class WebhookDelivery:
    """One event for one webhook. `seq` rises in the order of writing, over all webhooks."""

    id: str
    seq: int
    webhook_id: str
    event_id: str
    include: str
    status: DeliveryStatus
    num_attempts: int
    next_attempt_at: datetime | None
    last_attempt: dict[str, Any] | None
    payload: Annotated[dict[str, Any], WITHIN]
    """What is sent, the same at each attempt."""
    created_at: datetime
    updated_at: datetime


def include_of(kind: str, action: str) -> str | None:
    """Under which name an event of this kind is told, or None if it is not (partner-api §6.2)."""
    name = "dyno" if kind == "dyno" and action in ACTIONS["dyno"] else f"api:{kind}"
    return name if action in ACTIONS.get(name, ()) else None


def wire_body(payload: dict[str, Any]) -> bytes:
    """The bytes of a payload: always the same ones, so that a repeat is one (design §8 rule 18)."""
    return json.dumps(payload, separators=(",", ":"), sort_keys=True, ensure_ascii=False).encode()


def signature(secret: str, body: bytes) -> str:
    """`Heroku-Webhook-Hmac-SHA256`: base64 of the HMAC-SHA256 of the raw body (partner-api §6.3, vector in §15)."""
    return base64.b64encode(hmac.digest(secret.encode(), body, hashlib.sha256)).decode()
