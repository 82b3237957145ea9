"""Lets the platform's time pass: no job is jumped over, each is done at its own moment.

For whoever holds a platform in this process, such as a test: seven days of retries take as long as their requests.
"""

import time
from datetime import datetime, timedelta

from platform_sim.core.actions import jobs
from platform_sim.core.model.records import Job
from platform_sim.core.store import Database, Snapshot

OPEN = ("todo", "doing")


def pass_time(database: Database, by: timedelta, patience: float = 60.0) -> int:
    """Move the clock forward by `by`, stopping whenever a job is due until the runners have done it.

    Returns the number of stops. Each may take `patience` wall seconds, see `at_rest`.
    """
    end, stops = database.clock.now() + by, 0
    while True:
        due = at_rest(database, patience)
        moment = end if due is None else min(due, end)
        database.clock.advance(max(moment - database.clock.now(), timedelta(0)))
        if due is None or due > end:
            return stops
        stops += 1


def at_rest(database: Database, patience: float = 60.0) -> datetime | None:
    """Wait until no job is being done and none is due; returns when the next one will be, None if none waits.

    RuntimeError after `patience` wall seconds, with the kinds of the jobs that are left.
    """
    limit = time.monotonic() + patience
    while True:
        seen = database.version
        with database.snapshot() as rows:
            left = rows.all(Job, state=OPEN)
            due = _next_due(rows, left)
            if due is None or due > rows.now():
                return due
        wait = limit - time.monotonic()
        if wait <= 0:
            kinds = ", ".join(sorted({job.kind for job in left}))
            raise RuntimeError(f"jobs are still open after {patience:g} s ({kinds}): does a runner do them?")
        database.wait_for_change(seen, wait, Job)


def _next_due(rows: Snapshot, left: list[Job]) -> datetime | None:
    """Now, while a job is being done."""
    if any(job.state == "doing" for job in left):
        return rows.now()
    waiting = jobs.next_job(rows, {job.kind for job in left}) if left else None
    return waiting.run_at if waiting else None
