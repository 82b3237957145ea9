"""Webhooks: a partner that subscribes is brought events as Heroku brings them, and some as others might."""

import json
from collections.abc import Callable
from typing import Any

from platform_sim.conformance.calls import subscribed
from platform_sim.conformance.home import Subscription
from platform_sim.conformance.scenes.scene import Mode, Script, Stage
from platform_sim.conformance.seen import NotSeen
from platform_sim.core.model.values import iso
from platform_sim.core.model.webhooks import signature, wire_body
from platform_sim.partners.client import USER_AGENT
from platform_sim.partners.contract import PartnerRequest

SCRIPT = Script()
scene = SCRIPT.scene
EVENTS = (
    "event", "event again", "event with another layout", "event that is older", "event of an unknown kind",
    "event that is big", "event without a signature", "event with a wrong signature", "event that was changed",
)  # fmt: skip
AFTER = "event after the end"
SIGNED = "Heroku-Webhook-Hmac-SHA256"
BIG = 100_000
"""Bytes of the big one."""


@scene("webhooks", ", ".join(("heard provision", "heard deprovision", *EVENTS, AFTER)), mode=Mode.DEFAULT,
       needs="webhooks")  # fmt: skip
def _hooks(stage: Stage) -> None:
    begun = len(stage.home.overheard.calls)
    found = stage.install("heard provision")
    stage.seen.good("heard provision")
    stage.home.wait_for_state(found.uuid, ("provisioned", "deprovisioned"), stage.patience)
    stage.home.overheard.wait(lambda calls: any(subscribed(call, found.uuid) for call in calls[begun:]), stage.patience)
    hooks = stage.home.subscriptions(found.uuid)
    try:
        if not hooks:
            raise NotSeen("the partner did not subscribe to this add-on")
        last = _events(stage, hooks[0], found.uuid)
    finally:
        stage.let_go("heard deprovision", found.uuid)
    stage.send(AFTER, last)


def _events(stage: Stage, hook: Subscription, uuid: str) -> PartnerRequest:
    """All of them; -> one that has not been sent yet."""
    one, other = (_payload(stage, hook, uuid, name) for name in ("first", "second"))
    post = _brings(stage, hook)
    for moment in EVENTS[:2]:
        stage.send(moment, post(wire_body(one)))
    loose = json.dumps(_payload(stage, hook, uuid, "caf\u00e9"), indent=1, ensure_ascii=True).encode()
    stage.send(EVENTS[2], post(loose))
    old = _payload(stage, hook, uuid, "older") | {"created_at": "2015-01-01T00:00:00Z", "sequence": None}
    stage.send(EVENTS[3], post(wire_body(old)))
    unknown = _payload(stage, hook, uuid, "unknown") | {"resource": "novelty", "action": "revolve", "data": {}}
    unknown["webhook_metadata"]["event"]["include"] = "api:novelty"
    stage.send(EVENTS[4], post(wire_body(unknown)))
    stage.send(EVENTS[5], post(wire_body(_payload(stage, hook, uuid, "x" * BIG))))
    stage.send(EVENTS[6], post(wire_body(other), ""))
    stage.send(EVENTS[7], post(wire_body(other), signature("not the secret", wire_body(other))))
    changed = other | {"action": "destroy"}
    stage.send(EVENTS[8], post(wire_body(changed), signature(hook.secret, wire_body(other))))
    return post(wire_body(_payload(stage, hook, uuid, "late")))


def _brings(stage: Stage, hook: Subscription) -> Callable[..., PartnerRequest]:
    timeout = stage.home.platform.database.rules.webhook_timeout

    def post(body: bytes, signed: str | None = None) -> PartnerRequest:
        headers = {"Content-Type": "application/json", "User-Agent": USER_AGENT}
        if hook.authorization is not None:
            headers["Authorization"] = hook.authorization
        said = signature(hook.secret, body) if signed is None else signed
        return PartnerRequest("POST", hook.url, headers | ({SIGNED: said} if said else {}), body, timeout)

    return post


def _payload(stage: Stage, hook: Subscription, uuid: str, name: str) -> dict[str, Any]:
    """An update of an add-on, as the platform words it (partner-api §6.3)."""
    event, now = stage.fresh_uuid(), iso(stage.home.platform.clock.now())
    include = "api:addon" if "api:addon" in hook.include else hook.include[0]
    return {
        "id": event,
        "action": "update",
        "actor": {"id": stage.home.customer.id, "email": stage.home.customer.email},
        "created_at": now,
        "updated_at": now,
        "published_at": None,
        "sequence": None,
        "resource": include.removeprefix("api:"),
        "version": "application/vnd.heroku+json; version=3",
        "data": {"id": uuid, "name": name, "state": "provisioned"},
        "previous_data": {"name": "before"},
        "webhook_metadata": {
            "attempt": {"id": stage.fresh_uuid()},
            "delivery": {"id": stage.fresh_uuid()},
            "event": {"id": event, "include": include},
            "webhook": {"id": hook.id},
        },
    }
