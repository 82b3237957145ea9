"""What a fault makes of a request on its way, and of a partner's answer before the platform reads it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from platform_sim.partners.contract import PartnerAnswer, PartnerRequest, Send
from platform_sim.partners.struck import Strike, answered_in_drops, struck

PAGE = b"<!DOCTYPE html>\n<title>Welcome</title>\n<p>This is not the answer you are looking for.</p>\n"
ERROR = b"<html>\n<head><title>%(status)d</title></head>\n<body><h1>%(status)d</h1><hr>proxy</body>\n</html>\n"
"""Without a message for customers: a 503 that has one is a partner's clear no, and this one has done its part."""
HTML = {"content-type": "text/html"}


def sent(kind: str, amount: float | None, send: Send, request: PartnerRequest) -> PartnerAnswer:
    """Send a request under one of `WIRE`: its answer as it arrives, with a word on what has really happened."""
    if kind == DOWN:
        return PartnerAnswer(None, {}, b"", 0, "refused connection", fault=f"fault {kind}: the partner was not asked")
    if kind in STRIKES:
        answer = struck(send, request, STRIKES[kind](amount or 0.0))
        return replace(answer, fault=f"fault {kind}: {WORDS[kind]}")
    if kind == SLOW_ANSWER:
        really = send(request)
        arrives = answered_in_drops(really, amount or 0.0, request.timeout)
        return replace(arrives, fault=f"fault {kind}: the answer took {amount or 0:g} s", truth=really.body)
    return altered(kind, amount, send(request))


def altered(kind: str, amount: float | None, answer: PartnerAnswer) -> PartnerAnswer:
    """As it arrives under this fault, with a word on what the partner had really answered."""
    arrives = ALTERED[kind](answer, amount)
    return replace(arrives, fault=f"fault {kind}: the partner {_really(answer)}", truth=answer.body)


def _really(answer: PartnerAnswer) -> str:
    if answer.status is None:
        return f"has not answered ({answer.problem})"
    return f"has answered {answer.status}"


def _status(answer: PartnerAnswer, amount: float | None) -> PartnerAnswer:
    status = int(amount or 502)
    return PartnerAnswer(status, HTML, ERROR % {b"status": status}, answer.milliseconds)


def _lost(answer: PartnerAnswer, amount: float | None) -> PartnerAnswer:
    return PartnerAnswer(None, {}, b"", answer.milliseconds, "timeout")


def _broken(answer: PartnerAnswer, amount: float | None) -> PartnerAnswer:
    """What is cut after its half is JSON no more; of an empty answer one bracket is left."""
    return replace(answer, body=answer.body[: len(answer.body) // 2] or b"{")


def _list(answer: PartnerAnswer, amount: float | None) -> PartnerAnswer:
    return replace(answer, body=b"[" + answer.body + b"]")


def _page(answer: PartnerAnswer, amount: float | None) -> PartnerAnswer:
    return replace(answer, headers={**answer.headers, **HTML}, body=PAGE)


ALTERED: Mapping[str, Callable[[PartnerAnswer, float | None], PartnerAnswer]] = MappingProxyType(
    {
        "partner-status": _status,
        "partner-lost-answer": _lost,
        "partner-broken-json": _broken,
        "partner-wrong-type": _list,
        "partner-html": _page,
    }
)
STRIKES: Mapping[str, Callable[[float], Strike]] = MappingProxyType(
    {
        "partner-cut-before": lambda seconds: Strike(cut="before"),
        "partner-cut-after": lambda seconds: Strike(cut="after"),
        "partner-slow-request": lambda seconds: Strike(drops=seconds),
    }
)
WORDS = {
    "partner-cut-before": "the partner has not got the whole request",
    "partner-cut-after": "the partner has got the request and was not heard",
    "partner-slow-request": "the request was sent in drops",
}
DOWN, SLOW_ANSWER = "partner-down", "partner-slow-answer"
WIRE = frozenset({*ALTERED, *STRIKES, DOWN, SLOW_ANSWER})
"""Kinds that happen between a request that goes and its answer."""
