"""The page of the timeline: diagrams, steps, files, filters; nothing that others say becomes a tag or a secret told."""

import html
import json
import re
from dataclasses import replace

import pytest

from platform_sim.core.model.records import Event, Exchange
from platform_sim.web.dashboard.timeline import STEPS

from ..world import Populated
from .browser import Browser, Page

SECRET = "s3cr3t-0815"
EVIL = "<script>alert(1)</script>"
PAGE = "/dashboard/timeline"
MOST = 50_000


def set_config(full: Populated, value: str = SECRET) -> None:
    """A partner's call."""
    body = {"config": [{"name": "EXCEPTIONS_URL", "value": value}]}
    assert full.world.call("PATCH", full.path("/addons/{add-on}/config"), body, token=full.partner).status_code == 200


def newest(full: Populated) -> Exchange:
    with full.world.database.snapshot() as rows:
        return rows.all(Exchange, order_by="seq")[-1]


def test_an_action_is_a_list_in_lists_that_says_who_speaks_to_whom(browser: Browser) -> None:
    browser.world.call("POST", "/apps", {"name": "fresh"}, headers={"User-Agent": EVIL})
    answer = browser.answer(f"{PAGE}?app=fresh")
    page = Page(answer.text)
    assert "customer to platform POST /apps 201" in page.text
    [tree] = re.findall(r"<section.*?</section>", answer.text.partition("<template")[0], re.DOTALL)
    assert re.sub(r'id="[^"]*"', "", " ".join(re.findall(r"</?(?:ol|li)[^>]*>", tree))).split("> <") == [
        "<ol",
        'li class="from-customer to-platform" ',
        "ol",
        *['li class="from-platform to-platform" ', "/li"] * 3,
        "/ol",
        "/li",
        "/ol>",
    ]
    assert "release v1" in page.text


def test_a_steps_own_page_tells_what_was_said_and_how_to_say_it_again(full: Populated, browser: Browser) -> None:
    browser.world.call("POST", "/apps", {"name": "fresh"}, headers={"User-Agent": EVIL})
    step = newest(full)
    assert f"{PAGE}/{step.id}" in browser.get(PAGE).links()
    page = browser.get(f"{PAGE}/{step.id}")
    assert "user@example.com asks the platform to change something." in page.text
    assert "docs/partner-contract.md, 4.4 The API in general" in page.text
    assert "POST http://localhost:5100/apps accept: application/vnd.heroku+json; version=3" in page.text
    assert f"user-agent: {EVIL}" in page.text
    assert 'curl -X POST http://localhost:5100/apps \\ -H "Authorization: Bearer $HEROKU_API_KEY"' in page.text
    assert [given["src"] for given in page.all("script")] == ["/dashboard/static/timeline.js"]
    whole = browser.get(next(link for link in page.links() if "action=" in link))
    assert "release v1" in whole.text


def test_an_event_has_a_page_too_and_what_is_gone_has_none(full: Populated, browser: Browser) -> None:
    with full.world.database.snapshot() as rows:
        event = rows.all(Event, kind="release")[-1]
    page = browser.get(f"{PAGE}/{event.id}")
    assert f'"version": {event.data["version"]}' in page.text
    assert "curl" not in page.text
    for path in (f"{PAGE}/nothing", f"{PAGE}?action=nothing", f"{PAGE}?before=nothing"):
        assert "not kept any more" in browser.get(path, 404).text


def test_what_a_partner_sets_is_not_told(full: Populated, browser: Browser) -> None:
    set_config(full)
    paths = [f"{PAGE}?party=partner&addon={full.addon.name}", f"{PAGE}.json", f"{PAGE}.har"]
    for path in (*paths, f"{PAGE}/{newest(full).id}"):
        answer = browser.answer(path)
        assert f"/addons/{full.addon.name}/config" in answer.text
        assert SECRET not in answer.text
    assert "$HIDDEN_VALUE" in html.unescape(answer.text)


