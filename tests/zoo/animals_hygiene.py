"""Partners that do the right thing in an unclean way, or too slowly."""

import time
from dataclasses import replace
from typing import Any

from platform_sim.partners.contract import PartnerAnswer, PartnerRequest

from .partner import Right
from .parts import PASSWORD, Answer, Held, Refusal, Request


class TooLate(Right):
    """PUT takes half a minute."""

    breaks = "V01"
    method, takes = "PUT", 26_000

    def __call__(self, request: PartnerRequest) -> PartnerAnswer:
        answer = super().__call__(request)
        return replace(answer, milliseconds=self.takes) if request.method == self.method else answer


class Late(TooLate):
    """PUT takes a while."""

    breaks = "V02"
    takes = 4_000


class InAHurry(Right):
    """Gives Heroku little time."""

    breaks = "V03"
    slowness = 0.7

    def swap(self, held: Held, order: dict[str, Any]) -> None:
        began = time.monotonic()
        super().swap(held, order)
        if time.monotonic() - began > 0.55:
            raise Refusal(422, "Heroku does not answer.")


class LatePages(Right):
    """The login takes a while."""

    breaks = "V04"

    def __call__(self, request: PartnerRequest) -> PartnerAnswer:
        answer = super().__call__(request)
        return replace(answer, milliseconds=4_000) if "/sso" in request.url else answer


class SaysOk(Right):
    """DELETE is answered with a word."""

    breaks = "H01"
    also = ("D02",)

    def deprovision(self, uuid: str) -> Answer:
        super().deprovision(uuid)
        return Answer(200, "OK", {"Content-Type": "text/plain"})


class _Answers(Right):
    """Changes its answers once they are made."""

    def answer(self, request: Request) -> Answer:
        answer = super().answer(request)
        self.change(request, answer)
        return answer

    def change(self, request: Request, answer: Answer) -> None:
        """In place."""
        raise NotImplementedError


class CallsItText(_Answers):
    """JSON that is called text."""

    breaks = "H02"

    def change(self, request: Request, answer: Answer) -> None:
        if request.method == "PUT":
            answer.headers["Content-Type"] = "text/plain"


class SaysNothing(_Answers):
    """Refusals without a word."""

    breaks = "H03"

    def change(self, request: Request, answer: Answer) -> None:
        if answer.status == 410:
            answer.content = None


class ShowsItsInside(_Answers):
    """A stack trace in a refusal."""

    breaks = "H04"

    def change(self, request: Request, answer: Answer) -> None:
        if answer.status == 410:
            answer.content["message"] += "\nTraceback (most recent call last):\n  File ..."


class TellsThePassword(_Answers):
    """A secret in a header."""

    breaks = "H05"

    def change(self, request: Request, answer: Answer) -> None:
        answer.headers["X-Debug"] = f"user=zoo password={PASSWORD}"


class WarmsUp(Right):
    """The first request is a server error."""

    breaks = "H06"
    is_cold = True

    def serve(self, request: Request) -> Answer:
        if self.is_cold:
            self.is_cold = False
            raise Refusal(503, "Good morning.")
        return super().serve(request)


class SendsOn(Right):
    """Is somewhere else now."""

    breaks = "H07"

    def serve(self, request: Request) -> Answer:
        return Answer(301, None, {"Location": "https://new.example" + request.path})


class Breaks(Right):
    """Ends before its answer does."""

    breaks = "H08"

    def __call__(self, request: PartnerRequest) -> PartnerAnswer:
        return replace(super().__call__(request), problem="cut")


class TellsItsVersion(_Answers):
    """A version in a header."""

    breaks = "H09"

    def change(self, request: Request, answer: Answer) -> None:
        answer.headers["Server"] = "Zoo/1.2.3"
