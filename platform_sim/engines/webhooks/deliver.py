"""One attempt of one delivery (partner-api §6.3, §6.4).

Killed after sending and before writing, the next start sends the same bytes once more: a receiver may hear twice, never
less than it is owed. It tells repeats apart by the delivery's id.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from functools import partial

from platform_sim.core.actions import jobs
from platform_sim.core.actions.exchanges import begin, marks
from platform_sim.core.actions.webhook_deliveries import record_attempt
from platform_sim.core.model.faults import Fault
from platform_sim.core.model.records import Job
from platform_sim.core.model.webhooks import DELIVER, Webhook, WebhookDelivery, signature, wire_body
from platform_sim.core.store import Database, Transaction
from platform_sim.engines.webhooks import faults
from platform_sim.partners.client import USER_AGENT
from platform_sim.partners.contract import PartnerAnswer, PartnerRequest, Send
from platform_sim.partners.wire import marked_exchange

PARTY = "webhook"
"""Who was asked, in the ledger of exchanges."""


@dataclass(frozen=True)
class PostRoom:
    """Given to the handler. `send` never raises and keeps to the request's timeout, in wall seconds."""

    database: Database
    send: Send


def webhook_handlers(database: Database, send: Send) -> dict[str, Callable[[Job], None]]:
    """Handlers by kind of job, for a job runner."""
    return {DELIVER: partial(deliver, PostRoom(database, send))}


def deliver(room: PostRoom, job: Job) -> None:
    """Send once; a delivery whose webhook was removed is not sent. The level it was written with decides on retries."""
    with room.database.snapshot() as rows:
        delivery = rows.find(WebhookDelivery, id=job.payload["delivery_id"])
        webhook = rows.get(Webhook, delivery.webhook_id) if delivery else None
        began_at = rows.now()
    if delivery is None or webhook is None:
        with room.database.transaction(job.cause_id) as tx:
            jobs.finish(tx, job, {"ok": False, "message": "The webhook was removed."})
        return
    if faults.is_held_back(room.database, job, webhook, delivery):
        return
    request = _request(webhook, delivery, room.database.rules.webhook_timeout)
    fault = faults.fault_of(room.database, job, webhook, delivery)
    answers = _answers(room.send, request, fault)
    answer = answers[-1]
    with room.database.transaction(job.cause_id) as tx:
        for each in answers:
            _keep_exchange(tx, job, webhook, delivery, request, each)
        faults.let_go(tx, webhook)
        told = record_attempt(
            tx,
            delivery,
            code=answer.status,
            error_class=answer.problem if answer.status is None else None,
            began_at=began_at,
            retried=job.subject_id == webhook.id,
        )
        _settle(tx, job, told)


def _answers(send: Send, request: PartnerRequest, fault: Fault | None) -> list[PartnerAnswer]:
    """Of each time that the request is sent; the last one counts, as if the one before had been lost."""
    if fault is None:
        return [send(request)]
    return [faults.SWALLOWED] if fault.kind == faults.LOST else [send(request), send(request)]


def _request(webhook: Webhook, delivery: WebhookDelivery, timeout: float) -> PartnerRequest:
    """From the rows alone: the same bytes at every attempt, signed with the secret of now."""
    body = wire_body(delivery.payload)
    headers = {
        "Content-Type": "application/json",
        "Heroku-Webhook-Hmac-SHA256": signature(webhook.secret, body),
        "User-Agent": USER_AGENT,
    }
    if webhook.authorization is not None:
        headers["Authorization"] = webhook.authorization
    return PartnerRequest("POST", webhook.url, headers, body, timeout)


def _keep_exchange(
    tx: Transaction,
    job: Job,
    webhook: Webhook,
    delivery: WebhookDelivery,
    request: PartnerRequest,
    answer: PartnerAnswer,
) -> None:
    """Write the masked exchange, of the answer only the status: the rest means nothing, and may echo a secret."""
    shown = marked_exchange(request, replace(answer, headers={}, body=b""), marks(tx))
    begin(
        tx,
        id=tx.uuid("exchange", job.subject_id),
        party=PARTY,
        addon_id=webhook.addon_id,
        app_id=webhook.app_id,
        cause_id=delivery.event_id,
        **asdict(shown),
    )


def _settle(tx: Transaction, job: Job, delivery: WebhookDelivery | None) -> None:
    if delivery is None:
        jobs.finish(tx, job, {"ok": False, "message": "The webhook was removed."})
    elif delivery.next_attempt_at is not None:
        jobs.try_again(tx, job, (delivery.next_attempt_at - tx.now()).total_seconds(), {"status": delivery.status})
    else:
        ok = delivery.status == "succeeded"
        jobs.finish(tx, job, {"ok": ok, "status": delivery.status}, failed=not ok)
