"""What goes wrong on purpose between the platform and a partner (docs/faults.md). Without faults: one look at a set.

What waits goes by the platform's clock: a request that is late, or let another go first, is its job put back, so the
clock knows of it and nothing is lost by a kill. What happens on a socket goes by the wall.
"""

from dataclasses import asdict, dataclass, replace

from platform_sim.core.actions import exchanges, jobs
from platform_sim.core.actions.data_calls import DATA_CALL
from platform_sim.core.actions.fault_facts import facts_of_addon
from platform_sim.core.actions.fault_holds import held_by_kind, release_jobs
from platform_sim.core.actions.faults import take, take_in
from platform_sim.core.model.addons import Addon
from platform_sim.core.model.faults import Facts, Fault
from platform_sim.core.model.records import Job
from platform_sim.core.store import Database, Snapshot, Transaction
from platform_sim.partners.contract import PartnerAnswer, PartnerRequest, Send
from platform_sim.partners.faulty import WIRE, sent
from platform_sim.partners.wire import marked_exchange

DELAY, REORDER, DUPLICATE = "partner-delay", "partner-reorder", "partner-duplicate"
HOLDS = frozenset({DELAY, REORDER})
ALL = WIRE | HOLDS | {DUPLICATE}
ORDERS = ("provision", "change_plan", "deprovision", DATA_CALL)
"""Jobs whose requests may go wrong; the experiments of the SSO lab may not."""
HELD_AT, HELD_FOR = "held_at_attempt", "held_for_service"
"""In the payload of a job that was put back: at which attempt, so that it is once; and whose turn it waits for."""
COPY = "fault partner-duplicate: the same request once more; this answer was thrown away"


class Held(jobs.PutBack):
    """The request does not go now."""


@dataclass(frozen=True)
class Mishaps:
    """What may go wrong with the request of one attempt."""

    database: Database
    job: Job
    addon_id: str
    """What the request is about."""

    def hold(self, request: PartnerRequest) -> None:
        """Before it goes. Raises Held if it is not to go now; an attempt is held once."""
        if self.database.faults.isdisjoint(HOLDS) or self.job.kind not in ORDERS:
            return
        with self.database.transaction(self.job.cause_id) as tx:
            job, facts = tx.get(Job, self.job.id), self._facts(tx, request)
            if job.payload.get(HELD_AT) == job.attempts:
                for kind in HOLDS:
                    release_jobs(tx, kind, [job])
                return
            fault = take_in(tx, HOLDS, facts)
            if fault is None:
                return
            _put_back(tx, job, fault, str(facts["service"]))
        raise Held

    def sent(self, send: Send, request: PartnerRequest, exchange_id: str) -> PartnerAnswer:
        """Its answer as it arrives. `exchange_id`: what a fault that acts follows from."""
        if self.database.faults.isdisjoint(ALL) or self.job.kind not in ORDERS:
            return send(request)
        with self.database.snapshot() as rows:
            facts = self._facts(rows, request)
        fault = take(self.database, WIRE, facts, exchange_id)
        answer = sent(fault.kind, fault.amount, send, request) if fault else send(request)
        if take(self.database, (DUPLICATE,), facts, exchange_id):
            self._send_copy(send, request, exchange_id)
        if REORDER in self.database.faults:
            self._let_others_go(str(facts["service"]), exchange_id)
        return answer

    def _facts(self, rows: Snapshot, request: PartnerRequest) -> Facts:
        return {**facts_of_addon(rows, self.addon_id), "method": request.method, "path": request.path}

    def _send_copy(self, send: Send, request: PartnerRequest, exchange_id: str) -> None:
        with self.database.transaction(exchange_id) as tx:
            addon = tx.find(Addon, id=self.addon_id)
            kept = exchanges.begin(
                tx,
                id=tx.uuid("exchange", self.addon_id),
                party=exchanges.PARTNER,
                addon_id=self.addon_id,
                app_id=addon.app_id if addon else None,
                cause_id=exchange_id,
                **asdict(marked_exchange(request, PartnerAnswer(None, {}, b"", 0), exchanges.marks(tx))),
            )
        answer = replace(send(request), fault=COPY)
        with self.database.transaction(exchange_id) as tx:
            exchanges.end(tx, kept.id, **asdict(marked_exchange(request, answer, exchanges.marks(tx))))

    def _let_others_go(self, service: str, exchange_id: str) -> None:
        """Those that have waited for this partner to be asked something else."""
        with self.database.transaction(exchange_id) as tx:
            waiting = [job for job in held_by_kind(tx, REORDER) if job.payload.get(HELD_FOR) == service]
            release_jobs(tx, REORDER, waiting)


def _put_back(tx: Transaction, job: Job, fault: Fault, service: str) -> None:
    """This was no attempt: nobody has been asked."""
    marked = tx.update(
        job, attempts=job.attempts - 1, payload={**job.payload, HELD_AT: job.attempts, HELD_FOR: service}
    )
    jobs.try_again(tx, marked, fault.amount or 0.0, job.outcome)
    tx.update(fault, held=[*fault.held, job.id])
