"""What others write looks like HTML, like a terminal's codes or like nothing: pages show it and stay as they are."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from platform_sim.assemble import Platform

from ..processes.customer import Customer, fetch
from ..processes.partner import TinyPartner, said
from .looking import NARROW, too_wide
from .windows import Complaints, OpenWindow

SCRIPT = "<script>alert(1)</script>"
IMAGE = "'\"></pre></textarea><img src=x onerror=alert(2)>"
TERMINAL = "\x1b[31mred\x1b[0m\x1b]0;title\x07\x1b[2J \x00nul\x00 \u202eelbisivni\u202c \u2066turned\u2069 end"
PLAIN = "red nul elbisivni turned end"
MOST = 50_000
"""Bytes of a page."""
OURS = """() => [...document.querySelectorAll("*")].filter(each =>
    each.matches("img, svg, iframe, object, embed, script:not([src^='/dashboard/static/'])")
    || [...each.attributes].some(given => given.name.startsWith("on"))).map(each => each.outerHTML.slice(0, 200))"""


@dataclass
class Evil:
    """A platform on which everybody has written such things."""

    platform: Platform
    customer: Customer
    app_id: str
    addon: str

    def logs(self, text: str) -> None:
        """The app's web dyno says something."""
        self.platform.logs(self.app_id, "app", "web.1", text)


@pytest.fixture
def evil(platform: Platform, customer: Customer, partner: TinyPartner) -> Iterator[Evil]:
    manifest = partner.manifest | {"name": SCRIPT}
    customer.api("POST", f"/api/v3/addons/{partner.slug}/manifests", {"contents": manifest})
    plan = {"name": "test", "human_name": SCRIPT, "description": IMAGE}
    customer.api("PUT", f"/sim/services/{partner.slug}", {"plans": [plan], "client_secret": partner.secret})
    app = customer.api("POST", "/apps", {"name": "evil"})

    def answer(sent: object) -> object:
        message = f"{SCRIPT}{IMAGE} \u202eelbisivni " + "x" * 100_000
        return said({"id": IMAGE, "config": {"EXCEPTIONS_URL": f"http://x.test/{IMAGE}"}, "message": message})

    partner.answers["POST"] = answer  # type: ignore[assignment]
    addon = customer.api("POST", "/apps/evil/addons", {"plan": f"{partner.slug}:test", "config": {SCRIPT: IMAGE}})
    customer.api("PATCH", "/apps/evil/config-vars", {"VAR": SCRIPT}, **{"User-Agent": SCRIPT})
    hook = {"include": ["api:release"], "level": "notify", "url": f"http://127.0.0.1:9/{SCRIPT}"}
    customer.api("POST", "/apps/evil/webhooks", hook)
    build = {"source_blob": {"url": f"http://localhost:9/{SCRIPT}", "version": f"{SCRIPT}{IMAGE}"}}
    customer.api("POST", "/apps/evil/builds", build)
    made = Evil(platform, customer, app["id"], addon["name"])
    for text in (SCRIPT, IMAGE, TERMINAL, "y" * 100_000):
        made.logs(text)
    yield made


def harmless(window: Page) -> None:
    """Nothing of what was written has become a part of the page. (A dialog would be complained of.)"""
    assert window.evaluate(OURS) == []
    assert window.title().endswith("Platform Sim (not Heroku)")


PLACES = {
    "marketplace": SCRIPT,
    "marketplace/exceptions": IMAGE,
    "apps/evil": SCRIPT,
    "apps/evil/resources": SCRIPT,
    "apps/evil/addons/{addon}": IMAGE,
    "apps/evil/deploy": "",
    "apps/evil/activity": SCRIPT[:12],
    "apps/evil/settings": "",
    "apps/evil/logs": IMAGE,
    "operator": SCRIPT,
    "operator/partners/exceptions": SCRIPT,
    "operator/jobs": "",
    "operator/webhooks": "",
    "operator/sso?addon={addon}": "",
    "timeline": "",
}
"""Pages, with what must be read there as it was written."""


def test_pages_show_it_as_text(evil: Evil, open_window: OpenWindow) -> None:
    window = open_window(viewport={"width": NARROW, "height": 900})
    for place, words in PLACES.items():
        answer = window.goto(f"{evil.customer.url}/dashboard/{place.format(addon=evil.addon)}")
        assert answer is not None
        assert answer.ok, place
        assert len(answer.body()) < MOST, place
        assert words in window.locator("main").inner_text(), place
        harmless(window)
        assert too_wide(window) == [], place


def test_what_is_typed_is_told_as_text(evil: Evil, window: Page, complaints: Complaints) -> None:
    window.goto(f"{evil.customer.url}/dashboard/apps/evil/settings")
    window.get_by_role("button", name="Reveal VAR").click()
    expect(window.get_by_label("Value of VAR")).to_have_value(SCRIPT)
    harmless(window)
    window.get_by_label("Name", exact=True).fill(IMAGE)
    window.get_by_role("button", name="Set", exact=True).click()
    expect(window.get_by_role("alert")).to_contain_text("is not a config var name")
    expect(window.get_by_role("alert")).to_contain_text("onerror=alert(2)>")
    complaints.forgive("422")
    harmless(window)


def test_other_pages_than_the_dashboards_do_too(evil: Evil, partner: TinyPartner, window: Page) -> None:
    """On the way to the partner, and where a program asks for a login."""
    # The answer is no page: the browser stays where it is.
    window.route(f"{partner.url}/**", lambda route: route.fulfill(status=204))
    window.goto(f"{evil.customer.url}/sso/apps/evil/addons/{evil.addon}", wait_until="commit")
    expect(window.get_by_role("heading")).to_have_text(f"Signing in to {SCRIPT}")
    assert window.locator("img").count() == 0
    login = fetch("POST", f"{evil.customer.url}/auth", json={"description": IMAGE}).json()
    window.goto(evil.customer.url + login["browser_url"])
    expect(window.locator("body")).to_contain_text(f"{IMAGE} wants to act for you")
    assert window.locator("img, script").count() == 0


def test_the_live_log_shows_it_as_text(evil: Evil, window: Page) -> None:
    window.goto(f"{evil.customer.url}/dashboard/apps/evil/logs")
    expect(window.locator("#how")).to_contain_text("Live")
    for text in (SCRIPT, IMAGE, TERMINAL):
        evil.logs(f"live {text}")
    for text in (SCRIPT, IMAGE, PLAIN):
        expect(window.locator("#lines")).to_contain_text(f"live {text}")
    assert not {"\x1b", "\x00", "\u202e", "\u2066"} & set(window.locator("#lines").inner_text())
    harmless(window)


def test_the_live_timeline_shows_it_as_text(evil: Evil, window: Page) -> None:
    window.goto(f"{evil.customer.url}/dashboard/timeline")
    expect(window.locator("#how")).to_contain_text("Live")
    evil.customer.api("POST", "/apps", {"name": "more"}, **{"User-Agent": IMAGE})
    made = window.locator("#trees summary", has_text="POST /apps 201")
    expect(made).to_have_count(2)
    made.first.click()
    expect(window.locator("#diagram .exchange").first).to_contain_text(IMAGE)
    evil.customer.api("POST", "/apps/more/addons", {"plan": "exceptions:test"})
    expect(window.locator("#trees")).to_contain_text("POST /apps/more/addons")
    harmless(window)
