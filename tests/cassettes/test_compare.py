"""Answers side by side: what has to be the same, and what is another one in each run."""

import json
from dataclasses import replace
from typing import Any

import pytest

from platform_sim.cassettes.compare import differences
from platform_sim.cassettes.tape import Recorded
from platform_sim.cassettes.values import Values
from platform_sim.partners.contract import PartnerAnswer

UUID, NOW = "0a0a0a0a-1111-4222-8333-444444444444", "0b0b0b0b-1111-4222-8333-444444444444"
OTHER = "0c0c0c0c-1111-4222-8333-444444444444"
JSON = {"content-type": "application/json; charset=utf-8"}
RECORDED = Recorded(
    number=1, by_partner=False, addon=UUID, is_webhook=False, follows=None, method="POST", url="http://p/x", headers={},
    sent=None, status=200, said_headers={"Content-Type": "application/json"}, said=None, problem=None,
)  # fmt: skip


def compared(was: Any, now: Any, headers: dict[str, str] = JSON) -> list[str]:
    values = Values("acme", {})
    values.name(UUID, NOW)
    body = now if isinstance(now, bytes) else b"" if now is None else json.dumps(now).encode()
    return differences(replace(RECORDED, said=was), PartnerAnswer(200, headers, body, 1), values)


@pytest.mark.parametrize(
    ("was", "now"),
    [
        (None, None),
        ({"id": UUID}, {"id": NOW}),
        ({"other": OTHER}, {"other": UUID}),
        ({"at": "2026-03-01T12:00:00Z"}, {"at": "2027-04-02T11:59:59.123456+00:00"}),
        ({"config": {"A_URL": "{{A_URL 1}}"}}, {"config": {"A_URL": "postgres://u:p@h/x"}}),
        ({"see": "http://localhost:4711/a/{{token 2}}/x"}, {"see": "http://localhost:5000/a/s3cret/x"}),
        ({"account": "acct_18f3a9c2"}, {"account": "acct_77aa00ff"}),
        ({"created": 1767225600}, {"created": 1767229999}),
        ([1, True, None, "a"], [1, True, None, "a"]),
    ],
)
def test_what_may_differ_is_no_difference(was: Any, now: Any) -> None:
    assert compared(was, now) == []


@pytest.mark.parametrize(
    ("was", "now", "says"),
    [
        ({"id": UUID}, {"id": OTHER}, "`id`: recorded was "),
        ({"id": UUID}, {"id": "x"}, "`id`: recorded was "),
        ({"limit": 10}, {"limit": 11}, "`limit`: recorded was 10, now it is 11"),
        ({"on": True}, {"on": 1}, "`on`: recorded was a boolean, now it is a number"),
        ({"message": "Ready."}, {"message": "Done."}, '`message`: recorded was "Ready.", now it is "Done."'),
        ({"config": {"A": "{{A 1}}"}}, {"config": {"A": ""}}, "`config.A`: recorded was "),
        ({"config": {"A": "{{A 1}}"}}, {"config": {"B": "b"}}, "`config`: A is gone"),
        ([1], [1, 2], "body: recorded were 1 items, now there are 2"),
        ({"a": [{"b": 1}]}, {"a": [{}]}, "`a[0]`: b is gone"),
        ({"a": 1}, None, "body: there was one, now there is none"),
        (None, {"a": 1}, "body: recorded was none, now there is one"),
        ({"a": 1}, b"<html>", "body: recorded was an object, now it is no JSON"),
    ],
)
def test_what_has_to_be_the_same_is_told_with_its_place(was: Any, now: Any, says: str) -> None:
    assert compared(was, now)[0].startswith(says)


def test_of_a_long_text_the_part_is_shown_that_is_another_one() -> None:
    before, after = "word " * 30, " more" * 30
    [told] = compared({"m": f"{before}says{after}"}, {"m": f"{before}tells{after}"})
    was, now = told.removeprefix("`m`: recorded was ").split(", now it is ")
    assert was.startswith('"…word word word says more')
    assert now.startswith('"…word word word tells more')
    assert len(was) == len(now) == 64


def test_a_secret_is_not_told_in_part_either() -> None:
    secret = "s3cret-" + "0815" * 30
    now = {"message": f"Use {secret}", "config": {"A": secret}}
    told = "".join(compared({"message": "Use it.", "config": {"A": "{{A 1}}"}}, now))
    assert "Use [hidden]" in told
    assert "s3cret" not in told


def test_no_secret_is_told() -> None:
    told = compared(
        {"message": "Use it.", "config": {"A": 1}}, {"message": "Use s3cret-0815", "config": {"A": "s3cret-0815"}}
    )
    assert len(told) == 2
    assert "s3cret" not in "".join(told)


def test_another_type_of_body_is_told() -> None:
    assert compared({}, {}, {"content-type": "text/html"}) == [
        "content type: recorded was application/json, now it is text/html"
    ]
