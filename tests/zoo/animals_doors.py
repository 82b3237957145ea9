"""Partners that let in the wrong ones."""

import base64

from .partner import PASSWORD, Answer, Request, Right


def _basic(request: Request) -> tuple[str, str]:
    kind, _, value = request.headers.get("authorization", "").partition(" ")
    if kind != "Basic":
        return "", ""
    user, _, password = base64.b64decode(value).decode().partition(":")
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
