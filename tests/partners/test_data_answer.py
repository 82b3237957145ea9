"""What an answer to a data call means (docs/pg-commands.md)."""

import json
from typing import Any

import pytest

from platform_sim.partners.contract import PartnerAnswer, Problem
from platform_sim.partners.data_answer import Answered, SaidNo, data_outcome


def said(status: int | None, body: Any = None, problem: Problem | None = None) -> PartnerAnswer:
    content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    return PartnerAnswer(status, {}, content, 1, problem)


@pytest.mark.parametrize(("status", "body"), [(200, {"name": "db"}), (200, []), (201, [1]), (202, {}), (200, "text")])
def test_any_json_of_a_success_goes_on_as_it_is(status: int, body: Any) -> None:
    assert data_outcome(said(status, body)) == Answered(status, body)


def test_an_empty_success_is_an_empty_object() -> None:
    assert data_outcome(said(204)) == Answered(204, {})
    assert data_outcome(said(200, b" \n")) == Answered(200, {})


@pytest.mark.parametrize("body", [b"<html>", b"{", b"NaN", b'"\\ud800"', b"[" * 100_000])
def test_a_success_that_is_no_json_is_a_fault_of_the_partner(body: bytes) -> None:
    assert data_outcome(said(200, body)) == SaidNo(
        503, "The add-on's provider returned an answer that is not valid JSON."
    )


@pytest.mark.parametrize("status", [400, 402, 403, 404, 409, 410, 422])
def test_a_no_goes_on_with_the_partners_words(status: int) -> None:
    assert data_outcome(said(status, {"id": "x", "message": "There are no backups."})) == SaidNo(
        status, "There are no backups."
    )
    bare = data_outcome(said(status, b"nope"))
    assert isinstance(bare, SaidNo) and bare.status == status and f"HTTP {status}" in bare.message


@pytest.mark.parametrize("status", [302, 408, 425, 429, 500, 502])
def test_what_is_no_answer_is_the_partners_absence(status: int) -> None:
    """Its words are not shown: they may be an error page about our own request."""
    outcome = data_outcome(said(status, {"message": "secret"}))
    assert isinstance(outcome, SaidNo) and outcome.status == 503
    assert "secret" not in outcome.message and f"HTTP {status}" in outcome.message


def test_503_may_say_why() -> None:
    assert data_outcome(said(503, {"message": "The server restarts."})) == SaidNo(503, "The server restarts.")
    assert "HTTP 503" in str(data_outcome(said(503)))


def test_refused_credentials_are_the_platforms_and_not_the_customers() -> None:
    outcome = data_outcome(said(401, {"message": "who are you"}))
    assert isinstance(outcome, SaidNo) and outcome.status == 503
    assert "platform's credentials" in outcome.message


@pytest.mark.parametrize(
    ("status", "problem", "words"),
    [
        (None, "refused connection", "nothing listens"),
        (None, "timeout", "did not answer in time"),
        (200, "cut", "closed the connection"),
        (200, "too_large", "too large"),
    ],
)
def test_no_whole_answer_says_what_is_wrong(status: int | None, problem: Problem, words: str) -> None:
    outcome = data_outcome(said(status, {"name": "db"}, problem))
    assert isinstance(outcome, SaidNo) and outcome.status == 503 and words in outcome.message


def test_no_body_is_in_what_a_trace_shows() -> None:
    assert "hunter2" not in repr(data_outcome(said(200, {"password": "hunter2"})))
