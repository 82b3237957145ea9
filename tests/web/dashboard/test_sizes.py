"""However much there is, a page is below 50 kB and asks the rows as often as before."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from platform_sim.core.actions.accounts import create_account
from platform_sim.core.actions.collaborators import join
from platform_sim.core.model.addons import Addon, AddonService, Attachment, Plan
from platform_sim.core.model.apps import App
from platform_sim.core.model.drains import LogDrain
from platform_sim.core.model.webhooks import Webhook
from platform_sim.core.store import Transaction

from ... import support
from ..world import Populated, World, new_world, populate
from .browser import Browser
from .test_pages import PAGES

APPS, ADDONS = 1000, 3000
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


def much(tx: Transaction, full: Populated) -> None:
    """Copies of what there is: apps, add-ons on them, two hundred of all else that a list can be of."""
    service, plan = tx.all(AddonService)[0], tx.all(Plan)[0]
    shared = support.attach(tx, full.app, full.addon, "AGAIN")
    for n in range(APPS):
        name = f"app-number-{n:04d}-with-a-long-name"
        app = tx.insert(replace(full.app, id=tx.uuid("many"), name=name, legacy_number=n))
        for m in range(ADDONS // APPS):
            addon = replace(full.addon, id=tx.uuid("many"), name=f"exceptions-many-{n:04d}-{m}", app_id=app.id)
            tx.insert(addon)
            tx.insert(replace(shared, id=tx.uuid("many"), name=f"EXCEPTIONS_{m}", addon_id=addon.id, app_id=app.id))
        tx.insert(replace(shared, id=tx.uuid("many"), app_id=app.id))
    for n in range(200):
        addon = replace(full.addon, id=tx.uuid("many"), name=f"exceptions-acme-{n:04d}")
        tx.insert(addon)
        tx.insert(replace(shared, id=tx.uuid("many"), name=f"EXCEPTIONS_WITH_A_NAME_{n}", addon_id=addon.id))
        tx.insert(replace(service, id=tx.uuid("many"), name=f"service-{n:04d}", human_name=f"Service {n}"))
        tx.insert(replace(plan, id=tx.uuid("many"), name=f"plan-{n:04d}"))
        if n < 80:
            support.deploy(tx, full.world.customer, full.app, f"{n:08d}")
        account = create_account(tx, f"somebody-with-a-long-name-{n:04d}@a-long-domain.example.com")
        join(tx, full.world.customer.account, full.app, account)
        job = tx.add_job("provision", full.addon.id, {})
        tx.update(job, outcome={"message": "The add-on's provider answered 503. " * 20}, state=("todo", "done")[n % 2])
    for n in range(200):  # last: each of these hears of what happens
        for noun in (Webhook, LogDrain):
            (first, *_) = tx.all(noun)
            changes = {"url": f"https://{'long-' * 30}{n}.example.com/", "token": f"d.{n}"}
            known = {name: value for name, value in changes.items() if hasattr(first, name)}
            tx.insert(replace(first, id=tx.uuid("many"), **known))


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


def test_there_really_is_much(crowded: tuple[Browser, dict[str, int]]) -> None:
    with crowded[0].world.database.snapshot() as rows:
        assert rows.count(App) > APPS
        assert rows.count(Addon) > ADDONS
        assert rows.count(Attachment) > ADDONS
