"""Every page: axe finds nothing serious in it, light and dark, and it is no wider than its window."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from ..web.dashboard.test_pages import PAGES
from .full import Site
from .looking import HEIGHT, WIDE, check, grave, too_wide
from .windows import Complaints, OpenWindow

Arrive = Callable[[Site, Page], None]


@pytest.fixture
def wide(open_window: OpenWindow) -> Page:
    return open_window(viewport={"width": WIDE, "height": HEIGHT})


@pytest.mark.parametrize("path", PAGES)
def test_a_page_of_the_dashboard(path: str, site: Site, wide: Page) -> None:
    site.go(wide, path)
    check(wide)


def refused(site: Site, window: Page) -> None:
    """A form that cannot be done."""
    site.go(window, "/dashboard/apps")
    window.get_by_label("Name, or nothing").fill("acme")
    window.get_by_role("button", name="Create app").click()


def revealed(site: Site, window: Page) -> None:
    site.go(window, "/dashboard/apps/acme/settings")
    window.get_by_role("button", name="Reveal EXCEPTIONS_URL").click()
    expect(window.locator("#revealed")).to_be_visible()


def addon(which: str) -> Arrive:
    """The page of an add-on of the app `other`."""
    return lambda site, window: site.go(window, f"/dashboard/apps/other/addons/{site.full.paths[which]}")


def signing_in(site: Site, window: Page) -> None:
    """Where a browser without scripts stays."""
    # The answer is no page: the browser stays where it is.
    window.route(re.compile(":5200/"), lambda route: route.fulfill(status=204))
    window.goto(f"{site.url}/sso/apps/acme/addons/exceptions-first", wait_until="commit")
    expect(window.get_by_role("heading", level=1)).to_have_text("Signing in to Exceptions")


def login(site: Site, window: Page) -> None:
    site.go(window, begun(site))


def logged_in(site: Site, window: Page) -> None:
    login(site, window)
    window.get_by_role("button", name="Decline").click()
    expect(window.get_by_role("heading", level=1)).to_have_text("Declined")


def begun(site: Site) -> str:
    """The page of a login that a program has begun."""
    found: str = site.full.world.call("POST", "/auth", {"description": "a test"}, token=None).json["browser_url"]
    return found


def opened_step(site: Site, window: Page) -> None:
    site.go(window, "/dashboard/timeline?app=asked-for")
    window.locator("#diagram summary").first.click()
    expect(window.locator("#diagram .exchange").first).to_contain_text("POST")


def step(site: Site, window: Page) -> None:
    site.go(window, "/dashboard/timeline?app=asked-for")
    site.go(window, str(window.locator("#diagram a", has_text="More").first.get_attribute("href")))


OTHERS: dict[str, tuple[Arrive, str]] = {
    "an add-on that is waited for": (addon("waits"), ""),
    "an add-on that has gone": (addon("ended"), ""),
    "a page that is not there": (lambda site, window: site.go(window, "/dashboard/nothing"), "404"),
    "a refused form": (refused, "422"),
    "a revealed value": (revealed, ""),
    "an opened step of the timeline": (opened_step, ""),
    "a step of the timeline": (step, ""),
    "on the way to a partner": (signing_in, ""),
    "a link to no add-on": (lambda site, window: site.go(window, "/sso/apps/acme/addons/nothing"), "404"),
    "who are you": (login, ""),
    "after a login": (logged_in, ""),
}
"""How one gets to a page that is no place of the dashboard, and with which status."""


@pytest.mark.parametrize("name", OTHERS)
def test_another_page(name: str, site: Site, wide: Page, complaints: Complaints) -> None:
    arrive, status = OTHERS[name]
    arrive(site, wide)
    check(wide)
    if status:
        complaints.forgive(status)


def test_what_is_wrong_is_found(site: Site, wide: Page) -> None:
    """So that the tests before fail for the right reason."""
    site.go(wide, "/dashboard/apps")
    wide.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<input><img src=data:,>')")
    assert {each.partition(":")[0] for each in grave(wide)} == {"label", "image-alt"}
    wide.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<pre id=p>' + 'x'.repeat(900))")
    wide.evaluate("document.querySelector('#p').style.overflow = 'visible'")
    assert too_wide(wide) != []
