"""The jobs of this room: a build becomes a release, with the buildpacks that it names, unless it is cancelled."""

import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from platform_sim.core.access import Actor
from platform_sim.core.actions import builds, jobs
from platform_sim.core.actions.config_vars import change_config_vars
from platform_sim.core.actions.releases import newest_release
from platform_sim.core.model.apps import App, Build, Source
from platform_sim.core.model.layout import Layout
from platform_sim.core.model.records import Job
from platform_sim.core.store import Database
from platform_sim.engines.build.jobs import BuildRoom

from ...support import AT, new_app, new_customer
from .making import PATH, buildpack, tarball

SECONDS = 120.0


@dataclass
class Said:
    """What builds say, by key."""

    texts: dict[str, str] = field(default_factory=dict)
    finished: set[str] = field(default_factory=set)

    def start(self, key: str) -> None:
        self.texts[key] = ""

    def append(self, key: str, text: str) -> None:
        self.texts[key] += text

    def finish(self, key: str) -> None:
        self.finished.add(key)

    def read(self, key: str) -> str:
        return self.texts[key]


@dataclass
class Site:
    """A database with an app, and the room that builds it."""

    database: Database
    room: BuildRoom
    said: Said
    actor: Actor
    app: App
    root: Path

    def ask(self, *buildpacks: str) -> Build:
        """A build of an app that has only a Procfile."""
        with self.database.transaction() as tx:
            source = builds.create_source(tx)
            path = self.room.layout.source(source.id)
            path.parent.mkdir(parents=True, exist_ok=True)
            tarball(path, {"Procfile": "web: serve\n"})
            return builds.create_build(tx, self.actor, self.app, self._blob(source), buildpacks)

    def _blob(self, source: Source) -> builds.SourceBlob:
        return builds.SourceBlob(AT.source(source.secret), version="0123456789")

    def claim(self) -> Job:
        with self.database.transaction() as tx:
            job = jobs.claim(tx, "boot", tuple(self.room.handlers()))
        assert job is not None
        return job

    def work(self) -> Job:
        """Do the next job; -> how it ended."""
        job = self.claim()
        self.room.handlers()[job.kind](job)
        with self.database.snapshot() as rows:
            return rows.get(Job, job.id)

    def now(self, build: Build) -> Build:
        with self.database.snapshot() as rows:
            return rows.get(Build, build.id)

    def cancel(self, build: Build) -> None:
        with self.database.transaction() as tx:
            builds.cancel_build(tx, self.actor, build)


@pytest.fixture
def site(database: Database, tmp_path: Path) -> Iterator[Site]:
    said = Said()
    room = BuildRoom(
        database=database,
        layout=Layout(tmp_path),
        addresses=AT,
        outputs=said,
        python=Path(sys.executable),
        environment={"PATH": PATH},
        stopping=threading.Event(),
    )
    with database.transaction() as tx:
        actor = new_customer(tx)
        app = new_app(tx, actor, "acme")
    yield Site(database, room, said, actor, app, tmp_path)
    assert list((tmp_path / "builds").glob("*")) == [], "no work folder is left"


def own_pack(site: Site, name: str) -> str:
    """A buildpack in a folder, which says its name."""
    return str(buildpack(site.root / name, compile=f"echo compiled by {name}"))


def test_the_buildpacks_of_the_app_build_it_in_their_order(site: Site) -> None:
    one, two = own_pack(site, "one"), own_pack(site, "two")
    with site.database.transaction() as tx:
        site.app = builds.set_buildpacks(tx, site.actor, site.app, [one, "urn:buildpack:heroku/procfile", two])
    build = site.ask()
    assert [pack["name"] for pack in build.buildpacks] == [one, "heroku/procfile", two]
    assert site.work().outcome["ok"] is True
    text = site.said.texts[build.output_secret]
    assert text.index("compiled by one") < text.index("compiled by two")
    assert site.now(build).buildpacks == build.buildpacks
    with site.database.snapshot() as rows:
        assert newest_release(rows, site.app).description == "Deploy 01234567"


def test_what_is_asked_for_a_build_goes_before_the_config_var_and_that_before_the_app(site: Site) -> None:
    one, two, three = (own_pack(site, name) for name in ("one", "two", "three"))
    with site.database.transaction() as tx:
        site.app = builds.set_buildpacks(tx, site.actor, site.app, [one])
        change_config_vars(tx, site.actor, site.app, {"BUILDPACK_URL": two})
    for build, name in ((site.ask(three), "three"), (site.ask(), "two")):
        site.work()
        assert site.now(build).status == "succeeded"
        text = site.said.texts[build.output_secret]
        assert [pack for pack in ("one", "two", "three") if f"compiled by {pack}" in text] == [name]


def test_without_any_what_fits_is_found(site: Site) -> None:
    build = site.ask()
    assert build.buildpacks == []
    site.work()
    assert [pack["name"] for pack in site.now(build).buildpacks] == ["heroku/procfile"]


def test_a_build_that_waits_is_cancelled_and_never_begins(site: Site) -> None:
    build = site.ask(own_pack(site, "one"))
    site.cancel(build)
    assert site.work().state == "failed"
    assert site.said.texts[build.output_secret] == " !     Build canceled\n"
    assert build.output_secret in site.said.finished
    assert site.now(build).status == "failed"


def test_a_build_that_runs_is_cancelled_and_ends(site: Site) -> None:
    mark = site.root / "begun"
    slow = buildpack(site.root / "slow", compile=f"touch {mark}; sleep 600")
    build = site.ask(str(slow))
    thread = threading.Thread(target=site.work)
    thread.start()
    end = threading.Event()
    while not mark.exists() and thread.is_alive():
        end.wait(0.01)
    site.cancel(build)
    thread.join(SECONDS)
    assert not thread.is_alive()
    assert "Build canceled" in site.said.texts[build.output_secret]
    assert site.now(build).status == "failed"
    with site.database.snapshot() as rows:
        assert newest_release(rows, site.app).version == 2


def test_a_build_that_is_cancelled_at_its_very_end_releases_nothing(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    build = site.ask()
    succeeded = site.room._succeeded

    def cancelled_first(*arguments: object) -> None:
        site.cancel(build)
        succeeded(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(site.room, "_succeeded", cancelled_first)
    assert site.work().state == "failed"
    assert "The build was cancelled." in site.said.texts[build.output_secret]
    assert list((site.root / "slugs").glob("*")) == []
    with site.database.snapshot() as rows:
        assert newest_release(rows, site.app).version == 2


def test_the_cache_is_cleared_after_the_builds_that_were_asked_for_before(site: Site) -> None:
    keeps = buildpack(site.root / "keeps", compile='echo kept > "$2/kept"')
    site.ask(str(keeps))
    with site.database.transaction() as tx:
        builds.clear_cache(tx, site.actor, site.app)
    cache = site.room.layout.build_cache(site.app.id)
    assert site.work().kind == "build"
    assert (cache / "kept").exists()
    assert site.work().kind == "clear_build_cache"
    assert not cache.exists()
