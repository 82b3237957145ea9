"""Which log drains speak for which instance: their tokens, one for each attached app, and where they send to.

The order brings the token of the first one, what Heroku lists brings the others. A token is kept as a hash: it is
only ever looked up. (partner-api §7.1)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from addon_service.calls import Calls
from addon_service.duties import Act, Duties, Duty, Finish
from addon_service.logs.lines import Lines
from addon_service.store import Tx
from addon_service.vault import token_hash

PATH = "/heroku/logs"


@dataclass(frozen=True)
class Drain:
    """A drain as Heroku lists it."""

    id: str
    token: str = field(repr=False)
    app_id: str
    url: str = field(repr=False)


def read_drains(body: Any) -> tuple[Drain, ...]:
    """What is a drain in Heroku's answer."""
    found = []
    for item in body if isinstance(body, list) else []:
        app = item.get("app") if isinstance(item, dict) else None
        values = [item.get("id"), item.get("token"), app.get("id"), item.get("url")] if isinstance(app, dict) else []
        if values and all(isinstance(value, str) for value in values):
            found.append(Drain(*values))
    return tuple(found)


@dataclass(frozen=True)
class Drains:
    """The drains of all instances. `public_url`: where Heroku reaches this service."""

    calls: Calls
    duties: Duties
    lines: Lines
    public_url: str

    def acts(self) -> dict[str, Act]:
        """Kind of duty to its act."""
        return {"move_drains": self.move_drains, "forget_lines": self.forget_lines}

    def url(self, uuid: str) -> str:
        """Where the logs of an instance's apps are to be sent: `log_drain_url` (§2.4)."""
        return f"{self.public_url}{PATH}/{uuid}"

    def learn(self, tx: Tx, uuid: str, token: str) -> None:
        """The order names a token; Heroku lists its drain only after our answer. Again is harmless."""
        sql = "INSERT OR IGNORE INTO drains (resource_uuid, token_hash) VALUES (?, ?)"
        tx.run(sql, uuid, token_hash(token))

    def keep(self, tx: Tx, uuid: str, listed: Sequence[Drain]) -> None:
        """These are the drains there are. Of one that is gone, the lines go, and it is believed no more; it may come
        back. One that sends elsewhere is moved."""
        for drain in listed:
            sql = (
                "INSERT INTO drains (resource_uuid, token_hash, heroku_id, app_id) VALUES (?, ?, ?, ?)"
                " ON CONFLICT (token_hash) DO UPDATE SET heroku_id = excluded.heroku_id, app_id = excluded.app_id,"
                " active = 1 WHERE resource_uuid = excluded.resource_uuid"
            )
            tx.run(sql, uuid, token_hash(drain.token), drain.id, drain.app_id)
        there = {drain.id for drain in listed}
        sql = "SELECT id, heroku_id FROM drains WHERE resource_uuid = ? AND heroku_id IS NOT NULL AND active = 1"
        for row in tx.rows(sql, uuid):
            if row["heroku_id"] not in there:
                tx.run("UPDATE drains SET active = 0 WHERE id = ?", row["id"])
                self.duties.add(tx, "forget_lines", uuid, {"drain": row["id"]})
        if any(drain.url != self.url(uuid) for drain in listed):
            self.duties.ensure(tx, "move_drains", uuid)

    def speaking(self, tx: Tx, uuid: str, token: str) -> int | None:
        """Our number of the instance's drain that has this token, or None: then nobody is believed."""
        sql = "SELECT id FROM drains WHERE token_hash = ? AND resource_uuid = ? AND active = 1"
        row = tx.one(sql, token_hash(token), uuid)
        return None if row is None else int(row["id"])

    def there_are(self, tx: Tx, uuid: str) -> bool:
        """Whether the instance reads its apps' logs at all."""
        return tx.one("SELECT 1 FROM drains WHERE resource_uuid = ? LIMIT 1", uuid) is not None

    def apps(self, tx: Tx, uuid: str) -> dict[int, str | None]:
        """Our number of each drain to the id of its app, where that is known."""
        return {row["id"]: row["app_id"] for row in tx.rows("SELECT * FROM drains WHERE resource_uuid = ?", uuid)}

    def forget(self, tx: Tx, uuid: str) -> None:
        """The instance is gone: so are its tokens, and by a duty its lines, which are in another file."""
        if tx.run("DELETE FROM drains WHERE resource_uuid = ?", uuid):
            self.duties.add(tx, "forget_lines", uuid, {})

    def move_drains(self, duty: Duty) -> Finish:
        """Give each drain that sends elsewhere our present URL (§7.1); its token stays."""
        path = f"/addons/{duty.uuid}/log-drains"
        answer = self.calls.call(duty, "GET", path, every=True)
        if answer.status not in (200, 206):
            self.calls.refused(duty, answer, "does not list the log drains")
        for drain in read_drains(answer.json()):
            if drain.url != self.url(duty.uuid):
                answer = self.calls.call(duty, "PUT", f"{path}/{drain.id}", {"url": self.url(duty.uuid)})
                if answer.status not in (200, 201):
                    self.calls.refused(duty, answer, "did not move a log drain")
        return lambda tx: None

    def forget_lines(self, duty: Duty) -> Finish:
        """Delete what a drain, or all of an instance's, have brought."""
        self.lines.forget(duty.uuid, duty.payload.get("drain"))
        return lambda tx: None
