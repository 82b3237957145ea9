"""Hears what goes to and fro in one platform, and finds out what of the contract that has touched.

Kept in memory while resources live; of many alike a few are judged. Nothing is made of it but ids and counts.
"""

import io
import json
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from platform_sim.conformance.calls import BACK, TOKEN, bearer, parameters
from platform_sim.conformance.seen import Exchange, Heard
from platform_sim.core.clock import Clock
from platform_sim.core.model.addon_states import NOTHING, transition
from platform_sim.core.model.addresses import LOG_INPUT
from platform_sim.core.model.faults import FAULT
from platform_sim.core.model.records import Event
from platform_sim.core.model.seams import Registered
from platform_sim.coverage.judged import judge, judge_manifest, seen_of
from platform_sim.coverage.links import link_of
from platform_sim.coverage.moments import LOGIN, ORDER, Life, Service, asked_service, basic_user, moment_of, named
from platform_sim.coverage.report import coverage_of
from platform_sim.coverage.touched import Touched, added
from platform_sim.partners.contract import PartnerAnswer, PartnerRequest, Send
from platform_sim.partners.played import is_played
from platform_sim.partners.struck import Strike, struck

Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]
ALIKE = 3
"""Lives of one form that are judged."""
MOST = 100
"""Lives that are kept; then the older half is judged and let go."""
LONGEST = 65_536
"""Bytes that are kept of a partner's call and its answer."""
HEARD = 5_000
"""Calls of partners that are kept, the newest."""


class HeardSend:
    """A `Send` that tells of each request and its answer; connections can be struck as before."""

    def __init__(self, on: Send, told: Callable[[PartnerRequest, PartnerAnswer], None]) -> None:
        self._on, self._told = on, told

    def __call__(self, request: PartnerRequest) -> PartnerAnswer:
        """Deliver it."""
        answer = self._on(request)
        self._told(request, answer)
        return answer

    def struck(self, request: PartnerRequest, strike: Strike) -> PartnerAnswer:
        """See `partners.struck`."""
        answer = struck(self._on, request, strike)
        self._told(request, answer)
        return answer


