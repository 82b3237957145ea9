"""What a fault makes of an answer, and that the ledger keeps secret what the real one held."""

import json
from dataclasses import replace

import pytest

from platform_sim.partners.contract import PartnerAnswer, PartnerRequest
from platform_sim.partners.faulty import ALTERED, WIRE, altered, sent
from platform_sim.partners.wire import masked_exchange

REQUEST = PartnerRequest("POST", "http://acme.example/r", {}, b"{}", 25.0)
BODY = json.dumps(
    {"config": {"ACME_WORD": "hunter"}, "message": "enjoy it, and look at all the documentation"}
).encode()
ANSWER = PartnerAnswer(201, {"content-type": "application/json", "x-own": "1"}, BODY, 7)


def test_each_is_another_answer_and_says_what_was_really_said() -> None:
    found = {kind: altered(kind, 503, ANSWER) for kind in ALTERED}
    assert all(each.fault == f"fault {kind}: the partner has answered 201" for kind, each in found.items())
    assert [(each.status, each.problem) for each in found.values()] == [
        *((503, None), (None, "timeout"), (201, None), (201, None), (201, None))
    ]
    assert isinstance(json.loads(found["partner-wrong-type"].body), list)
    assert found["partner-html"].headers == {"content-type": "text/html", "x-own": "1"}
    assert BODY.startswith(found["partner-broken-json"].body)
    for kind in ("partner-status", "partner-broken-json", "partner-html"):
        with pytest.raises(ValueError, match=r"Expecting|Unterminated"):
            json.loads(found[kind].body)


@pytest.mark.parametrize("kind", ALTERED)
def test_no_secret_of_the_real_answer_is_kept(kind: str) -> None:
    """A header may repeat what only the body that was really answered says to be secret."""
    kept = masked_exchange(REQUEST, altered(kind, None, replace(ANSWER, headers={"x-word": "is hunter"})))
    assert "hunter" not in str(kept)


def test_what_was_lost_by_itself_says_so_too() -> None:
    lost = PartnerAnswer(None, {}, b"", 7, "refused connection")
    assert altered("partner-lost-answer", None, lost).fault == (
        "fault partner-lost-answer: the partner has not answered (refused connection)"
    )
    assert masked_exchange(REQUEST, altered("partner-html", None, lost)).problem == (
        "refused connection (fault partner-html: the partner has not answered (refused connection))"
    )


def test_each_kind_of_the_wire_is_done_and_told() -> None:
    asked = []

    def send(request: PartnerRequest) -> PartnerAnswer:
        asked.append(request)
        return ANSWER

    told = {kind: sent(kind, 0.01, send, REQUEST) for kind in sorted(WIRE - set(ALTERED))}
    assert [(kind, each.status, each.problem, each.fault) for kind, each in told.items()] == [
        *(
            (
                "partner-cut-after",
                None,
                "cut",
                "fault partner-cut-after: the partner has got the request and was not heard",
            ),
            ("partner-cut-before", None, "cut", "fault partner-cut-before: the partner has not got the whole request"),
            ("partner-down", None, "refused connection", "fault partner-down: the partner was not asked"),
            ("partner-slow-answer", 201, None, "fault partner-slow-answer: the answer took 0.01 s"),
            ("partner-slow-request", 201, None, "fault partner-slow-request: the request was sent in drops"),
        )
    ]
    assert len(asked) == 3
    assert told["partner-slow-answer"].milliseconds == ANSWER.milliseconds + 10
