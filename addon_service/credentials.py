"""The credentials of an instance: one current, those it replaced for a while, and nothing of the rest.

A credential is found by its hash and shown again by opening its seal. It touches the store only.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from addon_service.clock import stamp
from addon_service.store import Row, Tx
from addon_service.vault import Vault, token_hash


@dataclass(frozen=True)
class Credential:
    """A credential with its secret. `number` counts within its instance, from 1."""

    id: int
    number: int
    secret: str = field(repr=False)


class Credentials:
    """Issues, finds and retires credentials."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def issue(self, tx: Tx, uuid: str, secret: str, now: datetime) -> int:
        """Make `secret` the current credential at once; the one before keeps working. The new one's id."""
        made = self.prepare(tx, uuid, secret, now)
        self.promote(tx, uuid, made)
        return made

    def prepare(self, tx: Tx, uuid: str, secret: str, now: datetime) -> int:
        """Write down a credential that opens nothing yet; `promote` makes it the current one. Its id."""
        row = {
            "resource_uuid": uuid,
            "number": 1 + tx.count("SELECT count(*) FROM credentials WHERE resource_uuid = ?", uuid),
            "token_hash": token_hash(secret),
            "sealed": self._vault.seal(secret),
            "state": "preparing",
            "created_at": stamp(now),
        }
        return tx.insert("credentials", row)

    def promote(self, tx: Tx, uuid: str, credential_id: int) -> None:
        """Hand out this one from now on; the one before keeps working."""
        tx.run("UPDATE credentials SET state = 'retiring' WHERE resource_uuid = ? AND state = 'current'", uuid)
        tx.run("UPDATE credentials SET state = 'current' WHERE id = ?", credential_id)

    def current(self, tx: Tx, uuid: str) -> Credential:
        """The credential to hand out. The instance must be alive: each has exactly one."""
        row = tx.one("SELECT * FROM credentials WHERE resource_uuid = ? AND state = 'current'", uuid)
        assert row is not None, f"live instance {uuid} has no current credential"
        return self._opened(row)

    def get(self, tx: Tx, credential_id: int) -> Credential | None:
        """One by its id, or None when its secret is forgotten."""
        row = tx.one("SELECT * FROM credentials WHERE id = ? AND sealed IS NOT NULL", credential_id)
        return None if row is None else self._opened(row)

    def owner(self, tx: Tx, secret: str, now: datetime) -> str | None:
        """The uuid of the instance that this secret opens now, or None."""
        row = tx.one(
            "SELECT resource_uuid FROM credentials WHERE token_hash = ? AND state IN ('current', 'retiring')"
            " AND (retire_at IS NULL OR retire_at > ?)",
            token_hash(secret),
            stamp(now),
        )
        return None if row is None else str(row["resource_uuid"])

    def plan_retirement(self, tx: Tx, uuid: str, taken: int, at: datetime) -> list[int]:
        """Heroku has taken credential `taken`: let older ones end at `at`. The ids of those newly planned."""
        where = "resource_uuid = ? AND id < ? AND state = 'retiring' AND retire_at IS NULL"
        ids = [row["id"] for row in tx.rows(f"SELECT id FROM credentials WHERE {where}", uuid, taken)]
        tx.run(f"UPDATE credentials SET retire_at = ? WHERE {where}", stamp(at), uuid, taken)
        return ids

    def retire(self, tx: Tx, credential_id: int) -> None:
        """End one for good and forget its secret. Safe to repeat."""
        tx.run("UPDATE credentials SET state = 'retired', sealed = NULL WHERE id = ?", credential_id)

    def retire_all(self, tx: Tx, uuid: str) -> None:
        """End every credential of an instance that is being removed."""
        tx.run("UPDATE credentials SET state = 'retired', sealed = NULL WHERE resource_uuid = ?", uuid)

    def listed(self, tx: Tx, uuid: str) -> list[Row]:
        """Id, number, state and times of each, newest first; nothing secret."""
        return tx.rows(
            "SELECT id, number, state, created_at, retire_at FROM credentials WHERE resource_uuid = ? ORDER BY id DESC",
            uuid,
        )

    def _opened(self, row: Row) -> Credential:
        return Credential(row["id"], row["number"], self._vault.open(row["sealed"]))
