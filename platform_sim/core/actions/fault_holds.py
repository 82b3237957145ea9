"""Jobs that wait because of a fault, until another has gone before them or their time has come: none for ever."""

from collections.abc import Collection

from platform_sim.core.actions.jobs import try_again
from platform_sim.core.model.faults import Fault
from platform_sim.core.model.records import Job
from platform_sim.core.store import Transaction

HELD_BY = "held_by"
"""In the outcome of a job that waits, or has waited: the fault's id."""


def hold(tx: Transaction, fault: Fault, job: Job, seconds: float) -> None:
    """Put a job back for so many seconds of the platform's clock, or until `release`."""
    tx.update(fault, held=[*fault.held, job.id])
    try_again(tx, job, seconds, {HELD_BY: fault.id})


def was_held(job: Job) -> bool:
    """Whether it has waited already: nothing is held twice."""
    return HELD_BY in job.outcome


def held_by_kind(tx: Transaction, kind: str) -> list[Job]:
    """The jobs that wait because of faults of this kind, those first that have waited longest."""
    ids = [job_id for fault in tx.all(Fault, kind=kind) for job_id in fault.held]
    return [job for job_id in ids if (job := tx.find(Job, id=job_id)) is not None]


def release(tx: Transaction, fault: Fault, job_ids: Collection[str]) -> Fault:
    """These jobs of the fault's are held no more; those that still wait are to be done now."""
    for job_id in job_ids:
        job = tx.find(Job, id=job_id)
        if job is not None and job.state == "todo":
            tx.update(job, run_at=tx.now())
    return tx.update(fault, held=[each for each in fault.held if each not in job_ids])


def release_jobs(tx: Transaction, kind: str, jobs: Collection[Job]) -> None:
    """As `release`, of whichever faults of this kind hold them."""
    ids = {job.id for job in jobs}
    for fault in tx.all(Fault, kind=kind):
        if mine := ids.intersection(fault.held):
            release(tx, fault, mine)
