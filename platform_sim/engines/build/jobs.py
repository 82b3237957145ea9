"""The jobs of this room: `build` turns a source into a release, `unpack_slug` an upload into a slug.

Reads rows, builds with no transaction open, writes the outcome. After a kill the job runs again from its start.
"""

import shutil
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from platform_sim.core.actions import builds, jobs
from platform_sim.core.actions.releases import app_config
from platform_sim.core.model.addresses import Addresses
from platform_sim.core.model.apps import App, Build, Release, Slug
from platform_sim.core.model.layout import Layout
from platform_sim.core.model.records import Job
from platform_sim.core.model.seams import Outputs
from platform_sim.core.model.setups import SETUP
from platform_sim.core.store import Database
from platform_sim.engines.build import faults
from platform_sim.engines.build.builder import build as run_build
from platform_sim.engines.build.processes import end_strays
from platform_sim.engines.build.request import BuildFailed, BuildLimits, BuildRequest, BuiltSlug, Signal
from platform_sim.engines.build.review_apps import review_app_handlers
from platform_sim.engines.build.running import RunningBuilds
from platform_sim.engines.build.setups import SetupDesk
from platform_sim.engines.build.source import SourceRefused, unpack
from platform_sim.engines.build.tarballs import find_tarball, problem_of

Handler = Callable[[Job], None]


