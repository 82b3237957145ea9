"""Between rows and policy: reads what an app wants and has, and writes what the policy says into its rows.

Pure towards the world: it gets a snapshot or a transaction and touches nothing else.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from platform_sim.core.actions.causes import cause_of_start, cause_of_wish
from platform_sim.core.actions.dynos import add_formation_dyno, let_go, report_state
from platform_sim.core.actions.features import has_preboot, metadata
from platform_sim.core.actions.releases import config_of, current_release
from platform_sim.core.model.apps import App, Dyno, Formation, Release, Slug
from platform_sim.core.store import Snapshot, Transaction
from platform_sim.engines.dynos.policy import Act, Real, RealState, Wanted, next_moment, plan, split_name
from platform_sim.engines.dynos.runtime import DynoSpec


@dataclass(frozen=True)
class AppView:
    """One app as its rows say. `release` is None for an app that is gone."""

    release: Release | None
    formation: Mapping[str, Formation]
    dynos: tuple[Dyno, ...]
    preboot: bool = False

    def wanted(self) -> Wanted | None:
        """What should run; None without a slug."""
        if self.release is None or self.release.slug_id is None:
            return None
        return Wanted(self.release.id, {kind: row.quantity for kind, row in self.formation.items()})

    def wants(self, dyno: Dyno) -> bool:
        """Whether there should be a formation dyno of this name (this one, or another in its place)."""
        row = self.formation.get(dyno.type)
        return dyno.kind == "formation" and row is not None and split_name(dyno.name)[1] <= row.quantity

    def holds(self, dyno: Dyno) -> bool:
        """Whether a dyno that is wanted no more has to wait for its successors: web dynos of an app with preboot."""
        return self.preboot and is_held(dyno, self.dynos)

    def is_right(self, now: datetime) -> bool:
        """Whether policy and time have nothing against the rows."""
        return not self.acts(now) and not self.expired(now)

    def acts(self, now: datetime) -> list[Act]:
        """What the policy says is to do."""
        return plan(self.wanted(), self._real(), now)

    def expired(self, now: datetime) -> list[Dyno]:
        """One-off dynos that have lived as long as they were given."""
        return [dyno for dyno in self._mortal() if dyno.expires_at is not None and dyno.expires_at <= now]

    def next_moment(self, now: datetime) -> datetime | None:
        """When a cool-off or a one-off dyno's time ends, on the platform's clock."""
        moments = [next_moment(self._real(), now), *(dyno.expires_at for dyno in self._mortal())]
        return min((moment for moment in moments if moment is not None), default=None)

    def _mortal(self) -> list[Dyno]:
        return [dyno for dyno in self.dynos if dyno.wanted and dyno.expires_at is not None]

    def _real(self) -> list[Real]:
        kept = [dyno for dyno in self.dynos if dyno.kind == "formation" and dyno.wanted]
        return [
            Real(dyno.id, dyno.name, dyno.release_id, _state(dyno), dyno.retry_at, self._was_resized(dyno))
            for dyno in kept
        ]

    def _was_resized(self, dyno: Dyno) -> bool:
        row = self.formation.get(dyno.type)
        return row is not None and row.size != dyno.size


def is_held(dyno: Dyno, dynos: Iterable[Dyno]) -> bool:
    """Whether a web dyno that is up has successors among an app's dynos that still boot."""
    return (
        _serves(dyno) and dyno.state == "up" and any(_serves(d) and d.wanted and d.state == "starting" for d in dynos)
    )


def _serves(dyno: Dyno) -> bool:
    return dyno.kind == "formation" and dyno.type == "web"


def look(rows: Snapshot, app_id: str) -> AppView:
    """Read one app; process types in order, web first."""
    known = rows.find(App, id=app_id) is not None
    formation = sorted(rows.all(Formation, app_id=app_id), key=lambda row: (row.type != "web", row.type))
    return AppView(
        current_release(rows, app_id) if known else None,
        {row.type: row for row in formation},
        tuple(rows.all(Dyno, app_id=app_id)),
        has_preboot(rows, app_id),
    )


def adjust(tx: Transaction, app_id: str) -> None:
    """Make the rows of dynos say what the policy and the time want; the processes follow the rows."""
    view = look(tx, app_id)
    dynos = {dyno.id: dyno for dyno in view.dynos}
    for act in view.acts(tx.now()):
        row = view.formation.get(split_name(act.name)[0])
        if act.do in ("stop", "replace") and act.key is not None:
            let_go(tx, dynos[act.key], cause_of_wish(tx, view.release, row) if view.release else None)
        if act.do in ("start", "replace") and view.release is not None and row is not None:
            cause_id = cause_of_start(tx, view.release, row, act.name)
            add_formation_dyno(tx, view.release, act.name, row.command, row.size, cause_id)
        if act.do == "restart" and act.key is not None:
            report_state(tx, dynos[act.key], "starting")
    for dyno in view.expired(tx.now()):
        let_go(tx, dyno)


def spec_of(rows: Snapshot, dyno: Dyno, slugs: Path) -> DynoSpec:
    """How to start a dyno: its release's config and files, which are below the folder `slugs`."""
    release = rows.get(Release, dyno.release_id)
    slug = rows.get(Slug, release.slug_id) if release.slug_id else None
    app = rows.find(App, id=dyno.app_id)
    host = (rows.find(Dyno, id=dyno.inside_id) if dyno.inside_id else None) or dyno
    told = metadata(rows, app, release, host) if app else {}
    return DynoSpec(
        key=_key(dyno),
        app_id=dyno.app_id,
        name=dyno.name,
        command=dyno.command,
        slug_dir=slugs / slug.folder if slug and slug.folder else None,
        env=config_of(rows, release) | host.env | dyno.env | told,
        web=_serves(dyno),
        attach_secret=dyno.attach_secret,
        tty=dyno.tty,
        inside=None if dyno.inside_id is None else _NOWHERE if host is dyno else _key(host),
    )


_NOWHERE = "a dyno that is gone"
"""No runtime knows this key."""


def _key(dyno: Dyno) -> str:
    return f"{dyno.id}.{dyno.crashes}"


def dyno_id(key: str) -> str:
    """Whose process a runtime's key names: a dyno that crashed runs again under a new key."""
    return key.rpartition(".")[0]


def _state(dyno: Dyno) -> RealState:
    """`down` and `idle` are shown to customers at most; no row of a wanted dyno holds them."""
    return "up" if dyno.state == "up" else "crashed" if dyno.state == "crashed" else "starting"
