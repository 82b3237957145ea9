"""What a partner's answer to a data call means: this simulator's own extension (docs/pg-commands.md). Pure.

The partner stands for a host of Heroku's own here, so its JSON and its words go to the customer as they are. What it
says about the platform's own credentials, and what is no answer at all, does not.
"""

import json
from dataclasses import dataclass, field
from typing import Any

from platform_sim.core.model import json_text
from platform_sim.partners.contract import PartnerAnswer
from platform_sim.partners.outcome import NOT_NOW, told
from platform_sim.partners.words import reason

UNTOLD = "The add-on's provider could not do this (HTTP {}). Ask its support if it happens again."


@dataclass(frozen=True)
class Answered:
    """The partner did it. `body`: any JSON; often with credentials in it."""

    status: int
    body: Any = field(repr=False)


@dataclass(frozen=True)
class SaidNo:
    """It did not, and says why. `status`: a 4xx, or 503 where there is no use in asking now."""

    status: int
    message: str


DataOutcome = Answered | SaidNo


def data_outcome(answer: PartnerAnswer) -> DataOutcome:
    """The answer to a data call. Nothing is asked twice: who has asked is told, and may ask again."""
    status = answer.status
    if status is None or answer.problem is not None:
        return SaidNo(503, f"The add-on's provider {_lost(answer)}. Try again later.")
    if 200 <= status < 300:
        return _read(answer, status)
    if status == 401:
        return SaidNo(
            503,
            "The add-on's provider did not accept the platform's credentials (HTTP 401). "
            "It has to check id and password of its manifest.",
        )
    if 400 <= status < 500 and status not in NOT_NOW:
        return SaidNo(status, told(answer) or UNTOLD.format(status))
    return SaidNo(503, (told(answer) if status == 503 else None) or UNTOLD.format(status))


def _lost(answer: PartnerAnswer) -> str:
    return "returned an answer that is too large" if answer.problem == "too_large" else reason(answer)


def _read(answer: PartnerAnswer, status: int) -> DataOutcome:
    if not answer.body.strip():
        return Answered(status, {})
    try:
        body = json_text.read(answer.body)
        json.dumps(body, ensure_ascii=False, allow_nan=False).encode()
    except ValueError:
        return SaidNo(503, "The add-on's provider returned an answer that is not valid JSON.")
    return Answered(status, body)
