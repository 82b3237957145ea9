"""What a scene is, and the stage on which it plays: the private platform, the partner, and what was seen so far."""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum
from types import MappingProxyType
from typing import Any
from urllib.parse import quote, unquote

from platform_sim.conformance.home import Home, Instance
from platform_sim.conformance.seen import Exchange, NotSeen, Seen
from platform_sim.partners.client import PAGE, Call
from platform_sim.partners.contract import PartnerAnswer, PartnerRequest
from platform_sim.partners.manifest import base_url, credentials, resource_url
from platform_sim.partners.versions import spoken

NOTHING: Mapping[str, str] = MappingProxyType({})


class Mode(IntEnum):
    """How much is played."""

    QUICK = 0
    DEFAULT = 1
    DEEP = 2


@dataclass
class Stage:
    """Given to every scene. `patience`: wall seconds for what a partner does of its own accord."""

    home: Home
    seen: Seen
    plans: tuple[str, ...]
    patience: float = 10.0
    made: dict[str, str] = field(default_factory=dict)
    """What the partner has said yes to, uuid -> moment: to be deleted in the end."""
    ended: set[str] = field(default_factory=set)
    """Of these, what the partner has deleted already."""
    ids: dict[str, str] = field(default_factory=dict)
    """In version 1: by which id the partner knows what it has made, uuid -> id."""
    absent: str = ""
    """Why there is no partner at all."""
    slowness: float = 2.0
    """Wall seconds that a slow platform takes."""
    seed: int = 1
    """What chance in scenes goes by; the platform's own may be another, so that the partner meets new uuids."""
    scripts: int = 0
    """How many life cycles are played at most."""
    _answered: bool = False
    _before: str = ""
    """The moment before."""
    _late: int = 0
    """How many requests have not been answered in time, one after the other."""
    _count: int = 0

    def install(self, moment: str, plan: str | None = None, options: Mapping[str, str] | None = None) -> Instance:
        """A customer installs the add-on on an app of its own; the request and answer are kept as `moment`."""
        found = self.home.install(plan or self.plans[0], options)
        self._keep(moment, found)
        return found

    def change_plan(self, moment: str, uuid: str, plan: str) -> Instance:
        """A customer changes the plan."""
        found = self.home.change_plan(uuid, plan)
        self._keep(moment, found)
        return found

    def destroy(self, moment: str, uuid: str) -> Instance:
        """A customer destroys it."""
        found = self.home.destroy(uuid)
        self._keep(moment, found)
        return found

    def let_go(self, moment: str, uuid: str) -> None:
        """Destroy what a scene has made for itself, if it is still there."""
        if self.home.look(uuid).state != "deprovisioned":
            self.destroy(moment, uuid)

    def send(self, moment: str, request: PartnerRequest) -> Exchange:
        """Send something that the platform would not send by itself; kept as `moment`."""
        return self._kept(moment, request, self.home.deliver(request))

    def repeat(self, moment: str, exchange: Exchange, **changes: Any) -> Exchange:
        """The same request once more; `changes` are to its JSON body, None takes a field out."""
        request = exchange.request
        if changes:
            body = {name: value for name, value in (exchange.sent | changes).items() if value is not None}
            request = replace(request, body=json.dumps(body, separators=(",", ":")).encode())
        return self.send(moment, request)

    def request(
        self,
        method: str,
        segment: str = "",
        body: dict[str, Any] | bytes | None = None,
        headers: Mapping[str, str] = NOTHING,
        timeout: float | None = None,
    ) -> PartnerRequest:
        """A request as the platform makes them, to the base URL or to one resource, named by its uuid in both versions.

        `headers` replace its own, and an empty value takes one away.
        """
        manifest = self.home.manifest
        given = {"Accept": spoken(manifest).ACCEPT, "Authorization": basic(*credentials(manifest))}
        given["User-Agent"] = "platform-sim"
        if body is not None:
            given["Content-Type"] = "application/json"
            body = body if isinstance(body, bytes) else json.dumps(body, separators=(",", ":")).encode()
        given = {name: value for name, value in (given | dict(headers)).items() if value}
        place = quote(self.ids[segment], safe="") if segment in self.ids else segment
        url = resource_url(manifest, place) if segment else base_url(manifest)
        return PartnerRequest(method, url, given, body, timeout or self.home.platform.database.rules.partner_timeout)

    def page(self, url: str) -> PartnerRequest:
        """A request as a browser makes it that somebody has sent there."""
        headers = {"Accept": PAGE, "User-Agent": "platform-sim"}
        return PartnerRequest("GET", url, headers, None, self.home.platform.database.rules.partner_timeout)

    def called(self, moment: str, call: Call) -> Exchange:
        """Keep what the platform's client of the contract has sent."""
        return self._kept(moment, call.request, call.answer)

    def keep(self, moment: str, request: PartnerRequest, answer: PartnerAnswer) -> Exchange:
        """Keep what was sent in another way, e.g. at the same time as others."""
        return self._kept(moment, request, answer)

    def fresh_uuid(self) -> str:
        """One that the partner has never seen, the same in each run with the same seed."""
        self._count += 1
        return self.home.platform.database.chance.uuid("check", self._count)

    def order(self, **changes: Any) -> dict[str, Any]:
        """The body of a provisioning request for a resource of its own, after the pattern of the first."""
        sent = dict(self.seen.one("provision").sent)
        uuid = self.fresh_uuid()
        sent |= {"uuid": uuid, "oauth_grant": None}
        called = uuid
        if "heroku_id" in sent:
            called = sent["heroku_id"] = f"app{int(uuid[:8], 16)}@heroku.com"
        else:
            sent["name"] = f"{sent.get('name', 'addon')}-{uuid[:8]}"
        sent["callback_url"] = str(sent.get("callback_url", "")).rpartition("/")[0] + f"/{quote(called, safe='')}"
        return {name: value for name, value in (sent | changes).items() if value is not ...}

    def pass_by(self, moment: str, request: PartnerRequest, answer: PartnerAnswer) -> Exchange:
        """Of what was sent only remember what it has made or ended: for scenes that ask more than rules want to see."""
        return self._kept(moment, request, answer, keep=False)

    def _keep(self, moment: str, instance: Instance) -> None:
        if not instance.talk:
            raise NotSeen(f"the platform did not call the partner: {instance.message or 'no reason is known'}")
        for request, answer in instance.talk:
            self._kept(moment, request, answer)

    def _kept(self, moment: str, request: PartnerRequest, answer: PartnerAnswer, keep: bool = True) -> Exchange:
        before, self._before = self._before, moment
        if self._answered and answer.problem in ("refused connection", "no connection"):
            # Not kept: what a partner does that is not there says nothing about the moment's rules.
            where = f"after `{before}`, at `{moment}`," if before != moment else f"in the middle of `{moment}`"
            raise NotSeen(f"the service died: {where} nobody listens any more", lost=True)
        exchange = Exchange(moment, request, answer, self.home.wall_seconds())
        if keep:
            self.seen.add(exchange)
        if answer.status is not None:
            self._answered = True
        if request.method == "POST" and exchange.succeeded and (uuid := _key(exchange.sent)):
            self.made.setdefault(str(uuid), moment)
            if "heroku_id" in exchange.sent and exchange.object.get("id") is not None:
                self.ids[str(uuid)] = str(exchange.object["id"])
            self.ended.discard(str(uuid))
        if request.method == "DELETE" and (exchange.succeeded or exchange.status == 410):
            last = unquote(request.url.rpartition("/")[2])
            self.ended |= {last, *(uuid for uuid, id in self.ids.items() if id == last)}
        self._late = self._late + 1 if answer.problem == "timeout" else 0
        if self._late > 1:
            why = f"the service hangs: neither `{before}` nor `{moment}` was answered in time"
            raise NotSeen(why, lost=True)
        return exchange


