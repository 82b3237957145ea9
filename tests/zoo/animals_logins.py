"""Partners that let in the wrong ones by single sign-on, or keep out the right ones."""

import time
from typing import Any

from .partner import Right
from .parts import WINDOW, Answer, Refusal, Request

Form = dict[str, str]
TOKENS = ("token", "resource_token", "user_scoped_resource_token")
KNOWN = {*TOKENS, "resource_id", "id", "timestamp", "user_id", "email", "app", "context_app", "nav-data"}


class LetsNobodyIn(Right):
    """Each login is refused."""

    breaks = "S01"

    def sign_in(self, form: Form) -> Answer:
        raise Refusal(403, "No.")


class NeedsTheOldToken(Right):
    """Looks at `token`, too."""

    breaks = "S02"

    def is_signed(self, form: Form, stamp: str) -> bool:
        return "token" in form and super().is_signed(form, stamp)


class KnowsAllFields(Right):
    """Refuses forms with other fields."""

    breaks = "S03"

    def is_signed(self, form: Form, stamp: str) -> bool:
        return set(form) <= KNOWN and super().is_signed(form, stamp)


class DecodesTwice(Right):
    """A plus becomes a space."""

    breaks = "S04"

    def tokens(self, form: Form, stamp: str) -> Any:
        return super().tokens(form | {"email": form.get("email", "").replace("+", " ")}, stamp)


class OnlyAscii(Right):
    """Other letters become question marks."""

    breaks = "S05"

    def tokens(self, form: Form, stamp: str) -> Any:
        plain = form.get("email", "").encode("ascii", "replace").decode()
        return super().tokens(form | {"email": plain}, stamp)


class TrustsTokens(Right):
    """That there are tokens is enough."""

    breaks = "S06"
    also = ("S10", "S11", "S12", "S13", "S15")

    def is_signed(self, form: Form, stamp: str) -> bool:
        return all(form.get(name) for name in TOKENS[1:])


class TrustsOneToken(Right):
    """Checks the best token, if it is there."""

    breaks = "S07"

    def is_signed(self, form: Form, stamp: str) -> bool:
        given = [name for name in TOKENS if name in form]
        return super().is_signed(form, stamp) or (bool(given) and TOKENS[2] not in given)


class TrustsTheUnsigned(Right):
    """Checks tokens if there are some."""

    breaks = "S08"

    def is_signed(self, form: Form, stamp: str) -> bool:
        return not any(name in form for name in TOKENS) or super().is_signed(form, stamp)


class TrustsTheEmpty(Right):
    """Checks tokens unless they are empty."""

    breaks = "S09"

    def is_signed(self, form: Form, stamp: str) -> bool:
        return all(form.get(name) == "" for name in TOKENS) or super().is_signed(form, stamp)


class OldTokens(Right):
    """Checks resource_token only."""

    breaks = "S10"
    also = ("S11", "S12")

    def tokens(self, form: Form, stamp: str) -> Any:
        return [each for each in super().tokens(form, stamp) if each[0] == TOKENS[1]]


class KnowsItsUsers(Right):
    """Takes the one address that it remembers of a user for the one that was signed."""

    breaks = "S11"
    name = "email"

    def __init__(self) -> None:
        super().__init__()
        self.known = ""

    def is_signed(self, form: Form, stamp: str) -> bool:
        self.known = self.known or form[self.name]
        return super().is_signed(form, stamp) or super().is_signed(form | {self.name: self.known}, stamp)


class KnowsItsAddresses(KnowsItsUsers):
    """The same with the user's id."""

    breaks = "S12"
    name = "user_id"


class AnyResource(Right):
    """Takes a token of any of its resources."""

    breaks = "S13"

    def is_signed(self, form: Form, stamp: str) -> bool:
        if not form.get("resource_id"):
            return False
        return any(super(AnyResource, self).is_signed(form | {"resource_id": uuid}, stamp) for uuid in self.named(form))

    def named(self, form: Form) -> list[str]:
        """Whose tokens are good."""
        return [form["resource_id"], *self.held]


class Patient(Right):
    """Logins are good for an hour."""

    breaks = "S14"

    def is_fresh(self, stamp: float) -> bool:
        return -60 <= time.time() - stamp <= 3600


class LooksBack(Right):
    """Takes tokens of the last ten minutes for those of the time that is named."""

    breaks = "S15"

    def is_signed(self, form: Form, stamp: str) -> bool:
        back = [stamp, *(str(int(stamp) - seconds) for seconds in range(2 * WINDOW))] if stamp.isdigit() else [stamp]
        return any(super(LooksBack, self).is_signed(form, each) for each in back)


class FromTheFuture(Right):
    """Nothing is too new."""

    breaks = "S16"

    def is_fresh(self, stamp: float) -> bool:
        return time.time() - stamp <= WINDOW


class Timeless(Right):
    """Without a time nothing can be checked."""

    breaks = "S17"

    def check_login(self, form: Form) -> None:
        if "timestamp" in form or not form:
            super().check_login(form)


class ReadsFloats(Right):
    """`nan` is neither old nor new."""

    breaks = "S18"

    def seconds(self, stamp: str) -> float:
        try:
            return float(stamp)
        except ValueError:
            return super().seconds(stamp)

    def is_fresh(self, stamp: float) -> bool:
        return not time.time() - stamp > WINDOW and not stamp - time.time() > 60


class StumblesOverTimes(Right):
    """What is no number is a server error."""

    breaks = "S19"

    def seconds(self, stamp: str) -> float:
        if not stamp.isdigit():
            raise Refusal(500, "ValueError")
        return super().seconds(stamp)


class WrongWord(Right):
    """401 for logins that are not right."""

    breaks = "S20"

    def check_login(self, form: Form) -> None:
        try:
            super().check_login(form)
        except Refusal:
            raise Refusal(401, "Not signed.") from None


class WelcomesStrangers(Right):
    """A page for whatever is signed."""

    breaks = "S21"

    def look_up(self, uuid: str) -> None:
        if uuid in self.held:
            super().look_up(uuid)


class WelcomesTheDead(Right):
    """A page for what was deleted."""

    breaks = "S22"

    def look_up(self, uuid: str) -> None:
        if uuid not in self.held:
            super().look_up(uuid)


class StumblesOverTheDead(Right):
    """A server error for what is not there."""

    breaks = "S23"

    def look_up(self, uuid: str) -> None:
        if uuid not in self.held or self.held[uuid].dead:
            raise Refusal(500, "KeyError")


class ForgetsForms(Right):
    """A form is good again."""

    breaks = "S24"

    def use_once(self, form: Form) -> None:
        pass


class OpenDoor(Right):
    """Nothing is asked, nothing is refused."""

    breaks = "S25"

    def sign_in(self, form: Form) -> Answer:
        return super().sign_in(form) if form else self.enter(form)


class NoPage(Right):
    """GET is a server error."""

    breaks = "S26"

    def page(self, request: Request) -> Answer:
        if request.method == "GET" and "cookie" not in request.headers:
            raise Refusal(500, "KeyError")
        return super().page(request)
