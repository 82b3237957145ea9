"""Which recorded exchange answers a request: by method, the form of its path, and the plan that is asked for. Pure."""

import difflib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote

from platform_sim.cassettes.tape import Recorded, Tape

ID = "{id}"


@dataclass(frozen=True)
class Ask:
    """What of a request counts. `path`: with `{id}` for the resource's own."""

    method: str
    path: str
    plan: str | None

    def __str__(self) -> str:
        return f"{self.method} {self.path}" + (f" with the plan {self.plan!r}" if self.plan is not None else "")


@dataclass(frozen=True)
class Life:
    """All that was recorded about one add-on, in order. `ids`: by what the partner knew it."""

    addon: str
    ids: frozenset[str]
    exchanges: tuple[Recorded, ...]

    @property
    def asked(self) -> list[Recorded]:
        """What the partner was asked."""
        return [each for each in self.exchanges if not each.by_partner and not each.is_webhook]

    @property
    def order(self) -> Recorded | None:
        """The first request, if that is the one which has made the resource."""
        first = next(iter(self.asked), None)
        return first if first and first.method == "POST" and plan_of(first.sent) is not None else None

    def ask_of(self, recorded: Recorded) -> Ask:
        """What of a recorded request counts."""
        return ask(recorded.method, recorded.path, recorded.sent, self.ids)

    def caused_by(self, recorded: Recorded) -> list[Recorded]:
        """What the partner called because of that request."""
        return [each for each in self.exchanges if each.by_partner and each.follows == recorded.number]

    def of_its_own(self) -> list[Recorded]:
        """What the partner called without having been asked for anything."""
        asked = {each.number for each in self.asked}
        return [each for each in self.exchanges if each.by_partner and each.follows not in asked]


def lives(tape: Tape) -> list[Life]:
    """One an add-on, in order."""
    found: dict[str, list[Recorded]] = {}
    for each in tape.exchanges:
        found.setdefault(each.addon, []).append(each)
    return [Life(addon, frozenset(_ids(addon, exchanges)), tuple(exchanges)) for addon, exchanges in found.items()]


def _ids(addon: str, exchanges: Iterable[Recorded]) -> set[str]:
    """The uuid, and what a partner of version 1 has answered as its own id."""
    told = {
        str(each.said["id"])
        for each in exchanges
        if each.method == "POST" and not each.by_partner and isinstance(each.said, dict) and "id" in each.said
    }
    return {addon, *told}


def ask(method: str, path: str, sent: Any, ids: Collection[str]) -> Ask:
    """What of a request counts."""
    shape = "/".join(ID if unquote(part) in ids else quote(unquote(part), safe="") for part in path.split("/"))
    return Ask(method, shape, plan_of(sent) if method in ("POST", "PUT") else None)


def plan_of(sent: Any) -> str | None:
    """The plan that a body names."""
    plan = sent.get("plan") if isinstance(sent, dict) else None
    return plan if isinstance(plan, str) else None


def nearest(wanted: Ask, recorded: Iterable[Ask]) -> str:
    """A sentence: which of these comes nearest."""
    known = list(dict.fromkeys(map(str, recorded)))
    if not known:
        return "Nothing like that was recorded."
    best = max(known, key=lambda each: difflib.SequenceMatcher(None, str(wanted), each).ratio())
    return f"The nearest that was recorded is {best}."
