"""Duties: what must still be done, kept as rows so that no death of the process can lose it.

A duty is written in the transaction of the fact that calls for it. A worker claims it with the boot id of
this process, acts with no transaction open, and writes the outcome and the end of the duty together. What
a killed process had claimed is taken again, so every act must be safe to repeat. The acts themselves are
in `obligations.py`; this room knows no network.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from addon_service.clock import Clock, parse_stamp, stamp
from addon_service.errors import ServiceError
from addon_service.store import Row, Store, Tx
from addon_service.vault import Vault

log = logging.getLogger("addon_service.duties")
WORKERS = 4
KEPT = 20  # finished duties of each kind that an instance's list shows
LONGEST_SLEEP = 60.0


@dataclass(frozen=True)
class Duty:
    """One obligation as its act sees it."""

    id: int
    kind: str
    uuid: str
    created_at: datetime
    payload: dict[str, Any] = field(repr=False)


Finish = Callable[[Tx], None]
Act = Callable[[Duty], Finish]


class Later(Exception):
    """Not possible yet, and nobody's fault: look again after `seconds`. `payload` replaces what is kept."""

    def __init__(self, reason: str, seconds: float, payload: dict[str, Any] | None = None) -> None:
        super().__init__(reason)
        self.seconds = seconds
        self.payload = payload


class GiveUp(Exception):
    """Cannot be done, now or later; the message says why."""


