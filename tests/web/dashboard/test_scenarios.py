"""The pages of scenario files: mistakes with their lines, what is loaded, what has become of each step, the export."""

from io import BytesIO

import pytest

from platform_sim.core.actions import jobs, scenarios
from platform_sim.core.model.addons import Addon, AddonService
from platform_sim.core.model.records import SCENARIO
from platform_sim.scenarios.document import parse
from platform_sim.scenarios.glue import LANGUAGE

from .browser import Browser, Page

PAGE = "/dashboard/operator/scenarios"
GOOD = "scenario: Mine\nsteps:\n- create app: mine\n"
STEP = {"number": 1, "line": 3, "column": 3, "chapter": "", "title": "create app mine", "state": "ok", "said": ""}
STEP |= {"checks": ["it is there"], "problem": "", "milliseconds": 12, "timeline": []}


@pytest.fixture(autouse=True)
def language(browser: Browser) -> None:
    """As a platform has it."""
    browser.world.doors.scenarios = LANGUAGE


def test_mistakes_are_told_with_their_lines_and_the_text_stays(browser: Browser) -> None:
    answer = browser.post(f"{PAGE}/load", text="steps:\n- creat app: <b>\n", act="play")
    page = Page(answer.text)
    assert answer.status_code == 422
    assert "pasted.yaml:2:3 'creat app' is no verb; did you mean 'create app'?" in page.text
    assert "- creat app: <b>" in " ".join(page.words)
    assert "You have played none here." in page.text


def test_a_file_is_only_checked(browser: Browser) -> None:
    answer = browser.post(f"{PAGE}/load", text=GOOD, act="check")
    assert answer.status_code == 200
    assert "It can be played: Mine" in Page(answer.text).text
    assert "You have played none here." in browser.get(PAGE).text


def test_one_is_loaded_watched_and_stopped(browser: Browser) -> None:
    page = browser.do(f"{PAGE}/load", file=(BytesIO(GOOD.encode()), "mine.yaml"), text="ignored", act="play")
    assert "The scenario is loaded. Operator" in page.text
    assert "Mine State waiting File mine.yaml Steps 0 Checks 0" in page.text
    assert [each["src"] for each in page.all("script")] == ["/dashboard/static/waits.js"]
    database = browser.world.database
    with database.transaction() as tx:
        (job,) = scenarios.plays(tx, browser.world.customer)
        jobs.claim(tx, "boot", [SCENARIO])
        scenarios.tell(tx, job.id, STEP)
    page = browser.do(f"{PAGE}/{job.id}/stop")
    assert "It ends before its next step." in page.text
    assert "3 create app mine 1 check of create app mine it is there ok 12 ms" in page.text
    with database.transaction() as tx:
        assert scenarios.is_stopped(tx, job.id)
        failed = STEP | {
            "state": "failed",
            "problem": "mine.yaml:4:5: expected <a>",
            "timeline": ["customer → platform"],
        }
        scenarios.tell(tx, job.id, failed)
        scenarios.end(tx, job.id, "Somebody has stopped it.")
    page = browser.get(f"{PAGE}/{job.id}")
    assert "State failed" in page.text and "Somebody has stopped it." in page.text
    assert "mine.yaml:4:5: expected <a>" in page.text and "customer → platform" in page.text
    assert (page.all("script"), [form.action for form in page.forms]) == ([], [])
    assert "Mine mine.yaml failed 2" in browser.get(PAGE).text


def test_a_playing_is_its_customers(browser: Browser) -> None:
    browser.do(f"{PAGE}/load", text=GOOD, act="play")
    with browser.world.database.snapshot() as rows:
        (job,) = scenarios.plays(rows, browser.world.customer)
    browser.become("friend@example.com")
    assert "You have played none here." in browser.get(PAGE).text
    browser.get(f"{PAGE}/{job.id}", 404)


def test_the_story_of_the_package_is_offered(browser: Browser) -> None:
    assert f"{PAGE}?story=demo" in browser.get(PAGE).links()
    assert "scenario: How add-ons work" in " ".join(browser.get(f"{PAGE}?story=demo").words)
    browser.get(f"{PAGE}?story=none", 404)


def test_a_file_that_is_no_text_is_refused(browser: Browser) -> None:
    answer = browser.post(f"{PAGE}/load", file=(BytesIO(b"\xff\xfe"), "mine.yaml"), act="play")
    assert answer.status_code == 422
    assert "not text in UTF-8" in answer.text


def test_the_platform_is_offered_as_a_file(browser: Browser) -> None:
    answer = browser.answer(f"{PAGE}/export?scripted")
    assert answer.headers["Content-Type"].startswith("application/yaml")
    assert "attachment" in answer.headers["Content-Disposition"]
    document = parse(answer.text)
    assert document.content["services"]["exceptions"]["partner"] == "scripted"
    with browser.world.database.snapshot() as rows:
        service = rows.all(AddonService)[0]
        addon = rows.all(Addon, state="provisioned")[0]
    secrets = ["partner-password", "partner-salt", service.client_secret, *addon.config.values()]
    assert len(secrets) > 3
    assert [each for each in secrets if each in answer.text] == []


def test_what_is_not_as_expected_is_counted(browser: Browser) -> None:
    page = browser.do(f"{PAGE}/load", text=GOOD, act="play")
    database = browser.world.database
    with database.transaction() as tx:
        (job,) = scenarios.plays(tx, browser.world.customer)
        jobs.claim(tx, "boot", [SCENARIO])
        problem = "f.yaml:4:5: expected that a is 1; it is 2\nf.yaml:4:9: expected that b is 1; it is 2"
        scenarios.tell(tx, job.id, STEP | {"state": "failed", "problem": problem})
        scenarios.end(tx, job.id, "")
    assert "Checks 1 as expected, 2 not" in browser.get(f"{PAGE}/{job.id}").text
    page = browser.get(PAGE)
    assert f"{job.created_at:%Y-%m-%d %H:%M:%S}" in page.text
    assert [each["wrap"] for each in page.all("textarea")] == ["off"]
