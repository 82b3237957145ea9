"""However much there is, a page is below 50 kB and asks the rows as often as before."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from platform_sim.core.model.addons import Addon, Attachment
from platform_sim.core.model.apps import App

from ..world import World, new_world, populate
from .browser import Browser
from .crowd import ADDONS, APPS, much
from .test_pages import PAGES

MOST = 50_000


@contextmanager
def asked(world: World) -> Iterator[list[str]]:
    """The statements that are run meanwhile."""
    heard: list[str] = []
    connection = world.database._connection()
    connection.set_trace_callback(heard.append)
    try:
        yield heard
    finally:
        connection.set_trace_callback(None)


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Browser, dict[str, int]]]:
    """A browser in a world with very much, and how often each page asked while there was little."""
    world = new_world(tmp_path_factory.mktemp("crowd"))
    full, browser = populate(world), Browser(world)
    few = {path: questions(browser, path) for path in PAGES}
    with world.database.transaction() as tx:
        much(tx, full)
    changes = {f"CONFIG_VAR_NUMBER_{n}": "x" * 20 for n in range(300)}
    assert world.call("PATCH", "/apps/acme/config-vars", changes).status_code == 200
    yield browser, few
    world.database.close()


def questions(browser: Browser, path: str) -> int:
    with asked(browser.world) as heard:
        assert browser.answer(path).status_code == 200
    return len(heard)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_small(path: str, crowded: tuple[Browser, dict[str, int]]) -> None:
    browser, _ = crowded
    assert len(browser.answer(path).data) < MOST


@pytest.mark.parametrize("path", PAGES)
def test_a_page_asks_no_more_than_with_little(path: str, crowded: tuple[Browser, dict[str, int]]) -> None:
    browser, few = crowded
    assert questions(browser, path) <= few[path] + 1 <= 25


def test_what_does_not_fit_is_on_further_pages(crowded: tuple[Browser, dict[str, int]]) -> None:
    browser, _ = crowded
    with browser.world.database.snapshot() as rows:
        total = rows.count(App, owner_id=browser.world.customer.account.id)
    for path, first, most in (
        ("/dashboard/apps", "/dashboard/apps/", total),
        ("/dashboard/apps/acme/resources", "/dashboard/apps/acme/addons/", 200),
        ("/dashboard/marketplace", "/dashboard/marketplace/", 200),
        ("/dashboard/operator", "/dashboard/operator/partners/", 200),
    ):
        found: set[str] = set()
        page = browser.get(path)
        while True:
            found |= {link for link in page.links() if link.startswith(first)}
            further = [each["href"] for each in page.all("a") if each.get("rel") == "next"]
            if not further:
                break
            page = browser.get(path + further[0])
        assert len(found) >= most, path
    for wrong in ("0", "-1", "x", "999999", "99999999999999999999"):
        assert browser.answer(f"/dashboard/apps?page={wrong}").status_code == 200


def test_the_marketplace_remembers_for_which_app_one_looks(crowded: tuple[Browser, dict[str, int]]) -> None:
    page = crowded[0].get("/dashboard/marketplace?app=acme")
    assert [each["href"] for each in page.all("a") if each.get("rel") == "next"] == ["?page=2&app=acme"]


def test_there_really_is_much(crowded: tuple[Browser, dict[str, int]]) -> None:
    with crowded[0].world.database.snapshot() as rows:
        assert rows.count(App) > APPS
        assert rows.count(Addon) > ADDONS
        assert rows.count(Attachment) > ADDONS
