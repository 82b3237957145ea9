"""What an instance says in the logs of its apps: that its credentials were rotated, that its plan is full.

A line is a duty for each app, written with the fact that it tells. The URLs it goes to hold a password, so they are
sealed; the order brings the first one, the attachments bring all. (partner-api §7.2)
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from addon_service.calls import Calls
from addon_service.clock import Clock, parse_stamp, stamp
from addon_service.duties import Act, Duties, Duty, Finish, GiveUp
from addon_service.instances import Resource, find
from addon_service.platform_client import Answer, PlatformClient, log_input_place
from addon_service.store import Store, Tx
from addon_service.surroundings.answers import Attachment, read_attachments
from addon_service.vault import Vault

OWNER = ""  # stands for the app of the order, until Heroku has said which one that is
STALE = timedelta(hours=1)  # a line that could not be written for so long tells nobody anything


@dataclass(frozen=True)
class Voice:
    """Keeps the URLs and writes the lines."""

    store: Store
    vault: Vault
    clock: Clock
    calls: Calls
    client: PlatformClient
    duties: Duties

    def acts(self) -> dict[str, Act]:
        """Kind of duty to its act."""
        return {"write_log": self.write_log}

    def learn(self, tx: Tx, uuid: str, url: str) -> None:
        """The order names the URL for its app. Again is harmless; what Heroku has told since is newer."""
        if tx.one("SELECT 1 FROM log_inputs WHERE resource_uuid = ?", uuid) is None:
            self._put(tx, uuid, OWNER, url)

    def keep(self, tx: Tx, uuid: str, attachments: Iterable[Attachment]) -> None:
        """The URLs that the attachments name now; all others are of no use any more."""
        tx.run("DELETE FROM log_inputs WHERE resource_uuid = ?", uuid)
        for each in attachments:
            if each.log_input_url is not None:
                self._put(tx, uuid, each.app_id, each.log_input_url)

    def forget(self, tx: Tx, uuid: str) -> None:
        """The instance is gone."""
        tx.run("DELETE FROM log_inputs WHERE resource_uuid = ?", uuid)

    def say(self, tx: Tx, resource: Resource, words: str, **values: object) -> None:
        """Tell every app that it may write to; in the form that §7.2 asks for, key=value."""
        pairs = [f'source={resource.name or resource.uuid} msg="{words}"', *(f"{k}={v}" for k, v in values.items())]
        now = stamp(self.clock.now())
        for row in tx.rows("SELECT app_id FROM log_inputs WHERE resource_uuid = ? ORDER BY app_id", resource.uuid):
            payload = {"app_id": row["app_id"], "text": " ".join(pairs), "at": now}
            self.duties.add(tx, "write_log", resource.uuid, payload)

    def write_log(self, duty: Duty) -> Finish:
        """Write a line. After a refusal the URL is read anew from the attachment, and it is tried once more."""
        if self.clock.now() - duty.created_at > STALE:
            raise GiveUp("the line is an hour old: nobody is helped by it any more")
        url = self._url(duty)
        answer = None if url is None else self._post(duty, url)
        if answer is None or answer.status >= 400:
            newer = self._read_anew(duty)
            answer = self._post(duty, newer)
        if answer.status not in (200, 202, 204):
            raise GiveUp(f"Heroku did not take a line for the app's log: {answer.status}")
        return lambda tx: None

    def _post(self, duty: Duty, url: str) -> Answer:
        with self.store.read() as tx:
            slug = self.calls.addon(tx, duty).identity.slug
        return self.client.write_log(url, slug, parse_stamp(duty.payload["at"]), str(duty.payload["text"]))

    def _url(self, duty: Duty) -> str | None:
        """The URL as known; that of the order's app may have its place under the app's id by now."""
        with self.store.read() as tx:
            sql = "SELECT sealed FROM log_inputs WHERE resource_uuid = ? AND app_id = ?"
            row = tx.one(sql, duty.uuid, str(duty.payload["app_id"]))
        return None if row is None else self.vault.open(row["sealed"])

    def _read_anew(self, duty: Duty) -> str:
        """The URL as the attachment names it now, kept; GiveUp when there is none any more."""
        answer = self.calls.call(duty, "GET", f"/addons/{duty.uuid}/addon-attachments", every=True)
        if answer.status not in (200, 206):
            self.calls.refused(duty, answer, "does not list the attachments")
        attachments = read_attachments(answer.json())
        with self.store.write() as tx:
            find(tx, duty.uuid)
            self.keep(tx, duty.uuid, attachments)
        wanted = duty.payload["app_id"]
        for each in attachments:
            if each.log_input_url and (each.app_id == wanted or (wanted == OWNER and each.app_id == each.owner_id)):
                return each.log_input_url
        raise GiveUp("the app takes no lines of this instance any more")

    def _put(self, tx: Tx, uuid: str, app_id: str, url: str) -> None:
        sql = "INSERT OR REPLACE INTO log_inputs (resource_uuid, app_id, sealed) VALUES (?, ?, ?)"
        if log_input_place(url) is not None:
            tx.run(sql, uuid, app_id, self.vault.seal(url))
