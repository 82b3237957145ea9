"""What Heroku sent: each request with its answer, secrets masked, for the operator and the dashboard.

A record, not a part of the life cycle: it is written after the answer is known, and the oldest go.
"""

from __future__ import annotations

import json
import re
from typing import Any

from addon_service.clock import Clock, public_time, stamp
from addon_service.store import Store, Tx

LIFE_CYCLE = "/heroku/resources"
KEPT = 200  # requests for each instance
LONGEST = 4096  # characters of a body or an answer
MASK = "[masked]"
_SECRET_NAME = re.compile(r"token|secret|passw|code|key|salt|credential|log_input|log_drain|nav-data", re.IGNORECASE)
_USERINFO = re.compile(r"(?<=://)[^/@\s]+@")


def masked(value: Any, *, within: bool = False) -> Any:
    """The value with everything secret in it masked: by name, all of `config`, and credentials in URLs."""
    if isinstance(value, dict):
        return {k: masked(v, within=within or k == "config" or bool(_SECRET_NAME.search(k))) for k, v in value.items()}
    if isinstance(value, list):
        return [masked(item, within=within) for item in value]
    if within and value is not None:
        return MASK
    return _USERINFO.sub(f"{MASK}@", value) if isinstance(value, str) else value


class Inbox:
    """Writes and lists requests."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def note(self, addon: str, uuid: str, method: str, path: str, body: Any, status: int, answer: Any) -> None:
        """Record one request from Heroku; `body` and `answer` as parsed, masked here."""
        with self._store.write() as tx:
            self.add(tx, addon, uuid, method, path, body, status, answer)

    def add(self, tx: Tx, addon: str, uuid: str, method: str, path: str, body: Any, status: int, answer: Any) -> None:
        """The same, in the transaction of what the request is about."""
        tx.insert(
            "requests",
            {
                "resource_uuid": uuid,
                "addon": addon,
                "method": method,
                "path": path,
                "body": _kept(body),
                "status": status,
                "answer": _kept(answer),
                "created_at": stamp(self._clock.now()),
            },
        )
        tx.run(
            "DELETE FROM requests WHERE resource_uuid = ? AND id <= "
            "(SELECT id FROM requests WHERE resource_uuid = ? ORDER BY id DESC LIMIT 1 OFFSET ?)",
            uuid,
            uuid,
            KEPT,
        )

    def forget(self, tx: Tx, uuid: str) -> None:
        """The instance is gone: logins and events, which name people, go; what made, changed and ended it stays."""
        tx.run("DELETE FROM requests WHERE resource_uuid = ? AND path NOT LIKE ?", uuid, f"{LIFE_CYCLE}%")

    def listed(self, tx: Tx, uuid: str, count: int = KEPT) -> list[dict[str, Any]]:
        """At most `count` requests for an instance, newest first."""
        rows = tx.rows("SELECT * FROM requests WHERE resource_uuid = ? ORDER BY id DESC LIMIT ?", uuid, count)
        return [
            {
                "method": row["method"],
                "path": row["path"],
                "body": json.loads(row["body"]),
                "status": row["status"],
                "answer": json.loads(row["answer"]),
                "at": public_time(row["created_at"]),
            }
            for row in rows
        ]


def _kept(value: Any) -> str:
    text = json.dumps(masked(value))
    return text if len(text) <= LONGEST else json.dumps(f"[{len(text)} characters, too long to keep]")
