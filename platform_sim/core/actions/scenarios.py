"""Scenario files that somebody has loaded: a job holds the file, and what has become of each step (docs/scenarios.md).

A file may do what the customer who has loaded it may: it is played with a token of that customer's, which goes with it.
"""

from typing import Any

from platform_sim.core.access import Actor, customers_only
from platform_sim.core.actions import jobs
from platform_sim.core.actions.accounts import issue_token, revoke
from platform_sim.core.errors import InvalidParams, NotFound
from platform_sim.core.model.accounts import Account, Authorization
from platform_sim.core.model.records import SCENARIO, Job
from platform_sim.core.store import Snapshot, Transaction

SUBJECT = "scenario"
"""Of all of them: one is played after the other, since each looks at the whole platform."""
KEPT = 20
"""Playings that are kept; older ones go when the next is loaded."""


def load(tx: Transaction, actor: Actor, text: str, name: str, title: str) -> Job:
    """Write the wish that a file is played; the caller has seen that it can be."""
    customers_only(actor, "play scenarios")
    settled = tx.all(Job, subject_id=SUBJECT, kind=SCENARIO, state=("done", "failed"))
    for job in settled[: -KEPT + 1]:
        tx.delete(job)
    # By its name a snapshot without secrets hides it: a file may hold a partner's password.
    wish = {"secret_text": text, "name": name, "title": title, "account_id": actor.account.id, "stop": False}
    return tx.add_job(SCENARIO, SUBJECT, wish)


def plays(rows: Snapshot, actor: Actor) -> list[Job]:
    """What this customer has loaded, the newest first."""
    found = rows.all(Job, subject_id=SUBJECT, kind=SCENARIO, desc=True)
    return [job for job in found if job.payload["account_id"] == actor.account.id]


def play_named(rows: Snapshot, actor: Actor, identity: str) -> Job:
    """One of them by its id; NotFound."""
    found = next((job for job in plays(rows, actor) if job.id == identity), None)
    if found is None:
        raise NotFound("scenario", "There is no such playing of a scenario, or it is somebody else's.")
    return found


def stop(tx: Transaction, job: Job) -> Job:
    """It ends before its next step. InvalidParams when it has ended."""
    if job.state in ("done", "failed"):
        raise InvalidParams("This scenario has ended.")
    return tx.update(job, payload={**job.payload, "stop": True})


def is_stopped(rows: Snapshot, job_id: str) -> bool:
    """Whether somebody has wished that."""
    job = rows.find(Job, id=job_id)
    return job is None or bool(job.payload["stop"])


def begin(tx: Transaction, job: Job) -> str:
    """A token of the customer's for this playing alone."""
    return issue_token(tx, tx.get(Account, job.payload["account_id"]), _token_name(job)).token


def tell(tx: Transaction, job_id: str, step: dict[str, Any]) -> None:
    """What has become of a step."""
    job = tx.get(Job, job_id)
    tx.update(job, outcome={"steps": [*job.outcome.get("steps", ()), step]})


def end(tx: Transaction, job_id: str, problem: str = "") -> None:
    """It is over: whether all was as expected can be read in its steps. `problem`: what has kept it from its end."""
    job = tx.get(Job, job_id)
    for each in tx.all(Authorization, description=_token_name(job), revoked_at=None):
        revoke(tx, each)
    steps = job.outcome.get("steps", [])
    failed = bool(problem) or any(each["state"] in ("failed", "not played") for each in steps)
    jobs.finish(tx, job, {"steps": steps, "problem": problem}, failed=failed)


def _token_name(job: Job) -> str:
    return f"scenario {job.id}"