def test_the_files_hold_what_is_chosen(full: Populated, browser: Browser) -> None:
    set_config(full)
    browser.world.call("POST", "/apps", {"name": "fresh"})
    links = [link for link in browser.get(f"{PAGE}?app=fresh").links() if link.startswith(f"{PAGE}.")]
    assert links == [f"{PAGE}.har?app=fresh", f"{PAGE}.json?app=fresh"]
    har, told = map(browser.answer, links)
    assert har.headers["Content-Disposition"] == 'attachment; filename="timeline.har"'
    assert told.headers["Content-Disposition"] == 'attachment; filename="timeline.json"'
    assert [each["request"]["url"] for each in har.json["log"]["entries"]] == ["http://localhost:5100/apps"]
    [tree] = told.json["trees"]
    assert told.json == browser.world.get("/sim/timeline?app=fresh")
    assert tree["details"]["curl"].startswith("curl -X POST http://localhost:5100/apps")
    for path in (f"{PAGE}.json?app=nope", f"{PAGE}.har?party=nobody"):
        assert browser.answer(path).status_code in (404, 422)


def test_the_stream_is_asked_for_the_same(full: Populated, browser: Browser) -> None:
    [live] = [given["data-live"] for _, given in browser.get(f"{PAGE}?app=acme&party=").tags if "data-live" in given]
    cursor = browser.world.get("/sim/timeline")["cursor"]
    assert live == f"/dashboard/timeline/live?since={cursor}&app={full.app.id}"
    assert not any("data-live" in given for _, given in browser.get(f"{PAGE}?action={first(browser)}").tags)


def first(browser: Browser) -> str:
    """The id of the newest action's beginning."""
    return next(given["id"] for given in browser.get(PAGE).all("li") if "id" in given)


def test_a_name_that_nothing_has_and_a_party_that_there_is_not(browser: Browser) -> None:
    browser.get(f"{PAGE}?app=nope", 404)
    browser.get(f"{PAGE}?party=nobody", 422)
    for number in ("x", "-1", "9" * 9):
        browser.get(f"{PAGE}?action={first(browser)}&from={number}", 422)


def test_the_old_address_leads_here(browser: Browser) -> None:
    answer = browser.answer("/dashboard/operator/timeline?app=acme")
    assert (answer.status_code, answer.headers["Location"]) == (301, f"{PAGE}?app=acme")


def test_pages_of_apps_and_add_ons_lead_here(full: Populated, browser: Browser) -> None:
    assert f"{PAGE}?app=acme" in browser.get("/dashboard/apps/acme").links()
    assert f"{PAGE}?addon={full.addon.name}" in browser.get(f"/dashboard/apps/acme/addons/{full.addon.name}").links()
    [current] = [given["href"] for given in browser.get(PAGE).all("a") if given.get("aria-current") == "true"]
    assert current == PAGE


def further(page: Page) -> list[str]:
    return [PAGE + each["href"] for each in page.all("a") if each.get("rel") == "next" and "hidden" not in each]


def test_all_that_is_older_is_on_further_pages(browser: Browser) -> None:
    for number in range(60):
        browser.world.call("POST", "/apps", {"name": f"app-{number}"})
    path, pages = [f"{PAGE}?party=customer"], []
    while path:
        pages.append(browser.answer(path[0]))
        path = further(Page(pages[-1].text))
    assert len(pages) > 1
    assert all(len(each.data) < MOST for each in pages)
    ids = [given["id"] for each in pages for given in Page(each.text).all("li") if "id" in given]
    assert len(ids) == len(set(ids))
    with browser.world.database.snapshot() as rows:
        assert {each.id for each in rows.all(Exchange, party="customer", inbound=True)} <= set(ids)


@pytest.fixture
def long_action(full: Populated) -> str:
    """Of 130 steps, each with words that grow in a page; -> its id."""
    set_config(full)
    call = newest(full)
    with full.world.database.transaction(call.id) as tx:
        for number in range(127):
            tx.record("addon-attachment", "create", f"s-{number}", None, {"name": '"' * 300}, app_id=full.app.id)
    return call.id


