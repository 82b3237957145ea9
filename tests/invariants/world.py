"""Everything that an example plays with: a platform, two partners, a receiver of webhooks, the customer."""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from platform_sim.core.model.addons import Addon
from platform_sim.core.model.records import Event, Job
from platform_sim.core.store import Database
from platform_sim.partners.contract import PartnerAnswer, PartnerRequest
from platform_sim.settings import load

from .. import support
from .behaviour import CORRECT, Behaviour, Killed, Violation
from .partner import Partner, Resource, cut, no_answer
from .platform import Form, Outside, Reply, RunningPlatform
from .receiver import HOST, Receiver
from .rule import rule
from .template import MANIFESTS, client_secret, template
from .witness import Witness

REST = timedelta(hours=60)
"""Virtual time within which everything must have ended once the outside is well again: a 202 to be waited for, then a
DELETE that is answered 202, each 12 h, and the longest pauses between."""


Meanwhile = Callable[["World", str, str], None]
"""Does what `behaviour.MEANWHILE` names, about an add-on."""


def asked_about(request: PartnerRequest) -> str:
    """The uuid in a request to a partner."""
    found = json.loads(request.body or b"")["uuid"] if request.method == "POST" else request.url.rpartition("/")[2]
    return str(found)


def meaning(said: PartnerAnswer) -> str:
    """An answer that has arrived, as the contract reads it: yes, no or unknown."""
    if said.status is not None and (400 <= said.status < 500 and said.status not in (408, 425, 429)):
        return "no"
    if said.status == 503 and b"message" in said.body:
        return "no"
    return "yes" if said.status is not None and 200 <= said.status < 300 else "unknown"


@rule(0)
def no_door_breaks(method: str, path: str, reply: Reply) -> Iterator[str]:
    """Whatever is asked."""
    if reply.status == 500:
        yield f"{method} {path} answered 500"


@rule(0)
def no_handler_breaks(kind: str, trace: str) -> Iterator[str]:
    """On a real platform the job would come back later."""
    yield f"of {kind}\n{trace}"


@rule(0)
def no_transaction_is_open_during_network(database: Database, request: PartnerRequest) -> Iterator[str]:
    """Whoever is asked may call back."""
    if database._write_lock.locked() or getattr(database._local, "depth", 0):
        yield f"{request.method} {request.url}"


@rule(5)
def all_ends_in_finite_time(limit: timedelta, owed: list[str]) -> Iterator[str]:
    """Once the outside is well."""
    yield f"after {limit} still to do: {owed}"


@rule(23)
def no_traffic_elsewhere(host: str, request: PartnerRequest) -> Iterator[str]:
    """Only to partners and receivers that were told of."""
    yield f"{request.method} to {host}"