@dataclass
class BuildRoom:
    """What the jobs need. `environment` is what build scripts may see; `stopping` ends builds at shutdown."""

    database: Database
    layout: Layout
    addresses: Addresses
    outputs: Outputs
    python: Path
    environment: Mapping[str, str]
    stopping: threading.Event
    running: RunningBuilds = field(init=False)

    def __post_init__(self) -> None:
        self.running = RunningBuilds(self.stopping)
        self.database.on_commit(self.running.committed)

    def handlers(self) -> dict[str, Handler]:
        """Job kind -> what does it."""
        desk = SetupDesk(self.database, self.layout, self.outputs)
        return {
            "build": self.build,
            "unpack_slug": self.unpack_slug,
            "clear_build_cache": self.clear_cache,
            SETUP: desk.set_up,
            **review_app_handlers(self.database),
        }

    def build(self, job: Job) -> None:
        """Build, release, tell the one who pushes; a failed build leaves the app as it is."""
        if job.attempts > 1:
            self._end_earlier_try(job)
        with self.running.run(job.payload["build_id"]) as cancelled:
            self._build(job, cancelled)

    def _build(self, job: Job, cancelled: Signal) -> None:
        with self.database.snapshot() as rows:
            row = rows.find(Build, id=job.payload["build_id"])
            app = rows.find(App, id=job.subject_id)
        if row is None or app is None:
            self.outputs.finish(job.payload["output"])  # who follows it must not wait for ever
            self._drop(job)
            return
        self.outputs.start(row.output_secret)
        write = self._writer(row)
        if row.status != "pending":
            write(" !     Build canceled")
            self.outputs.finish(row.output_secret)
            self._drop(job, "the build was cancelled before it began")
            return
        folder = self.layout.slugs / row.id
        shutil.rmtree(folder, ignore_errors=True)
        faults.hold_up(self.database, job, cancelled)
        request = replace(
            self._request(row, app, folder, cancelled), fails_on_purpose=faults.is_to_fail(self.database, job)
        )
        try:
            built = run_build(request, write) if self._is_as_announced(row, request.source, write) else None
        except BuildFailed:
            built = None
            if self.stopping.is_set():
                return  # the job stays `doing`: the next boot takes it again
        if built is None:
            self._failed(job)
        else:
            self._succeeded(job, app, built, write)
        self.outputs.finish(row.output_secret)

    def _end_earlier_try(self, job: Job) -> None:
        """A platform that was killed in the middle of the build has left its installers at work, in the same folder."""
        work = self.layout.build_work(job.payload["build_id"])
        end_strays(str(work))
        shutil.rmtree(work, ignore_errors=True)

    def _writer(self, row: Build) -> Callable[[str], None]:
        return lambda line: self.outputs.append(row.output_secret, line + "\n")

    def _request(self, row: Build, app: App, folder: Path, cancelled: Signal) -> BuildRequest:
        work = self.layout.build_work(row.id)
        shutil.rmtree(work, ignore_errors=True)
        with self.database.snapshot() as rows:
            config = app_config(rows, app)
            first = rows.find(Slug, app_id=app.id) is None
        rules = self.database.rules
        return BuildRequest(
            source=find_tarball(self.database, self.layout, row.source_url, row.id),
            work_dir=work,
            cache_dir=self.layout.build_cache(app.id),
            slug_dir=folder,
            python=self.python,
            environment=self.environment,
            config_vars=config,
            buildpacks=tuple(pack["name"] for pack in row.buildpacks),
            stack=row.stack,
            source_version=row.source_version or "",
            first_build=first,
            timeout=rules.build_timeout,
            limits=BuildLimits(source_bytes=rules.source_size_limit),
            cancelled=cancelled,
        )

    def _is_as_announced(self, row: Build, source: Path, write: Callable[[str], None]) -> bool:
        """Whether the source is there and has the checksum that the client gave with it."""
        problem = problem_of(source, row.source_url, row.source_checksum)
        for line in problem:
            write(f" !     {line}")
        return not problem

    def _failed(self, job: Job) -> None:
        with self.database.transaction(job.cause_id) as tx:
            row = tx.find(Build, id=job.payload["build_id"])
            if row is not None:
                builds.fail_build(tx, row)
            jobs.finish(tx, job, {"ok": False}, failed=True)

    def _succeeded(self, job: Job, app: App, built: BuiltSlug, write: Callable[[str], None]) -> None:
        release = None
        with self.database.transaction(job.cause_id) as tx:
            row = tx.find(Build, id=job.payload["build_id"])
            if row is not None and row.status == "pending":
                _, release = builds.finish_build(tx, row, _slug_values(built))
                jobs.finish(tx, job, {"ok": True, "release": release.id})
            else:
                said = "The build was cancelled." if row else "The app was deleted during the build."
                jobs.finish(tx, job, {"ok": False, "message": said}, failed=True)
        if release is None:
            shutil.rmtree(built.folder, ignore_errors=True)
            write(f" !     {said}")
            return
        self._launched(app, release, write)

    def _launched(self, app: App, release: Release, write: Callable[[str], None]) -> None:
        write("-----> Launching...")
        if release.status == "pending":
            write(" !     Release command declared: this new release will not be available until the command succeeds.")
        write(f"       Released v{release.version}")
        write(f"       {self.addresses.web(app.name)} deployed to Heroku")
        if release.status == "pending":
            self._release_phase(release, write)

    def _release_phase(self, release: Release, write: Callable[[str], None]) -> None:
        """Wait for the release command, so that the one who pushes sees how it ended."""
        write("")
        write("-----> Running release command...")
        end = time.monotonic() + self.database.rules.release_phase_timeout
        status: str = release.status
        shown = 0
        while status == "pending" and time.monotonic() < end and not self.stopping.is_set():
            seen = self.database.version
            with self.database.snapshot() as rows:
                now = rows.find(Release, id=release.id)
            status = now.status if now else "failed"
            shown = self._show_command(release, shown, write)
            if status == "pending":
                self.database.wait_for_change(seen, 1.0)
        if status == "succeeded":
            write(f"       Release v{release.version} is live.")
        else:
            write(
                f" !     Release command failed: v{release.version} is not live, the release before it keeps running."
            )

    def _show_command(self, release: Release, shown: int, write: Callable[[str], None]) -> int:
        """What the release command has said after its first `shown` lines; -> how many lines there are now."""
        try:
            said = self.outputs.read(release.output_secret or "").splitlines()
        except LookupError:
            return shown
        for line in said[shown:]:
            write(f"       {line}")
        return len(said)

    def _drop(self, job: Job, why: str = "the app was deleted") -> None:
        with self.database.transaction(job.cause_id) as tx:
            jobs.finish(tx, job, {"ok": False, "message": why}, failed=True)

    def clear_cache(self, job: Job) -> None:
        """Remove what buildpacks have kept for an app's next build."""
        shutil.rmtree(self.layout.build_cache(job.subject_id), ignore_errors=True)
        with self.database.transaction(job.cause_id) as tx:
            jobs.finish(tx, job, {"ok": True})

    def unpack_slug(self, job: Job) -> None:
        """A slug that was put by a client: unpacked into its folder; `./app` on top is left out."""
        with self.database.snapshot() as rows:
            slug = rows.find(Slug, id=job.subject_id)
        if slug is None:
            self._drop(job)
            return
        folder, upload = self.layout.slugs / slug.id, self.layout.slug_upload(slug.id)
        shutil.rmtree(folder, ignore_errors=True)
        rules = self.database.rules
        try:
            unpack(upload, folder, max_bytes=rules.source_size_limit, max_files=BuildLimits().source_files)
        except SourceRefused as problem:
            shutil.rmtree(folder, ignore_errors=True)
            with self.database.transaction(job.cause_id) as tx:
                jobs.finish(tx, job, {"ok": False, "message": str(problem)}, failed=True)
            return
        upload.unlink(missing_ok=True)
        with self.database.transaction(job.cause_id) as tx:
            found = tx.find(Slug, id=slug.id)
            if found is not None:
                builds.slug_uploaded(tx, found, slug.id, int(job.payload["size"]), str(job.payload["checksum"]))
            jobs.finish(tx, job, {"ok": True})


def _slug_values(built: BuiltSlug) -> builds.BuiltSlug:
    return builds.BuiltSlug(
        folder=built.folder.name,
        process_types=built.process_types,
        buildpack_description=built.buildpacks[-1].description if built.buildpacks else None,
        buildpacks=tuple(pack.name for pack in built.buildpacks),
        size=built.size,
        checksum=built.checksum,
    )
