"""The private platform that a partner under test belongs to: seeded, in memory, its clock moved only on purpose.

What a customer does goes the platform's own way, so that the partner gets the very bytes that it gets from `up`; every
request to the partner and its answer pass through here and are kept as they were.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cached_property
from types import TracebackType
from typing import Any
from urllib.parse import quote

from platform_sim.assemble import Platform
from platform_sim.conformance.asked import Asked
from platform_sim.conformance.overhear import Overheard
from platform_sim.conformance.seen import NotSeen
from platform_sim.core.access import Actor
from platform_sim.core.actions import addons, addons_end, attachments, services
from platform_sim.core.actions.apps import create_app
from platform_sim.core.clock import Clock
from platform_sim.core.errors import PlatformError
from platform_sim.core.model.accounts import Account
from platform_sim.core.model.addons import Addon, AddonService, as_called
from platform_sim.core.model.apps import App
from platform_sim.core.model.catalog import PlanSpec, ServiceSeed, ServiceSpec
from platform_sim.core.model.records import Job
from platform_sim.core.model.webhooks import Webhook
from platform_sim.core.store import Snapshot, Transaction
from platform_sim.options import Options
from platform_sim.partners.contract import PartnerAnswer, PartnerRequest, Send

Manifest = dict[str, Any]
Talk = list[tuple[PartnerRequest, PartnerAnswer]]
Way = Callable[[PartnerRequest, Send], PartnerAnswer]
APP = "app-under-test"
GRACE = 5.0
"""Wall seconds beyond what a partner is given: for the platform itself."""


@dataclass(frozen=True)
class Instance:
    """An add-on that a customer has installed, or tried to. `message`: what the customer was told."""

    uuid: str
    name: str
    state: str
    provider_id: str | None
    message: str | None
    config: dict[str, str] = field(repr=False)
    talk: Talk = field(repr=False)
    """What was sent to the partner meanwhile, and its answers."""


@dataclass(frozen=True)
class Subscription:
    """A webhook of an add-on, with what the partner must know to believe it."""

    id: str
    url: str
    include: tuple[str, ...]
    authorization: str | None = field(repr=False)
    secret: str = field(repr=False)


@dataclass(frozen=True)
class Customer:
    """Somebody who signs in, as the partner sees them."""

    id: str
    email: str
    app: str


@contextmanager
def _possible() -> Iterator[None]:
    try:
        yield
    except PlatformError as refusal:
        raise NotSeen(f"the platform refused: {refusal.message}") from None


def _is_about(addon: Addon, request: PartnerRequest) -> bool:
    """Whether it is for that add-on: others, that failed before, may be cleaned up meanwhile."""
    if request.method == "POST":
        return addon.id.encode() in (request.body or b"")
    last = request.url.rpartition("/")[2].partition("?")[0]
    return last in (addon.id, quote(addon.provider_id or "", safe=""))


def _straight(request: PartnerRequest, on: Send) -> PartnerAnswer:
    return on(request)


def another_seed() -> int:
    """One that no earlier run has had."""
    return Clock().milliseconds()


class Home:
    """A platform for one partner. `send` delivers; `local` is where the partner listens, "" as its manifest says.

    A context manager: everything is gone at its end.
    """

    def __init__(
        self,
        manifest: Manifest,
        plans: Sequence[str],
        send: Send,
        *,
        local: str = "",
        client_secret: str | None = None,
        port: int = 0,
        seed: int = 1,
        rules: Mapping[str, Any] | None = None,
    ) -> None:
        specs = tuple(PlanSpec(name, state="public") for name in plans)
        spec = ServiceSpec(state="ga", local=local, client_secret=client_secret, plans=specs)
        self.asked = Asked(send)
        self.way: Way = _straight
        """How the platform's requests are delivered: scenes put themselves in between."""
        self.talk: Talk = []
        self.overheard = Overheard()
        self._wall = Clock()
        once = {"provision_attempts": 1, "plan_change_attempts": 1}
        self.platform = Platform(
            Options(
                port=port,
                seed=seed,
                frozen_at=self._wall.now(),
                services=[ServiceSeed(manifest, spec)],
                environment={},
                rules=once | dict(rules or {}),
                send=self._deliver,
                around=self.overheard.around,
            )
        )
        self._slug = str(manifest["id"])
        self._apps = 0
        self._database = self.platform.database

    def __enter__(self) -> "Home":
        self.platform.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self.overheard.let_finish(GRACE)
        finally:
            self.platform.stop()

    @cached_property
    def manifest(self) -> Manifest:
        """As the platform calls the partner: with the local address. It stays the same during a run."""
        with self._database.snapshot() as rows:
            return as_called(self._service(rows))

    @property
    def client_secret(self) -> str:
        """With which the partner exchanges grants."""
        with self._database.snapshot() as rows:
            return self._service(rows).client_secret

    @property
    def customer(self) -> Customer:
        """Who signs in."""
        with self._database.snapshot() as rows:
            account = rows.get(Account, self.platform.customer_id)
        return Customer(account.id, account.email, f"{APP}-1")

    def wall_seconds(self) -> int:
        """Unix time as the partner has it: signed logins are of that, wherever the platform's clock stands."""
        return self._wall.milliseconds() // 1000

    def advance(self, seconds: float) -> None:
        """Move the platform's clock forward."""
        self.platform.clock.advance(timedelta(seconds=seconds))

    def set_rules(self, **changes: Any) -> None:
        """Change how the platform behaves from now on: settings by their names."""
        self._database.rules = replace(self._database.rules, **changes)

    def allow(self, *abilities: str) -> None:
        """Enable exactly these for the partner, as Heroku's staff does."""
        with self._database.transaction() as tx:
            services.change_service(tx, self._actor(tx).account, self._service(tx), ServiceSpec(abilities=abilities))

    def set_client_secret(self, secret: str) -> None:
        """Reset it, as in the Partner Portal: every access token ends at once."""
        with self._database.transaction() as tx:
            services.set_client_secret(tx, self._actor(tx).account, self._service(tx), secret)

    def end_access_tokens(self) -> None:
        """All of them at once, without time passing: the client secret is reset, and reset to what it was."""
        secret = self.client_secret
        self.set_client_secret(f"not-{secret}")
        self.set_client_secret(secret)

    def install(self, plan: str, options: Mapping[str, str] | None = None) -> Instance:
        """A customer installs the add-on on a new app; back when the partner has answered or has taken too long."""
        begun = len(self.talk)
        with self._database.transaction() as tx:
            self._apps += 1
            app = create_app(tx, self._actor(tx), name=f"{APP}-{self._apps}")
            addon, job = addons.create_addon(tx, self._actor(tx), app, f"{self._slug}:{plan}", options=options)
        self._end_of(job)
        return self._instance(addon.id, begun)

    def change_plan(self, uuid: str, plan: str) -> Instance:
        """A customer changes the plan. NotSeen if the add-on is in no state for that."""
        begun = len(self.talk)
        with _possible(), self._database.transaction() as tx:
            job = addons.request_plan_change(tx, self._actor(tx), tx.get(Addon, uuid), plan)
        self._end_of(job)
        return self._instance(uuid, begun)

    def destroy(self, uuid: str) -> Instance:
        """A customer destroys it, wherever it is attached. NotSeen if it is gone."""
        begun = len(self.talk)
        with _possible(), self._database.transaction() as tx:
            job = addons_end.destroy_addon(tx, self._actor(tx), tx.get(Addon, uuid), force=True)
        self._end_of(job)
        return self._instance(uuid, begun)

    def attach(self, uuid: str, app: str) -> str:
        """A customer attaches it to another app, made for that; the attachment's name."""
        with self._database.transaction() as tx:
            actor = self._actor(tx)
            other = tx.find(App, name=app) or create_app(tx, actor, name=app)
            return attachments.attach(tx, actor, other, tx.get(Addon, uuid)).name

    def subscriptions(self, uuid: str) -> list[Subscription]:
        """The webhooks that the partner has made for this add-on."""
        with self._database.snapshot() as rows:
            found = rows.all(Webhook, addon_id=uuid)
        return [Subscription(each.id, each.url, tuple(each.include), each.authorization, each.secret) for each in found]

    def look(self, uuid: str) -> Instance:
        """How it stands now."""
        return self._instance(uuid, len(self.talk))

    def wait_for_state(self, uuid: str, states: Sequence[str], seconds: float) -> Instance:
        """Until it is in one of these, at most so long on the wall clock."""
        end = self._wall.now() + timedelta(seconds=seconds)
        with self._database.watch([uuid]) as changed:
            while (found := self.look(uuid)).state not in states:
                left = (end - self._wall.now()).total_seconds()
                if left <= 0 or not changed.wait(left):
                    break
                changed.clear()
        return found

    def deliver(self, request: PartnerRequest) -> PartnerAnswer:
        """Something that the platform itself would not send."""
        return self.asked(request)

    def _deliver(self, request: PartnerRequest) -> PartnerAnswer:
        answer = self.way(request, self.asked)
        self.talk.append((request, answer))
        return answer

    def _end_of(self, job: Job) -> None:
        """Until the partner has been asked once: what is tried again waits for a clock that stands still."""
        end = self._wall.now() + timedelta(seconds=self._database.rules.partner_timeout + GRACE)
        with self._database.watch([job.id]) as changed:
            while self._wall.now() < end:
                with self._database.snapshot() as rows:
                    found = rows.get(Job, job.id)
                # What is to be tried again waits for a clock that stands still.
                if found.state not in ("todo", "doing") or (found.state == "todo" and found.attempts > 0):
                    return
                changed.wait((end - self._wall.now()).total_seconds())
                changed.clear()

    def _instance(self, uuid: str, begun: int) -> Instance:
        with self._database.snapshot() as rows:
            addon = rows.get(Addon, uuid)
            jobs = rows.all(Job, subject_id=uuid)
        message = jobs[-1].outcome.get("message") if jobs else None
        talk = [each for each in self.talk[begun:] if _is_about(addon, each[0])]
        return Instance(uuid, addon.name, addon.state, addon.provider_id, message, dict(addon.config), talk)

    def _actor(self, rows: Snapshot | Transaction) -> Actor:
        return Actor(rows.get(Account, self.platform.customer_id), authorization_id="check")

    def _service(self, rows: Snapshot | Transaction) -> AddonService:
        service = rows.find(AddonService, name=self._slug)
        assert service is not None, "registered with the platform's first rows"
        return service
