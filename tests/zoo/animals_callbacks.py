"""Partners that say the wrong thing to the platform, or nothing."""

import time
from typing import Any

from platform_sim.conformance.scenes.scene import Mode

from .partner import Answer, Held, Right, Slow


class NeverReady(Slow):
    """Sets config and forgets to say so."""

    breaks = "B01"
    mode, patience = Mode.QUICK, 0.2

    def report(self, held: Held) -> None:
        pass


class SendsAMap(Slow):
    """Config as version 1 had it."""

    breaks = "B02"
    mode = Mode.QUICK

    def listed(self, held: Held) -> Any:
        return self.config(held)


class Undeclared(Slow):
    """One var that the manifest does not know."""

    breaks = "B03"
    mode = Mode.QUICK

    def listed(self, held: Held) -> Any:
        return [*super().listed(held), {"name": "ZOO_EXTRA", "value": "1"}]


class Numbers(Slow):
    """A number for a string."""

    breaks = "B04"
    mode = Mode.QUICK

    def listed(self, held: Held) -> Any:
        return [*super().listed(held), {"name": "ZOO_KEY", "value": 7}]


class AnyVersion(Slow):
    """Accepts whatever comes."""

    breaks = "B05"
    also = ("B01",)
    mode, patience = Mode.QUICK, 0.2

    def headers(self, held: Held) -> dict[str, str]:
        return super().headers(held) | {"Accept": "application/json"}


class Untyped(Slow):
    """Does not say what it sends."""

    breaks = "B06"
    mode, patience = Mode.QUICK, 0.2

    def headers(self, held: Held) -> dict[str, str]:
        return super().headers(held) | {"Content-Type": "text/plain"}


class ShowsItsPassword(Slow):
    """Looks at its apps as in the old days."""

    breaks = "B07"
    mode = Mode.QUICK

    def report(self, held: Held) -> None:
        super().report(held)
        self.call("GET", f"/addons/{held.uuid}", b"", super().headers(held) | {"Authorization": "Basic em9vOnpvbw=="})


class ReadyTooSoon(Slow):
    """Config comes after the report."""

    breaks = "B08"
    mode = Mode.QUICK

    def finish(self, held: Held, order: dict[str, Any]) -> None:
        self.swap(held, order)
        self.report(held)
        self.set_config(held)


class CallsByAnotherName(Slow):
    """Takes its own key for the add-on's id."""

    breaks = "B09"
    mode = Mode.QUICK

    def report(self, held: Held) -> None:
        super().report(held)
        self.tell(held, "GET", f"/addons/{held.key}")


class Curious(Slow):
    """Looks where it may not."""

    breaks = "B10"
    mode = Mode.QUICK

    def report(self, held: Held) -> None:
        super().report(held)
        self.tell(held, "GET", "/account/keys")


class ReportsTwice(Slow):
    """Is ready, and ready."""

    breaks = "B11"
    mode = Mode.QUICK

    def report(self, held: Held) -> None:
        super().report(held)
        super().report(held)


class ReportsAnyway(Right):
    """Answers with 200, and says later that it is ready."""

    breaks = "B12"
    mode = Mode.QUICK

    def begin(self, held: Held, order: dict[str, Any], is_new: bool) -> Answer:
        answer = super().begin(held, order, is_new)
        if is_new:
            self.tell(held, "POST", f"/addons/{held.uuid}/actions/provision")
        return answer


class AsksOnce(Slow):
    """503 is the end."""

    breaks = "B13"
    patience = 0.3

    def tell(self, held: Held, method: str, path: str, content: Any = None) -> tuple[int, Any]:
        return self.ask(held, method, path, content)


class ReportsOnce(Slow):
    """Takes the first refusal for the last word."""

    breaks = "B16"
    patience = 0.5

    def report(self, held: Held) -> None:
        time.sleep(0.05)  # usually its answer has been read by then
        self.tell(held, "POST", f"/addons/{held.uuid}/actions/provision")


class Late(Right):
    """Deletes at leisure, where it may."""

    shows = True

    def deprovision(self, uuid: str) -> Answer:
        held = self.find(uuid)
        answer = super().deprovision(uuid)
        if not self.may_be_late:
            return answer
        self.later(lambda: self.end(held))
        return Answer(202, {"message": "It is being deleted."})

    def end(self, held: Held) -> None:
        """Report that all is gone."""
        self.tell(held, "POST", f"/addons/{held.uuid}/actions/deprovision")


class LateForEver(Late):
    """Never says that it is done."""

    breaks = "B14"
    mode, patience = Mode.DEFAULT, 0.3

    def end(self, held: Held) -> None:
        pass


class LateAnyway(Right):
    """Deletes at leisure whenever it likes."""

    breaks = "B15"
    also = ("D02",)
    mode = Mode.QUICK

    def deprovision(self, uuid: str) -> Answer:
        super().deprovision(uuid)
        return Answer(202, {})
