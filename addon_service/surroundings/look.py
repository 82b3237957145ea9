"""A look at what surrounds an instance: Heroku is asked what is true now, and that is written down.

Who asks for one: a new authorization, a webhook's event, and a dashboard that is opened when the last look is old, in
case an event was missed. (partner-api §4.1; the recipe for the people is at the end of that section)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar
from urllib.parse import quote

from addon_service.addons.base import Addon
from addon_service.authorization import Authorizations
from addon_service.calls import Calls
from addon_service.clock import Clock, parse_stamp
from addon_service.duties import Act, Duties, Duty, Finish
from addon_service.errors import Conflict, Gone, NotFound, ServiceError
from addon_service.instances import find
from addon_service.logs.drains import Drain, Drains, read_drains
from addon_service.logs.voice import Voice
from addon_service.platform_client import Answer, reason
from addon_service.resources import Resources
from addon_service.store import Store, Tx
from addon_service.surroundings import facts
from addon_service.surroundings.answers import (
    Person,
    merged,
    read_attachments,
    read_collaborators,
    read_instance,
    read_members,
    read_owner,
)

FINE = (200, 206)
T = TypeVar("T")
Get = Callable[[str, bool], Answer]  # a path, and whether all of a list is wanted


class NotTold(Conflict):
    """Heroku does not say what the instance is; `answer` is what it says instead."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(f"Heroku says nothing about this instance: {answer.status} {reason(answer)}")
        self.answer = answer


@dataclass(frozen=True)
class Look:
    """Asks, and writes down. `fresh`: seconds for which a dashboard takes what is written down as true."""

    store: Store
    clock: Clock
    calls: Calls
    authorizations: Authorizations
    duties: Duties
    resources: Resources
    drains: Drains
    voice: Voice
    fresh: int

    def acts(self) -> dict[str, Act]:
        """Kind of duty to its act."""
        return {"look": self.look}

    def look(self, duty: Duty) -> Finish:
        """Ask, and write down what was said."""
        with self.store.read() as tx:
            addon = self.calls.addon(tx, duty)
        try:
            with self.calls.authorized(duty):
                seen, drains = self._ask(addon, duty.uuid, None)
        except NotTold as refused:
            self.calls.refused(duty, refused.answer, "says nothing about this instance")
        return lambda tx: self._keep(tx, duty.uuid, seen, drains)

    def refresh(self, addon: Addon, uuid: str, patience: float) -> str | None:
        """Look now, unless the last look is fresh; each answer may take `patience` seconds. Why it cannot be, or
        None."""
        now = self.clock.now()
        with self.store.read() as tx:
            last = facts.asked_at(tx, uuid)
        if last is not None and now - parse_stamp(last) < timedelta(seconds=self.fresh):
            return None
        try:
            seen, drains = self._ask(addon, uuid, patience)
            with self.store.write() as tx:
                self._keep(tx, uuid, seen, drains)
        except (Gone, NotFound):
            raise
        except ServiceError as problem:
            return problem.message
        return None

    def _keep(self, tx: Tx, uuid: str, seen: facts.Seen, drains: tuple[Drain, ...] | None) -> None:
        find(tx, uuid)
        if not facts.keep_seen(tx, uuid, seen):
            return
        if drains is not None:
            self.drains.keep(tx, uuid, drains)
        if seen.attachments is not None:
            self.voice.keep(tx, uuid, seen.attachments)
        again = self.resources.follow(tx, uuid, seen.instance.name, seen.instance.plan, seen.asked_at)
        if again is not None:
            self.duties.ensure(tx, "look", uuid, again)

    def _ask(self, addon: Addon, uuid: str, patience: float | None) -> tuple[facts.Seen, tuple[Drain, ...] | None]:
        """All questions. Raises NotTold, NoAuthorization, PlatformFailed."""

        def get(path: str, every: bool) -> Answer:
            return self.authorizations.call(addon.identity, uuid, "GET", path, timeout=patience, every=every)

        asked_at = self.clock.now()
        answer = get(f"/addons/{uuid}", False)
        instance = read_instance(answer.json()) if answer.status in FINE else None
        if instance is None:
            raise NotTold(answer)
        listed = get(f"/addons/{uuid}/addon-attachments", True)
        with self.store.read() as tx:
            reads = self.drains.there_are(tx, uuid)
        drains = get(f"/addons/{uuid}/log-drains", True) if reads else None
        people, note = _people(get, instance.app.id)
        seen = facts.Seen(asked_at, instance, _told(listed, read_attachments), people, note)
        return seen, None if drains is None else _told(drains, read_drains)


def _told(answer: Answer, read: Callable[[Any], tuple[T, ...]]) -> tuple[T, ...] | None:
    body = answer.json()
    return read(body) if answer.status in FINE and isinstance(body, list) else None


def _people(get: Get, app_id: str) -> tuple[tuple[Person, ...], str | None]:
    """Who may enter: the app's owner and collaborators, and if the owner is a team, its members. What Heroku does not
    tell is left out and said."""
    named: list[tuple[str, str]] = []
    untold: list[str] = []

    def ask(path: str, what: str, every: bool = True) -> Any:
        answer = get(path, every)
        if answer.status in FINE:
            return answer.json()
        untold.append(f"{what} ({answer.status} {reason(answer)})")
        return None

    app = quote(app_id, safe="")
    owner = read_owner(ask(f"/apps/{app}", "who owns the app", every=False))
    if owner is not None and owner.team is None:
        named.append((owner.email, "owner"))
    named += read_collaborators(ask(f"/apps/{app}/collaborators", "the collaborators"))
    if owner is not None and owner.team is not None:
        members = ask(f"/teams/{quote(owner.team, safe='')}/members", f"the members of team {owner.team}")
        named += read_members(members, owner.team)
    return merged(named), f"Heroku does not tell {' and '.join(untold)}." if untold else None