class World:
    """`broken`: what does not hold, each beginning with the invariant's number; `check` raises it."""

    def __init__(self, meanwhile: Meanwhile, **rules: Any) -> None:
        made = template()
        self._meanwhile = meanwhile
        self.token, self.strangers_token = made.customer, made.stranger
        self.secrets = {made.customer, made.stranger, *map(client_secret, MANIFESTS)}
        self.broken: list[str] = []
        self.partners = {slug: Partner(slug, self.secrets) for slug in MANIFESTS}
        self.receiver = Receiver()
        self.witness = Witness(self.broken)
        self.addons: list[str] = []
        """Uuids of all that were ever created."""
        self.slugs: dict[str, str] = {}
        """Of which service each is."""
        self.sent: list[PartnerRequest] = []
        """To partners."""
        self.heard: defaultdict[str, list[str]] = defaultdict(list)
        """How each POST for a uuid ended for the platform: yes, no, unsent or unknown."""
        self.destroyed: Counter[str] = Counter()
        """How often the customer destroyed a uuid."""
        self.scripts: defaultdict[str, list[Behaviour]] = defaultdict(list)
        """How partners behave at their next calls, by uuid."""
        self.hooks: dict[str, tuple[str, str]] = {}
        """Subscriptions: path of the URL -> level, secret."""
        self.shown_config: dict[str, Any] = {}
        """What the API shows at rest, by app."""
        self.own_log: list[str] = []
        self.how = CORRECT
        """How they behave beyond that."""
        self._values = 0
        self._workers = 0
        self.boots = 0
        self.customer_id = made.customer_id
        self.rules = load({}, customer_patience=0.0, rate_limit=10_000_000, **rules)
        self.platform = self._boot(made.image, support.START)
        self.witness.begin(self.platform.database)

    def _boot(self, image: bytes, at: datetime) -> RunningPlatform:
        self.boots += 1
        outside = Outside(self._send, self._committed, self._broke)
        return RunningPlatform(outside, image, at, self.rules, f"boot-{self.boots}", self.customer_id)

    def _committed(self, database: Database, events: list[Event]) -> None:
        self.witness.committed(database, events)

    def _broke(self, kind: str, trace: str) -> None:
        self.broken += no_handler_breaks(kind, trace)

    def check(self) -> None:
        """Raise what does not hold. Not before: what is under test would catch it."""
        if self.broken:
            raise Violation("\n".join(self.broken))

    # -- the platform's side --------------------------------------------------------------------------------------

    @property
    def now(self) -> datetime:
        """The platform's time."""
        return self.platform.database.clock.now()

    def crash(self) -> None:
        """The platform dies; another starts on the same rows, and knows not how far the workers had come."""
        old = self.platform
        for job in old.claimed:
            if job.kind == "provision":
                self.heard[job.subject_id].append("unknown")
        self.platform = self._boot(old.image(), old.database.clock.now())
        self.platform.lines += old.lines
        old.close()

    def close(self) -> None:
        """The end of the example."""
        self.platform.close()

    def own_value(self) -> str:
        """A value of the customer's, like no other."""
        self._values += 1
        self.secrets.add(f"own-value-{self._values}-")
        return f"own-value-{self._values}-"

    def pick(self, which: int) -> str:
        """The uuid of an add-on: 0, 1, ... of those that are there, -1, -2, ... of those that are gone."""
        known = self.witness.last.addons
        such = [each for each in self.addons if (known[each].state == "deprovisioned") == (which < 0)] or self.addons
        return such[which % len(such)]

    def addon(self, uuid: str) -> Addon:
        """Its row."""
        with self.platform.database.snapshot() as rows:
            return rows.get(Addon, uuid)

    def customer(self, method: str, path: str, body: Any = None) -> Reply:
        """The customer asks."""
        return self.ask(method, path, body, self.token)

    def ask(
        self, method: str, path: str, body: Any = None, token: str | None = None, form: Form | None = None
    ) -> Reply:
        """Anybody asks. A door never breaks."""
        reply = self.platform.call(method, path, body, f"Bearer {token}" if token else None, form)
        self.broken += no_door_breaks(method, path, reply)
        return reply

    def work(self, which: int = 0) -> bool:
        """A worker does one of the jobs that are claimed; False if nothing is due. A kill makes the next boot, and ends
        every other worker too."""
        platform = self.platform
        platform.claim()
        if not platform.claimed:
            return False
        self._workers += 1
        try:
            platform.run(platform.claimed[which % len(platform.claimed)])
        except Killed:
            if self._workers > 1:
                raise
            self.crash()
        finally:
            self._workers -= 1
            platform.kill_next_write = False
        return True

    def settle(self, kinds: tuple[str, ...] = (), limit: timedelta = REST) -> None:
        """Let time pass until nothing is to do (or nothing of these kinds). Violates 5 if that takes too long."""
        end = self.now + limit
        while True:
            while self.work():
                pass
            due = self.platform.runner.next_due()
            if self.broken or due is None or (kinds and not self.open_jobs(kinds)):
                return
            if due > end:
                self.broken += all_ends_in_finite_time(limit, self.open_jobs())
                return
            self.platform.database.clock.advance(due - self.now)

    def come_to_rest(self, how: Behaviour = CORRECT) -> None:
        """Partners are like this until only DELETEs and webhooks are owed, then they are well and do what waits."""
        self.how = how
        self.settle(("provision", "change_plan", "provision_deadline", "deprovision_deadline"))
        self.how = CORRECT
        self.settle()
        for partner in self.partners.values():
            partner.work_off()
            for uuid in sorted(partner.doomed):
                partner.remove(uuid)
        self.settle()

    def pass_time(self, seconds: float) -> None:
        """The platform's clock moves."""
        self.platform.database.clock.advance(timedelta(seconds=seconds))

    def open_jobs(self, kinds: tuple[str, ...] = ()) -> list[str]:
        """Kinds of what is to do."""
        with self.platform.database.snapshot() as rows:
            found = rows.all(Job, state=("todo", "doing"))
        return [job.kind for job in found if not kinds or job.kind in kinds]

    # -- the road to the outside ----------------------------------------------------------------------------------

    def _send(self, request: PartnerRequest) -> PartnerAnswer:
        self.broken += no_transaction_is_open_during_network(self.platform.database, request)
        host = urlsplit(request.url).hostname or ""
        if host == HOST:
            return self.receiver.receive(request, self.now)
        slug = host.removesuffix(".example")
        if slug not in self.partners:
            self.broken += no_traffic_elsewhere(host, request)
            return no_answer("unknown host")
        return self._to_partner(self.partners[slug], request)

    def _to_partner(self, partner: Partner, request: PartnerRequest) -> PartnerAnswer:
        uuid = asked_about(request)
        self.sent.append(request)
        self.witness.asked(request.method, self.addon(uuid))
        script = self.scripts[uuid]
        how = script.pop(0) if script else self.how
        said = "unknown"
        try:
            if how.road != "unreachable":
                partner.read(request)
                self._happen(uuid, how.before)
            found = partner.receive(request, how)
            if how.road not in ("late", "unreachable"):
                self._happen(uuid, ("exchange",) if how.prompt and self.wants_tokens(uuid) else ())
                self._happen(uuid, how.after)
            if how.road == "killed after":
                raise Killed
            self.platform.kill_next_write = how.road == "killed writing"
            if how.road in ("lost", "cut"):
                return no_answer("timeout") if how.road == "lost" else cut(found)
            said = "unsent" if how.road == "unreachable" else "unknown" if how.road == "late" else said
            if how.road in ("arrives", "twice"):
                said = meaning(found)
            return found
        finally:
            if request.method == "POST":
                self.heard[uuid].append(said)

    def _happen(self, uuid: str, what: tuple[str, ...]) -> None:
        for each in what:
            self._meanwhile(self, uuid, each)

    def partner_of(self, uuid: str) -> Partner:
        """Whose add-on it is."""
        return self.partners[self.slugs[uuid]]

    def wants_tokens(self, uuid: str) -> bool:
        """Its partner has made it, and not exchanged the grant yet."""
        wallet = self.partner_of(uuid).wallets.get(uuid)
        return self.resource(uuid) is not None and wallet is not None and not wallet.used

    def resource(self, uuid: str) -> Resource | None:
        """What its partner has for it now."""
        return self.partner_of(uuid).resources.get(uuid)
