"""What goes wrong on purpose with deliveries (docs/faults.md). Without faults: one look at a set.

A webhook of level `sync` is never reordered: that none overtakes is what Heroku promises of it (design §8 rule 18), so
a fault that did it would show a receiver what cannot happen.
"""

from platform_sim.core.actions.fault_facts import facts_of_addon, facts_of_app
from platform_sim.core.actions.fault_holds import held_by_kind, hold, release_jobs, was_held
from platform_sim.core.actions.faults import take, take_in
from platform_sim.core.model.faults import Facts, Fault
from platform_sim.core.model.records import Job
from platform_sim.core.model.webhooks import Webhook, WebhookDelivery
from platform_sim.core.store import Database, Snapshot, Transaction
from platform_sim.partners.contract import PartnerAnswer

LOST = "webhook-lost"
TWICE = "webhook-duplicated"
REORDERED = "webhook-reordered"

SWALLOWED = PartnerAnswer(200, {}, b"", 0, fault=f"fault {LOST}: nothing was sent")
"""Something on the way has taken it in the receiver's name, and dropped it."""


def is_held_back(database: Database, job: Job, webhook: Webhook, delivery: WebhookDelivery) -> bool:
    """Whether the job was put back, for the next delivery of its webhook to go before it."""
    ordered = job.subject_id == webhook.id
    if ordered or REORDERED not in database.faults or was_held(job):
        return False
    with database.transaction(job.cause_id) as tx:
        if _held(tx, webhook):
            return False  # this one is the next
        fault = take_in(tx, (REORDERED,), _facts(tx, webhook, delivery))
        if fault is None:
            return False
        assert fault.amount is not None, "the kind has one"
        hold(tx, fault, job, fault.amount)
        tx.update(delivery, next_attempt_at=tx.get(Job, job.id).run_at)
    return True


def fault_of(database: Database, job: Job, webhook: Webhook, delivery: WebhookDelivery) -> Fault | None:
    """What is to happen to this attempt."""
    kinds = (LOST, TWICE) if _is_first_attempt(job) else (TWICE,)
    if database.faults.isdisjoint(kinds):
        return None
    with database.snapshot() as rows:
        facts = _facts(rows, webhook, delivery)
    return take(database, kinds, facts, job.cause_id)


def let_go(tx: Transaction, webhook: Webhook) -> None:
    """A delivery of this webhook has gone, or the one that waited itself: what was held back for it follows."""
    if REORDERED in tx.faults:
        release_jobs(tx, REORDERED, _held(tx, webhook))


def _is_first_attempt(job: Job) -> bool:
    """Whether the receiver cannot have heard of it yet: what it has refused once is not lost."""
    return job.attempts == (2 if was_held(job) else 1)


def _held(tx: Transaction, webhook: Webhook) -> list[Job]:
    found = [(job, tx.find(WebhookDelivery, id=job.payload["delivery_id"])) for job in held_by_kind(tx, REORDERED)]
    return [job for job, delivery in found if delivery is not None and delivery.webhook_id == webhook.id]


def _facts(rows: Snapshot, webhook: Webhook, delivery: WebhookDelivery) -> Facts:
    whose = facts_of_app(rows, webhook.app_id) or facts_of_addon(rows, webhook.addon_id)
    return {**whose, "type": delivery.include}
