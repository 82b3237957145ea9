"""The lessons' pages say what `/sim/lessons` says, and can be begun anew."""

from html import escape

import pytest

from platform_sim.core.actions.config_vars import change_config_vars

from ... import support
from ..world import Populated, World
from .browser import Browser

PAGE = "/dashboard/learn"
EVIL = "<script>alert(1)</script>"


def test_it_is_in_the_main_navigation(browser: Browser) -> None:
    assert PAGE in browser.get("/dashboard/apps").links()
    assert {"href": PAGE, "aria-current": "true"} in browser.get(f"{PAGE}/2").all("a")


def test_the_list_shows_what_has_happened_and_leads_to_the_next(full: Populated, browser: Browser) -> None:
    page = browser.get(PAGE)
    lessons = full.world.get("/sim/lessons")["lessons"]
    assert [each["done"] for each in lessons] == [True] + [False] * 7
    assert all(f"{each['number']}. {each['title']}" in page.text for each in lessons)
    assert lessons[0]["found"] in page.text
    assert len(page.all("ol")) == 1
    assert {"aria-current": "step"} in page.all("li")
    assert "Nobody has marked a beginning" in page.text
    assert f"{PAGE}/2" in page.links()


def test_a_lesson_is_whole(full: Populated, browser: Browser) -> None:
    for number, lesson in enumerate(full.world.get("/sim/lessons")["lessons"], start=1):
        answer = browser.answer(f"{PAGE}/{number}")
        for text in (lesson["title"], *lesson["commands"], lesson["clicks"], lesson["try"]):
            assert escape(text).replace("&#x27;", "&#39;").replace("&quot;", "&#34;") in answer.text, text
        page = browser.get(f"{PAGE}/{number}")
        assert len(page.all("details")) == 1
        assert lesson["page"] in page.links()
        assert lesson["timeline"] in page.links()
        assert (f"{PAGE}/{number - 1}" in page.links()) == (number > 1)
        assert (f"{PAGE}/{number + 1}" in page.links()) == (number < 8)
        (found,) = [each for each in page.all("div") if each.get("id") == "found"]
        assert found["data-done"] == ("yes" if lesson["done"] else "no")
        assert (f"{PAGE}/{number}" in page.links()) == (not lesson["done"]), "Check again"


@pytest.mark.parametrize("there", ["nothing", "an app", "an app and a service"])
def test_what_is_missing_is_said_and_no_link_leads_nowhere(there: str, world: World) -> None:
    if there != "nothing":
        world.call("POST", "/apps", {"name": "acme"})
    if there == "an app and a service":
        with world.database.transaction() as tx:
            support.new_service(tx)
    browser = Browser(world)
    for number in range(1, 9):
        page = browser.get(f"{PAGE}/{number}")
        for link in {each for each in page.links() if each.startswith("/dashboard")}:
            assert browser.answer(link).status_code == 200, (number, link)
    words = {
        "nothing": "There is no app yet",
        "an app": "No service is registered",
        "an app and a service": "No add-on was added to acme",
    }
    assert words[there] in browser.get(f"{PAGE}/1").text


def test_another_app_stays_chosen(browser: Browser) -> None:
    assert f"{PAGE}/3?app=other" in browser.get(f"{PAGE}?app=other").links()
    links = browser.get(f"{PAGE}/3?app=other").links()
    assert {f"{PAGE}/2?app=other", f"{PAGE}/4?app=other", f"{PAGE}?app=other"} <= set(links)


def test_beginning_anew(browser: Browser) -> None:
    page = browser.do(f"{PAGE}/restart")
    assert "begin anew" in page.text
    assert "Begun at 2026-03-01T12:00:00Z" in page.text
    assert f"{PAGE}/1" in page.links()
    assert browser.post(f"{PAGE}/restart", token="").status_code == 403


def test_what_is_not_there(browser: Browser) -> None:
    for path in (f"{PAGE}/0", f"{PAGE}/9", f"{PAGE}/x", f"{PAGE}/01", f"{PAGE}?app=nope", f"{PAGE}/1?app={EVIL}"):
        page = browser.get(path, 404)
        assert page.all("script") == []


def test_no_value_of_a_config_var_is_told(full: Populated, browser: Browser) -> None:
    with full.world.database.transaction() as tx:
        change_config_vars(tx, full.world.customer, full.app, {"GREETING": "s3cr3t-0815"})
    for number in range(1, 9):
        assert "s3cr3t-0815" not in browser.answer(f"{PAGE}/{number}").text
