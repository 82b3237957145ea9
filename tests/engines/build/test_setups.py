"""The job of an app setup: what it reads out of a source, what it says of one that cannot be used, and how it waits."""

import hashlib
import json
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from platform_sim.core.access import Actor
from platform_sim.core.actions import app_setups, builds, jobs
from platform_sim.core.actions.dynos import report_gone
from platform_sim.core.actions.releases import app_config
from platform_sim.core.model.apps import App, Build, Dyno
from platform_sim.core.model.layout import Layout
from platform_sim.core.model.records import Job
from platform_sim.core.model.setups import SETUP, AppSetup
from platform_sim.core.store import Database
from platform_sim.engines.build.jobs import BuildRoom
from platform_sim.engines.build.setups import LONGEST_WAIT

from ...support import AT, new_app, new_customer
from .making import PATH, Files, tarball
from .test_jobs import Said

URL = "http://localhost:5100/sources/"


@dataclass
class Site:
    """A database with a customer, and the room that does the jobs."""

    database: Database
    room: BuildRoom
    said: Said
    actor: Actor
    app: App

    def ask(self, files: Files | None = None, url: str = "", **more: Any) -> AppSetup:
        """A setup of `files`, or of what is at `url`."""
        with self.database.transaction() as tx:
            if files is not None:
                source = builds.create_source(tx)
                path = self.room.layout.source(source.id)
                path.parent.mkdir(parents=True, exist_ok=True)
                tarball(path, files)
                url = AT.source(source.secret)
            checksum = more.pop("checksum", None)
            return app_setups.create_setup(tx, self.actor, self.app, builds.SourceBlob(url, checksum), **more)

    def work(self) -> Job:
        """Do the next job that is due; -> how it is now."""
        with self.database.transaction() as tx:
            job = jobs.claim(tx, "boot", tuple(self.room.handlers()))
        assert job is not None
        self.room.handlers()[job.kind](job)
        with self.database.snapshot() as rows:
            return rows.get(Job, job.id)

    def now(self, setup: AppSetup) -> AppSetup:
        with self.database.snapshot() as rows:
            return rows.get(AppSetup, setup.id)


@pytest.fixture
def site(tmp_path: Path, database: Database) -> Iterator[Site]:
    with database.transaction() as tx:
        actor = new_customer(tx)
        app = new_app(tx, actor, "acme")
    said = Said()
    room = BuildRoom(
        database, Layout(tmp_path / "root"), AT, said, Path(sys.executable), {"PATH": PATH}, threading.Event()
    )
    yield Site(database, room, said, actor, app)


def wish(**said: Any) -> str:
    return json.dumps(said)


def test_it_waits_for_its_build_and_ends_with_it(site: Site) -> None:
    setup = site.ask({"app.json": wish(env={"A": "b"}), "Procfile": "web: serve\n"})
    job = site.work()
    assert (job.kind, job.state, job.outcome) == (SETUP, "todo", {"waits_for": "build"})
    with site.database.snapshot() as rows:
        assert job.run_at == rows.now() + timedelta(seconds=LONGEST_WAIT), "nothing has happened yet"
        assert app_config(rows, site.app) == {"A": "b"}
    assert site.work().kind == "build"
    job = site.work()
    assert (job.kind, job.state, job.outcome) == (SETUP, "done", {"status": "succeeded"})
    assert site.now(setup).status == "succeeded"


def test_what_its_command_said_is_kept_and_complete(site: Site) -> None:
    setup = site.ask({"app.json": wish(scripts={"postdeploy": "prepare"}), "Procfile": "web: serve\n"})
    for _ in range(3):
        site.work()
    setup = site.now(setup)
    key = setup.postdeploy_secret or ""
    site.said.start(key)
    site.said.append(key, "prepared\n")
    with site.database.transaction() as tx:
        report_gone(tx, tx.get(Dyno, setup.postdeploy_dyno_id or ""), 0)
    assert site.work().outcome == {"status": "succeeded"}
    assert (site.now(setup).postdeploy_output, key in site.said.finished) == ("prepared\n", True)


def test_everything_it_does_has_one_cause(site: Site) -> None:
    setup = site.ask({"app.json": wish(env={"A": "b"}), "Procfile": "web: serve\n"})
    while site.now(setup).status == "pending":
        site.work()
    with site.database.snapshot() as rows:
        [cause] = {job.cause_id for job in rows.all(Job, kind=SETUP)}
        assert {job.cause_id for job in rows.all(Job, kind="build")} == {cause}


def test_a_job_that_is_taken_again_does_nothing_twice(site: Site) -> None:
    setup = site.ask({"app.json": wish(), "Procfile": "web: serve\n"})
    job = site.work()
    with site.database.transaction() as tx:
        job = tx.update(tx.get(Job, job.id), run_at=tx.now() - timedelta(days=1))
    assert site.work().id == job.id
    with site.database.snapshot() as rows:
        assert len(rows.all(Build, app_id=site.app.id)) == 1
    assert site.now(setup).step == "build"


