"""Which rules could be judged by what was seen of one resource, and which of them were not kept. Pure."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from platform_sim.conformance.calls import ACTIONS, BACK, about, bearer, code_of, owners, parameters
from platform_sim.conformance.capabilities import of_behaviour, of_manifest
from platform_sim.conformance.catalogue import RULES
from platform_sim.conformance.rule import Kind
from platform_sim.conformance.rules.hygiene import SECRETS
from platform_sim.conformance.rules.manifest import FACT
from platform_sim.conformance.scenes.back import SECRET
from platform_sim.conformance.scenes.contact import CONTACT
from platform_sim.conformance.scenes.life import CALLED
from platform_sim.conformance.seen import Exchange, Heard, Seen
from platform_sim.coverage.moments import MANIFEST, Life, Service
from platform_sim.coverage.touched import Touched
from platform_sim.partners.mask import SHORTEST

JUDGED = (Kind.PASS, Kind.FAIL, Kind.WARN)


class _Noted(dict[str, list[Exchange]]):
    """Tells when something is found in it."""

    def __init__(self, told: Callable[[], None]) -> None:
        super().__init__()
        self._told = told

    def get(self, moment: str, default: Any = None) -> Any:
        """See dict."""
        found = super().get(moment, default)
        if found:
            self._told()
        return found


class Looked(Seen):
    """What was seen, and whether anybody has got something of it: a rule that has looked at nothing was not touched."""

    def __init__(self) -> None:
        super().__init__(exchanges=_Noted(self._looks))
        self.looked = False

    def _looks(self) -> None:
        self.looked = True

    def every(self) -> list[Exchange]:
        """See `Seen.every`."""
        self.looked = self.looked or bool(self.order)
        return super().every()

    def fact(self, name: str) -> Any:
        """See `Seen.fact`. A manifest alone is nothing that has happened, and neither are secrets."""
        found = super().fact(name)
        self.looked = self.looked or (name == BACK and bool(found))
        return found


def seen_of(life: Life, others: Iterable[Life], strays: Sequence[Exchange], heard: Sequence[Heard]) -> Looked:
    """All that belongs to one resource: with the second of its service, if there is one, and what was asked of that
    partner about none."""
    seen = Looked()
    second = next((each for each in others if each is not life and each.service.slug == life.service.slug), None)
    whole = [*life.exchanges, *strays]
    if second is not None:
        whole += [_as_second(each) for each in second.exchanges if each.moment == "provision"]
    for exchange in sorted(whole, key=lambda each: each.sent_at):
        seen.add(exchange)
    if life.exchanges:
        # What the checker sends first of all, to see whether anybody is there.
        seen.exchanges[CONTACT] = life.exchanges[:1]
    calls = _calls(life, heard)
    api = life.service.manifest["api"]
    secrets = [("password", str(api["password"])), ("sso_salt", str(api.get("sso_salt") or ""))]
    secrets.append(("client secret", life.service.client_secret))
    seen.facts |= {FACT: life.service.manifest, BACK: calls, SECRET: life.service.client_secret}
    seen.facts[CALLED] = _until_made(calls)
    seen.facts[SECRETS] = [(name, value) for name, value in secrets if len(value) >= SHORTEST]
    return seen


def _as_second(exchange: Exchange) -> Exchange:
    return Exchange("second provision", exchange.request, exchange.answer, exchange.sent_at)


def _calls(life: Life, heard: Sequence[Heard]) -> tuple[Heard, ...]:
    """What the partner called about this resource."""
    orders = [each for each in life.exchanges if each.request.method == "POST"]
    tokens, codes = owners(heard, orders), {code_of(each) for each in orders} - {None}

    def belongs(call: Heard) -> bool:
        given = parameters(call)
        by_grant = given.get("code") in codes or given.get("refresh_token") in tokens
        return by_grant or bearer(call) in tokens or (bool(about(call)) and about(call) in life.ids)

    return tuple(each for each in heard if belongs(each))


def _until_made(calls: Sequence[Heard]) -> tuple[Heard, ...]:
    """Those that belong to an order that was answered with 202: what is set later may be another config."""
    ends = [number for number, each in enumerate(calls) if each.place.endswith(f"{ACTIONS}provision")]
    return tuple(calls[: ends[0] + 1]) if ends else ()


def judge(seen: Looked, service: Service, where: str = "") -> Touched:
    """Every rule by this. `where`: in which test or when it was seen."""
    found = Touched()
    able = of_manifest(service.manifest, service.plans) | of_behaviour(seen)
    found.abilities |= able
    for rule in RULES:
        seen.looked = rule.moment == MANIFEST
        result = rule.judged(seen, able)
        if result.kind not in JUDGED or not seen.looked:
            continue
        found.rules[rule.id] += 1
        if result.problems:
            by = f"by {service.slug}" + (f", first {where}" if where else "")
            found.broken.setdefault(rule.id, f"{by}: {result.problems[0].sentence}")
    return found


def judge_manifest(service: Service) -> Touched:
    """What can be said of a service before anything was asked."""
    seen = Looked()
    seen.facts[FACT] = service.manifest
    return judge(seen, service)
