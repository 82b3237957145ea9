"""What every form of a report shows of an exchange: masked, and without what is another in each run."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from platform_sim.conformance.curl import script
from platform_sim.conformance.rule import Problem, Result
from platform_sim.conformance.run import Report
from platform_sim.conformance.seen import Exchange
from platform_sim.partners.wire import masked_exchange

LONGEST = 1_000
"""Characters of a body."""
TIME = re.compile(r"\b20\d\d-\d\d-\d\dT[\d:.]+Z|(?<=timestamp=)\d{10}\b")
HEADERS = ("content-type", "location", "set-cookie", "www-authenticate", "accept", "authorization")
"""Those that matter; times, servers and lengths are another in each run."""


@dataclass(frozen=True)
class Shown:
    """One problem, as it may be shown. `request` is None where no exchange tells of it."""

    sentence: str
    moment: str = ""
    request: str | None = None
    request_headers: Mapping[str, str] | None = None
    request_body: str = ""
    answer: str = ""
    answer_headers: Mapping[str, str] | None = None
    answer_body: str = ""
    curl: str = ""


def shown(problem: Problem, report: Report) -> Shown:
    """With the request, the answer, and the commands that lead to it again."""
    exchange = problem.exchange
    if exchange is None:
        return Shown(problem.sentence)
    masked = masked_exchange(exchange.request, exchange.answer)
    return Shown(
        problem.sentence,
        exchange.moment,
        f"{masked.method} {masked.url}",
        _kept(masked.request_headers),
        _cut(masked.request_body),
        exchange.said,
        _kept(masked.response_headers),
        _cut(masked.response_body),
        script(exchange, report.exchanges, report.manifest),
    )


def fingerprint(result: Result, problem: Problem | None = None) -> str:
    """The same for the same finding in each run: of the rule, and of the moment at which it is seen."""
    exchange: Exchange | None = problem.exchange if problem else None
    text = f"{result.rule.id} {exchange.moment if exchange else ''}"
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def value(found: Shown) -> dict[str, Any]:
    """As JSON values, without what is empty."""
    return {name: content for name, content in vars(found).items() if content}


def _kept(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name.lower() in HEADERS}


def _cut(text: str) -> str:
    text = TIME.sub("[time]", text)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}... (cut here)"
