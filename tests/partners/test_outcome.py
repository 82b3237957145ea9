"""What answers mean, where the stories of tests/engines/partner_calls do not look closely enough."""

import json
from typing import Any

import pytest

from platform_sim.partners.contract import PartnerAnswer, Problem
from platform_sim.partners.outcome import (
    Accepted202,
    Broken,
    Deprovisioning202,
    Gone,
    PlanChanged,
    Provisioned,
    Refused,
    Unknown,
    deprovision_outcome,
    plan_outcome,
    provision_outcome,
)

DECLARED = ("ACME_URL",)


def said(status: int | None, body: Any = None, problem: Problem | None = None) -> PartnerAnswer:
    return PartnerAnswer(status, {}, b"" if body is None else json.dumps(body).encode(), 1, problem)


def test_everything_of_a_200() -> None:
    body = {"id": 12, "config": {"ACME_URL": ""}, "message": "hi", "log_drain_url": "syslog://l", "other": 1}
    outcome = provision_outcome(said(200, body), DECLARED, wants_drain=True)
    assert outcome == Provisioned("12", {"ACME_URL": ""}, "hi", "syslog://l")


@pytest.mark.parametrize("config", [None, {}])
def test_no_config_is_fine(config: Any) -> None:
    assert provision_outcome(said(200, {"id": "x", "config": config}), DECLARED) == Provisioned("x", {}, None, None)


def test_the_old_name_of_the_drain() -> None:
    body = {"id": "x", "syslog_drain_url": "syslog://l", "log_drain_url": None}
    assert provision_outcome(said(202, body), DECLARED, wants_drain=True) == Accepted202("x", None, "syslog://l")
    both = provision_outcome(said(202, body | {"log_drain_url": "https://new"}), DECLARED, wants_drain=True)
    assert both == Accepted202("x", None, "https://new")


@pytest.mark.parametrize(
    "url", ["https://u:p@l/x?y=1", "syslog://l:514", "syslog+tls://l", "http://localhost:5200/", "http://[::1]/"]
)
def test_drains_that_can_be_used(url: str) -> None:
    for status in (200, 202):
        outcome = provision_outcome(said(status, {"id": "x", "log_drain_url": url}), DECLARED, wants_drain=True)
        assert isinstance(outcome, Provisioned | Accepted202) and outcome.log_drain_url == url


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({}, "without `log_drain_url`"),
        ({"log_drain_url": None}, "without `log_drain_url`"),
        ({"log_drain_url": ""}, "`log_drain_url` that cannot be used: it must be a URL"),
        ({"log_drain_url": 5}, "it must be a string"),
        ({"log_drain_url": ["https://l"]}, "it must be a string"),
        ({"log_drain_url": "http://logs.example/"}, "it must be https"),
        ({"log_drain_url": "udp://logs.example/"}, "it must be a URL with https"),
        ({"syslog_drain_url": "tcp://l"}, "`syslog_drain_url` that cannot be used"),
        ({"log_drain_url": "bad", "syslog_drain_url": "https://l"}, "`log_drain_url` that cannot be used"),
    ],
)
def test_drains_that_cannot_be_used_break_the_answer(given: dict[str, Any], says: str) -> None:
    for status in (200, 202):
        outcome = provision_outcome(said(status, {"id": "x", **given}), DECLARED, wants_drain=True)
        assert isinstance(outcome, Broken) and outcome.clean_up
        assert says in outcome.message


def test_a_drain_that_nobody_asked_for_is_ignored_with_a_warning() -> None:
    for name, url in (("log_drain_url", "https://l"), ("syslog_drain_url", "nonsense"), ("log_drain_url", 5)):
        outcome = provision_outcome(said(200, {"id": "x", name: url}), DECLARED)
        assert isinstance(outcome, Provisioned) and outcome.log_drain_url is None
        assert [name in warning for warning in outcome.warnings] == [True]


def test_many_undeclared_vars_do_not_make_an_endless_message() -> None:
    body = {"id": "x", "config": {f"V{n:03d}" + "X" * 500: "1" for n in range(50)}}
    outcome = provision_outcome(said(200, body), DECLARED)
    assert isinstance(outcome, Broken)
    assert "and 40 more." in outcome.message
    assert len(outcome.message) < 1200


@pytest.mark.parametrize("problem", ["refused connection", "unknown host", "no connection", "bad certificate"])
def test_never_sent(problem: Problem) -> None:
    outcome = provision_outcome(said(None, problem=problem), DECLARED)
    assert isinstance(outcome, Unknown) and outcome.never_sent


@pytest.mark.parametrize("problem", ["timeout", "cut", "garbled", "failed"])
def test_maybe_sent(problem: Problem) -> None:
    for outcome in (
        provision_outcome(said(200, {"id": "x"}, problem), DECLARED),
        plan_outcome(said(200, {}, problem), DECLARED),
        deprovision_outcome(said(None, problem=problem)),
    ):
        assert isinstance(outcome, Unknown) and not outcome.never_sent


def test_a_refusal_that_is_too_large_is_still_one() -> None:
    assert isinstance(provision_outcome(said(422, "x", "too_large"), DECLARED), Refused)
    assert isinstance(provision_outcome(said(500, "x", "too_large"), DECLARED), Unknown)


def test_an_unexpected_status() -> None:
    assert provision_outcome(said(103), DECLARED) == Unknown("failed (HTTP 103)", 103)
    assert provision_outcome(said(777), DECLARED) == Unknown("failed (HTTP 777)", 777)


def test_a_plan_change_makes_nothing_to_clean_up() -> None:
    outcome = plan_outcome(said(200, []), DECLARED)
    assert isinstance(outcome, Broken) and not outcome.clean_up
    assert plan_outcome(said(200, {"message": "m"}), DECLARED) == PlanChanged({}, "m")
    accepted = plan_outcome(said(202, {}), DECLARED)
    assert isinstance(accepted, PlanChanged) and "202" in accepted.warnings[0]


def test_delete_looks_at_the_status_only() -> None:
    assert deprovision_outcome(said(204)) == Gone()
    assert deprovision_outcome(PartnerAnswer(200, {}, b"<html>", 1, "cut")) == Gone(
        ("204 is the answer to a DELETE, not 200.",)
    )
    assert deprovision_outcome(said(202, {}), may_finish_later=True) == Deprovisioning202()
    early = deprovision_outcome(said(202, {}))
    assert isinstance(early, Gone) and "202" in early.warnings[0]
    assert isinstance(deprovision_outcome(said(404)), Gone)
    assert isinstance(deprovision_outcome(said(404), not_found_is_gone=False), Refused)
    assert deprovision_outcome(said(410), not_found_is_gone=False) == Gone()
    redirect = deprovision_outcome(said(302))
    assert isinstance(redirect, Refused) and redirect.status == 302
