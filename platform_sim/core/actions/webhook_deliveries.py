"""What webhooks are owed: an event becomes a delivery and a job for each that listens, in its own transaction.

An ordered webhook's jobs (`sync`) have one subject, so that none overtakes another; those of a `notify` webhook have a
subject each (partner-api §6.4, design §8 rule 18). A delivery's payload is made once and sent at every attempt, with
one attempt id: a repeat is the same bytes.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from platform_sim.core.access import LIVE
from platform_sim.core.actions.webhooks import Owner, drop_webhook, webhooks_of
from platform_sim.core.errors import NotFound
from platform_sim.core.model.accounts import Account
from platform_sim.core.model.addons import Addon, Attachment
from platform_sim.core.model.apps import App
from platform_sim.core.model.records import Event
from platform_sim.core.model.values import is_uuid, iso
from platform_sim.core.model.webhooks import DELIVER, OPEN, DeliveryStatus, Webhook, WebhookDelivery, include_of
from platform_sim.core.store import Snapshot, Transaction

Json = dict[str, Any]
Show = Callable[[Snapshot, Event], tuple[Json, Json]]
"""An event's subject as the API shows it now, and what of that was different before."""

VERSION = "application/vnd.heroku+json; version=3"


def fan_out(tx: Transaction, event: Event, show: Show) -> None:
    """Write what follows from an event: a delivery and a job for each webhook that includes it."""
    include = _include(event)
    listening = [each for each in _listeners(tx, event) if include in each.include] if include else []
    if include and listening:
        data, previous = show(tx, event)
        told = _told(event, _actor(tx, event), data, previous)
        for webhook in listening:
            _owe(tx, webhook, event, include, told)
    if event.action == "destroy" and event.kind in ("app", "addon"):
        own: dict[str, Any] = {f"{event.kind}_id": event.subject_id}
        for webhook in tx.all(Webhook, **own):
            _drop_if_nothing_is_owed(tx, webhook)


def _include(event: Event) -> str | None:
    if event.kind == "dyno" and event.action == "update" and not event.previous:
        # A restart was asked for: the dyno itself has not changed yet.
        return None
    return include_of(event.kind, event.action)


def _listeners(tx: Transaction, event: Event) -> list[Webhook]:
    """The app's webhooks, and those of the instance, or of each instance attached to the app (partner-api §6.2).

    What happens to an add-on is not told to another one's partner. Webhooks of a deleted app hear nothing more.
    """
    found = tx.all(Webhook, app_id=event.app_id) if event.app_id else []
    if found and tx.find(App, id=event.app_id) is None:
        found = []
    addons = {event.addon_id} if event.addon_id else {a.addon_id for a in tx.all(Attachment, app_id=event.app_id)}
    if event.kind == "app" and event.action == "destroy":
        # Its add-ons have been detached just before.
        addons |= {a.id for a in tx.all(Addon, app_id=event.app_id, state=LIVE)}
    return found + tx.all(Webhook, addon_id=sorted(each for each in addons if each))


def _actor(tx: Transaction, event: Event) -> Account:
    """Who did it. What the platform does by itself it does for the app's owner, or for who installed the add-on."""
    if event.actor_id is not None:
        return tx.get(Account, event.actor_id)
    app = tx.find(App, id=event.app_id)
    if app is not None:
        return tx.get(Account, app.owner_id)
    assert event.addon_id is not None, "an event that webhooks hear is of an app or an add-on"
    return tx.get(Account, tx.get(Addon, event.addon_id).actor_id)


def _told(event: Event, actor: Account, data: Json, previous: Json) -> Json:
    """The payload without what differs from webhook to webhook (partner-api §6.3)."""
    return {
        "id": event.id,
        "action": event.action,
        "actor": {"id": actor.id, "email": actor.email},
        "created_at": iso(event.created_at),
        "updated_at": iso(event.created_at),
        "published_at": None,
        "sequence": None,
        "resource": event.kind,
        "version": VERSION,
        "data": data,
        "previous_data": previous,
    }


def _owe(tx: Transaction, webhook: Webhook, event: Event, include: str, told: Json) -> WebhookDelivery:
    scope = f"{webhook.id}:{event.id}"
    delivery_id = tx.uuid("webhook-delivery", scope)
    ordered = webhook.level == "sync"
    waits = ordered and tx.find(WebhookDelivery, webhook_id=webhook.id, status=OPEN) is not None
    newest = tx.find(WebhookDelivery, order_by="seq", desc=True)
    tx.add_job(DELIVER, webhook.id if ordered else delivery_id, {"delivery_id": delivery_id})
    metadata = {
        "attempt": {"id": tx.uuid("webhook-attempt", scope)},
        "delivery": {"id": delivery_id},
        "event": {"id": event.id, "include": include},
        "webhook": {"id": webhook.id},
    }
    return tx.insert(
        WebhookDelivery(
            id=delivery_id,
            seq=newest.seq + 1 if newest else 1,
            webhook_id=webhook.id,
            event_id=event.id,
            include=include,
            status="pending" if waits else "scheduled",
            num_attempts=0,
            next_attempt_at=None if waits else event.created_at,
            last_attempt=None,
            payload=told | {"webhook_metadata": metadata},
            created_at=event.created_at,
            updated_at=event.created_at,
        )
    )