def failed(site: Site, setup: AppSetup) -> AppSetup:
    """Fails unless its first look ends it, and its app with it."""
    job = site.work()
    assert (job.state, job.outcome) == ("failed", {"status": "failed"})
    with site.database.snapshot() as rows:
        assert rows.find(App, id=setup.app_id) is None
    assert not list((site.room.layout.root / "builds").glob("*")), "no scratch space is left"
    return site.now(setup)


def test_a_source_without_app_json_is_told(site: Site) -> None:
    assert failed(site, site.ask({"Procfile": "web: serve\n"})).failure_message == "app.json not found"


def test_a_folder_on_top_is_looked_into(site: Site) -> None:
    setup = site.ask({"top/app.json": wish(), "top/Procfile": "web: serve\n"})
    assert site.work().state == "todo"
    assert site.now(setup).step == "build"


def test_mistakes_in_app_json_are_told(site: Site) -> None:
    setup = failed(site, site.ask({"app.json": wish(env=[], addons=5)}))
    assert setup.failure_message == "invalid app.json"
    assert setup.manifest_errors == ["env must be an object, not a list", "addons must be a list, not a number"]


@pytest.mark.parametrize("url", ["https://example.com/x.tgz", URL + "nothing", "http://[", "", "/etc/passwd"])
def test_a_source_that_is_not_on_this_machine_is_told(site: Site, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setattr("platform_sim.engines.build.tarballs.fetch", lambda *_: None)
    message = failed(site, site.ask(url=url)).failure_message or ""
    assert message.startswith("The source cannot be read from")
    assert message.endswith("or give a URL on this machine.")


def test_no_password_of_an_address_is_told(site: Site) -> None:
    setup = failed(site, site.ask(url="https://me:hunter2@example.com/x.tgz?token=hunter2"))
    assert "https://[hidden]@example.com/x.tgz." in (setup.failure_message or "")


def test_a_source_that_is_no_tarball_is_told(site: Site) -> None:
    with site.database.transaction() as tx:
        source = builds.create_source(tx)
    path = site.room.layout.source(source.id)
    path.parent.mkdir(parents=True)
    path.write_bytes(b"PK nothing")
    setup = failed(site, site.ask(url=AT.source(source.secret)))
    assert "a zip file, not a tarball" in (setup.failure_message or "")


def test_another_checksum_than_announced_is_told(site: Site) -> None:
    setup = failed(site, site.ask({"app.json": wish()}, checksum="SHA256:" + "0" * 64))
    assert "but sha256:000" in (setup.failure_message or "")


def test_the_announced_checksum_is_right(site: Site) -> None:
    with site.database.transaction() as tx:
        source = builds.create_source(tx)
    path = site.room.layout.source(source.id)
    path.parent.mkdir(parents=True)
    digest = hashlib.sha256(tarball(path, {"app.json": wish()}).read_bytes()).hexdigest()
    site.ask(url=AT.source(source.secret), checksum=f"SHA256:{digest.upper()}")
    assert site.work().state == "todo"


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"addons": ["nothing:test"]}, "Couldn't find"),
        ({"buildpacks": [{"url": "nonsense"}]}, "Buildpack 'nonsense' is no name or address"),
        ({"env": {"HEROKU_X": "y"}}, "HEROKU_X cannot be set"),
    ],
)
def test_what_the_platform_refuses_is_told_and_nothing_of_it_stays(
    site: Site, said: dict[str, Any], message: str
) -> None:
    assert message in (failed(site, site.ask({"app.json": wish(**said)})).failure_message or "")


def test_a_step_that_is_refused_later_is_told_too(site: Site) -> None:
    setup = site.ask({"app.json": wish(formation={"clock": {"quantity": 1}}), "Procfile": "web: serve\n"})
    site.work()
    site.work()
    assert "process type (clock)" in (failed(site, setup).failure_message or "")


def test_what_a_section_says_counts_in_its_environment(site: Site) -> None:
    site.ask(
        {"app.json": wish(env={"A": "1"}, environments={"review": {"env": {"A": "2"}}}), "Procfile": "web: x\n"},
        environment="review",
    )
    site.work()
    with site.database.snapshot() as rows:
        assert app_config(rows, site.app) == {"A": "2"}


def test_an_app_that_is_deleted_first_ends_it(site: Site) -> None:
    setup = site.ask({"app.json": wish()})
    with site.database.transaction() as tx:
        app_setups.end_app(tx, site.actor, tx.get(App, site.app.id))
    assert failed(site, setup).failure_message == "The app was deleted during its setup."
