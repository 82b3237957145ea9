"""Subscriptions: an app's by its customer, an add-on instance's by its partner (partner-api §6.1).

Who may see the owner is checked by whoever calls: an app by `access.app_named`, an add-on by `access.own_instance`.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from platform_sim.core.access import Actor
from platform_sim.core.actions import jobs
from platform_sim.core.errors import Forbidden, InvalidParams, NotFound
from platform_sim.core.model.accounts import Account
from platform_sim.core.model.addons import Addon
from platform_sim.core.model.apps import App
from platform_sim.core.model.records import Job
from platform_sim.core.model.values import is_uuid
from platform_sim.core.model.webhooks import ACTIONS, DELIVER, LEVELS, OPEN, Webhook, WebhookDelivery
from platform_sim.core.store import Snapshot, Transaction

Owner = App | Addon
"""Whose events a webhook hears."""

LONGEST_URL = 2000
LONGEST_HEADER = 1000
"""Characters of `authorization` and of `secret`."""

_VISIBLE = re.compile(r"[!-~]+")
_HEADER = re.compile(r"[!-~]([ -~]*[!-~])?")


def webhooks_of(rows: Snapshot, owner: Owner) -> list[Webhook]:
    """The owner's own, oldest first."""
    return rows.all(Webhook, **_key(owner))


def webhook_named(rows: Snapshot, owner: Owner, identity: str) -> Webhook:
    """One of the owner's own, by id; NotFound for all others."""
    found = rows.find(Webhook, id=identity, **_key(owner)) if is_uuid(identity) else None
    if found is None:
        raise NotFound("webhook")
    return found


def _key(owner: Owner) -> dict[str, Any]:
    return {"app_id": owner.id} if isinstance(owner, App) else {"addon_id": owner.id}


def create_webhook(tx: Transaction, actor: Actor, owner: Owner, wish: Mapping[str, Any]) -> Webhook:
    """`wish`: include, level, url; authorization and secret if wanted. Without a secret one is made.

    InvalidParams for values that cannot be used, Forbidden for events that partners may not hear.
    """
    checked = _checked(tx, owner, wish)
    now = tx.now()
    webhook = tx.insert(
        Webhook(
            id=tx.uuid("webhook", owner.id),
            app_id=owner.id if isinstance(owner, App) else None,
            addon_id=owner.id if isinstance(owner, Addon) else None,
            include=checked["include"],
            level=checked["level"],
            url=checked["url"],
            authorization=checked.get("authorization"),
            secret=checked.get("secret") or tx.secret("webhook", owner.id),
            failing_since=None,
            created_at=now,
            updated_at=now,
        )
    )
    _record(tx, "create", webhook, actor.account)
    return webhook


def update_webhook(
    tx: Transaction, actor: Actor, owner: Owner, webhook: Webhook, changes: Mapping[str, Any]
) -> Webhook:
    """Change what is named. `authorization` None: none is sent any more; `secret` None: a new one is made.

    What is owed already goes to the new URL, with the new signature; how often it is tried stays as it was.
    """
    checked = _checked(tx, owner, changes)
    if "secret" in checked and checked["secret"] is None:
        checked["secret"] = tx.secret("webhook", owner.id)
    checked = {name: value for name, value in checked.items() if getattr(webhook, name) != value}
    if not checked:
        return webhook
    before: dict[str, Any] = {name: getattr(webhook, name) for name in ("include", "level") if name in checked}
    webhook = tx.update(webhook, **checked)
    _record(tx, "update", webhook, actor.account, before)
    return webhook


def delete_webhook(tx: Transaction, actor: Actor, webhook: Webhook) -> None:
    """End a subscription; what is still owed to it is not sent any more."""
    _record(tx, "destroy", webhook, actor.account)
    drop_webhook(tx, webhook)


def drop_webhook(tx: Transaction, webhook: Webhook) -> None:
    """Remove a webhook with all that is known of its deliveries, and the jobs that wait for their turn."""
    owed = tx.all(WebhookDelivery, webhook_id=webhook.id, status=OPEN)
    for job in tx.all(Job, kind=DELIVER, subject_id=[webhook.id, *(each.id for each in owed)], state="todo"):
        jobs.finish(tx, job, {"ok": False, "message": "The webhook was removed."})
    tx.delete_where(WebhookDelivery, webhook_id=webhook.id)
    tx.delete(webhook)


def _record(
    tx: Transaction, action: Any, webhook: Webhook, actor: Account, previous: dict[str, Any] | None = None
) -> None:
    """Without URL, secret and authorization: events hold no secret, and URLs may."""
    told = {"include": webhook.include, "level": webhook.level}
    own = {"app_id": webhook.app_id, "addon_id": webhook.addon_id}
    tx.record("webhook", action, webhook.id, actor, told, previous=previous, **own)


def _checked(tx: Transaction, owner: Owner, wish: Mapping[str, Any]) -> dict[str, Any]:
    """What of the wish can be used, or the reason why it cannot."""
    checked = dict(wish)
    if "include" in wish:
        checked["include"] = _included(tx, owner, wish["include"])
    if "level" in wish and wish["level"] not in LEVELS:
        raise InvalidParams(f"level must be one of {', '.join(LEVELS)}, not {wish['level'][:64]!r}.")
    if "url" in wish:
        _check_url(wish["url"])
    for name in ("authorization", "secret"):
        value = wish.get(name)
        if value is not None and (len(value) > LONGEST_HEADER or _HEADER.fullmatch(value) is None):
            raise InvalidParams(f"{name} must be 1 to {LONGEST_HEADER} visible ASCII characters, spaces between them.")
    return checked


def _included(tx: Transaction, owner: Owner, names: Sequence[str]) -> list[str]:
    unknown = [name for name in names if name not in ACTIONS]
    if unknown or not names:
        wrong = f"{unknown[0][:64]!r} is no event" if unknown else "include is empty"
        raise InvalidParams(f"{wrong}: name at least one of {', '.join(ACTIONS)}.")
    refused = [name for name in names if isinstance(owner, Addon) and name not in tx.rules.partner_events]
    if refused:
        raise Forbidden(
            f"An add-on's webhook may not include {', '.join(sorted(set(refused)))}. "
            "The operator's setting PLATFORM_SIM_PARTNER_EVENTS says what it may."
        )
    return list(dict.fromkeys(names))


def _check_url(url: str) -> None:
    """InvalidParams unless it is http(s) with a host; on loopback http is as good as https."""
    wrong = InvalidParams(f"url must be an http or https URL of at most {LONGEST_URL} visible ASCII characters.")
    if len(url) > LONGEST_URL or _VISIBLE.fullmatch(url) is None:
        raise wrong
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        raise wrong from None
    if not usable:
        raise wrong
