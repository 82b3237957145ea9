"""The SSO lab: how a login is made, secrets on demand only, and experiments that an engine sends."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from platform_sim.core.actions.collaborators import add_collaborator
from platform_sim.core.model.addons import Addon, AddonService
from platform_sim.core.model.records import Event, Exchange, Job
from platform_sim.core.model.sso import resource_token, user_scoped_token
from platform_sim.engines.jobs import JobRunner
from platform_sim.engines.partner_calls import partner_handlers
from platform_sim.partners.client import PartnerClient
from platform_sim.partners.contract import PartnerAnswer, PartnerRequest, Send

from ... import support
from ..world import Populated
from .browser import Browser, Page

LAB = "/dashboard/operator/sso"
MINE = f"{LAB}?addon=exceptions-first"
NAMED = {"addon": "exceptions-first"}


def runner(browser: Browser, send: Send) -> JobRunner:
    """The real engine, with a partner that is played."""
    database = browser.world.database
    return JobRunner(database, "test-boot", partner_handlers(database, PartnerClient(send), support.AT))


def answering(*answers: PartnerAnswer) -> Callable[[PartnerRequest], PartnerAnswer]:
    left = list(answers)
    return lambda request: left.pop(0)


def page(status: int | None, body: bytes = b"", problem: Any = None, **headers: str) -> PartnerAnswer:
    return PartnerAnswer(status, {"content-type": "text/html"} | headers, body, 9, problem)


def tried(browser: Browser, name: str, *answers: PartnerAnswer) -> tuple[Page, str]:
    """The page of an experiment's result, and its source."""
    pressed = browser.post(f"{LAB}/try", experiment=name, **NAMED)
    assert pressed.status_code == 303, Page(pressed.text).text
    runner(browser, answering(*answers)).run_until_idle()
    answer = browser.answer(pressed.headers["Location"])
    assert answer.status_code == 200
    return Page(answer.text), answer.text


def secrets(full: Populated, at: str) -> list[str]:
    user, addon = full.world.customer.account, full.addon
    return [
        "partner-salt",
        resource_token(addon.id, "partner-salt", at),
        resource_token(str(addon.provider_id), "partner-salt", at),
        user_scoped_token(addon.id, "partner-salt", at, user.id, user.email),
    ]


def test_one_is_found_by_a_part_of_its_name(full: Populated) -> None:
    browser = Browser(full.world)
    with full.world.database.transaction() as tx:
        support.new_service(tx, "other")
        support.new_addon(tx, full.world.customer, full.app, "other", name="second-one")
    found = browser.get(f"{LAB}?q=SECOND")
    assert [link for link in found.links() if "addon=" in link] == [f"{LAB}?addon=second-one"]
    assert len([link for link in browser.get(LAB).links() if "addon=" in link]) == 2
    assert "has “nothing” in its name" in browser.get(f"{LAB}?q=nothing").text


def test_an_add_ons_page_leads_here(browser: Browser) -> None:
    link = next(each for each in browser.get("/dashboard/apps/other/addons/exceptions-first").links() if LAB in each)
    shown = browser.get(link)
    assert "user@example.com, from other" in shown.text
    assert any(each.startswith("/sso/apps/") for each in shown.links())


def test_before_reveal_no_secret_is_in_the_page(full: Populated) -> None:
    browser = Browser(full.world)
    source = browser.answer(MINE).text
    at = str(int(support.START.timestamp()))
    assert [each for each in secrets(full, at) if each in source] == []
    shown = Page(source).text
    assert f"{full.addon.id}:••••••••:{at}:{full.world.customer.account.id}:user@example.com" in shown
    assert "POST http://localhost:5200/sso" in shown
    assert f"timestamp {at} Unix seconds, by the platform's clock 1 and 3" in shown
    assert f"GET …/heroku/resources/{full.addon.provider_id}?token=••••••••&timestamp={at}" in shown


def test_reveal_shows_them_once_and_keeps_nothing(full: Populated) -> None:
    browser = Browser(full.world)
    token = browser.token()
    with full.world.nothing_written():
        answer = browser.post(f"{LAB}/reveal", token=token, **NAMED)
    assert [each for each in secrets(full, str(int(support.START.timestamp()))) if each not in answer.text] == []
    longest = secrets(full, str(int(support.START.timestamp())))[-1]
    assert answer.text.count(longest) == 2, "where it is made, and in the form"
    assert (answer.headers["Cache-Control"], answer.headers.getlist("Set-Cookie")) == ("no-store", [])
    assert browser.answer(f"{LAB}/reveal?addon=exceptions-first").status_code == 404
    assert "partner-salt" not in browser.answer(MINE).text


