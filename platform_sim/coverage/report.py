"""How much of the contract was touched: groups, n of m each, and what was not. Pure.

What counts for m is what the run could have touched: rules that fit the partners that were there and can be judged by
watching, the states and ways of add-ons, and the links of the partner contract; the whole Platform API on request.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from platform_sim.conformance.catalogue import RULES
from platform_sim.core.model.addon_states import NOTHING, STATES, TRANSITIONS, Transition
from platform_sim.coverage.links import Link, api_links, partner_links
from platform_sim.coverage.moments import ASKED, LOGIN, MANIFEST, PLAN
from platform_sim.coverage.reach import REACH
from platform_sim.coverage.touched import Touched

Json = dict[str, Any]


@dataclass(frozen=True)
class Item:
    """A row that can be touched. `note`: what else there is to say, such as that a rule was not kept."""

    id: str
    sentence: str
    count: int
    note: str = ""


@dataclass(frozen=True)
class Group:
    """Rows of one kind. `counts`: whether they are a part of the percentage."""

    name: str
    title: str
    items: tuple[Item, ...]
    counts: bool = True

    @property
    def touched(self) -> int:
        """How many were."""
        return sum(each.count > 0 for each in self.items)


@dataclass(frozen=True)
class Coverage:
    """All groups, and how many rules were left out for which reason."""

    groups: tuple[Group, ...]
    left_out: tuple[str, ...]

    @property
    def touched(self) -> int:
        """Of all groups that count."""
        return sum(each.touched for each in self.groups if each.counts)

    @property
    def of(self) -> int:
        """Rows of all groups that count."""
        return sum(len(each.items) for each in self.groups if each.counts)

    @property
    def percent(self) -> float:
        """Of all rows, 0 to 100, one digit; rounded down, so that 100 is all."""
        return int(1000 * self.touched / self.of) / 10 if self.of else 100.0

    def as_json(self) -> Json:
        """For programs."""
        return {
            "touched": self.touched,
            "of": self.of,
            "percent": self.percent,
            "groups": [_group_json(each) for each in self.groups],
            "left_out": list(self.left_out),
        }


def _group_json(group: Group) -> Json:
    items = [
        {"id": each.id, "sentence": each.sentence, "count": each.count, "note": each.note or None}
        for each in group.items
    ]
    of = {"touched": group.touched, "of": len(items), "counts": group.counts}
    return {"name": group.name, "title": group.title, **of, "items": items}


def coverage_of(found: Touched, *, whole_api: bool = False) -> Coverage:
    """The report. `whole_api`: with all links of the Platform API, as customers use them."""
    able, manifests = found.abilities, tuple(_rules(found, of_manifest=True))
    groups = [
        Group("rules", "Rules of the partner contract", tuple(_rules(found, of_manifest=False))),
        Group("manifest", "Rules of the manifest, no part of the percentage", manifests, counts=False),
        Group("states", "States of an add-on", tuple(Item(s, STATES[s], found.states[s]) for s in STATES)),
        Group("transitions", "Ways between them", tuple(_ways(found))),
        Group("asked", "What a partner is asked", tuple(_asked(found))),
        Group("back", "What a partner calls", tuple(_links(partner_links(), found.back, able))),
    ]
    if whole_api:
        groups.append(Group("api", "Links of the Platform API", tuple(_links(api_links(), found.links, able))))
    return Coverage(tuple(groups), tuple(_left_out(found)))


def _rules(found: Touched, *, of_manifest: bool) -> Iterator[Item]:
    """Those of a manifest are judged as soon as it is registered, whatever a test does."""
    for rule in RULES:
        if rule.id not in REACH or not rule.needs <= found.abilities or (rule.moment == MANIFEST) != of_manifest:
            continue
        broken = found.broken.get(rule.id)
        yield Item(rule.id, rule.sentence, found.rules[rule.id], f"not kept {broken}" if broken else "")


def _left_out(found: Touched) -> Iterator[str]:
    able, reached = found.abilities, [rule for rule in RULES if rule.id in REACH]
    if found.played:
        names = ", ".join(sorted(found.played))
        yield f"Left out, since its partner is a scripted one or a cassette and not your service: {names}."
    unfit = [rule for rule in reached if not rule.needs <= able]
    yield f"{len(RULES) - len(reached)} rules are about what only `platform-sim check` does to a partner."
    if unfit:
        lacks = sorted(set().union(*(rule.needs - able for rule in unfit)))
        yield f"{len(unfit)} rules do not fit the partners of this run, which have no {', '.join(lacks)}."


def _ways(found: Touched) -> Iterator[Item]:
    for each in TRANSITIONS:
        yield Item(each.id, f"{_way(each)}: {each.sentence}", found.transitions[each.id])


def _way(row: Transition) -> str:
    return f"{'nothing' if row.before == NOTHING else row.before} to {row.after}"


def _asked(found: Touched) -> Iterator[Item]:
    needs = {LOGIN: "sso", PLAN: "plans"}
    for name, sentence in ASKED.items():
        if name not in needs or needs[name] in found.abilities:
            yield Item(name, sentence, found.asked[name])


def _links(rows: Iterable[Link], counts: Counter[str], able: set[str]) -> Iterator[Item]:
    for each in rows:
        if not each.needs or each.needs in able:
            yield Item(each.id, each.sentence, counts[each.id])
