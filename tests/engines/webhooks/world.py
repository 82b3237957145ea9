"""A platform without doors and sockets: real rows, a frozen clock, a receiver of webhooks behind the `Send` seam."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from platform_sim.core.actions.apps import delete_app, update_app
from platform_sim.core.actions.webhook_deliveries import deliveries_of
from platform_sim.core.actions.webhooks import create_webhook, delete_webhook, update_webhook
from platform_sim.core.model.apps import App
from platform_sim.core.model.records import Exchange, Job
from platform_sim.core.model.webhooks import Webhook, WebhookDelivery
from platform_sim.engines.jobs import JobRunner
from platform_sim.engines.webhooks import webhook_handlers
from platform_sim.partners.contract import PartnerAnswer, PartnerRequest, Problem, Send

from ... import support

URL = "https://hooks.example.com/x"
Step = Callable[[PartnerRequest], PartnerAnswer]


class Killed(BaseException):
    """The platform dies here: nothing of ours may catch it."""


def says(status: int) -> PartnerAnswer:
    """An answer with a body that means nothing."""
    return PartnerAnswer(status, {"x-echo": "Bearer abc"}, b"thanks for Bearer abc", 7)


def lost(problem: Problem) -> PartnerAnswer:
    """No answer at all."""
    return PartnerAnswer(None, {}, b"", 7, problem)


class Receiver:
    """Says 204 to everything, unless the script holds other answers for the next requests."""

    def __init__(self) -> None:
        self.script: list[PartnerAnswer | Step] = []
        self.otherwise = says(204)
        self.requests: list[PartnerRequest] = []

    def __call__(self, request: PartnerRequest) -> PartnerAnswer:
        self.requests.append(request)
        step = self.script.pop(0) if self.script else self.otherwise
        return step(request) if callable(step) else step

    def heard(self) -> list[str]:
        """The names that the app had in what came, in order."""
        return [json.loads(request.body or b"")["data"]["name"] for request in self.requests]


class World:
    """One app of one customer; its events are that it is renamed."""

    def __init__(self, path: Path | None = None, **settings: Any) -> None:
        self.database = support.new_database(path, **settings)
        self.clock = self.database.clock
        self.receiver = Receiver()
        with self.database.transaction() as tx:
            self.customer = support.new_customer(tx)
            self.app = support.new_app(tx, self.customer, "name-0")
        self.runner = self.boot("boot-1")

    def boot(self, boot_id: str, send: Send | None = None) -> JobRunner:
        """A platform that starts on these rows."""
        self.runner = JobRunner(self.database, boot_id, webhook_handlers(self.database, send or self.receiver))
        return self.runner

    def subscribe(self, level: str = "sync", url: str = URL, **more: Any) -> Webhook:
        """A webhook of the app."""
        wish = {"include": ["api:app"], "level": level, "url": url} | more
        with self.database.transaction() as tx:
            return create_webhook(tx, self.customer, self.app, wish)

    def change(self, webhook: Webhook, **changes: Any) -> None:
        """The customer changes a webhook."""
        with self.database.transaction() as tx:
            update_webhook(tx, self.customer, self.app, tx.get(Webhook, webhook.id), changes)

    def unsubscribe(self, webhook: Webhook) -> None:
        """The customer removes a webhook."""
        with self.database.transaction() as tx:
            delete_webhook(tx, self.customer, tx.get(Webhook, webhook.id))

    def rename(self, *names: str) -> None:
        """An event for each name."""
        for name in names:
            with self.database.transaction() as tx:
                update_app(tx, self.customer, tx.get(App, self.app.id), name=name)

    def delete_app(self) -> None:
        """The end of the app."""
        with self.database.transaction() as tx:
            delete_app(tx, self.customer, tx.get(App, self.app.id))

    def settle(self, until: datetime | None = None) -> list[float]:
        """Run everything, moving the clock to what is next; returns the seconds of each move."""
        moves = []
        self.runner.run_until_idle()
        while (due := self.runner.next_due()) is not None and (until is None or due <= until):
            moves.append((due - self.clock.now()).total_seconds())
            self.clock.advance(due - self.clock.now())
            self.runner.run_until_idle()
        return moves

    def wait(self, **time: float) -> None:
        """Move the clock."""
        self.clock.advance(timedelta(**time))

    def deliveries(self) -> list[WebhookDelivery]:
        """All of the app's, in order."""
        with self.database.snapshot() as rows:
            return [row for row, _ in deliveries_of(rows, self.app)]

    def statuses(self) -> list[str]:
        """Of each delivery."""
        return [each.status for each in self.deliveries()]

    def webhook(self, webhook: Webhook) -> Webhook:
        """As it is now."""
        with self.database.snapshot() as rows:
            return rows.get(Webhook, webhook.id)

    def all(self, noun: type[Any]) -> list[Any]:
        """All rows of a noun."""
        with self.database.snapshot() as rows:
            return rows.all(noun)

    def open_jobs(self) -> list[Job]:
        """What is still to do."""
        with self.database.snapshot() as rows:
            return rows.all(Job, state=("todo", "doing"))

    def exchanges(self) -> list[Exchange]:
        """The ledger."""
        return self.all(Exchange)

    def close(self) -> None:
        """End of the world."""
        self.database.close()
