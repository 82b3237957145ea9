"""Events of a webhook as Heroku sends them (partner-api §6.3)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

from werkzeug.test import TestResponse

from ..partner import UUID, Partner


def event(id: str = "event-1", resource: str = "app", action: str = "update", **data: Any) -> dict[str, Any]:
    """A payload."""
    include = f"api:{resource}"
    return {
        "id": id,
        "action": action,
        "actor": {"id": "user-1", "email": "owner@example.com"},
        "created_at": "2026-03-04T05:06:07Z",
        "updated_at": "2026-03-04T05:06:07Z",
        "published_at": None,
        "sequence": None,
        "resource": resource,
        "version": "application/vnd.heroku+json; version=3",
        "data": {"id": "app-1", "name": "boutique", "owner": {"email": "owner@example.com"}, **data},
        "previous_data": {"name": "shop"},
        "webhook_metadata": {"event": {"id": id, "include": include}, "attempt": {"id": "a"}, "delivery": {"id": "d"}},
    }


def tell(
    partner: Partner, secret: str, body: Any = None, *, uuid: str = UUID, signature: str | None = None
) -> TestResponse:
    """Deliver an event, signed with `secret` unless a signature is given."""
    raw = body if isinstance(body, bytes) else json.dumps(event() if body is None else body).encode()
    made = base64.b64encode(hmac.new(secret.encode(), raw, hashlib.sha256).digest()).decode()
    headers = {"Heroku-Webhook-Hmac-SHA256": made if signature is None else signature}
    return partner.client.post(f"/heroku/webhooks/{uuid}", data=raw, headers=headers, content_type="application/json")
