"""Faults of the connection: cut before or after the partner has read a request, and bytes that come in drops.

`HttpSend` does them to a real socket. Whatever else delivers requests, such as an application in the same process, is
dealt with as near to that as it can be.
"""

import threading
import time
from dataclasses import dataclass, replace
from typing import Literal, Protocol, runtime_checkable

from platform_sim.partners.contract import PartnerAnswer, PartnerRequest, Problem, Send

PIECES = 20
"""In so many a message comes that comes in drops."""


NOT_REACHED: frozenset[Problem | None] = frozenset(
    {"bad address", "unknown host", "bad certificate", "refused connection", "no connection"}
)
"""Of a partner that has got nothing."""


@dataclass(frozen=True)
class Strike:
    """What happens to one connection. `drops`: wall seconds over which the request's bytes are sent."""

    cut: Literal["before", "after"] | None = None
    drops: float = 0.0


@runtime_checkable
class Strikes(Protocol):
    """A `Send` that can do it to a real connection."""

    def struck(self, request: PartnerRequest, strike: Strike) -> PartnerAnswer:
        """As a call, with that happening to it."""
        ...


def struck(send: Send, request: PartnerRequest, strike: Strike) -> PartnerAnswer:
    """Send a request to whose connection that happens."""
    able: object = send
    if isinstance(able, Strikes):
        return able.struck(request, strike)
    begun = time.monotonic()
    if strike.cut == "before":
        return PartnerAnswer(None, {}, b"", 0, "cut")
    if strike.drops and (late := _rest(strike.drops, request.timeout, begun)) is not None:
        return late
    answer = send(replace(request, timeout=request.timeout - min(strike.drops, request.timeout)))
    if strike.cut == "after":
        return unheard(answer)
    return replace(answer, milliseconds=_since(begun))


def unheard(answer: PartnerAnswer) -> PartnerAnswer:
    """What the platform has of an answer before which the connection was cut. It was waited for, at most as long as any
    is: what comes next finds a partner that has acted. One that was never reached stays so."""
    if answer.problem in NOT_REACHED:
        return answer
    return PartnerAnswer(None, {}, b"", answer.milliseconds, "cut")


def answered_in_drops(answer: PartnerAnswer, seconds: float, timeout: float) -> PartnerAnswer:
    """An answer whose body takes so many wall seconds to arrive; what has not come within `timeout` is lost."""
    left = max(0.0, timeout - answer.milliseconds / 1000)
    if answer.status is None or seconds < left:
        threading.Event().wait(seconds if answer.status is not None else 0)
        return replace(answer, milliseconds=answer.milliseconds + int(seconds * 1000))
    threading.Event().wait(left)
    arrived = int(len(answer.body) * left / seconds) if seconds else 0
    return replace(answer, body=answer.body[:arrived], milliseconds=int(timeout * 1000), problem="timeout")


def pieces(data: bytes) -> list[bytes]:
    """The drops of one message."""
    size = max(1, -(-len(data) // PIECES))
    return [data[at : at + size] for at in range(0, len(data), size)]


def _rest(seconds: float, timeout: float, begun: float) -> PartnerAnswer | None:
    """Wait as long as the request takes to be sent; the end of it, if that is longer than there is time."""
    threading.Event().wait(min(seconds, timeout))
    return PartnerAnswer(None, {}, b"", _since(begun), "timeout") if seconds >= timeout else None


def _since(begun: float) -> int:
    return int((time.monotonic() - begun) * 1000)