@pytest.mark.parametrize("path", ["reveal", "try"])
def test_a_form_of_another_page_is_refused(path: str, browser: Browser) -> None:
    with browser.world.nothing_written():
        answer = browser.post(f"{LAB}/{path}", token="x", experiment="valid", **NAMED)
    assert (answer.status_code, "partner-salt" in answer.text) == (403, False)


def test_an_experiment_is_a_job_with_its_event_and_without_secrets(full: Populated) -> None:
    browser = Browser(full.world)
    pressed = browser.post(f"{LAB}/try", experiment="stale", **NAMED)
    waiting = browser.get(pressed.headers["Location"])
    assert "has not answered yet" in waiting.text
    assert {"http-equiv": "refresh", "content": "2"} in waiting.all("meta")
    with full.world.database.snapshot() as rows:
        [event] = rows.all(Event, kind="sso-experiment")
        [job] = rows.all(Job, kind="sso_experiment")
        click = rows.all(Exchange, inbound=True)[-1]
    assert event.cause_id == job.cause_id == click.id
    assert set(job.payload) == {"addon_id", "app_id", "user_id", "experiment", "at"}
    assert (click.addon_id, click.app_id) == (full.addon.id, full.app.id)


def test_the_door_waits_for_the_partner_and_shows_what_it_has_said(browser: Browser) -> None:
    object.__setattr__(browser.world.database.rules, "customer_patience", 30.0)
    cookie = "sid=s3cr3t-session; Path=/; HttpOnly"
    engine = runner(browser, answering(page(302, location="https://away.example/d?k=s3cr3t", **{"set-cookie": cookie})))
    engine.start()
    try:
        pressed = browser.post(f"{LAB}/try", experiment="valid", **NAMED)
    finally:
        engine.stop()
    source = browser.answer(pressed.headers["Location"]).text
    shown = Page(source).text
    assert "Valid login as expected" in shown
    assert "This one answered 302: it lets the user in, as it should." in shown
    assert "https://away.example/d?k=[hidden] Not followed: only from this machine to this machine" in shown
    assert "sid = •••••••• Path=/, HttpOnly without Secure, SameSite" in shown
    assert "s3cr3t" not in source
    assert "Valid login" in browser.get("/dashboard/timeline?addon=exceptions-first").text


def test_a_partner_that_lets_everybody_in_is_told_so(browser: Browser) -> None:
    shown, _ = tried(browser, "token", page(200, b"welcome"))
    assert "Tampered token not as expected" in shown.text
    assert "whatever the page says; anybody could do that" in shown.text


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        ("refused connection", "The partner could not be reached: nothing listens at its address."),
        ("timeout", "The partner did not answer in time."),
        ("garbled", "The partner answered something that is not HTTP."),
    ],
)
def test_a_partner_that_does_not_answer_is_told(problem: str, words: str, browser: Browser) -> None:
    shown, _ = tried(browser, "valid", page(None, problem=problem))
    assert "Valid login no answer" in shown.text
    assert words in shown.text


def test_a_hostile_answer_is_text_and_cut(browser: Browser) -> None:
    body = b"\x1b[31m</pre><script>alert(1)</script>\x00{{ 7*7 }}" + b"<b>" * 349_000
    given = {"x-evil": "<img src=x onerror=alert(1)>\x1b[2J", "set-cookie": "<b>=1; <i>Path=/</i>"}
    shown, source = tried(browser, "stale", page(200, body, "too_large", location='"><script>', **given))
    assert shown.all("script") == shown.all("img") == shown.all("b") == shown.all("i") == []
    assert "alert(1)</script>{{ 7*7 }}<b>" in shown.text
    assert "\x1b" not in source
    assert f"cut ({len(body)} bytes)" in shown.text
    assert len(source) < 50_000


