"""A small model of what the contract allows of one uuid, whatever is asked of it in whatever order. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from platform_sim.conformance.seen import Exchange
from platform_sim.partners.contract import PartnerRequest

ONE, OVER, OTHERS, STANDS = "Z01", "Z02", "Z03", "Z04"
"""A uuid is one resource; after its end it never lives again; no other is touched; nothing makes the service fail."""
NOT_NOW = 503
"""Says that it is to be asked again, which is no failure."""
GONE = (404, 410)
WORDS = {"POST": "provision", "PUT": "plan change", "DELETE": "deprovision"}


@dataclass(frozen=True)
class Breach:
    """What the contract does not allow. `by_itself`: no other add-on can be the reason."""

    rule: str
    sentence: str
    exchange: Exchange
    by_itself: bool = False


@dataclass
class Lifetime:
    """What must be true of one add-on by now. `name`: A, B, C."""

    name: str
    uuid: str = ""
    alive: bool = False
    dead: bool = False
    unsure: bool = False
    """What was answered leaves open what is there, so nothing can be said any more."""
    later: bool = False
    """Whether it was promised with 202, so that answers need not hold what there is."""
    id: Any = None
    first: Any = None
    """Config of the first answer: a late repeat of the first order may be answered with that."""
    now: Any = None
    """Config as it was told last."""
    plan: Any = None
    requests: list[PartnerRequest] = field(default_factory=list)
    """Each that was sent, once."""

    def judge(self, found: Exchange, others: Sequence["Lifetime"]) -> Iterator[Breach]:
        """What is wrong with an answer; what it makes of the add-on is kept."""
        if found.request not in self.requests:
            self.requests.append(found.request)
        method = found.request.method
        if found.status is None or (found.status >= 500 and found.status != NOT_NOW):
            self.unsure = True
            yield Breach(STANDS, f"{WORDS[method]} of {self.name} was answered with {found.said}", found)
        elif found.status == NOT_NOW:
            self.unsure = method != "PUT"
        elif self.dead:
            if found.succeeded and method != "DELETE":
                yield Breach(
                    OVER, f"{self.name} was deleted, and its {WORDS[method]} is answered with {found.said}", found
                )
        elif method == "POST":
            yield from self._ordered(found, others)
        else:
            yield from self._changed(found) if method == "PUT" else self._ended(found)

    def _ordered(self, found: Exchange, others: Sequence["Lifetime"]) -> Iterator[Breach]:
        if not found.succeeded:
            if self.alive:
                yield self._lost(found)
            self.unsure = True
            return
        config = None if found.status == 202 else found.object.get("config")
        if self.alive:
            yield from self._same_id(found)
            if config is not None and not self.later and config not in (self.first, self.now):
                yield Breach(ONE, f"the repeat of {self.name} has another config", found)
            return
        self.alive, self.later, self.id = True, found.status == 202, found.object.get("id")
        self.first = self.now = config
        self.plan = found.sent.get("plan")
        for other in others:
            if self.id is not None and other.id == self.id:
                yield Breach(ONE, f"{self.name} has the id of {other.name}", found, by_itself=True)

    def _changed(self, found: Exchange) -> Iterator[Breach]:
        if found.status in GONE:
            yield self._lost(found)
        if not found.succeeded:
            return
        if "id" in found.object:
            yield from self._same_id(found)
        plan, config = found.sent.get("plan"), found.object.get("config")
        if config is not None:
            if plan == self.plan and self.now is not None and config != self.now:
                yield Breach(ONE, f"a change of {self.name} to the plan that it has makes another config", found)
            self.now = config
        self.plan = plan

    def _ended(self, found: Exchange) -> Iterator[Breach]:
        if found.status in GONE:
            yield self._lost(found)
        self.dead = found.succeeded or found.status in GONE
        self.unsure = not self.dead

    def _same_id(self, found: Exchange) -> Iterator[Breach]:
        if found.object.get("id") != self.id:
            yield Breach(ONE, f"{WORDS[found.request.method]} of {self.name} is answered with another id", found)

    def _lost(self, found: Exchange) -> Breach:
        sentence = f"{self.name} was never deleted, and its {WORDS[found.request.method]} is answered with {found.said}"
        return Breach(ONE, sentence, found)