class Duties:
    """Writes duties and carries them out."""

    def __init__(self, store: Store, vault: Vault, clock: Clock, retry_first: int, retry_most: int) -> None:
        self._store = store
        self._vault = vault
        self._clock = clock
        self._retry_first = retry_first
        self._retry_most = retry_most
        self._boot = clock.new_id()
        self._acts: Mapping[str, Act] = {}
        self._changed = threading.Condition()
        self._signals = 0
        self._stopping = False
        self._workers: list[threading.Thread] = []

    def set_acts(self, acts: Mapping[str, Act]) -> None:
        """Say who carries out which kind. (Acts write new duties themselves, hence not in the constructor.)"""
        self._acts = acts

    def add(self, tx: Tx, kind: str, uuid: str, payload: dict[str, Any], due: datetime | None = None) -> int:
        """Write a duty, due now unless said otherwise, in the caller's transaction; its id."""
        now = self._clock.now()
        tx.after_commit.append(self.wake)
        return tx.insert(
            "duties",
            {
                "kind": kind,
                "resource_uuid": uuid,
                "sealed": self._sealed(payload),
                "state": "waiting",
                "due_at": stamp(due or now),
                "created_at": stamp(now),
                "updated_at": stamp(now),
            },
        )

    def ensure(self, tx: Tx, kind: str, uuid: str, due: datetime | None = None) -> None:
        """See to it that the act begins after now, or at `due`: one that waits is brought forward to that, one
        under way may have looked already, so another follows it. For acts that need no payload."""
        moment = stamp(due or self._clock.now())
        where = "resource_uuid = ? AND kind = ? AND state = 'waiting'"
        if tx.run(f"UPDATE duties SET due_at = min(due_at, ?) WHERE {where}", moment, uuid, kind) == 0:
            self.add(tx, kind, uuid, {}, due)
        else:
            tx.after_commit.append(self.wake)

    def pending(self, tx: Tx, kind: str, uuid: str) -> bool:
        """Whether a duty of this kind is still to be done for the instance."""
        sql = "SELECT 1 FROM duties WHERE resource_uuid = ? AND kind = ? AND state IN ('waiting', 'doing')"
        return tx.one(sql, uuid, kind) is not None

    def cancel(self, tx: Tx, uuid: str, kind: str | None = None) -> None:
        """Drop what is still to be done for an instance; an act under way finds its outcome unwanted."""
        sql = (
            "UPDATE duties SET state = 'cancelled', sealed = NULL, updated_at = ?"
            " WHERE resource_uuid = ? AND state IN ('waiting', 'doing') AND (? IS NULL OR kind = ?)"
        )
        tx.run(sql, stamp(self._clock.now()), uuid, kind, kind)

    def listed(self, tx: Tx, uuid: str) -> list[Row]:
        """The instance's duties, newest first, without what they carry."""
        return tx.rows(
            "SELECT id, kind, state, attempts, due_at, error, created_at, updated_at FROM duties"
            " WHERE resource_uuid = ? ORDER BY id DESC",
            uuid,
        )

    def take_over(self) -> int:
        """Make what another process had claimed, and did not end, wait again; how many there were."""
        with self._store.write() as tx:
            sql = "UPDATE duties SET state = 'waiting', boot = NULL, due_at = ? WHERE state = 'doing' AND boot != ?"
            return tx.run(sql, stamp(self._clock.now()), self._boot)

    def run_due(self) -> int:
        """Carry out whatever is due now, one after the other; how many acts that were."""
        done = 0
        while self.run_one():
            done += 1
        return done

    def run_one(self) -> bool:
        """Carry out one due duty; whether there was one."""
        duty = self._claim()
        if duty is None:
            return False
        self._carry_out(duty)
        return True

    def start(self) -> None:
        """Start the workers; first take over what a killed process left."""
        self.take_over()
        for number in range(WORKERS):
            worker = threading.Thread(target=self._work, name=f"duties-{number}", daemon=True)
            self._workers.append(worker)
            worker.start()

    def stop(self, patience: float) -> None:
        """Let the workers end; wait at most `patience` seconds each. What is left is done after the next start."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        for worker in self._workers:
            worker.join(patience)

    def wake(self) -> None:
        """Something may be due: look."""
        with self._changed:
            self._signals += 1
            self._changed.notify_all()

    def _work(self) -> None:
        while not self._stopping:
            seen = self._signals
            try:
                pause = 0.0 if self.run_one() else self._pause()
            except Exception as error:
                # The store itself failed (disk full, file locked by a stranger): a worker must outlive that.
                log.error("cannot look after the duties: %s", type(error).__name__, exc_info=error)
                pause = float(self._retry_first)
            with self._changed:
                self._changed.wait_for(partial(self._called_since, seen), pause)

    def _called_since(self, seen: int) -> bool:
        return self._stopping or self._signals != seen

    def _pause(self) -> float:
        """Seconds until the next duty may be due."""
        with self._store.read() as tx:
            row = tx.one("SELECT min(due_at) AS next FROM duties WHERE state = 'waiting'")
        if row is None or row["next"] is None:
            return LONGEST_SLEEP
        left = (parse_stamp(row["next"]) - self._clock.now()).total_seconds()
        # Due, but its instance is busy with another duty: whose end will wake us.
        return min(LONGEST_SLEEP, left) if left > 0 else 1.0

    def _claim(self) -> Duty | None:
        """The next due duty, now marked as ours; one at a time for each instance."""
        with self._store.read() as tx:
            if self._next(tx) is None:
                return None
        with self._store.write() as tx:
            row = self._next(tx)
            if row is None:
                return None
            tx.run(
                "UPDATE duties SET state = 'doing', boot = ?, attempts = attempts + 1, updated_at = ? WHERE id = ?",
                self._boot,
                stamp(self._clock.now()),
                row["id"],
            )
        payload = json.loads(self._vault.open(row["sealed"]))
        return Duty(row["id"], row["kind"], row["resource_uuid"], parse_stamp(row["created_at"]), payload)

    def _next(self, tx: Tx) -> Row | None:
        return tx.one(
            "SELECT * FROM duties AS due WHERE state = 'waiting' AND due_at <= ? AND NOT EXISTS ("
            "SELECT 1 FROM duties WHERE resource_uuid = due.resource_uuid AND state = 'doing')"
            " ORDER BY due_at, id LIMIT 1",
            stamp(self._clock.now()),
        )

    def _carry_out(self, duty: Duty) -> None:
        try:
            finish = self._acts[duty.kind](duty)
            with self._store.write() as tx:
                if self._end(tx, duty, "done", None):
                    finish(tx)
            log.info("%s for %s: done", duty.kind, duty.uuid)
        except GiveUp as reason:
            with self._store.write() as tx:
                self._end(tx, duty, "failed", str(reason))
            log.warning("%s for %s: given up: %s", duty.kind, duty.uuid, reason)
        except Later as reason:
            self._put_back(duty, str(reason), reason)
        except ServiceError as reason:
            self._put_back(duty, reason.message)
        except Exception as error:
            # A fault of ours: the duty must outlive it, and the next try may follow a corrected program.
            log.error("%s for %s: %s", duty.kind, duty.uuid, type(error).__name__, exc_info=error)
            self._put_back(duty, f"internal error: {type(error).__name__}")
        finally:
            self.wake()

    def _end(self, tx: Tx, duty: Duty, state: str, error: str | None) -> bool:
        """Mark the end, unless the duty was cancelled meanwhile; whether it still was ours."""
        sql = (
            "UPDATE duties SET state = ?, error = ?, sealed = NULL, boot = NULL, updated_at = ?"
            " WHERE id = ? AND state = 'doing' AND boot = ?"
        )
        if tx.run(sql, state, error, stamp(self._clock.now()), duty.id, self._boot) == 0:
            return False
        of_its_kind = "resource_uuid = ?1 AND kind = ?2 AND state NOT IN ('waiting', 'doing')"
        tx.run(
            f"DELETE FROM duties WHERE {of_its_kind} AND id <= "
            f"(SELECT id FROM duties WHERE {of_its_kind} ORDER BY id DESC LIMIT 1 OFFSET ?3)",
            duty.uuid,
            duty.kind,
            KEPT,
        )
        return True

    def _put_back(self, duty: Duty, reason: str, later: Later | None = None) -> None:
        now = self._clock.now()
        with self._store.write() as tx:
            row = tx.one("SELECT attempts, error FROM duties WHERE id = ?", duty.id)
            attempts, before = (1, None) if row is None else (int(row["attempts"]), row["error"])
            pause = min(self._retry_first * 2.0 ** min(attempts - 1, 30), self._retry_most)
            payload = duty.payload
            if later is not None:
                # Waiting for something is not a failed attempt.
                attempts, pause, payload = attempts - 1, later.seconds, later.payload or payload
            tx.run(
                "UPDATE duties SET state = 'waiting', boot = NULL, attempts = ?, due_at = ?, error = ?, sealed = ?,"
                " updated_at = ? WHERE id = ? AND state = 'doing' AND boot = ?",
                attempts,
                stamp(now + timedelta(seconds=pause)),
                reason,
                self._sealed(payload),
                stamp(now),
                duty.id,
                self._boot,
            )
        if reason != before:
            log.info("%s for %s: later: %s", duty.kind, duty.uuid, reason)

    def _sealed(self, payload: dict[str, Any]) -> str:
        return self._vault.seal(json.dumps(payload))
