"""Partners that let in the wrong ones."""

import base64

from platform_sim.partners.contract import PartnerAnswer, PartnerRequest

from .partner import Right
from .parts import PASSWORD, Answer, Refusal, Request


def _basic(request: Request) -> tuple[str, str]:
    kind, _, value = request.headers.get("authorization", "").partition(" ")
    if kind != "Basic":
        return "", ""
    user, _, password = base64.b64decode(value).decode("utf-8", "replace").partition(":")
    return user, password


class OpenToAll(Right):
    """POST asks nobody who it is if nobody says so."""

    breaks = "T01"

    def knows(self, request: Request) -> bool:
        return super().knows(request) or (request.method == "POST" and "authorization" not in request.headers)


class AnyPassword(Right):
    """POST looks at the user's name only."""

    breaks = "T02"

    def knows(self, request: Request) -> bool:
        return super().knows(request) or (request.method == "POST" and _basic(request)[0] == "zoo")


class AnyName(Right):
    """POST looks at the password only."""

    breaks = "T03"

    def knows(self, request: Request) -> bool:
        return super().knows(request) or (request.method == "POST" and _basic(request)[1] == PASSWORD)


class TakesTokens(Right):
    """POST takes the password as a bearer token."""

    breaks = "T04"

    def knows(self, request: Request) -> bool:
        bearer = request.headers.get("authorization") == f"Bearer {PASSWORD}"
        return super().knows(request) or (request.method == "POST" and bearer)


class OpenPlans(Right):
    """PUT asks nobody."""

    breaks = "T05"
    also = ("T11", "T12", "T13")

    def knows(self, request: Request) -> bool:
        return super().knows(request) or request.method == "PUT"


class Forbids(Right):
    """DELETE is refused with 403: not done, but not with the right word either."""

    breaks = "T06"

    def serve(self, request: Request) -> Answer:
        if request.method == "DELETE" and not self.knows(request):
            return Answer(403, {"message": "No."})
        return super().serve(request)


class ActsFirst(Right):
    """DELETE is done before it is looked at who asks."""

    breaks = "T07"

    def serve(self, request: Request) -> Answer:
        uuid = request.path.rpartition("/")[2]
        if request.method == "DELETE" and uuid in self.held:
            known, self.held[uuid].dead = self.held[uuid].dead, True
            if self.knows(request) and not known:
                return Answer(204)
        return super().serve(request)


class NoChallenge(Right):
    """401 without saying how."""

    breaks = "T08"

    def answer(self, request: Request) -> Answer:
        answer = super().answer(request)
        answer.headers.pop("WWW-Authenticate", None)
        return answer


class ChangedPassword(Right):
    """Knows another password than the manifest's."""

    breaks = "T09"

    def knows(self, request: Request) -> bool:
        return False


class NoCertificate(Right):
    """Nobody can say who it is."""

    breaks = "T10"

    def __call__(self, request: PartnerRequest) -> PartnerAnswer:
        return PartnerAnswer(None, {}, b"", 1, "bad certificate")


class _Lax(Right):
    def knows(self, request: Request) -> bool:
        return super().knows(request) or self.lets_in(*_basic(request))

    def lets_in(self, user: str, password: str) -> bool:
        """Who else comes in."""
        raise NotImplementedError


class AnyCase(_Lax):
    """Compares names without case."""

    breaks = "T11"

    def lets_in(self, user: str, password: str) -> bool:
        return user.lower() == "zoo" and password == PASSWORD


class NoPasswordIsFine(_Lax):
    """Whoever sends no password is let in."""

    breaks = "T12"

    def lets_in(self, user: str, password: str) -> bool:
        return user == "zoo" and password == ""


class ComparesBeginnings(_Lax):
    """A password that begins with the right one is good enough."""

    breaks = "T13"

    def lets_in(self, user: str, password: str) -> bool:
        return user == "zoo" and password.startswith(PASSWORD)


class ComparesAsFarAsItGoes(_Lax):
    """The beginning of the right password is good enough."""

    breaks = "T13"

    def lets_in(self, user: str, password: str) -> bool:
        return user == "zoo" and password != "" and PASSWORD.startswith(password)


class OnlyCapitalBasic(Right):
    """Compares the whole header."""

    breaks = "T14"

    def knows(self, request: Request) -> bool:
        return super().knows(request) and request.headers["authorization"].startswith("Basic ")


class StumblesOverCredentials(Right):
    """Expects a name, a colon and a password."""

    breaks = "T15"

    def knows(self, request: Request) -> bool:
        value = request.headers.get("authorization", "").removeprefix("Basic ")
        if "authorization" in request.headers and not value.startswith(("Bearer", "basic")):
            try:
                _, _ = base64.b64decode(value).decode().split(":")
            except ValueError:
                raise Refusal(500, "ValueError") from None
        return super().knows(request)
