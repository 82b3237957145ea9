"""What is known of an instance's surroundings, as rows: its apps, its people, and when Heroku was last asked."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from addon_service.clock import public_time, stamp
from addon_service.store import Row, Tx
from addon_service.surroundings.answers import Attachment, Instance, Person


@dataclass(frozen=True)
class Seen:
    """What Heroku said. `asked_at`: before the first question; None: it did not say.

    `people_note`: what of the people it does not tell, and why.
    """

    asked_at: datetime
    instance: Instance
    attachments: tuple[Attachment, ...] | None
    people: tuple[Person, ...]
    people_note: str | None


@dataclass(frozen=True)
class Known:
    """The same for people to read. `apps`: `{"app", "attachment", "owner"}`, the owning one first."""

    asked_at: str | None
    apps: Sequence[dict[str, Any]]
    people: Sequence[dict[str, Any]]
    people_note: str | None


def keep_seen(tx: Tx, uuid: str, seen: Seen) -> bool:
    """Write down what Heroku said; whether it was news. Of two who asked, the later question counts."""
    asked = stamp(seen.asked_at)
    app = seen.instance.app
    row = tx.one("SELECT asked_at FROM looks WHERE resource_uuid = ?", uuid)
    if row is not None and row["asked_at"] > asked:
        return False
    tx.run("DELETE FROM looks WHERE resource_uuid = ?", uuid)
    found: Row = {"resource_uuid": uuid, "asked_at": asked, "app_id": app.id, "app": app.name}
    tx.insert("looks", {**found, "people_note": seen.people_note})
    if seen.attachments is not None:
        tx.run("DELETE FROM attachments WHERE resource_uuid = ?", uuid)
        for each in {each.id: each for each in seen.attachments}.values():
            named = {"id": each.id, "name": each.name, "app_id": each.app_id, "app": each.app}
            tx.insert("attachments", {"resource_uuid": uuid, **named})
    tx.run("DELETE FROM people WHERE resource_uuid = ?", uuid)
    for place, person in enumerate(seen.people):
        told = {"email": person.email, "roles": json.dumps(person.roles)}
        tx.insert("people", {"resource_uuid": uuid, "place": place, **told})
    return True


def known(tx: Tx, uuid: str) -> Known:
    """What is written down of one instance."""
    look = tx.one("SELECT * FROM looks WHERE resource_uuid = ?", uuid)
    if look is None:
        return Known(None, [], [], None)
    rows = tx.rows("SELECT * FROM attachments WHERE resource_uuid = ? ORDER BY app, name", uuid)
    apps = [{"app": row["app"], "attachment": row["name"], "owner": row["app_id"] == look["app_id"]} for row in rows]
    if not any(each["owner"] for each in apps):
        apps.append({"app": look["app"], "attachment": None, "owner": True})
    apps.sort(key=lambda each: not each["owner"])
    people = [
        {"email": row["email"], "roles": json.loads(row["roles"])}
        for row in tx.rows("SELECT * FROM people WHERE resource_uuid = ? ORDER BY place", uuid)
    ]
    return Known(public_time(look["asked_at"]), apps, people, look["people_note"])


def asked_at(tx: Tx, uuid: str) -> str | None:
    """When Heroku was last asked, as kept in the store."""
    row = tx.one("SELECT asked_at FROM looks WHERE resource_uuid = ?", uuid)
    return None if row is None else str(row["asked_at"])


def app_names(tx: Tx, uuid: str) -> dict[str, str]:
    """App id to name, of every app that is known; under the empty id, the owning one."""
    names = {row["app_id"]: row["app"] for row in tx.rows("SELECT * FROM attachments WHERE resource_uuid = ?", uuid)}
    for row in tx.rows("SELECT app_id, app FROM looks WHERE resource_uuid = ?", uuid):
        names |= {row["app_id"]: row["app"], "": row["app"]}
    return names


def forget(tx: Tx, uuid: str) -> None:
    """The instance is gone, and with it whoever had to do with it."""
    for table in ("people", "attachments", "looks"):
        tx.run(f"DELETE FROM {table} WHERE resource_uuid = ?", uuid)
