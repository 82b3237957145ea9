"""The jobs of review apps: their end, and the moment at which one is stale. Rows only; dynos and partners follow."""

from collections.abc import Callable
from functools import partial

from platform_sim.core.actions import jobs
from platform_sim.core.actions.review_apps import end_if_stale, finish_ending
from platform_sim.core.model.records import Job
from platform_sim.core.model.setups import END_REVIEW_APP, REVIEW_APP_DEADLINE
from platform_sim.core.store import Database
from platform_sim.engines.build.setups import LONGEST_WAIT


def review_app_handlers(database: Database) -> dict[str, Callable[[Job], None]]:
    """Handlers by kind of job."""
    return {END_REVIEW_APP: partial(_end, database), REVIEW_APP_DEADLINE: partial(_look, database)}


def _end(database: Database, job: Job) -> None:
    with database.transaction(job.cause_id) as tx:
        waits_for = finish_ending(tx, job.subject_id, job.payload["actor_id"], job.outcome.get("dyno_id"))
        if waits_for is None:
            jobs.finish(tx, job, {"ok": True})
        else:
            jobs.try_again(tx, job, LONGEST_WAIT, {"dyno_id": waits_for})


def _look(database: Database, job: Job) -> None:
    with database.transaction(job.cause_id) as tx:
        again = end_if_stale(tx, job.subject_id)
        if again is None:
            jobs.finish(tx, job, {"ok": True})
        else:
            jobs.try_again(tx, job, (again - tx.now()).total_seconds())
