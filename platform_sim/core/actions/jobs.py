"""Obligations to the outside: claimed by one boot of the platform, done once, tried again when they must be."""

import json
from collections.abc import Collection
from datetime import timedelta
from typing import Any

from platform_sim.core.model.records import Job
from platform_sim.core.store import Snapshot, Transaction
from platform_sim.core.store.queries import NEXT_JOB


class PutBack(Exception):
    """Raised by a handler that has put its job back itself, and counts this as no attempt: it may have been taken again
    by now, and look as if it had never been let go."""


def take_again(tx: Transaction, boot_id: str) -> int:
    """At start: what another boot was doing when it was killed is to do again; returns how many."""
    left = [job for job in tx.all(Job, state="doing") if job.boot_id != boot_id]
    for job in left:
        tx.update(job, state="todo", boot_id=None, run_at=tx.now())
    return len(left)


def claim(tx: Transaction, boot_id: str, kinds: Collection[str]) -> Job | None:
    """The next job that is due, now `doing` by this boot, or None.

    Jobs of one subject run one after the other in the order in which they were written; a deadline holds
    nothing up.
    """
    job = next_job(tx, kinds)
    if job is None or job.run_at > tx.now():
        return None
    return tx.update(job, state="doing", boot_id=boot_id, attempts=job.attempts + 1)


def next_job(rows: Snapshot, kinds: Collection[str]) -> Job | None:
    """The waiting job that can be claimed first, now or when its time has come; None if none waits."""
    found = rows.ask(NEXT_JOB, kinds=json.dumps(sorted(kinds)))
    return found[0] if found else None


def finish(tx: Transaction, job: Job, outcome: dict[str, Any] | None = None, *, failed: bool = False) -> Job:
    """The obligation is met, or given up; `outcome` is for the door that waits on the row."""
    return tx.update(job, state="failed" if failed else "done", outcome=outcome or {}, boot_id=None)


def try_again(tx: Transaction, job: Job, after: float, outcome: dict[str, Any] | None = None) -> Job:
    """Put a job back for `after` seconds on the platform's clock."""
    return tx.update(job, state="todo", boot_id=None, run_at=tx.now() + timedelta(seconds=after), outcome=outcome or {})