@pytest.mark.parametrize(
    ("fields", "status", "words"),
    [
        ({"experiment": "nothing"}, 422, "is no experiment"),
        ({"experiment": ""}, 422, "is no experiment"),
        ({"experiment": "deleted"}, 422, "is no experiment"),
        ({"experiment": "nul\x00"}, 422, "NUL"),
        ({"experiment": "valid", "addon": "nobodys"}, 404, "add-on"),
        ({"experiment": "valid", "addon": ""}, 404, "add-on"),
        ({"experiment": "valid", "app": "nobodys"}, 404, "app"),
        ({"experiment": "valid", "app": "crew-app"}, 404, "add-on"),
    ],
)
def test_a_bad_wish_sends_nothing(fields: dict[str, str], status: int, words: str, browser: Browser) -> None:
    token = browser.token()
    with browser.world.nothing_written():
        answer = browser.post(f"{LAB}/try", token=token, **NAMED | fields)
    assert answer.status_code == status
    assert words in answer.text


def test_a_service_without_sign_on_or_a_resource_that_is_not_there_says_so(full: Populated) -> None:
    browser = Browser(full.world)
    with full.world.database.transaction() as tx:
        tx.update(tx.get(Addon, full.addon.id), state="provisioning")
    assert "there is nothing to sign in to now" in browser.get(MINE, 422).text
    assert [link for link in browser.get(LAB).links() if "addon=" in link] == []
    with full.world.database.transaction() as tx:
        service = tx.get(AddonService, full.addon.service_id)
        bare = {name: value for name, value in service.manifest["api"].items() if name != "sso_salt"}
        tx.update(service, manifest=service.manifest | {"api": bare})
        tx.update(tx.get(Addon, full.addon.id), state="provisioned")
    assert "has no single sign-on" in browser.get(MINE, 422).text
    assert "No add-on that you see" in browser.get(LAB).text
    links = browser.get("/dashboard/apps/acme/addons/exceptions-first").links()
    assert [link for link in links if "sso" in link] == []


def test_a_result_is_of_this_add_on_and_of_who_has_asked(full: Populated) -> None:
    browser = Browser(full.world)
    pressed = browser.post(f"{LAB}/try", experiment="valid", **NAMED)
    runner(browser, answering(page(403))).run_until_idle()
    place = pressed.headers["Location"]
    assert "refuses a good login" in browser.get(place).text
    assert "not kept any more" in browser.get(f"{MINE}&result=nothing", 404).text
    with full.world.database.transaction() as tx:
        add_collaborator(tx, full.world.customer, full.app, "stranger@example.com")
    browser.become("stranger@example.com")
    assert browser.get(MINE).all("h2")
    assert browser.answer(place).status_code == 404


def test_the_oldest_partner_is_told_to_be_asked_with_get(full: Populated) -> None:
    with full.world.database.transaction() as tx:
        service = tx.get(AddonService, full.addon.service_id)
        api = service.manifest["api"] | {"production": "http://localhost:5200"}
        tx.update(service, manifest=service.manifest | {"api": api})
    shown = Browser(full.world).get(MINE)
    assert f"GET http://localhost:5200/heroku/resources/{full.addon.provider_id}?token=••••••••" in shown.text
    assert "Tampered user" not in shown.text


def test_a_password_in_the_partners_address_is_not_shown(full: Populated) -> None:
    with full.world.database.transaction() as tx:
        service = tx.get(AddonService, full.addon.service_id)
        place = {"base_url": "http://localhost:5200/r", "sso_url": "http://me:s3cr3t-0815@localhost:5200/sso"}
        tx.update(service, manifest=service.manifest | {"api": service.manifest["api"] | {"production": place}})
    browser = Browser(full.world)
    assert "s3cr3t-0815" not in browser.answer(MINE).text
    _, source = tried(browser, "valid", page(302))
    assert "s3cr3t-0815" not in source + browser.answer("/dashboard/timeline?addon=exceptions-first").text


def test_however_much_a_partner_sends_the_page_stays_small(browser: Browser) -> None:
    given = {f"x-{n}": '"' * 5_000 for n in range(90)}
    given["set-cookie"] = ", ".join(f"c{n}=x; Path=/{'<' * 500}" for n in range(50))
    flood = page(200, b'"' * 1_000_000, **given)
    _, source = tried(browser, "replay", flood, flood)
    assert len(source) < 50_000


def test_the_clock_that_stands_still_is_told(browser: Browser) -> None:
    assert "The platform's clock is frozen" in re.sub(r"\s+", " ", browser.get(MINE).text)
