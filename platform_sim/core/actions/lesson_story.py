"""What has happened to an app since somebody began to learn, read at once; the checks of the lessons look at it.

Everything is a recorded row: events, jobs and exchanges. Nothing is concluded from times.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from platform_sim.core.model.addons import Addon
from platform_sim.core.model.apps import App, ConfigSnapshot, Formation, Release
from platform_sim.core.model.records import Event, Exchange, Job
from platform_sim.core.store import Snapshot
from platform_sim.core.store.queries import EVENTS_AFTER

MOST = 5_000
"""Events of an app that are looked at, the oldest after the beginning."""
ASKED = ("provision", "change_plan")
"""Kinds of the jobs whose outcome the lessons tell."""


@dataclass(frozen=True)
class Restart:
    """What the dynos did about a release. `waits`: what is still missing; empty once they are up with it."""

    names: tuple[str, ...]
    waits: str


class Story:
    """One app's story after an event."""

    def __init__(self, rows: Snapshot, app: App, after: int) -> None:
        self.app = app
        self.events = rows.ask(EVENTS_AFTER, app=app.id, after=after, limit=MOST)
        touched = sorted({each.addon_id for each in self.events if each.addon_id})
        self.addons = {each.id: each for each in rows.all(Addon, id=touched)}
        self._jobs = rows.all(Job, kind=ASKED, subject_id=touched)
        self._calls = rows.all(Exchange, addon_id=touched, party="partner", inbound=False, order_by="seq")
        self.dynos_wanted = sum(each.quantity for each in rows.all(Formation, app_id=app.id))
        self._rows = rows

    def facts(self, kind: str, action: str, after: int) -> Iterator[Event]:
        """Events of a kind beyond a place, in order."""
        return (each for each in self.events if (each.kind, each.action) == (kind, action) and each.number > after)

    def of_addon(self, addon_id: str) -> list[Event]:
        """What happened to an add-on itself."""
        return [each for each in self.events if each.kind == "addon" and each.subject_id == addon_id]

    def caused_with(self, event: Event, kind: str) -> list[Event]:
        """Events of a kind that were written for the same reason."""
        return [each for each in self.events if each.kind == kind and each.cause_id == event.cause_id]

    def job(self, kind: str, addon_id: str) -> Job | None:
        """The newest obligation of this kind to an add-on's partner."""
        found = [each for each in self._jobs if each.kind == kind and each.subject_id == addon_id]
        return found[-1] if found else None

    def calls(self, addon_id: str, method: str) -> list[Exchange]:
        """What its partner was sent about an add-on, in order."""
        return [each for each in self._calls if each.addon_id == addon_id and each.method == method]

    def config_change(self, release: Event) -> tuple[set[str], set[str]]:
        """Names of the vars that a release changed: the customer's own, and those of add-ons."""
        now = self._rows.get(ConfigSnapshot, release.subject_id)
        version = release.data["version"] - 1
        before = self._rows.find(Release, app_id=self.app.id, version=version)
        then = self._rows.find(ConfigSnapshot, id=before.id) if before else None
        old = then.vars if then else {}
        changed = {name for name in old.keys() | now.vars.keys() if old.get(name) != now.vars.get(name)}
        theirs = set(now.addon_vars) | set(then.addon_vars if then else ())
        return changed - theirs, changed & theirs

    def addon_vars(self, release_id: str) -> list[str]:
        """Names of the config vars that a release has from add-ons."""
        found = self._rows.find(ConfigSnapshot, id=release_id)
        return sorted(found.addon_vars) if found else []

    def restart(self, release: Event) -> Restart:
        """Whether the app's dynos were replaced by those that a release asked for, and all came up."""
        told = [each for each in self.events if each.kind == "release" and each.subject_id == release.subject_id]
        version, status = release.data["version"], told[-1].data["status"]
        if status == "failed":
            return Restart((), f"release v{version} failed in its release command, so nothing restarts: see its output")
        if self.dynos_wanted == 0:
            return Restart((), "no dyno runs that could restart: push code, or scale the app up")
        causes = {each.id for each in told}
        begun = [each for each in self.events if each.kind == "dyno" and each.cause_id in causes]
        started = {each.subject_id: str(each.data["name"]) for each in begun if each.action == "create"}
        up = {each.subject_id for each in self.events if each.kind == "dyno" and each.data.get("state") == "up"}
        late = sorted(name for dyno, name in started.items() if dyno not in up)
        names = tuple(sorted(started.values()))
        if status == "pending":
            return Restart(names, f"the release command of v{version} still runs: look again in a moment")
        if not started or late:
            who = joined(late) or "the dynos"
            return Restart(names, f"{who} did not come up with v{version} yet: look again in a moment, or into the log")
        return Restart(names, "")


def clock(at: datetime) -> str:
    """`12:03:10`, as the clock of the platform says, in UTC."""
    return at.strftime("%H:%M:%S")


def joined(names: list[str] | tuple[str, ...]) -> str:
    """`web.1`, `web.1 and worker.1`, `a, b and c`."""
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1]))) if names else ""


def answer_of(call: Exchange) -> str:
    """What came of a call, in a word: its status, or the problem."""
    return str(call.status) if call.status is not None else (call.problem or "not answered yet")
