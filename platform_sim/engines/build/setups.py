"""The job of an app setup: reads app.json out of the source, then lets the setup go as far as the rows allow.

It stays open until the setup has ended, and is due whenever something happens to the app (`app_setups.wake`); so a
worker waits for no partner, no build and no command, and after a kill the job is simply taken again.
"""

import shutil
from dataclasses import dataclass

from platform_sim.core.actions import jobs
from platform_sim.core.actions.app_setup_steps import INVALID, advance, configure
from platform_sim.core.actions.app_setups import fail
from platform_sim.core.errors import PlatformError
from platform_sim.core.model.app_json import FILE, Manifest, ManifestProblem, read_manifest
from platform_sim.core.model.layout import Layout
from platform_sim.core.model.records import Job
from platform_sim.core.model.seams import Outputs
from platform_sim.core.model.setups import AppSetup
from platform_sim.core.store import Database, Transaction
from platform_sim.engines.build.request import BuildLimits
from platform_sim.engines.build.source import SourceRefused, unpack
from platform_sim.engines.build.tarballs import find_tarball, problem_of

LONGEST_WAIT = 86_400.0
"""Seconds on the platform's clock after which a setup looks around even if nothing has woken it."""


class _Unusable(Exception):
    """A source with which nothing can be set up."""

    def __init__(self, message: str, errors: list[str] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.errors = errors or []


@dataclass(frozen=True)
class SetupDesk:
    """What the job needs."""

    database: Database
    layout: Layout
    outputs: Outputs

    def set_up(self, job: Job) -> None:
        """One look at a setup, and all steps that are possible now."""
        with self.database.snapshot() as rows:
            setup = rows.get(AppSetup, job.subject_id)
        try:
            manifest = self._manifest(setup) if setup.step == "source" and setup.status == "pending" else None
            with self.database.transaction(job.cause_id) as tx:
                setup = self._go_on(tx, job, manifest)
            if setup.status != "pending" and setup.postdeploy_secret:
                self.outputs.finish(setup.postdeploy_secret)
        except _Unusable as problem:
            self._give_up(job, problem.message, problem.errors)
        except PlatformError as problem:
            # What a customer would be told who asks for the same step by step.
            self._give_up(job, problem.message, [])

    def _go_on(self, tx: Transaction, job: Job, manifest: Manifest | None) -> AppSetup:
        setup = tx.get(AppSetup, job.subject_id)
        if setup.status == "pending" and setup.step == "source" and manifest is not None:
            setup = configure(tx, setup, manifest)
        setup = advance(tx, setup, self._said)
        if setup.status == "pending":
            jobs.try_again(tx, job, LONGEST_WAIT, {"waits_for": setup.step})
        else:
            jobs.finish(tx, job, {"status": setup.status}, failed=setup.status == "failed")
        return setup

    def _give_up(self, job: Job, message: str, errors: list[str]) -> None:
        with self.database.transaction(job.cause_id) as tx:
            setup = tx.get(AppSetup, job.subject_id)
            if setup.status == "pending":
                fail(tx, setup, message, errors)
            jobs.finish(tx, job, {"status": "failed"}, failed=True)

    def _said(self, key: str) -> str:
        try:
            return self.outputs.read(key)
        except LookupError:
            return ""

    def _manifest(self, setup: AppSetup) -> Manifest:
        tarball = find_tarball(self.database, self.layout, setup.source_url, setup.id)
        problem = problem_of(tarball, setup.source_url, setup.source_checksum)
        if problem:
            raise _Unusable(" ".join(problem))
        work = self.layout.build_work(setup.id)
        shutil.rmtree(work, ignore_errors=True)
        try:
            limit = self.database.rules.source_size_limit
            unpack(tarball, work, max_bytes=limit, max_files=BuildLimits().source_files)
            found = work / FILE
            raw = found.read_bytes() if found.is_file() else None
        except SourceRefused as refused:
            raise _Unusable(str(refused)) from None
        finally:
            shutil.rmtree(work, ignore_errors=True)
            self.layout.source(f"fetched-{setup.id}").unlink(missing_ok=True)
        if raw is None:
            if setup.environment:
                return Manifest()
            raise _Unusable(f"{FILE} not found")
        try:
            return read_manifest(raw, setup.environment)
        except ManifestProblem as wrong:
            raise _Unusable(INVALID, wrong.errors) from None
