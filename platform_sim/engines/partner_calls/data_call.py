"""Asks a partner what a customer wants to know of an add-on's data, or to be done with it (docs/pg-commands.md)."""

from typing import Any

from platform_sim.core.actions import jobs
from platform_sim.core.model.addons import Addon, AddonService, as_called
from platform_sim.core.model.records import Job
from platform_sim.engines.partner_calls.office import Office, end_exchange, resource_of
from platform_sim.partners.data_answer import Answered, DataOutcome, SaidNo, data_outcome

INTERRUPTED = SaidNo(503, "The platform was stopped while the add-on's provider was asked. Look at what is, ask again.")


def data_call(office: Office, job: Job) -> None:
    """The only attempt. One that a death of the platform has cut off is not made again: who asked has got no answer
    and decides anew, and nothing is done twice."""
    if job.attempts > 1:
        with office.database.transaction(job.cause_id) as tx:
            jobs.finish(tx, job, _written(INTERRUPTED), failed=True)
        return
    wish = job.payload
    with office.database.snapshot() as rows:
        addon = rows.get(Addon, wish["addon_id"])
        service = rows.get(AddonService, addon.service_id)
        resource = resource_of(rows, addon)
    method, path, body = wish["method"], wish["path"], wish["body"]
    call = office.sent(job, lambda client: client.ask(as_called(service), resource, method, path, body), addon.id)
    said = data_outcome(call.answer)
    with office.database.transaction(call.exchange_id) as tx:
        end_exchange(tx, call, said)
        jobs.finish(tx, job, _written(said), failed=isinstance(said, SaidNo))


def _written(said: DataOutcome) -> dict[str, Any]:
    """For the door that waits on the row."""
    if isinstance(said, Answered):
        return {"status": said.status, "body": said.body}
    return {"status": said.status, "message": said.message}
