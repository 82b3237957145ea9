"""What is told of a partner's calls."""

from typing import Any

from platform_sim.conformance.scenes.scene import Mode

from ..zoo.animal import check
from ..zoo.partner import Held, Slow


class Silent(Slow):
    """Takes another platform for Heroku, as far as this one can see."""

    mode, patience = Mode.QUICK, 0.2

    def finish(self, held: Held, order: dict[str, Any]) -> None:
        pass


def test_a_partner_that_calls_nobody_is_told_where_to_look_first() -> None:
    found = {each.rule.id: each.problems[0].sentence for each in check(Silent).findings}
    assert found["G01"].startswith("No grant was exchanged: nothing has called the checker's platform at all")
    assert "actions/provision was not called: nothing has called" in found["B01"]
