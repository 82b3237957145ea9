"""What was seen of a partner: exchanges by the name of the moment, and facts. Scenes write it, rules read it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl

from platform_sim.core.model import json_text
from platform_sim.partners.contract import PartnerAnswer, PartnerRequest


@dataclass(frozen=True)
class Exchange:
    """One request to the partner and its answer. `moment`: what it was for, in words of a report.

    Bodies are read once, for many rules look at them: what was read must not be changed.
    """

    moment: str
    request: PartnerRequest = field(repr=False)
    answer: PartnerAnswer = field(repr=False)
    sent_at: int = 0
    """Unix seconds on the wall clock: what a login's time is compared with."""
    before: tuple["Exchange", ...] = field(default=(), repr=False)
    """What it takes to come to this answer, where that is a whole script about one or more add-ons."""

    @property
    def status(self) -> int | None:
        """None where there was no answer."""
        return self.answer.status

    @property
    def succeeded(self) -> bool:
        """A whole answer with 2xx."""
        return self.answer.problem is None and self.status is not None and 200 <= self.status < 300

    @property
    def said(self) -> str:
        """How it was answered, for a sentence."""
        if self.status is None:
            return f"no answer ({self.answer.problem})"
        return f"HTTP {self.status}" + (f", then {self.answer.problem}" if self.answer.problem else "")

    @property
    def header(self) -> Mapping[str, str]:
        """Of the answer; names in lower case."""
        return self.answer.headers

    @property
    def text(self) -> str:
        """The answer's body, whatever it is."""
        return self.answer.body.decode("utf-8", "replace")

    @cached_property
    def json(self) -> Any:
        """The answer's body; None for what is no JSON."""
        try:
            return json_text.read(self.answer.body)
        except ValueError:
            return None

    @property
    def object(self) -> dict[str, Any]:
        """The same as an object, {} for anything else."""
        found = self.json
        return found if isinstance(found, dict) else {}

    @cached_property
    def sent(self) -> dict[str, Any]:
        """The request's body, {} for what is no JSON object."""
        try:
            found = json_text.read(self.request.body or b"")
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

    @cached_property
    def form(self) -> dict[str, str]:
        """The fields of a login, from the body or the query."""
        text = (self.request.body or b"").decode("utf-8", "replace") or self.request.url.partition("?")[2]
        return dict(parse_qsl(text, keep_blank_values=True))


class NotSeen(Exception):
    """A rule needs a moment that did not come: it cannot be evaluated. The text says why. `lost`: the service died.
    `ends`: nothing more is to be asked."""

    def __init__(self, why: str, *, lost: bool = False, ends: bool = False) -> None:
        super().__init__(why)
        self.lost = lost
        self.ends = lost or ends


@dataclass(frozen=True)
class Heard:
    """A call of the partner to the platform, and how it was answered."""

    method: str
    path: str
    headers: Mapping[str, str] = field(repr=False)
    """Names in lower case."""
    body: bytes = field(repr=False)
    status: int
    answer: bytes = field(repr=False)

    @cached_property
    def json(self) -> Any:
        """The body; None for what is no JSON."""
        try:
            return json_text.read(self.body)
        except ValueError:
            return None

    @cached_property
    def answered(self) -> dict[str, Any]:
        """The answer's body, {} for what is no JSON object."""
        try:
            found = json_text.read(self.answer)
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

    @cached_property
    def form(self) -> dict[str, str]:
        """The fields of a form, from the body or the query."""
        _, _, query = self.path.partition("?")
        return dict(parse_qsl(self.body.decode("utf-8", "replace") or query, keep_blank_values=True))

    @property
    def place(self) -> str:
        """The path without its query."""
        return self.path.partition("?")[0]


@dataclass
class Seen:
    """All that was seen in a run. A moment that did not come has a reason in `missed`."""

    order: list[Exchange] = field(default_factory=list)
    """All exchanges as they came."""
    exchanges: dict[str, list[Exchange]] = field(default_factory=dict)
    """The same by their moments."""
    facts: dict[str, Any] = field(default_factory=dict)
    missed: dict[str, NotSeen] = field(default_factory=dict)

    def add(self, exchange: Exchange) -> Exchange:
        """Keep it under its moment."""
        self.order.append(exchange)
        self.exchanges.setdefault(exchange.moment, []).append(exchange)
        return exchange

    def miss(self, reason: NotSeen, *moments: str) -> None:
        """These moments will not come, because of `reason`."""
        for moment in moments:
            self.missed.setdefault(moment, reason)

    def all(self, *moments: str) -> list[Exchange]:
        """Every exchange of these moments, in this order; NotSeen if one of them never came."""
        return [exchange for moment in moments for exchange in self._of(moment)]

    def one(self, moment: str) -> Exchange:
        """The first exchange of a moment; NotSeen if it never came."""
        return self._of(moment)[0]

    def every(self) -> list[Exchange]:
        """All exchanges of the run as they came, whatever they were for."""
        return list(self.order)

    def fact(self, name: str) -> Any:
        """Something that was found out; NotSeen if it never was."""
        if name not in self.facts:
            raise self.missed.get(name, NotSeen("this was not looked at"))
        return self.facts[name]

    def good(self, moment: str) -> Exchange:
        """The first exchange of a moment that must have succeeded for a rule to mean anything, else NotSeen."""
        exchange = self.one(moment)
        if not exchange.succeeded:
            raise NotSeen(f"it needs the moment `{moment}` to succeed, which was answered with {exchange.said}")
        return exchange

    def readable(self, moment: str) -> Exchange:
        """The same, and its body is a JSON object, else NotSeen."""
        exchange = self.good(moment)
        if not isinstance(exchange.json, dict):
            raise NotSeen(f"it needs an answer to `{moment}` that is a JSON object")
        return exchange

    def _of(self, moment: str) -> list[Exchange]:
        found = self.exchanges.get(moment)
        if not found:
            raise self.missed.get(moment, NotSeen(f"the moment `{moment}` did not come"))
        return found