def record_attempt(
    tx: Transaction,
    delivery: WebhookDelivery,
    *,
    code: int | None,
    error_class: str | None,
    began_at: datetime,
    retried: bool,
) -> WebhookDelivery | None:
    """What became of one attempt; None if the webhook was removed meanwhile.

    `code`: the receiver's status; any 2xx is a success. `error_class`: why there was none. `retried`: whether this
    delivery may be tried again, for `webhook_retry_window` after its event; then `next_attempt_at` says when.
    """
    now = tx.now()
    found = tx.find(WebhookDelivery, id=delivery.id)
    if found is None:
        return None
    webhook = tx.get(Webhook, found.webhook_id)
    succeeded = code is not None and 200 <= code < 300
    attempts = found.num_attempts + 1
    next_at = _next_attempt(tx, found, attempts) if retried and not succeeded else None
    status: DeliveryStatus = "succeeded" if succeeded else "retrying" if next_at else "failed"
    if status == "failed" and retried and attempts == 1 and _is_given_up(tx, webhook):
        status = "skipped"
    failing_since = None if succeeded else webhook.failing_since or began_at
    if failing_since != webhook.failing_since:
        webhook = tx.update(webhook, failing_since=failing_since, updated_at=webhook.updated_at)
    attempt = {
        "id": found.payload["webhook_metadata"]["attempt"]["id"],
        "code": code,
        "error_class": error_class,
        "status": "succeeded" if succeeded else "failed",
        "created_at": iso(began_at),
        "updated_at": iso(now),
    }
    found = tx.update(found, status=status, num_attempts=attempts, next_attempt_at=next_at, last_attempt=attempt)
    if next_at is None and _is_orphan(tx, webhook):
        _drop_if_nothing_is_owed(tx, webhook)
    return found


def _next_attempt(tx: Transaction, delivery: WebhookDelivery, attempts: int) -> datetime | None:
    """Doubling up to the longest wait; the last attempt is at the very end of the window, None after that."""
    rules, now = tx.rules, tx.now()
    end = delivery.created_at + timedelta(seconds=rules.webhook_retry_window)
    delay = min(rules.webhook_retry_longest, rules.webhook_retry_delay * 2.0 ** min(attempts - 1, 60))
    return min(now + timedelta(seconds=delay), end) if now < end else None


def _is_given_up(tx: Transaction, webhook: Webhook) -> bool:
    """Whether the endpoint has failed for as long as one event is tried."""
    window = timedelta(seconds=tx.rules.webhook_retry_window)
    since = webhook.failing_since
    return tx.rules.webhook_skips and since is not None and tx.now() - since >= window


def _is_orphan(tx: Transaction, webhook: Webhook) -> bool:
    """Whether what the webhook belongs to has ended: then it is kept for what is owed, and nobody sees it."""
    if webhook.app_id is not None:
        return tx.find(App, id=webhook.app_id) is None
    return tx.find(Addon, id=webhook.addon_id, state=LIVE) is None


def _drop_if_nothing_is_owed(tx: Transaction, webhook: Webhook) -> None:
    if tx.find(WebhookDelivery, webhook_id=webhook.id, status=OPEN) is None:
        drop_webhook(tx, webhook)


def deliveries_of(
    rows: Snapshot, owner: Owner, status: DeliveryStatus | None = None
) -> list[tuple[WebhookDelivery, Webhook]]:
    """Of all webhooks of an app or add-on, in the order of events."""
    webhooks = {each.id: each for each in webhooks_of(rows, owner)}
    where: dict[str, Any] = {"status": status} if status else {}
    found = rows.all(WebhookDelivery, webhook_id=list(webhooks), order_by="seq", **where)
    return [(each, webhooks[each.webhook_id]) for each in found]


def delivery_named(rows: Snapshot, owner: Owner, identity: str) -> tuple[WebhookDelivery, Webhook]:
    """One of the owner's deliveries, by id."""
    found = rows.find(WebhookDelivery, id=identity) if is_uuid(identity) else None
    webhook = _own(rows, owner, found) if found else None
    if found is None or webhook is None:
        raise NotFound("webhook delivery")
    return found, webhook


def events_of(rows: Snapshot, owner: Owner) -> list[WebhookDelivery]:
    """Each event that an app's or add-on's webhooks were told of, as its first delivery."""
    first: dict[str, WebhookDelivery] = {}
    for delivery, _ in deliveries_of(rows, owner):
        first.setdefault(delivery.event_id, delivery)
    return list(first.values())


def event_named(rows: Snapshot, owner: Owner, identity: str) -> WebhookDelivery:
    """One of these events, by its id."""
    candidates = rows.all(WebhookDelivery, event_id=identity, order_by="seq") if is_uuid(identity) else []
    for delivery in candidates:
        if _own(rows, owner, delivery) is not None:
            return delivery
    raise NotFound("webhook event")


def _own(rows: Snapshot, owner: Owner, delivery: WebhookDelivery) -> Webhook | None:
    webhook = rows.get(Webhook, delivery.webhook_id)
    return webhook if owner.id in (webhook.app_id, webhook.addon_id) else None
