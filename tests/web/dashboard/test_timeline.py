"""The page of the timeline: trees, filters, and nothing that a partner says becomes a tag or a secret told."""

from ..world import Populated
from .browser import Browser

SECRET = "s3cr3t-0815"
EVIL = "<script>alert(1)</script>"
PAGE = "/dashboard/operator/timeline"


def test_an_action_is_a_tree_whose_exchanges_can_be_opened(browser: Browser) -> None:
    browser.world.call("POST", "/apps", {"name": "fresh"}, headers={"User-Agent": EVIL})
    page = browser.get(f"{PAGE}?app=fresh")
    assert "customer → platform POST /apps 201" in page.text
    assert "release v1" in page.text
    assert f"user-agent: {EVIL}" in page.text
    assert page.all("script") == []
    assert len(page.all("details")) == 1


def test_what_a_partner_sets_is_not_told(full: Populated, browser: Browser) -> None:
    body = {"config": [{"name": "EXCEPTIONS_URL", "value": SECRET}]}
    full.world.call("PATCH", full.path("/addons/{add-on}/config"), body, token=full.partner)
    answer = browser.answer(f"{PAGE}?party=partner&addon={full.addon.name}")
    assert "partner → platform" in answer.text
    assert SECRET not in answer.text
    assert len(answer.data) < 50_000


def test_a_name_that_nothing_has_and_a_party_that_there_is_not(browser: Browser) -> None:
    browser.get(f"{PAGE}?app=nope", 404)
    browser.get(f"{PAGE}?party=nobody", 422)


def test_many_long_trees_stay_a_small_page(browser: Browser) -> None:
    for number in range(30):
        browser.world.call("POST", "/apps", {"name": f"app-{number}"}, headers={"User-Agent": "x" * 900})
    answer = browser.answer(PAGE)
    assert answer.text.count("<h2") == 10
    assert "app-29" in answer.text
    assert len(answer.data) < 50_000
