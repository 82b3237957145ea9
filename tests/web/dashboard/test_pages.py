"""Every page answers, is small, and is made for everybody: headings, labels, names, no script of its own."""

import re

import pytest

from platform_sim.web.dashboard.application import create_dashboard

from ..world import Populated
from .browser import Browser, Page

PAGES = (
    "/dashboard/apps",
    "/dashboard/apps/acme",
    "/dashboard/apps/acme/resources",
    "/dashboard/apps/acme/addons/exceptions-first",
    "/dashboard/apps/acme/deploy",
    "/dashboard/apps/acme/activity",
    "/dashboard/apps/acme/access",
    "/dashboard/apps/acme/settings",
    "/dashboard/apps/acme/logs",
    "/dashboard/marketplace",
    "/dashboard/marketplace/exceptions",
    "/dashboard/operator",
    "/dashboard/operator/partners/exceptions",
    "/dashboard/operator/clock",
    "/dashboard/operator/faults",
    "/dashboard/operator/snapshots",
    "/dashboard/operator/scenarios",
    "/dashboard/operator/jobs",
    "/dashboard/operator/webhooks",
    "/dashboard/operator/drains",
    "/dashboard/timeline",
    "/dashboard/operator/sso",
    "/dashboard/operator/sso?addon=exceptions-first",
    "/dashboard/learn",
    "/dashboard/learn/1",
    "/dashboard/learn/8",
)
"""Of every kind; also those at which a real browser looks (tests/browser)."""
NO_PAGES = {
    "front_door",
    "static",
    "apps.root",
    "timeline.moved",
    "timeline.as_json",
    "timeline.as_har",
    "scenarios.export_file",
}
"""What leads to a page, and what pages load or offer to keep."""
BY_CLICKING = {"timeline.one", "scenarios.one"}
"""Pages without an address of their own beforehand: tests/browser has a way to each."""
SCRIPTS = {
    "/apps/acme": "waits.js",
    "/resources": "waits.js",
    "/logs": "logs.js",
    "/timeline": "timeline.js",
    "/learn/1": "learn.js",
    "/learn/8": "learn.js",
}
"""What a page whose path ends so runs; the others run nothing."""
HELD_BY_LABEL = re.compile(r"<label[^>]*>.*?</label>", re.DOTALL)


def test_every_page_is_looked_at(browser: Browser) -> None:
    urls = create_dashboard(browser.world.doors).url_map
    looked_at = {urls.bind("localhost").match(path.partition("?")[0])[0] for path in PAGES}
    assert {
        rule.endpoint for rule in urls.iter_rules() if "GET" in (rule.methods or ())
    } == looked_at | NO_PAGES | BY_CLICKING


@pytest.mark.parametrize("path", PAGES)
def test_a_page_says_that_it_is_a_simulators(path: str, browser: Browser) -> None:
    with browser.world.nothing_written():
        page = browser.get(path)
    assert "Simulator, not Heroku." in page.text
    assert "You are user@example.com" in page.text


@pytest.mark.parametrize("path", PAGES)
def test_a_page_can_be_heard_and_used_with_keys(path: str, browser: Browser) -> None:
    answer = browser.answer(path)
    page = Page(answer.text)
    assert page.all("html") == [{"lang": "en"}]
    assert len(page.all("h1")) == len(page.all("main")) == len(page.all("header")) == len(page.all("footer")) == 1
    assert page.all("a")[0]["href"] == "#main"
    names = [nav["aria-label"] for nav in page.all("nav")]
    assert len(set(names)) == len(names)
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
    assert all(after <= before + 1 for before, after in zip([0, *levels], levels, strict=False))
    ids = [given["id"] for _, given in page.tags if "id" in given]
    assert len(set(ids)) == len(ids)
    assert {each["aria-labelledby"] for each in page.all("section")} <= set(ids)
    labelled = "".join(HELD_BY_LABEL.findall(answer.text))
    controls = re.findall(r"<(?:input(?! type=\"hidden\")|select|textarea)[^>]*>", answer.text)
    assert [control for control in controls if control not in labelled] == []
    assert all("scope" in each for each in page.all("th"))


@pytest.mark.parametrize("path", PAGES)
def test_a_page_works_without_scripts_and_brings_none_of_its_own(path: str, browser: Browser) -> None:
    page = browser.get(path)
    wanted = [f"/dashboard/static/{name}" for end, name in SCRIPTS.items() if path.endswith(end)]
    assert [given.get("src") for given in page.all("script")] == wanted
    assert page.all("style") == []
    assert [name for _, given in page.tags for name in given if name == "style" or name.startswith("on")] == []


@pytest.mark.parametrize("path", PAGES)
def test_every_link_of_a_page_leads_somewhere(path: str, browser: Browser) -> None:
    for link in {each for each in browser.get(path).links() if each.startswith("/dashboard")}:
        assert browser.answer(link).status_code == 200, link


def test_the_front_door_is_for_browsers(full: Populated) -> None:
    browser, world = Browser(full.world), full.world
    answer = browser.answer("/")
    assert (answer.status_code, answer.headers["Location"], answer.headers["Vary"]) == (302, "/dashboard", "Accept")
    assert browser.answer("/dashboard").headers["Location"] == "/dashboard/apps"
    assert browser.answer("/dashboard/").headers["Location"] == "/dashboard/apps"
    for headers in ({}, {"Accept": "*/*"}):
        asked = world.client.get("/", headers=headers)
        assert (asked.status_code, asked.json) == (404, world.call("GET", "/").json)
        assert asked.json["id"] == "not_found"


def test_what_is_not_there_is_a_page_too(browser: Browser) -> None:
    for path in ("/dashboard/nothing", "/dashboard/apps/nobodys", "/dashboard/marketplace/nothing"):
        page = browser.get(path, 404)
        assert page.all("h1")
        assert any(given.get("role") == "alert" for given in page.all("p"))
    assert "no such page" in browser.get("/dashboard/nothing", 404).text


def test_the_style_and_the_script_are_served(browser: Browser) -> None:
    scripts = [(name, "text/javascript") for name in sorted({*SCRIPTS.values()})]
    for name, kind in (("style.css", "text/css"), *scripts):
        answer = browser.answer(f"/dashboard/static/{name}")
        assert (answer.status_code, answer.content_type.partition(";")[0]) == (200, kind)
        answer.close()
    for name in ("../desk.py", "..%2fdesk.py", "nothing.css"):
        assert browser.answer(f"/dashboard/static/{name}").status_code == 404
