"""Partners that do not know how to come by tokens, or how to keep them."""

import json
from typing import Any

from platform_sim.conformance.scenes.scene import Mode

from .partner import SECRET, Answer, Held, Right, Slow


class NeverAsks(Slow):
    """Takes orders and exchanges no grant."""

    breaks = "G01"
    also = ("B01",)
    mode, patience = Mode.QUICK, 0.2

    def swap(self, held: Held, order: dict[str, Any]) -> None:
        held.access = "none"


class NeedsNothing(Right):
    """Answers at once and exchanges no grant."""

    breaks = "G02"
    mode, patience = Mode.QUICK, 0.2

    def swap(self, held: Held, order: dict[str, Any]) -> None:
        pass


class OldSecret(Right):
    """Has not heard that the client secret was reset."""

    breaks = "G03"
    mode = Mode.QUICK
    secret = "yesterday"


class WrongCode(Right):
    """Takes the uuid for the code."""

    breaks = "G04"
    mode = Mode.QUICK

    def swap(self, held: Held, order: dict[str, Any]) -> None:
        self.take_tokens(held, grant_type="authorization_code", code=held.uuid)


class Nameless(Right):
    """Leaves grant_type to the platform."""

    breaks = "G05"
    mode = Mode.QUICK

    def swap(self, held: Held, order: dict[str, Any]) -> None:
        if isinstance(order.get("oauth_grant"), dict):
            self.take_tokens(held, code=order["oauth_grant"]["code"])


class AsksInJson(Right):
    """The token endpoint gets JSON."""

    breaks = "G06"
    mode = Mode.QUICK

    def take_tokens(self, held: Held, **asked: str) -> None:
        body = json.dumps(asked | {"client_secret": SECRET}).encode()
        self.call("POST", "/oauth/token", body, {"Content-Type": "application/json"})


class TellsTheRoad(Right):
    """The secret stands in the URL."""

    breaks = "G07"
    mode = Mode.QUICK

    def take_tokens(self, held: Held, **asked: str) -> None:
        query = "&".join(f"{name}={value}" for name, value in {**asked, "client_secret": SECRET}.items())
        self.call("POST", f"/oauth/token?{query}", b"", {"Content-Type": "application/x-www-form-urlencoded"})


class AsksAgain(Right):
    """Each repeat of an order has its grant exchanged again."""

    breaks = "G08"
    mode = Mode.QUICK

    def begin(self, held: Held, order: dict[str, Any], is_new: bool) -> Answer:
        return super().begin(held, order, True)


class Talks(Right):
    """Shows its token to the customer."""

    breaks = "G09"
    mode = Mode.QUICK

    def begin(self, held: Held, order: dict[str, Any], is_new: bool) -> Answer:
        answer = super().begin(held, order, is_new)
        answer.content["message"] += f" Keep this: {held.access}"
        return answer


class OneTokenForAll(Slow):
    """Has one token, that of its first add-on."""

    breaks = "G10"
    mode, patience = Mode.QUICK, 0.3

    def told(self, held: Held, method: str, path: str, content: Any) -> tuple[int, Any]:
        first = next(iter(self.held.values()))
        held.access, held.refresh = first.access, first.refresh
        return super().told(held, method, path, content)


class GivesUp(Slow):
    """A 401 is the end."""

    breaks = "G11"
    mode, patience = Mode.DEFAULT, 0.3

    def ask(self, held: Held, method: str, path: str, content: Any = None) -> tuple[int, Any]:
        if held.until - 2 < self.now():
            self.renew(held)
        return self.told(held, method, path, content)


class Muddles(Slow):
    """Refreshes as it exchanges."""

    breaks = "G12"
    also = ("G11",)
    mode, patience = Mode.DEFAULT, 0.3

    def renew(self, held: Held) -> None:
        self.take_tokens(held, grant_type="authorization_code", refresh_token=held.refresh or "")


class NeverStops(Slow):
    """Asks for a new token until it gets one."""

    breaks = "G13"
    mode = Mode.DEFAULT

    def renew(self, held: Held) -> None:
        before = held.access
        for _ in range(30):
            super().renew(held)
            if held.access != before:
                return


class AsksBeforeItGoes(Slow):
    """Cannot delete what it cannot call about."""

    breaks = "G14"
    mode = Mode.DEFAULT

    def deprovision(self, uuid: str) -> Answer:
        held = self.find(uuid)
        if self.tell(held, "GET", f"/addons/{uuid}")[0] == 401:
            return Answer(500, {"message": "We cannot reach Heroku."})
        return super().deprovision(uuid)


class KeepsTheOld(Slow):
    """Takes no new refresh token."""

    breaks = "G15"
    mode, patience = Mode.DEFAULT, 0.3

    def renew(self, held: Held) -> None:
        first = held.refresh
        super().renew(held)
        held.refresh = first


class WaitsFor401(Slow):
    """Does not look at expires_in."""

    breaks = "G16"
    mode = Mode.DEFAULT

    def take_tokens(self, held: Held, **asked: str) -> None:
        super().take_tokens(held, **asked)
        held.until = float("inf")
