"""A real database with an app in it, and a runtime that only pretends; for tests of the supervisor and routes."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from platform_sim import settings
from platform_sim.core.access import Actor
from platform_sim.core.actions.accounts import create_account
from platform_sim.core.actions.apps import create_app
from platform_sim.core.actions.builds import create_slug, release_slug, slug_uploaded
from platform_sim.core.actions.config_vars import change_config_vars
from platform_sim.core.actions.features import feature_named, switch
from platform_sim.core.actions.formation import Scaling, scale
from platform_sim.core.clock import EPOCH, Chance, Clock
from platform_sim.core.model.apps import App, Dyno, Release
from platform_sim.core.store import Database
from platform_sim.engines.dynos.runtime import DynoSpec, DynoStartError, DynoWatcher, Ended, Known, Running

BOOT = "this-boot"


class FakeRuntime:
    """Starts nothing and says only what the test makes it say."""

    def __init__(self) -> None:
        self.started: list[DynoSpec] = []
        self.did: list[str] = []
        self.leftovers: list[Known] = []
        self.closed = False
        self.refusal: str | None = None
        self._watchers: dict[str, DynoWatcher] = {}
        self._running: dict[str, Running] = {}

    def end_leftovers(self, known: Iterable[Known]) -> list[Ended]:
        self.leftovers = list(known)
        return [Ended(one.pid, "sleep") for one in self.leftovers]

    def start(self, spec: DynoSpec, watcher: DynoWatcher) -> Running:
        if self.refusal:
            raise DynoStartError(self.refusal)
        number = len(self.started) + 1
        self.started.append(spec)
        self.did.append(f"start {spec.name}")
        self._watchers[spec.key] = watcher
        self._running[spec.key] = Running(spec.key, 1000 + number, float(number), 5000 + number if spec.web else None)
        if not spec.web:
            watcher.on_ready(spec.key)
        return self._running[spec.key]

    def stop(self, key: str, grace_seconds: float | None = None) -> None:
        name = next(spec.name for spec in self.started if spec.key == key)
        self.did.append(f"stop {name}")

    def kill(self, key: str) -> None:
        name = next(spec.name for spec in self.started if spec.key == key)
        self.did.append(f"kill {name}")

    def withdraw(self, attach_secret: str) -> None:
        self.did.append(f"withdraw {attach_secret}")

    def running(self) -> list[Running]:
        return list(self._running.values())

    def close(self, grace_seconds: float | None = None) -> None:
        self.closed = True
        for key in list(self._running):
            self.exits(key, 143)

    # What the test makes happen.

    def key(self, name: str, nth: int = -1) -> str:
        """The key of the newest (or n-th) dyno of this name."""
        return [spec.key for spec in self.started if spec.name == name][nth]

    def ready(self, key: str) -> None:
        self._watchers[key].on_ready(key)

    def exits(self, key: str, status: int) -> None:
        del self._running[key]
        self._watchers[key].on_exit(key, status)

    def take(self) -> list[str]:
        """What was done since the last time."""
        did, self.did = self.did, []
        return did


@dataclass
class World:
    """One app of one customer, deployed or not."""

    database: Database
    actor: Actor
    app: App
    lines: list[tuple[str, str]] = field(default_factory=list)

    def log(self, app_id: str, source: str, dyno: str, text: str) -> None:
        self.lines.append((dyno, text))

    def take_lines(self) -> list[tuple[str, str]]:
        lines, self.lines = self.lines, []
        return lines

    def deploy(self, folder: str = "s1", **types: str) -> Release:
        with self.database.transaction() as tx:
            slug = create_slug(tx, self.actor, self.app, types, commit="c0ffee")
            slug = slug_uploaded(tx, slug, folder, 10, "sha")
            return release_slug(tx, self.actor, self.app, slug, None)

    def scale(self, **quantities: int) -> None:
        with self.database.transaction() as tx:
            scale(tx, self.actor, self.app, [Scaling(kind, str(count)) for kind, count in quantities.items()])

    def config(self, **changes: str) -> None:
        with self.database.transaction() as tx:
            change_config_vars(tx, self.actor, self.app, changes)

    def switch(self, feature: str) -> None:
        with self.database.transaction() as tx:
            switch(tx, self.actor, self.app, feature_named(self.app, feature), enabled=True)

    def dynos(self, **where: Any) -> dict[str, Dyno]:
        """Rows by name; of two the newer."""
        with self.database.snapshot() as rows:
            return {dyno.name: dyno for dyno in rows.all(Dyno, **where)}

    def states(self) -> dict[str, str]:
        return {name: dyno.state for name, dyno in sorted(self.dynos(wanted=True).items())}


def make_world(path: Path | None = None, **rules: object) -> World:
    """A frozen clock, a seed, one account, one app named `example`."""
    database = Database(path, Clock(EPOCH), Chance(7), settings.load({}, **rules))
    with database.transaction() as tx:
        account = create_account(tx, "dev@example.com")
    actor = Actor(account, "authorization")
    with database.transaction() as tx:
        app = create_app(tx, actor, name="example")
    return World(database, actor, app)
