"""Asks a partner to switch a resource's plan; it changes here when the partner has said so (partner-api §2.10)."""

from platform_sim.core.actions import jobs
from platform_sim.core.actions.addons_outcome import finish_plan_change
from platform_sim.core.model.accounts import Account
from platform_sim.core.model.addons import Addon, Plan, as_called
from platform_sim.core.model.records import Job
from platform_sim.core.store import Transaction
from platform_sim.engines.partner_calls.office import Office, doubled, fail, given_up, resource_of, succeed
from platform_sim.partners.manifest import declared
from platform_sim.partners.message import within
from platform_sim.partners.outcome import Broken, PlanChanged, PlanOutcome, Refused, Unknown, plan_outcome

PLAN_STAYS = "The plan was not changed."


def change_plan(office: Office, job: Job) -> None:
    """One attempt; the add-on must be provisioned before and after the call."""
    with office.database.snapshot() as rows:
        addon, service = office.addon_and_service(rows, job)
        plan = rows.get(Plan, job.payload["plan_id"])
        resource = resource_of(rows, addon)
    if addon.state != "provisioned":
        with office.database.transaction(job.cause_id) as tx:
            _too_late(tx, job, addon)
        return
    call = office.sent(job, lambda client: client.change_plan(as_called(service), resource, plan.name))
    outcome = plan_outcome(call.answer, declared(service.manifest))
    said = within(outcome, office.database.rules.partner_message_limit)

    def conclude(tx: Transaction, addon: Addon, said: PlanOutcome) -> None:
        if addon.state == "provisioned":
            _apply(tx, job, addon, plan, said)
        else:
            _too_late(tx, job, addon)

    office.settle(job, call, said, conclude)


def _apply(tx: Transaction, job: Job, addon: Addon, plan: Plan, said: PlanOutcome) -> None:
    match said:
        case PlanChanged():
            actor = tx.get(Account, job.payload["actor_id"])
            finish_plan_change(tx, addon, plan, said.config, said.message, actor)
            succeed(tx, job, said.message, said.warnings)
        case Refused():
            fail(tx, job, said.message, refused=True, status=said.status)
        case Broken():
            fail(tx, job, f"{said.message} {PLAN_STAYS}", refused=True, status=said.status)
        case Unknown() if job.attempts < tx.rules.plan_change_attempts:
            outcome = {"message": f"The add-on's provider {said.reason}.", "status": said.status}
            jobs.try_again(tx, job, doubled(tx.rules.provision_retry_delay, job.attempts), outcome)
        case Unknown():
            fail(tx, job, given_up(said, job.attempts, PLAN_STAYS), refused=False, status=said.status)


def _too_late(tx: Transaction, job: Job, addon: Addon) -> None:
    fail(tx, job, f"{addon.name} is {addon.state}: its plan cannot be changed any more.", refused=True)
