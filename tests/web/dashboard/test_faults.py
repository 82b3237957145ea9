"""The page of faults: what it shows, what its forms do, and what they refuse."""

import pytest

from platform_sim.core.actions import faults
from platform_sim.core.model.fault_kinds import KINDS
from platform_sim.core.model.faults import Fault
from platform_sim.core.model.records import Event

from .browser import Browser, Page

PAGE = "/dashboard/operator/faults"
ACTS = ("add", "remove", "clear", "profile", "profile/end")


def rows(browser: Browser) -> list[Fault]:
    with browser.world.database.snapshot() as found:
        return found.all(Fault)


def test_one_is_added_shown_and_removed(browser: Browser) -> None:
    assert "No faults." in browser.get(PAGE).text
    typed = {"kind": "partner-status", "match": " service=acme  path=/a=b ", "times": "2", "amount": "502.0"}
    page = browser.do(f"{PAGE}/add", **typed)
    assert "Next: partner-status." in page.text
    assert "partner-status path=/a=b service=acme 502 0 2" in page.text
    (made,) = rows(browser)
    assert (made.match, made.times, made.amount) == ({"path": "/a=b", "service": "acme"}, 2, 502.0)
    assert "Faults 1 kind waits" in browser.get("/dashboard/operator").text
    page = browser.do(f"{PAGE}/remove", fault=page.form("/remove").buttons[0][1])
    assert "Removed: partner-status." in page.text
    assert rows(browser) == []


def test_left_out_means_once_of_any_and_forever_means_that(browser: Browser) -> None:
    browser.do(f"{PAGE}/add", kind="partner-html", match="", times="", amount="")
    page = browser.do(f"{PAGE}/add", kind="partner-html", match="", times="forever", amount="")
    assert [(each.match, each.times, each.amount) for each in rows(browser)] == [({}, 1, None), ({}, None, None)]
    assert "partner-html any – 0 1 Remove partner-html partner-html any – 0 forever" in page.text
    assert "Removed: 2." in browser.do(f"{PAGE}/clear").text


def test_a_profile_says_its_seed(browser: Browser) -> None:
    page = browser.do(f"{PAGE}/profile", name="rough", seed="7")
    assert "Things go wrong by chance: rough, with the seed 7." in page.text
    assert "Now: rough, seed 7. It has acted 0 times." in page.text
    assert "partner-delay 0.1 0" in page.text
    assert "No faults but by chance ." in page.text, "one profile is not as many faults as it has kinds"
    assert {each.seed for each in rows(browser)} == {7}
    page = browser.do(f"{PAGE}/profile", name="gentle", seed="")
    assert f"gentle, with the seed {rows(browser)[0].seed}." in page.text
    browser.do(f"{PAGE}/add", kind="partner-html", match="", times="", amount="")
    page = browser.do(f"{PAGE}/profile/end")
    assert [each.kind for each in rows(browser)] == ["partner-html"], "what was asked for by name stays"
    assert "Now:" not in page.text


def test_every_kind_is_told_and_can_be_chosen(browser: Browser) -> None:
    text = browser.answer(PAGE).text
    for kind in KINDS.values():
        assert f"<option>{kind.name}</option>" in text
        assert kind.sentence in Page(text).text


@pytest.mark.parametrize(
    ("act", "typed", "why"),
    [
        ("add", {"kind": "partner-nothing"}, "There is no fault"),
        ("add", {"kind": "partner-html", "match": "acme"}, "is not KEY=VALUE"),
        ("add", {"kind": "partner-html", "match": "=acme"}, "is not KEY=VALUE"),
        ("add", {"kind": "partner-html", "match": "color=red"}, "cannot be narrowed to"),
        ("add", {"kind": "partner-html", "times": "often"}, "whole number, or forever"),
        ("add", {"kind": "partner-html", "times": "9" * 13}, "whole number, or forever"),
        ("add", {"kind": "partner-status", "amount": "many"}, "amount must be a number"),
        ("add", {"kind": "partner-status", "amount": "1e5"}, "amount must be a number"),
        ("profile", {"name": "mild"}, "There is no profile"),
        ("profile", {"name": "rough", "seed": "-1"}, "seed must be a whole number"),
    ],
)
def test_what_cannot_be_is_refused_in_words(browser: Browser, act: str, typed: dict[str, str], why: str) -> None:
    answer = browser.post(f"{PAGE}/{act}", **typed)
    assert (answer.status_code, why in Page(answer.text).text) == (422, True)
    assert rows(browser) == []


def test_one_that_is_gone_is_not_there(browser: Browser) -> None:
    assert browser.post(f"{PAGE}/remove", fault="01234567").status_code == 404


@pytest.mark.parametrize("act", ACTS)
def test_only_a_form_of_ours_changes_anything(browser: Browser, act: str) -> None:
    with browser.world.database.transaction() as tx:
        made = faults.add(tx, browser.world.customer.account, "partner-html", {})
    fields = {"kind": "partner-html", "fault": made.id, "name": "rough"}
    assert browser.post(f"{PAGE}/{act}", token="", **fields).status_code == 403
    with browser.world.database.snapshot() as found:
        assert [each.action for each in found.all(Event, kind="fault")] == ["create"]
