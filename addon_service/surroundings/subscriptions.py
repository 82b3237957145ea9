"""Webhooks: one subscription for each instance, with a secret of its own, and what is done about an event.

An event says that something changed; what is true is asked of Heroku by the duty `look`. So a repeat, another order
and a loss do no harm. (partner-api §6)
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass
from typing import Any

from addon_service.calls import Calls
from addon_service.clock import Clock, stamp
from addon_service.duties import Act, Duties, Duty, Finish, GiveUp
from addon_service.errors import Forbidden, NotFound
from addon_service.inbox import Inbox
from addon_service.instances import find
from addon_service.store import Store, Tx
from addon_service.vault import Vault, same

PATH = "/heroku/webhooks"
INCLUDE = ("api:addon", "api:addon-attachment", "api:app", "api:collaborator")
LEVEL = "sync"  # tried again until it is taken, for up to 72 h
REMEMBERED = 1000  # event ids for each instance


@dataclass(frozen=True)
class Subscriptions:
    """The subscriptions of all instances. `public_url`: where Heroku reaches this service."""

    store: Store
    vault: Vault
    clock: Clock
    calls: Calls
    duties: Duties
    inbox: Inbox
    public_url: str

    def acts(self) -> dict[str, Act]:
        """Kind of duty to its act."""
        return {"subscribe": self.subscribe}

    def url(self, uuid: str) -> str:
        """Where an instance's events are received."""
        return f"{self.public_url}{PATH}/{uuid}"

    def begin(self, tx: Tx, uuid: str) -> None:
        """There are tokens: subscribe, and look how things are. Again is harmless. The secret is written before
        Heroku is told it, so that a death in between leaves one that both know."""
        row = {"resource_uuid": uuid, "secret": self.vault.seal(self.clock.new_token()), "updated_at": self._now()}
        sql = "INSERT OR IGNORE INTO subscriptions (resource_uuid, secret, updated_at) VALUES (?, ?, ?)"
        tx.run(sql, *row.values())
        self.duties.ensure(tx, "subscribe", uuid)
        self.duties.ensure(tx, "look", uuid)

    def catch_up(self) -> int:
        """Begin for every live instance that Heroku does not send to our present URL: made by an older version of
        this program, or before we moved. How many."""
        sql = (
            "SELECT uuid, url FROM resources JOIN authorizations ON uuid = authorizations.resource_uuid"
            " LEFT JOIN subscriptions ON uuid = subscriptions.resource_uuid WHERE state != 'deprovisioned'"
        )
        with self.store.write() as tx:
            late = [row["uuid"] for row in tx.rows(sql) if row["url"] != self.url(row["uuid"])]
            for uuid in late:
                self.begin(tx, uuid)
        return len(late)

    def forget(self, tx: Tx, uuid: str) -> None:
        """The instance is gone; at Heroku its webhook went with it."""
        tx.run("DELETE FROM subscriptions WHERE resource_uuid = ?", uuid)
        tx.run("DELETE FROM heard WHERE resource_uuid = ?", uuid)

    def described(self, tx: Tx, uuid: str) -> str | None:
        """Where Heroku sends the instance's events, or None while it does not."""
        row = tx.one("SELECT url FROM subscriptions WHERE resource_uuid = ?", uuid)
        return None if row is None else row["url"]

    def subscribe(self, duty: Duty) -> Finish:
        """See to it that Heroku has one webhook of ours, with our URL and secret: the one that is there is changed,
        else one is made. Then look, for what changed before Heroku began to tell."""
        with self.store.read() as tx:
            row = tx.one("SELECT secret FROM subscriptions WHERE resource_uuid = ?", duty.uuid)
        if row is None:
            raise GiveUp("the instance is gone")
        secret, url = self.vault.open(row["secret"]), self.url(duty.uuid)
        wish = {"include": list(INCLUDE), "level": LEVEL, "url": url, "secret": secret}
        path = f"/addons/{duty.uuid}/webhooks"
        ours = self._ours(duty, path)
        if ours is None:
            answer = self.calls.call(duty, "POST", path, wish)
        else:
            answer = self.calls.call(duty, "PATCH", f"{path}/{ours}", wish)
        if answer.status not in (200, 201):
            self.calls.refused(duty, answer, "did not take the webhook")
        return lambda tx: self._subscribed(tx, duty.uuid, url)

    def check(self, uuid: str, signature: str, body: bytes) -> None:
        """Raise unless `body` is signed with the instance's secret: NotFound, Gone, Forbidden."""
        with self.store.read() as tx:
            find(tx, uuid)
            row = tx.one("SELECT secret FROM subscriptions WHERE resource_uuid = ?", uuid)
        if row is None:
            raise NotFound(f"cannot take this event: there is no webhook for {uuid}")
        if not same(signature, signed(self.vault.open(row["secret"]), body)):
            raise Forbidden("cannot take this event: Heroku-Webhook-Hmac-SHA256 does not fit the body")

    def heed(self, uuid: str, event_id: str, event: dict[str, Any]) -> None:
        """An event came, its signature is right: a look follows, unless it came before."""
        with self.store.write() as tx:
            resource = find(tx, uuid)
            if tx.run("INSERT OR IGNORE INTO heard (resource_uuid, event_id) VALUES (?, ?)", uuid, event_id) == 0:
                return
            self.inbox.add(tx, resource.addon, uuid, "POST", f"{PATH}/{uuid}", event, 204, None)
            tx.run(
                "DELETE FROM heard WHERE resource_uuid = ? AND id <= "
                "(SELECT id FROM heard WHERE resource_uuid = ? ORDER BY id DESC LIMIT 1 OFFSET ?)",
                uuid,
                uuid,
                REMEMBERED,
            )
            self.duties.ensure(tx, "look", uuid)

    def _ours(self, duty: Duty, path: str) -> str | None:
        """The id of the webhook that an earlier try, or an earlier address of ours, has left at Heroku."""
        answer = self.calls.call(duty, "GET", path, every=True)
        if answer.status not in (200, 206):
            self.calls.refused(duty, answer, "does not list the webhooks")
        body = answer.json()
        for item in body if isinstance(body, list) else []:
            url, id = (item.get("url"), item.get("id")) if isinstance(item, dict) else (None, None)
            if isinstance(url, str) and isinstance(id, str) and url.endswith(f"{PATH}/{duty.uuid}"):
                return id
        return None

    def _subscribed(self, tx: Tx, uuid: str, url: str) -> None:
        sql = "UPDATE subscriptions SET url = ?, updated_at = ? WHERE resource_uuid = ?"
        tx.run(sql, url, self._now(), uuid)
        self.duties.ensure(tx, "look", uuid)

    def _now(self) -> str:
        return stamp(self.clock.now())


def signed(secret: str, body: bytes) -> str:
    """What `Heroku-Webhook-Hmac-SHA256` must be (§6.3; vector in §15)."""
    return base64.b64encode(hmac.digest(secret.encode(), body, hashlib.sha256)).decode("ascii")
