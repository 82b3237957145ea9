"""Which rules watching can judge: those of the table, and no others, however much is done to a partner."""

import pytest

from platform_sim.conformance.catalogue import RULES
from platform_sim.coverage.reach import REACH

from ..zoo.animals_hooks import Listener
from ..zoo.animals_old import Old
from ..zoo.partner import Answer, Right, Slow
from .whole import all_of

PAGE = {"Content-Type": "text/html", "X-Frame-Options": "DENY", "Cache-Control": "no-store"}


class Straight(Right):
    """Shows its page at once, where others send a browser on."""

    def enter(self, form: dict[str, str]) -> Answer:
        return Answer(200, "<p>Your zoo.</p>", PAGE | {"Set-Cookie": self.cookie(self.session(form))})


CHECKERS_OWN = {"P01": "strange orders are refused", "G03": "the secret is changed", "W01": "a webhook is refused"}
"""What the checker itself brings about, and a customer never does."""


def test_a_whole_check_of_right_partners_touches_what_can_be_touched_and_breaks_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = all_of([Right, Slow, Straight, Listener, Old], monkeypatch)
    assert set(found.rules) - {"T10"} == REACH
    assert {rule.id for rule in RULES} > REACH
    assert set(found.broken) <= {*CHECKERS_OWN, *Old.excused}, found.broken
