"""What goes wrong on purpose with builds (docs/faults.md). Without faults: one look at a set."""

import time

from platform_sim.core.actions.fault_facts import facts_of_app
from platform_sim.core.actions.faults import take
from platform_sim.core.model.records import Job
from platform_sim.core.store import Database
from platform_sim.engines.build.request import Signal

FAILED = "build-failed"
SLOW = "build-slow"
_MOMENT = 0.05
"""Wall seconds after which a slow build looks whether it was cancelled."""


def hold_up(database: Database, job: Job, cancelled: Signal) -> None:
    """Wait, if it is to be slow; on the wall's clock, as builds do. A cancelled one waits no longer."""
    seconds = _amount(database, job, SLOW) or 0.0
    end = time.monotonic() + seconds
    while not cancelled.is_set() and (left := end - time.monotonic()) > 0:
        time.sleep(min(left, _MOMENT))


def is_to_fail(database: Database, job: Job) -> bool:
    """Whether it fails in the middle."""
    return _amount(database, job, FAILED) is not None


def _amount(database: Database, job: Job, kind: str) -> float | None:
    """Of the fault that acts, 0 if it has none; None: none acts."""
    if kind not in database.faults:
        return None
    with database.snapshot() as rows:
        facts = facts_of_app(rows, job.subject_id)
    fault = take(database, (kind,), facts, job.cause_id)
    return (fault.amount or 0.0) if fault else None
