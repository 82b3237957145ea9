"""The timeline: exchanges and events as trees of what followed from what (docs/timeline.md). Reads rows, writes none.

A step's parent is the id that its row names as its cause. Where that is no step (an operator's act, or one that has
gone from the ledger), the first that names it is the beginning and the others follow from it.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import count

from platform_sim.core.actions.exchanges import CUSTOMER, PARTNER
from platform_sim.core.errors import InvalidParams, NotFound
from platform_sim.core.model.addons import Addon
from platform_sim.core.model.apps import App
from platform_sim.core.model.records import Event, Exchange
from platform_sim.core.model.step_words import of_event, of_exchange
from platform_sim.core.model.steps import PARTIES, Party, Step, Tree
from platform_sim.core.model.values import is_uuid
from platform_sim.core.store import Snapshot
from platform_sim.core.store.queries import NEWEST_EVENTS, NEWEST_EXCHANGES

WINDOW = 5_000
"""How many of the newest events, and exchanges, are looked at."""


def exchange_step(row: Exchange) -> Step:
    """One exchange, as the ledger has it: masked."""
    other: Party = "partner" if row.party == PARTNER else "customer" if row.party == CUSTOMER else "webhook"
    words = of_exchange(row)
    return Step(
        id=row.id,
        parent=row.cause_id,
        kind="exchange",
        sender=other if row.inbound else "platform",
        receiver="platform" if row.inbound else other,
        title=words.title,
        sentence=words.sentence,
        section=words.section,
        started=row.created_at,
        milliseconds=None if row.is_open else row.milliseconds,
        app_id=row.app_id,
        addon_id=row.addon_id,
        place=(row.after_event, 1, row.seq),
        cursor=(0, row.seq),
        is_open=row.is_open,
        details={
            "method": row.method,
            "url": row.url,
            "request_headers": row.request_headers,
            "request_body": row.request_body,
            "status": row.status,
            "response_headers": row.response_headers,
            "response_body": row.response_body,
            "problem": row.problem,
            "who": row.actor_email,
        },
    )


def event_step(event: Event) -> Step:
    """One event; its data holds no secret."""
    words = of_event(event)
    receiver: Party = "app" if event.kind in ("dyno", "first-request") else "platform"
    return Step(
        id=event.id,
        parent=event.cause_id,
        kind="event",
        sender="customer" if event.kind == "first-request" else "platform",
        receiver=receiver,
        title=words.title,
        sentence=words.sentence,
        section=words.section,
        started=event.created_at,
        milliseconds=None,
        app_id=event.app_id,
        addon_id=event.addon_id,
        place=(event.number, 0, 0),
        cursor=(event.number, 0),
        details={"kind": event.kind, "action": event.action, "data": event.data, "previous": event.previous}
        | {"who": event.actor_email},
    )


def newest_steps(rows: Snapshot, window: int = WINDOW, since: tuple[int, int] = (0, 0)) -> list[Step]:
    """The newest events and exchanges, in order; with `since` only those that are new or answered since then."""
    events = rows.ask(NEWEST_EVENTS, since=since[0], most=window)
    exchanges = rows.ask(NEWEST_EXCHANGES, since=since[1], most=window)
    steps = [*map(event_step, events), *map(exchange_step, exchanges)]
    return sorted(steps, key=lambda step: step.place)


def newest_place(rows: Snapshot) -> tuple[int, int]:
    """Where the timeline ends now."""
    return rows.highest(Event, "number"), rows.highest(Exchange, "seq")


def trees(steps: Iterable[Step]) -> list[Tree]:
    """All steps as trees, the oldest beginning first."""
    known = {step.id: step for step in steps}
    below: dict[str | None, list[Step]] = {}
    heads: dict[str, str] = {}
    for step in known.values():
        parent = step.parent
        if parent is not None and parent not in known:
            head = heads.setdefault(parent, step.id)
            parent = None if head == step.id else head
        below.setdefault(parent, []).append(step)
    return [_tree(step, below) for step in below.get(None, [])]


def _tree(step: Step, below: dict[str | None, list[Step]]) -> Tree:
    return Tree(step, tuple(_tree(each, below) for each in below.get(step.id, [])))


def part(tree: Tree, start: int, most: int) -> Tree:
    """Of its steps as they are read those from `start` on, at most so many, with those that they follow from."""
    if start == 0 and len(tree.steps()) <= most:
        return tree
    place = count()

    def within(each: Tree) -> Tree | None:
        is_meant = start <= next(place) < start + most
        children = tuple(found for child in each.children if (found := within(child)))
        return Tree(each.step, children) if is_meant or children else None

    return within(tree) or Tree(tree.step, ())


@dataclass(frozen=True)
class Wish:
    """Of which app, which add-on, to or from which party; None: of any."""

    app_id: str | None = None
    addon_id: str | None = None
    party: str | None = None

    def fits(self, steps: Iterable[Step]) -> bool:
        """Whether each is true of some of these steps, which belong together."""
        apps, addons, parties = set[str | None](), set[str | None](), set[str]()
        for step in steps:
            apps.add(step.app_id)
            addons.add(step.addon_id)
            parties |= {step.sender, step.receiver}
        return (
            (self.app_id is None or self.app_id in apps)
            and (self.addon_id is None or self.addon_id in addons)
            and (self.party is None or self.party in parties)
        )


def chosen(found: Iterable[Tree], wish: Wish, limit: int | None = None) -> list[Tree]:
    """The newest `limit` trees that fit."""
    kept = [tree for tree in found if wish.fits(tree.steps())]
    return kept if limit is None else kept[max(0, len(kept) - limit) :]


class Followed:
    """A wish about a timeline that grows: a tree that fits with a later step is told from its beginning."""

    def __init__(self, wish: Wish) -> None:
        self._wish = wish
        self._head: dict[str, str] = {}
        """Of each step the beginning of its tree."""
        self._trees: dict[str, list[Step] | None] = {}
        """What has been held back of each tree; None once it fits."""

    @property
    def is_picky(self) -> bool:
        """Whether anything is left out."""
        return self._wish != Wish()

    def fitting(self, steps: Iterable[Step]) -> list[Step]:
        """Those of these new steps, and of those held back, that are to be told."""
        found: list[Step] = []
        for step in steps:
            head = self._head.get(step.parent, step.parent) if step.parent else step.id
            self._head[step.id] = head
            held = self._trees.setdefault(head, [])
            if held is None:
                found.append(step)
                continue
            held.append(step)
            if self._wish.fits(held):
                found += held
                self._trees[head] = None
        self._forget()
        return found

    def _forget(self) -> None:
        """The oldest go: a stream that is open for weeks must not grow for ever."""
        for known in (self._head, self._trees):
            while len(known) > 4 * WINDOW:
                del known[next(iter(known))]


def wish_for(rows: Snapshot, app: str | None, addon: str | None, party: str | None) -> Wish:
    """An app and an add-on by name or id; what is gone has only its id. NotFound for a name that nothing has,
    InvalidParams for a party that there is not."""
    if party and party not in PARTIES:
        raise InvalidParams(f"party is {party[:40]!r}: use one of {', '.join(PARTIES)}.")
    return Wish(_id_of(rows, App, app), _id_of(rows, Addon, addon), party or None)


def _id_of(rows: Snapshot, noun: type[App] | type[Addon], given: str | None) -> str | None:
    if not given or is_uuid(given):
        return given or None
    found = rows.find(noun, name=given)
    if found is None:
        raise NotFound("app" if noun is App else "add_on")
    return found.id


def cursor_of(steps: Collection[Step], before: tuple[int, int] = (0, 0)) -> tuple[int, int]:
    """How far somebody is who has seen these steps."""
    numbers = [before[0], *(step.cursor[0] for step in steps)]
    changes = [before[1], *(step.cursor[1] for step in steps)]
    return max(numbers), max(changes)
