"""Partners whose logins open something that is not as it should be."""

from .entrance import GUARDS
from .partner import Right
from .parts import Answer, Refusal, Request


class AtHome(Right):
    """Runs on this machine, so that the way behind its login is gone, too."""

    shows = True
    local = "http://127.0.0.1:9"


class _Cookies(Right):
    without = ""

    def cookie(self, session: str) -> str:
        return super().cookie(session).replace(self.without, "")


class OpenToScripts(_Cookies):
    """Not HttpOnly."""

    breaks = "S30"
    without = "; HttpOnly"


class OpenToSites(_Cookies):
    """Not SameSite."""

    breaks = "S31"
    without = "; SameSite=Lax"


class TooStrict(Right):
    """The cookie does not come back after the login."""

    breaks = "S32"

    def cookie(self, session: str) -> str:
        return super().cookie(session).replace("Lax", "Strict")


class OpenToListeners(_Cookies):
    """Not Secure."""

    breaks = "S33"
    without = "; Secure"


class OneForAll(Right):
    """Everybody has the same session."""

    breaks = "S34"

    def session(self, form: dict[str, str]) -> str:
        return form.get("resource_id", "")


class NoWayOn(Right):
    """A redirect to nowhere."""

    breaks = "S35"

    def enter(self, form: dict[str, str]) -> Answer:
        answer = super().enter(form)
        del answer.headers["Location"]
        return answer


class Elsewhere(Right):
    """The dashboard is on another host."""

    breaks = "S36"

    def way_on(self, form: dict[str, str]) -> str:
        return "https://other.example/dashboard"


class ClosedDoor(AtHome):
    """The session is not known behind the login."""

    breaks = "S37"

    def dashboard(self, request: Request) -> Answer:
        raise Refusal(403, "Who are you?")


class RepeatsTokens(Right):
    """Hands the token on."""

    breaks = "S38"

    def way_on(self, form: dict[str, str]) -> str:
        return f"/dashboard?token={form.get('resource_token')}"


class Framed(AtHome):
    """May be framed."""

    breaks = "S39"
    guards = {name: value for name, value in GUARDS.items() if name != "Content-Security-Policy"}


class Kept(AtHome):
    """May be kept."""

    breaks = "S40"
    guards = {name: value for name, value in GUARDS.items() if name != "Cache-Control"}
