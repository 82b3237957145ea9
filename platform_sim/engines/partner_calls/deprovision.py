"""Tells a partner to delete a resource, until it has acknowledged (partner-api §2.11, design §8 rule 5)."""

from datetime import timedelta
from typing import TypeGuard

from platform_sim.core.actions import jobs
from platform_sim.core.actions.addons_end import begin_deprovisioning, finish_deprovisioning
from platform_sim.core.model.accounts import Account
from platform_sim.core.model.addons import Addon, as_called
from platform_sim.core.model.records import Job
from platform_sim.core.store import Transaction
from platform_sim.engines.partner_calls.office import Office, doubled, fail, resource_of, succeed
from platform_sim.partners.client import has_address
from platform_sim.partners.message import within
from platform_sim.partners.outcome import (
    Deprovisioning202,
    DeprovisionOutcome,
    Gone,
    Refused,
    Unknown,
    deprovision_outcome,
)
from platform_sim.partners.versions import spoken

NOT_TOLD = (
    "The provider was not told: in version 1 of the protocol it is asked to delete by its own id, which it never gave. "
    "If it has made something, it finds that out by comparing with GET /vendor/apps."
)


def deprovision(office: Office, job: Job) -> None:
    """One attempt. Nothing is sent when the partner itself has said meanwhile that it is done."""
    with office.database.snapshot() as rows:
        addon, service = office.addon_and_service(rows, job)
        resource = resource_of(rows, addon)
    if addon.state == "deprovisioned" and not job.payload.get("clean_up"):
        with office.database.transaction(job.cause_id) as tx:
            succeed(tx, job, None, ())
        return
    manifest = as_called(service)
    if not has_address(manifest, resource):
        with office.database.transaction(job.cause_id) as tx:
            _apply(tx, job, tx.get(Addon, addon.id), Gone((NOT_TOLD,)))
        return
    rules, late = office.database.rules, bool(job.payload.get("may_finish_later"))
    mark = rules.async_deprovision_mark if late else ""
    call = office.sent(job, lambda client: client.deprovision(manifest, resource, mark))
    outcome = deprovision_outcome(
        call.answer, may_finish_later=late, not_found_is_gone=rules.delete_404_is_gone, version=spoken(manifest)
    )
    said = within(outcome, rules.partner_message_limit)
    with office.outcome_of(job, call, said) as (tx, addon):
        if addon.state == "provisioned" and _certainly_kept(said) and job.attempts == 1:
            fail(tx, job, _told(said), refused=isinstance(said, Refused), status=said.status)
        else:
            _apply(tx, job, addon, said)


def _certainly_kept(said: DeprovisionOutcome) -> TypeGuard[Refused | Unknown]:
    """Whether the partner has deleted nothing. Only then an add-on that is still provisioned (see the setting
    `refused_delete_keeps_addon`) stays; from all else there is no way back (design §8 rules 1 and 5)."""
    return isinstance(said, Refused) or (isinstance(said, Unknown) and said.never_sent)


def _apply(tx: Transaction, job: Job, addon: Addon, said: DeprovisionOutcome) -> None:
    actor = tx.find(Account, id=job.payload.get("actor_id", ""))
    if addon.state == "provisioned":
        addon = begin_deprovisioning(tx, addon, actor or tx.get(Account, addon.actor_id))
    match said:
        case Gone():
            finish_deprovisioning(tx, addon, actor)
            succeed(tx, job, None, said.warnings)
        case Deprovisioning202():
            if addon.state == "deprovisioning":
                run_at = tx.now() + timedelta(seconds=tx.rules.async_deadline)
                tx.add_job("deprovision_deadline", addon.id, {}, run_at=run_at)
            succeed(tx, job, None, (), asynchronous=True)
        case Refused() | Unknown():
            delay = doubled(tx.rules.deprovision_retry_delay, job.attempts, tx.rules.deprovision_retry_longest)
            jobs.try_again(tx, job, delay, {"ok": False, "message": _told(said), "status": said.status})


def _told(said: Refused | Unknown) -> str:
    return said.message if isinstance(said, Refused) else f"The add-on's provider {said.reason}."
