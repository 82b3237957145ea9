"""A platform without doors and sockets: real rows, a frozen clock, a partner behind the `Send` seam."""

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from platform_sim.core.access import LIVE, Actor
from platform_sim.core.actions.accounts import create_account
from platform_sim.core.actions.addons import create_addon, request_plan_change
from platform_sim.core.actions.addons_end import destroy_addon
from platform_sim.core.actions.addons_outcome import partner_of
from platform_sim.core.actions.apps import create_app
from platform_sim.core.actions.catalog import register_manifest, service_named, set_abilities
from platform_sim.core.actions.plans import set_plans
from platform_sim.core.actions.releases import app_config
from platform_sim.core.clock import EPOCH, Chance, Clock
from platform_sim.core.model.addons import Addon, AddonService, Plan
from platform_sim.core.model.addresses import Addresses
from platform_sim.core.model.apps import App, Release
from platform_sim.core.model.catalog import PlanSpec
from platform_sim.core.model.records import Exchange, Job
from platform_sim.core.store import Database
from platform_sim.engines.jobs import JobRunner
from platform_sim.engines.partner_calls import partner_handlers
from platform_sim.partners.client import PartnerClient
from platform_sim.partners.contract import PartnerAnswer, PartnerRequest, Problem, Send
from platform_sim.settings import load

MANIFEST: dict[str, Any] = {
    "id": "acme",
    "name": "Acme",
    "api": {
        "config_vars": ["ACME_URL", "ACME_KEY"],
        "password": "pass-of-acme",
        "sso_salt": "salt-of-acme",
        "regions": ["us"],
        "production": {"base_url": "https://acme.example/heroku/resources", "sso_url": "https://acme.example/sso"},
        "version": "3",
    },
}
URL = "http://acme.example/accounts/secret-of-the-account"

Step = Callable[[PartnerRequest], PartnerAnswer]


def answer(status: int, body: Any = None, problem: Problem | None = None) -> PartnerAnswer:
    """An answer with a JSON body, or with these very bytes."""
    content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    return PartnerAnswer(status, {"content-type": "application/json"}, content, 7, problem)


def lost(problem: Problem) -> PartnerAnswer:
    """No answer at all."""
    return PartnerAnswer(None, {}, b"", 7, problem)


class ScriptedPartner:
    """A correct partner, unless the script holds other answers for the next requests."""

    def __init__(self) -> None:
        self.script: list[PartnerAnswer | Step] = []
        self.requests: list[PartnerRequest] = []
        self.resources: dict[str, str] = {}
        """Live resources: uuid -> plan."""
        self.deleted: set[str] = set()
        self.made = 0

    def __call__(self, request: PartnerRequest) -> PartnerAnswer:
        self.requests.append(request)
        step = self.script.pop(0) if self.script else self.right
        return step(request) if callable(step) else step

    def right(self, request: PartnerRequest) -> PartnerAnswer:
        """What a correct partner does and says."""
        if request.method == "POST":
            return self._provision(json.loads(request.body or b""))
        uuid = request.url.rpartition("/")[2]
        if uuid not in self.resources:
            return answer(410, {"message": "unknown"})
        if request.method == "DELETE":
            del self.resources[uuid]
            self.deleted.add(uuid)
            return answer(204)
        self.resources[uuid] = json.loads(request.body or b"")["plan"]
        return answer(200, {"message": "plan changed"})

    def _provision(self, wish: dict[str, Any]) -> PartnerAnswer:
        uuid = wish["uuid"]
        if uuid in self.deleted:
            return answer(410, {"message": "deleted"})
        if uuid not in self.resources:
            self.made += 1
        self.resources[uuid] = wish["plan"]
        return answer(200, {"id": uuid, "config": {"ACME_URL": URL}, "message": "enjoy"})

    def acts_but(self, said: PartnerAnswer) -> Step:
        """Do the right thing and say something else: an answer that is lost on its way."""

        def step(request: PartnerRequest) -> PartnerAnswer:
            self.right(request)
            return said

        return step

    def methods(self) -> list[str]:
        """What was asked, in order."""
        return [request.method for request in self.requests]


