"""What goes wrong on purpose with dynos (docs/faults.md): as one starts, as it has come up, and when a fault is made
while it is up. Without faults: one look at a set. All methods but `made` are called in the supervisor's thread."""

from collections.abc import Collection, Iterable
from dataclasses import replace

from platform_sim.core.actions.fault_facts import facts_of_app
from platform_sim.core.actions.faults import take
from platform_sim.core.model.apps import Dyno
from platform_sim.core.model.faults import FAULT, Fault
from platform_sim.core.model.places import dyno_size
from platform_sim.core.model.records import Event
from platform_sim.core.model.seams import LogSink
from platform_sim.core.store import Database
from platform_sim.engines.dynos import lines
from platform_sim.engines.dynos.live import Live
from platform_sim.engines.dynos.runtime import DynoSpec, Runtime

CRASH = "dyno-crash"
MEMORY = "dyno-memory"
BOOT = "dyno-boot-timeout"
RELEASE = "release-failed"
_UP = frozenset({CRASH, MEMORY})
_VASTLY = 200
"""Percent of the memory from which on a dyno is killed (platform-api §7, R15)."""
_MEGABYTES = 1024
"""Of a gigabyte."""


class DynoFaults:
    """Of one platform's dynos."""

    def __init__(self, database: Database, runtime: Runtime, log: LogSink) -> None:
        self._database = database
        self._runtime = runtime
        self._log = log

    def as_started(self, dyno: Dyno, spec: DynoSpec) -> DynoSpec:
        """How it is to be started: a release command may have to fail when it has done its work."""
        fails = dyno.kind == "release" and self._fault(dyno, (RELEASE,)) is not None
        return replace(spec, fails=True) if fails else spec

    def has_started(self, dyno: Dyno, key: str) -> None:
        """A web dyno may be taken for one that does not bind its port in time: R10."""
        if dyno.kind == "formation" and dyno.type == "web" and self._fault(dyno, (BOOT,)):
            self._say(dyno, lines.boot_timeout(self._database.rules.boot_timeout), lines.KILLING)
            self._runtime.kill(key)

    def is_up(self, dyno: Dyno, key: str) -> None:
        """It may crash, or have used more memory than it has: R14, and R15 with its end."""
        fault = self._fault(dyno, _UP) if dyno.kind == "formation" else None
        if fault is None:
            return
        if fault.kind == CRASH:
            self._runtime.kill(key)
            return
        percent = fault.amount or 0
        size = dyno_size(dyno.size)
        megabytes = (size.memory if size else 0.5) * _MEGABYTES * percent / 100
        self._say(dyno, lines.memory(megabytes, percent))
        if percent < _VASTLY:
            self._say(dyno, lines.MEMORY)
        else:
            self._say(dyno, lines.MEMORY_VASTLY, lines.KILLING)
            self._runtime.kill(key)

    def made(self, events: Iterable[Event]) -> bool:
        """Whether somebody has just asked for what can happen to dynos that are up."""
        return any(each.kind == FAULT and each.action == "create" and each.data["fault"] in _UP for each in events)

    def look(self, live: Iterable[Live]) -> None:
        """At those that are up, in order of their names."""
        with self._database.snapshot() as rows:
            found = [(rows.find(Dyno, id=each.dyno.id), each.key) for each in live]
        up = [(dyno, key) for dyno, key in found if dyno and dyno.wanted and dyno.state == "up"]
        for dyno, key in sorted(up, key=lambda each: (each[0].app_id, each[0].name)):
            self.is_up(dyno, key)

    def _say(self, dyno: Dyno, *texts: str) -> None:
        for text in texts:
            self._log(dyno.app_id, "heroku", dyno.name, text)

    def _fault(self, dyno: Dyno, kinds: Collection[str]) -> Fault | None:
        if self._database.faults.isdisjoint(kinds):
            return None
        with self._database.snapshot() as rows:
            facts = facts_of_app(rows, dyno.app_id)
        return take(self._database, kinds, {**facts, "type": (dyno.type, dyno.name)}, dyno.cause_id)