def _key(order: dict[str, Any]) -> Any:
    """By what an order is known: its uuid, or the app where it has none."""
    return order.get("uuid") or order.get("heroku_id")


@dataclass(frozen=True)
class Scene:
    """`moments`: all that it may keep, so that what did not come has a reason. `needs`: abilities of the partner;
    `after`: scenes that must have been played to their end."""

    name: str
    moments: tuple[str, ...]
    play: Callable[[Stage], None]
    mode: Mode = Mode.QUICK
    needs: frozenset[str] = frozenset()
    after: tuple[str, ...] = ()


class Script(list[Scene]):
    """The scenes of one file in their order; `@scene(...)` adds a function as one."""

    def scene(
        self, name: str, moments: str, *, mode: Mode = Mode.QUICK, needs: str = "", after: str = ""
    ) -> Callable[[Callable[[Stage], None]], Callable[[Stage], None]]:
        """`moments` and `after` with commas between them; `needs` are words."""

        def add(play: Callable[[Stage], None]) -> Callable[[Stage], None]:
            listed = tuple(each.strip() for each in moments.split(",") if each.strip())
            before = tuple(each.strip() for each in after.split(",") if each.strip())
            self.append(Scene(name, listed, play, mode, frozenset(needs.split()), before))
            return play

        return add


def basic(user: str, password: str) -> str:
    """The value of an Authorization header."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
