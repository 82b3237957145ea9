"""The clock's page: what it shows, what its buttons do, and that it says what came due."""

from datetime import timedelta

import pytest

from platform_sim.core.actions import jobs
from platform_sim.core.model.addons import Addon
from platform_sim.core.model.records import Event, Job
from platform_sim.core.store import Transaction

from ...support import START
from ..world import World, playing
from .browser import Browser, Page

PAGE = "/dashboard/operator/clock"
HOUR = timedelta(hours=1)


def due(browser: Browser, kind: str, after: timedelta) -> None:
    with browser.world.database.transaction() as tx:
        for job in tx.all(Job, state="todo"):
            jobs.finish(tx, job)
        addon = tx.find(Addon, name="exceptions-first")
        assert addon is not None
        tx.add_job(kind, addon.id, {}, run_at=START + after)


def test_it_shows_the_time_and_what_is_due(browser: Browser) -> None:
    due(browser, "review_app_deadline", 12 * HOUR)
    page = browser.get(PAGE)
    assert "Now 2026-03-01 12:00:00 UTC" in page.text
    assert "frozen" in page.text
    assert "review_app_deadline exceptions-first 2026-03-02 00:00:00 12h deadline" in page.text
    assert [value for _, value, _ in page.forms[1].buttons] == ["5m", "1h", "8h", "12h", "72h"]


def test_a_move_says_what_came_due(browser: Browser) -> None:
    due(browser, "review_app_deadline", 12 * HOUR)
    page = browser.do(f"{PAGE}/advance", by="12h")
    assert "The clock was moved by 12h. Came due: review_app_deadline of exceptions-first." in page.text
    assert browser.world.database.clock.now() == START + 12 * HOUR
    assert "Nothing came due." in browser.do(f"{PAGE}/advance", by="1d2h").text


def test_it_is_let_run_and_stopped(browser: Browser) -> None:
    assert "The clock runs." in browser.do(f"{PAGE}/resume").text
    assert "Freeze" in browser.get(PAGE).text
    assert not browser.world.database.clock.is_frozen
    assert "The clock stands." in browser.do(f"{PAGE}/freeze").text
    assert browser.world.database.clock.is_frozen


def finish(tx: Transaction, job: Job) -> None:
    jobs.finish(tx, job)


def test_a_run_goes_on_until_nothing_is_left(world: World) -> None:
    browser = Browser(world)
    with world.database.transaction() as tx:
        tx.add_job("deprovision", "some-addon", {}, run_at=START + HOUR)
    with playing(world, deprovision=finish):
        page = browser.do(f"{PAGE}/run")
    assert "Moves: 1. Came due: deprovision of some-add." in page.text
    assert "Nothing waits for a time." in page.text


@pytest.mark.parametrize("by", ["", "9", "-1h", "<b>1h</b>", "1h\x00"])
def test_what_is_no_length_moves_nothing(browser: Browser, by: str) -> None:
    answer = browser.post(f"{PAGE}/advance", by=by)
    assert answer.status_code == 422
    assert "<b>" not in answer.text
    assert browser.world.database.clock.now() == START


@pytest.mark.parametrize("act", ["freeze", "resume", "advance", "run"])
def test_only_a_form_of_ours_moves_it(browser: Browser, act: str) -> None:
    assert browser.post(f"{PAGE}/{act}", token="", by="1h").status_code == 403
    with browser.world.database.snapshot() as rows:
        assert rows.all(Event, kind="clock") == []


def test_a_far_move_is_refused_and_keeps_what_was_typed(browser: Browser) -> None:
    answer = browser.post(f"{PAGE}/advance", by="520w")
    assert (answer.status_code, "by 366 days at most" in Page(answer.text).text) == (422, True)