class Watch:
    """Of one platform. `registered` says what services there are; `judged`: how often each form of a life was judged,
    one for many platforms; `test`: which test runs, "" for none. Safe for many threads."""

    def __init__(self, judged: Counter[Any] | None = None, test: Callable[[], str] = str) -> None:
        self.registered: Callable[[], Sequence[Registered]] = lambda: ()
        self._judged = Counter[Any]() if judged is None else judged
        self._test = test
        self._touched = defaultdict[str, Touched](Touched)
        """By service; under "" what belongs to none, or to one that nobody knows."""
        self._played: set[str] = set()
        """Services whose partners the library plays."""
        self._struck: set[str] = set()
        """By what resources are named on which a fault has acted: from then on nothing about them is judged."""
        self._codes: dict[str, str] = {}
        """By the code of an order's grant, which service it is of."""
        self._lives: dict[str, Life] = {}
        self._strays: list[tuple[str, Exchange]] = []
        """What was asked about no resource that is known, with the service's name."""
        self._heard: list[Heard] = []
        self._tokens: dict[str, str] = {}
        """Tokens that partners have got, with the code that they are from: by these it is known who calls."""
        self._back = defaultdict[str, Counter[str]](Counter)
        """By such a code, or by a service, the links that were called; an order's code is known after its answer."""
        self._clock = Clock()
        self._lock = threading.RLock()

    def send(self, on: Send) -> Send:
        """The same, heard."""
        return HeardSend(on, self.exchanged)

    def exchanged(self, request: PartnerRequest, answer: PartnerAnswer) -> None:
        """A partner was asked."""
        services = self._services()
        service = asked_service(request, services)
        if service is None:
            return
        kind, now = str(service.kind(request)), self._clock.milliseconds() // 1000
        exchange = Exchange("", request, answer, now)
        with self._lock:
            key = named(request, exchange, kind)
            life = next((each for each in self._lives.values() if key in each.ids), None)
            # A login brings no user's name; who has the resource is asked.
            service = life.service if life and kind == LOGIN else service
            if is_played(answer):
                self._played.add(service.slug)
            if kind == ORDER and (code := _code(exchange)):
                self._codes[code] = service.slug
            if key in self._struck:
                return
            exchange = Exchange(moment_of(kind, exchange, service, life), request, answer, now)
            if not exchange.moment:
                return
            if answer.status is not None:
                self._touched[service.slug].asked[kind] += 1
            if exchange.moment == "provision":
                life = self._lives[key] = Life(key, service, {key}, where=self._where(now))
            if life is None:
                self._strays = [*self._strays[-MOST:], (service.slug, exchange)]
            else:
                life.learns(exchange)
            if len(self._lives) > MOST:
                self._judge(list(self._lives)[: MOST // 2])

    def _where(self, now: int) -> str:
        test = self._test()
        return f"in {test}" if test else f"at {datetime.fromtimestamp(now, UTC):%Y-%m-%d %H:%M:%S} UTC"

    def committed(self, events: Sequence[Event]) -> None:
        """What has happened to add-ons (`Database.on_commit`)."""
        for event in events:
            if event.kind == FAULT and event.addon_id and event.data.get("act"):
                self._strike(event.addon_id)
            if event.kind != "addon" or "state" not in event.data:
                continue
            after = str(event.data["state"])
            before = NOTHING if event.action == "create" else str(event.previous.get("state", after))
            if before == after and "plan" not in event.previous:
                continue
            found = transition(before, after)
            with self._lock:
                touched = self._touched[str(event.data["plan"]).partition(":")[0]]
                touched.states[after] += 1
                if found is not None:
                    touched.transitions[found.id] += 1

    def _strike(self, uuid: str) -> None:
        """A fault acts on what is said about this add-on: what was said before is judged, what follows is not."""
        with self._lock:
            self._struck.add(uuid)
            if uuid in self._lives:
                self._struck |= self._lives[uuid].ids
                self._judge([uuid])

    def around(self, doors: Wsgi) -> Wsgi:
        """The same doors, heard: of a partner's call all of it, of a customer's only which it was."""

        def listening(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
            method, path = environ["REQUEST_METHOD"], environ.get("PATH_INFO", "")
            partners = self._is_partners(environ, path)
            body = environ["wsgi.input"].read() if partners else b""
            if partners:
                environ["wsgi.input"] = io.BytesIO(body)
            begun: list[int] = []

            def start(status: str, *more: Any) -> Any:
                begun[:] = [int(status[:3])]
                return start_response(status, *more)

            pieces = doors(environ, start)
            if partners:
                pieces = _whole(pieces)
            if begun and not path.startswith("/sim"):
                self._called(environ, method, path, body, begun[0], pieces if partners else None)
            return pieces

        return listening

    def _is_partners(self, environ: dict[str, Any], path: str) -> bool:
        given: str = environ.get("HTTP_AUTHORIZATION", "")
        return path == TOKEN or given.partition(" ")[2] in self._tokens

    def _called(self, environ: dict[str, Any], method: str, path: str, body: bytes, status: int, answer: Any) -> None:
        query = environ.get("QUERY_STRING") or ""
        link = link_of(method, path, f"{query}&{body[:LONGEST].decode('utf-8', 'replace')}" if path == TOKEN else "")
        if link is None:
            return
        is_partners = answer is not None or path.startswith(("/vendor/", "/api/v3/", LOG_INPUT))
        with self._lock:
            went_well = status < 400
            if not is_partners:
                self._touched[""].links.update([link] * went_well)
                return
            heard = _heard(environ, method, path, query, body, status, b"".join(answer or ()))
            self._keep_tokens(heard)
            self._back[self._caller(heard)].update([link] * went_well)
            if answer is not None:
                self._heard = [*self._heard[-HEARD:], heard]

    def _keep_tokens(self, heard: Heard) -> None:
        if heard.place != TOKEN:
            return
        code = self._caller(heard)
        for name in ("access_token", "refresh_token"):
            if token := heard.answered.get(name):
                self._tokens[str(token)] = code

    def _caller(self, heard: Heard) -> str:
        """The code of the grant by which the partner calls, or its service's name."""
        given = parameters(heard) if heard.place == TOKEN else {}
        token = given.get("refresh_token") or bearer(heard)
        return given.get("code") or self._tokens.get(token) or basic_user(heard.headers.get("authorization", ""))

    def _services(self) -> list[Service]:
        return [Service(*each) for each in self.registered()]

    def report(self, *, whole_api: bool = False, played: bool = False) -> dict[str, Any]:
        """See `seams.Watching`."""
        return coverage_of(self.touched(played=played), whole_api=whole_api).as_json()

    def touched(self, *, played: bool = False) -> Touched:
        """All until now. `played`: with the services whose partners the library plays, scripted ones and cassettes."""
        services = self._services()
        with self._lock:
            left = set() if played else set(self._played)
            for service in services:
                form = ("manifest", json.dumps(service.manifest, sort_keys=True), service.plans)
                if service.slug not in left and self._is_new(form):
                    self._touched[service.slug].add(judge_manifest(service))
            self._judge([uuid for uuid, life in self._lives.items() if life.service.slug not in left], keep=True)
            whole = added(each for slug, each in self._touched.items() if slug not in left)
            for caller, links in self._back.items():
                whole.back.update(links if self._codes.get(caller, caller) not in left else ())
            whole.played |= left
            return whole

    def _judge(self, uuids: Sequence[str], keep: bool = False) -> None:
        others = list(self._lives.values())
        for uuid in uuids:
            life = self._lives[uuid]
            strays = [each for slug, each in self._strays if slug == life.service.slug]
            seen = seen_of(life, others, strays, self._heard)
            if self._is_new((life.service.slug in self._played, *_form(life, strays, seen.facts))):
                self._touched[life.service.slug].add(judge(seen, life.service, life.where))
            if not keep:
                del self._lives[uuid]

    def _is_new(self, form: Any) -> bool:
        self._judged[form] += 1
        return self._judged[form] <= ALIKE


def _form(life: Life, strays: Sequence[Exchange], facts: dict[str, Any]) -> Any:
    """Of lives with the same form a few are judged: what was asked and how it was answered, not with which words."""
    calls = tuple((each.method, each.place.rpartition("/")[2], each.status) for each in facts[BACK])
    asked = tuple((each.moment, each.status, each.answer.problem) for each in [*life.exchanges, *strays])
    return life.service.slug, asked, calls


def _code(order: Exchange) -> str:
    grant = order.sent.get("oauth_grant")
    return str(grant.get("code") or "") if isinstance(grant, dict) else ""


def _whole(pieces: Iterable[bytes]) -> list[bytes]:
    try:
        return list(pieces)
    finally:
        close = getattr(pieces, "close", None)
        if close is not None:
            close()


def _heard(
    environ: dict[str, Any], method: str, path: str, query: str, body: bytes, status: int, answer: bytes
) -> Heard:
    headers = {name[5:].replace("_", "-").lower(): text for name, text in environ.items() if name[:5] == "HTTP_"}
    headers["content-type"] = environ.get("CONTENT_TYPE", "")
    whole = path + (f"?{query}" if query else "")
    return Heard(method, whole, headers, body[:LONGEST], status, answer[:LONGEST])
