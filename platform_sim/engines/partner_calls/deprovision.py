"""Tells a partner to delete a resource, until it has acknowledged (partner-api §2.11, design §8 rule 5)."""

from datetime import timedelta

from platform_sim.core.actions import jobs
from platform_sim.core.actions.addons_end import finish_deprovisioning
from platform_sim.core.model.accounts import Account
from platform_sim.core.model.addons import Addon
from platform_sim.core.model.records import Job
from platform_sim.core.store import Transaction
from platform_sim.engines.partner_calls.office import Office, doubled, succeed
from platform_sim.partners.outcome import (
    Deprovisioning202,
    DeprovisionOutcome,
    Gone,
    Refused,
    Unknown,
    deprovision_outcome,
)


def deprovision(office: Office, job: Job) -> None:
    """One attempt. Nothing is sent when the partner itself has said meanwhile that it is done."""
    with office.database.snapshot() as rows:
        addon, service = office.addon_and_service(rows, job)
    if addon.state == "deprovisioned" and not job.payload.get("clean_up"):
        with office.database.transaction(job.cause_id) as tx:
            succeed(tx, job, None, ())
        return
    call = office.client.deprovision(service.manifest, addon.id)
    said = deprovision_outcome(call.answer)
    with office.outcome_of(job, call, said) as (tx, addon):
        _apply(tx, job, addon, said)


def _apply(tx: Transaction, job: Job, addon: Addon, said: DeprovisionOutcome) -> None:
    match said:
        case Gone():
            finish_deprovisioning(tx, addon, _actor(tx, job))
            succeed(tx, job, None, said.warnings)
        case Deprovisioning202():
            if addon.state == "deprovisioning":
                run_at = tx.now() + timedelta(seconds=tx.rules.async_deadline)
                tx.add_job("deprovision_deadline", addon.id, {}, run_at=run_at)
            succeed(tx, job, None, (), asynchronous=True)
        case Refused():
            _again(tx, job, said.message, said.status)
        case Unknown():
            _again(tx, job, f"The add-on's provider {said.reason}.", said.status)


def _again(tx: Transaction, job: Job, message: str, status: int | None) -> None:
    rules = tx.rules
    delay = doubled(rules.deprovision_retry_delay, job.attempts, rules.deprovision_retry_longest)
    jobs.try_again(tx, job, delay, {"ok": False, "message": message, "status": status})


def _actor(tx: Transaction, job: Job) -> Account | None:
    """Who destroyed the add-on; nobody when the platform cleans up."""
    actor_id = job.payload.get("actor_id")
    return tx.find(Account, id=actor_id) if actor_id else None