class World:
    """One app of one customer and a partner's service with the plans `test` and `big`."""

    def __init__(self, path: Path | None = None, manifest: dict[str, Any] | None = None, **settings: Any) -> None:
        self.clock = Clock(EPOCH)
        self.database = Database(path, self.clock, Chance(1), load({}, **settings))
        self.partner = ScriptedPartner()
        self.runner = self.boot("boot-1")
        with self.database.transaction() as tx:
            account = create_account(tx, "ada@example.com")
            self.actor = Actor(account, "authorization")
            service = register_manifest(tx, account, manifest or MANIFEST)
            set_plans(tx, service, [PlanSpec("test"), PlanSpec("big")])
            self.app = create_app(tx, self.actor, name="shop")

    def boot(self, boot_id: str, send: Send | None = None) -> JobRunner:
        """A platform that starts on these rows."""
        client = PartnerClient(send or self.partner)
        handlers = partner_handlers(self.database, client, Addresses("http://localhost:5100"))
        return JobRunner(self.database, boot_id, handlers)

    def create(self) -> tuple[Addon, Job]:
        """The customer asks for an add-on; the partner is not asked yet."""
        with self.database.transaction() as tx:
            return create_addon(tx, self.actor, self.app, "acme:test", options={"b": "2", "a": "1"})

    def created(self) -> Addon:
        """An add-on that is provisioned."""
        addon, _ = self.create()
        self.runner.run_until_idle()
        self.partner.requests.clear()
        return self.addon(addon)

    def allow(self, *abilities: str) -> None:
        """What Heroku enables for the partner."""
        with self.database.transaction() as tx:
            set_abilities(tx, service_named(tx, "acme"), abilities)

    def destroy(self, addon: Addon, *, force: bool = False) -> Job:
        """The customer destroys an add-on; the partner is not told yet."""
        with self.database.transaction() as tx:
            return destroy_addon(tx, self.actor, tx.get(Addon, addon.id), force=force)

    def ask_for_plan(self, addon: Addon, plan: str) -> Job:
        """The customer asks for another plan."""
        with self.database.transaction() as tx:
            return request_plan_change(tx, self.actor, tx.get(Addon, addon.id), plan)

    def partner_of(self, addon: Addon) -> Actor:
        """The partner with the token of this add-on."""
        with self.database.transaction() as tx:
            account = partner_of(tx, tx.get(AddonService, addon.service_id))
        return Actor(account, "authorization", addon.id)

    def settle(self, runner: JobRunner | None = None, until: datetime | None = None) -> list[float]:
        """Run everything, moving the clock to what is next; returns the seconds of each move."""
        chosen, moves = runner or self.runner, []
        chosen.run_until_idle()
        while (due := chosen.next_due()) is not None and (until is None or due <= until):
            moves.append((due - self.clock.now()).total_seconds())
            self.clock.advance(due - self.clock.now())
            chosen.run_until_idle()
        return moves

    def addon(self, addon: Addon) -> Addon:
        """The add-on as it is now."""
        with self.database.snapshot() as rows:
            return rows.get(Addon, addon.id)

    def plan(self, addon: Addon) -> str:
        """Its plan's slug now."""
        with self.database.snapshot() as rows:
            return rows.get(Plan, rows.get(Addon, addon.id).plan_id).name

    def job(self, job: Job) -> Job:
        """The job as it is now."""
        with self.database.snapshot() as rows:
            return rows.get(Job, job.id)

    def open_jobs(self) -> list[str]:
        """Kinds of what is still to do."""
        with self.database.snapshot() as rows:
            return [job.kind for job in rows.all(Job, state=("todo", "doing"))]

    def exchanges(self) -> list[Exchange]:
        """The ledger."""
        with self.database.snapshot() as rows:
            return rows.all(Exchange)

    def config(self) -> dict[str, str]:
        """The app's config vars."""
        with self.database.snapshot() as rows:
            return app_config(rows, rows.get(App, self.app.id))

    def descriptions(self) -> list[str]:
        """The app's releases after its first two."""
        with self.database.snapshot() as rows:
            return [r.description for r in rows.all(Release, app_id=self.app.id, order_by="version")][2:]

    def live(self) -> set[str]:
        """Ids of add-ons that customers can see and use."""
        with self.database.snapshot() as rows:
            return {addon.id for addon in rows.all(Addon, state=LIVE)}

    def close(self) -> None:
        """End of the world."""
        self.database.close()
