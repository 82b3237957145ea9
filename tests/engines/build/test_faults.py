"""Faults of builds: what is said, what becomes of the build, and nothing where none matches."""

import threading
import time

from platform_sim.core.actions import faults
from platform_sim.core.actions.releases import newest_release
from platform_sim.core.model.faults import Fault
from platform_sim.engines.build import faults as acts

from .test_jobs import SECONDS, Site, site

__all__ = ["site"]


def fault(site: Site, kind: str, amount: float | None = None, **match: str) -> None:
    with site.database.transaction() as tx:
        faults.add(tx, site.actor.account, kind, match, 1, amount)


def acted(site: Site) -> list[int]:
    with site.database.snapshot() as rows:
        return [each.acted for each in rows.all(Fault)]


def releases(site: Site) -> int:
    with site.database.snapshot() as rows:
        return newest_release(rows, site.app).version


def test_a_build_fails_and_the_next_does_not(site: Site) -> None:
    fault(site, "build-failed", app="acme")
    before = releases(site)
    build = site.ask()
    assert site.work().state == "failed"
    ended = site.now(build)
    assert (ended.status, ended.slug_id, ended.release_id, releases(site)) == ("failed", None, None, before)
    said = site.said.texts[build.output_secret].splitlines()
    assert said[-3:] == [
        " !     The build fails on purpose: an operator has asked for the fault build-failed.",
        "",
        " !     Push failed",
    ]
    assert any(line.startswith("-----> Building on the") for line in said)
    assert build.output_secret in site.said.finished
    again = site.ask()
    site.work()
    assert (site.now(again).status, releases(site)) == ("succeeded", before + 1)


def test_a_slow_build_waits_before_it_begins(site: Site) -> None:
    fault(site, "build-slow", 0.2)
    site.ask()
    job, began = site.claim(), time.monotonic()
    acts.hold_up(site.database, job, threading.Event())
    assert time.monotonic() - began >= 0.2
    assert acted(site) == [1]


def test_a_slow_build_that_is_cancelled_waits_no_longer(site: Site) -> None:
    fault(site, "build-slow", 900)
    build, job = site.ask(), site.claim()
    running = threading.Thread(target=lambda: site.room.handlers()["build"](job))
    running.start()
    while acted(site) != [1]:
        seen = site.database.version
        site.database.wait_for_change(seen, 0.05)
    site.cancel(build)
    running.join(SECONDS)
    assert not running.is_alive()
    assert site.now(build).status == "failed"


def test_faults_that_match_nothing_change_no_byte(site: Site) -> None:
    site.ask()
    site.work()
    said = []
    for kinds in ((), ("build-failed", "build-slow")):
        for kind in kinds:
            fault(site, kind, app="other")
        build = site.ask()
        site.work()
        assert site.now(build).status == "succeeded"
        said.append(site.said.texts[build.output_secret])
    assert said[1] == said[0].replace("Released v4", "Released v5")
    assert acted(site) == [0, 0]
