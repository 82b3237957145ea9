"""Webhooks in public, and what their payloads show of a subject: what the API shows, without anything secret."""

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

from platform_sim.core.model.addons import Addon, AddonService, Attachment, Plan
from platform_sim.core.model.addresses import Addresses
from platform_sim.core.model.apps import App, Build, Dyno, Formation, Release
from platform_sim.core.model.domains import Domain, SniEndpoint
from platform_sim.core.model.records import Event
from platform_sim.core.model.teams import Collaborator
from platform_sim.core.model.values import iso, iso_or_none
from platform_sim.core.model.webhooks import Webhook, WebhookDelivery
from platform_sim.core.public import addons, apps, domains, teams
from platform_sim.core.store import Snapshot

Json = dict[str, Any]

PAYLOAD = ("action", "actor", "data", "previous_data", "resource", "version")
"""What the schema shows of an event's payload; the receiver gets more."""


def webhook(row: Webhook, owner: App | Addon) -> Json:
    """`App Webhook` or `Add-on Webhook`: without its secrets (partner-api §6.1)."""
    return {
        "app" if isinstance(owner, App) else "addon": {"id": owner.id, "name": owner.name},
        "created_at": iso(row.created_at),
        "id": row.id,
        "include": row.include,
        "level": row.level,
        "updated_at": iso(row.updated_at),
        "url": row.url,
    }


def delivery(row: WebhookDelivery, to: Webhook) -> Json:
    """`App Webhook Delivery`."""
    return {
        "created_at": iso(row.created_at),
        "event": {"id": row.event_id, "include": row.include},
        "id": row.id,
        "last_attempt": row.last_attempt,
        "next_attempt_at": iso_or_none(row.next_attempt_at),
        "num_attempts": row.num_attempts,
        "status": row.status,
        "updated_at": iso(row.updated_at),
        "webhook": {"id": to.id, "level": to.level},
    }


def event(row: WebhookDelivery) -> Json:
    """`App Webhook Event`, from one of its deliveries."""
    return {
        "created_at": iso(row.created_at),
        "id": row.event_id,
        "include": row.include,
        "payload": {name: row.payload[name] for name in PAYLOAD},
        "updated_at": iso(row.created_at),
    }


def subject(rows: Snapshot, told: Event, at: Addresses) -> tuple[Json, Json]:
    """An event's subject as the API shows it now, and the fields that were different before (partner-api §6.3).

    A subject that has no row, or kinds that nobody shows, are told by what the event itself holds.
    """
    noun, show = _SHOWN.get(told.kind, (None, None))
    row = rows.find(noun, id=told.subject_id) if noun else None
    if row is None or show is None:
        return {"id": told.subject_id, **told.data}, told.previous
    if isinstance(row, Dyno):
        # The end of a dyno is told before its row goes; it never says `down` itself.
        row = replace(row, state=told.data["state"])
    now, before = show(rows, row, at), show(rows, _as_before(rows, row, told.previous), at)
    return now, {name: value for name, value in before.items() if now[name] != value}


def _as_before(rows: Snapshot, row: Any, previous: Json) -> Any:
    """The row with the values that the event names as those of before."""
    known = {field.name for field in fields(row)}
    changes = {name: value for name, value in previous.items() if name in known}
    if isinstance(row, Addon) and "plan" in previous:
        service = rows.get(AddonService, row.service_id)
        name = str(previous["plan"]).removeprefix(f"{service.name}:")
        old = rows.find(Plan, service_id=service.id, name=name)
        changes["plan_id"] = old.id if old else row.plan_id
    return replace(row, **changes)


def _attachment(rows: Snapshot, row: Attachment, at: Addresses) -> Json:
    """Without the URL that holds the token of its log input."""
    return addons.attachment(rows, row, at) | {"log_input_url": None}


def _release(rows: Snapshot, row: Release, at: Addresses) -> Json:
    """Without the secret URL of its output."""
    return apps.one_release(rows, row, rows.get(App, row.app_id), at) | {"output_stream_url": None}


def _build(rows: Snapshot, row: Build, at: Addresses) -> Json:
    """Without the secret URL of its output, and without the source's: who knows that one can fetch it."""
    shown = apps.build(rows, row, at)
    source: Any = shown["source_blob"]
    return shown | {"output_stream_url": None, "source_blob": source | {"url": None}}


def _formation(rows: Snapshot, row: Formation, at: Addresses) -> Json:
    return apps.formation(row, rows.get(App, row.app_id))


def _dyno(rows: Snapshot, row: Dyno, at: Addresses) -> Json:
    return apps.dyno(rows, row, rows.get(App, row.app_id))


def _domain(rows: Snapshot, row: Domain, at: Addresses) -> Json:
    return domains.domain(rows, row)


def _sni_endpoint(rows: Snapshot, row: SniEndpoint, at: Addresses) -> Json:
    return domains.sni_endpoint(rows, row)


def _collaborator(rows: Snapshot, row: Collaborator, at: Addresses) -> Json:
    return teams.collaborator(rows, row, rows.get(App, row.app_id))


_SHOWN: dict[str, tuple[type[Any], Callable[[Snapshot, Any, Addresses], Json]]] = {
    "addon": (Addon, addons.addon),
    "addon-attachment": (Attachment, _attachment),
    "app": (App, apps.app),
    "build": (Build, _build),
    "collaborator": (Collaborator, _collaborator),
    "domain": (Domain, _domain),
    "dyno": (Dyno, _dyno),
    "formation": (Formation, _formation),
    "release": (Release, _release),
    "sni-endpoint": (SniEndpoint, _sni_endpoint),
}
"""Kinds of events with their rows, and how the API shows them."""