def test_what_the_newest_page_has_not_looked_at_is_on_further_ones(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the call of its oldest action lies beyond what it looks at."""
    for number in range(4):
        browser.world.call("POST", "/apps", {"name": f"edge-{number}"})
    monkeypatch.setattr("platform_sim.web.dashboard.timeline.FIRST", 3)
    with browser.world.database.transaction() as tx:
        last = tx.all(Exchange, order_by="seq")[-1]
        for number in (1, 2, 3):
            after = tx.highest(Event, "number")
            tx.insert(replace(last, id=tx.uuid("later"), cause_id=None, seq=last.seq + number, after_event=after))
        wanted = {f"{PAGE}/{each.id}" for each in tx.all(Exchange) if each.party == "customer"}
    found, pages, path = set[str](), 0, [PAGE]
    while path:
        page = browser.get(path[0])
        found |= set(page.links())
        path, pages = further(page), pages + 1
    assert pages > 1
    assert wanted <= found


def test_a_long_action_is_read_in_parts_and_each_is_a_small_page(long_action: str, browser: Browser) -> None:
    answer = browser.answer(PAGE)
    assert len(answer.data) < MOST
    assert "steps more" in answer.text
    path, seen, pages = [f"{PAGE}?action={long_action}"], set[str](), 0
    while path:
        answer = browser.answer(path[0])
        assert len(answer.data) < MOST
        seen |= {given["id"] for given in Page(answer.text).all("li") if "id" in given}
        path, pages = further(Page(answer.text)), pages + 1
    [tree] = browser.world.get("/sim/timeline?limit=1")["trees"]
    assert seen == {tree["id"], *(child["id"] for child in tree["children"])}
    assert pages > len(seen) // STEPS


@pytest.mark.parametrize("sign", ["x", '"', "'", "\x1b"])
def test_long_messages_are_cut(sign: str, full: Populated, browser: Browser) -> None:
    set_config(full)
    call = newest(full)
    with full.world.database.transaction() as tx:
        many = {f"x-{number}": sign * 200 for number in range(100)}
        tx.update(call, request_body=sign * 100_000, response_body=sign * 100_000, response_headers=many)
    answer = browser.answer(f"{PAGE}/{call.id}")
    assert "cut here" in answer.text
    assert len(answer.data) < MOST


def test_a_command_that_is_too_long_for_the_page_is_in_the_file(full: Populated, browser: Browser) -> None:
    set_config(full)
    call = newest(full)
    with full.world.database.transaction() as tx:
        tx.update(call, request_body="'" * 3_000)
    page = browser.get(f"{PAGE}/{call.id}")
    assert "too long for this page" in page.text
    assert "curl -X" not in page.text
    assert "'\"'\"'" in browser.answer(f"{PAGE}.json").json["trees"][-1]["details"]["curl"]


def test_an_open_exchange_says_so_and_a_failed_one_says_why(full: Populated, browser: Browser) -> None:
    set_config(full)
    call = newest(full)
    for changes, shown, told in (
        ({"status": None}, "doing", "The answer is awaited."),
        ({"status": None, "problem": f"timeout {EVIL}"}, "failed", f"timeout {EVIL}"),
        ({"status": 503, "problem": None}, "failed", "503"),
    ):
        with full.world.database.transaction() as tx:
            tx.update(tx.get(Exchange, call.id), **changes)
        page = browser.get(f"{PAGE}?party=partner")
        assert f"state {shown}" in [given.get("class") for given in page.all("b")]
        assert told in browser.get(f"{PAGE}/{call.id}").text


def test_an_empty_timeline_says_what_to_do(browser: Browser) -> None:
    answer = browser.answer(f"{PAGE}?party=webhook")
    assert '<p id="nothing">Nothing yet that fits.' in answer.text
    assert json.loads(browser.answer(f"{PAGE}.json?party=webhook").data)["trees"] == []
