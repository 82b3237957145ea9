"""What all partner calls share: who is asked, what is kept of the exchange, when it is tried again."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any, TypeVar

from platform_sim.core.actions import exchanges, jobs
from platform_sim.core.errors import InvalidParams
from platform_sim.core.model.addons import Addon, AddonService
from platform_sim.core.model.addresses import Addresses
from platform_sim.core.model.apps import App, heroku_id
from platform_sim.core.model.records import Job
from platform_sim.core.store import Database, Snapshot, Transaction
from platform_sim.engines.partner_calls.faults import Mishaps
from platform_sim.partners.client import Call, PartnerClient
from platform_sim.partners.contract import PartnerAnswer, PartnerRequest, Send
from platform_sim.partners.orders import Resource
from platform_sim.partners.outcome import Broken, Unknown
from platform_sim.partners.wire import MaskedExchange, marked_exchange

S = TypeVar("S")

PARTY = exchanges.PARTNER
"""Who was asked, in the ledger of exchanges."""
NOTHING_YET = PartnerAnswer(None, {}, b"", 0)
Mask = Callable[[PartnerRequest, PartnerAnswer], MaskedExchange]
"""What of an exchange may be kept."""


@dataclass(frozen=True)
class Sent(Call):
    """A call as it was, and what the ledger knows it by."""

    exchange_id: str


@dataclass(frozen=True)
class Office:
    """Given to every handler. `addresses` must be the ones that partners can reach by now."""

    database: Database
    client: PartnerClient
    addresses: Addresses

    def sent(
        self,
        job: Job,
        ask: Callable[[PartnerClient], Call],
        addon_id: str | None = None,
        mask: Mask | None = None,
    ) -> Sent:
        """Ask a partner, with the exchange in the ledger before the request goes: what the partner calls back
        meanwhile follows from it. `addon_id`: where it is not the job's subject. Held if it is not to go now."""
        about, kept = addon_id or job.subject_id, []

        mishaps = Mishaps(self.database, job, about)

        def around(send: Send, request: PartnerRequest) -> PartnerAnswer:
            mishaps.hold(request)
            with self.database.transaction(job.cause_id) as tx:
                masked = mask or partial(marked_exchange, mark=exchanges.marks(tx))
                kept.append(_begin(tx, job, masked(request, NOTHING_YET), about))
            return mishaps.sent(send, request, kept[0])

        call = ask(self.client.through(around))
        return Sent(call.request, call.answer, kept[0])

    def addon_and_service(self, rows: Snapshot, job: Job) -> tuple[Addon, AddonService]:
        """The add-on that a job is about. Rows of add-ons are never deleted."""
        addon = rows.get(Addon, job.subject_id)
        return addon, rows.get(AddonService, addon.service_id)

    @contextmanager
    def outcome_of(self, job: Job, call: Sent, said: object) -> Iterator[tuple[Transaction, Addon]]:
        """The one transaction that ends an attempt: the exchange is kept, the add-on is read anew.

        The partner may have called back, or the customer destroyed the add-on, while the call was open.
        """
        with self.database.transaction(call.exchange_id) as tx:
            end_exchange(tx, call, said)
            yield tx, tx.get(Addon, job.subject_id)

    def settle(self, job: Job, call: Sent, said: S, conclude: Callable[[Transaction, Addon, S | Broken], None]) -> None:
        """End an attempt with `conclude`. Config that is well formed but that an attached app has no room for is an
        answer that cannot be used: nothing of it is written, and `conclude` is called with that instead."""
        try:
            with self.outcome_of(job, call, said) as (tx, addon):
                conclude(tx, addon, said)
        except InvalidParams as problem:
            broken = Broken(f"The add-on's provider returned config that is too much: {problem.message}", None)
            with self.outcome_of(job, call, broken) as (tx, addon):
                conclude(tx, addon, broken)


def resource_of(rows: Snapshot, addon: Addon) -> Resource:
    """What a partner calls an add-on. The owning app may be gone when the partner is told to delete."""
    app = rows.find(App, id=addon.app_id)
    return Resource(addon.id, addon.provider_id, heroku_id(app) if app else None)


def _begin(tx: Transaction, job: Job, shown: MaskedExchange, about: str) -> str:
    addon = tx.find(Addon, id=about)
    kept = exchanges.begin(
        tx,
        id=tx.uuid("exchange", about),
        party=PARTY,
        addon_id=about,
        app_id=addon.app_id if addon else None,
        cause_id=job.cause_id,
        **asdict(shown),
    )
    exchanges.give_order(tx, about, kept.id)
    return kept.id


def end_exchange(tx: Transaction, call: Sent, said: object) -> None:
    """Write the answer, masked, with what was wrong about it if anything was."""
    shown = marked_exchange(call.request, call.answer, exchanges.marks(tx))
    if isinstance(said, Broken) and shown.problem is None:
        shown = replace(shown, problem=said.message)
    exchanges.end(tx, call.exchange_id, **asdict(shown))


def doubled(first: float, attempts: int, longest: float = float("inf")) -> float:
    """Seconds to wait after `attempts` tries."""
    return min(longest, first * 2.0 ** min(attempts - 1, 60))


def given_up(unknown: Unknown, attempts: int, what: str) -> str:
    """The customer's message when a partner was asked often enough. `what`: what did not happen."""
    times = "once" if attempts == 1 else f"{attempts} times"
    return f"The add-on's provider {unknown.reason}; it was asked {times}. {what} Try again later."


def fail(tx: Transaction, job: Job, message: str, *, refused: bool, status: int | None = None) -> None:
    """End a job without success; the door that waits on it shows the message."""
    outcome: dict[str, Any] = {"ok": False, "message": message, "refused": refused, "status": status}
    jobs.finish(tx, job, outcome, failed=True)


def succeed(tx: Transaction, job: Job, message: str | None, warnings: tuple[str, ...], **more: Any) -> None:
    """End a job with success."""
    jobs.finish(tx, job, {"ok": True, "message": message, "warnings": list(warnings), **more})
