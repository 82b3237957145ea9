"""A run that somebody breaks off: what was made is deleted, what would not be deleted is told."""

import threading

import pytest

from platform_sim.conformance.asked import Asked
from platform_sim.conformance.home import Home
from platform_sim.conformance.run import Interrupted, Target, run
from platform_sim.partners.contract import PartnerAnswer, PartnerRequest

from ..zoo.animals_end import NeverLetsGo
from ..zoo.partner import Right
from ..zoo.parts import MANIFEST, PLANS, SECRET


def broken_off(partner: Right, scene: str) -> tuple[str, ...]:
    """A run that is broken off where this scene begins; -> what is told as left behind."""

    def ready(home: Home) -> None:
        partner.platform = home.platform.url

    def told(name: str) -> None:
        if name == scene:
            raise KeyboardInterrupt

    try:
        with pytest.raises(Interrupted) as interruption:
            run(Target(MANIFEST, PLANS, "", SECRET), partner, ready=ready, told=told)
    finally:
        partner.close()
    return interruption.value.leaks


@pytest.mark.parametrize("scene", ["install", "unknown"])
def test_what_was_made_is_deleted(scene: str) -> None:
    partner = Right()
    assert broken_off(partner, scene) == ()
    assert [held.uuid for held in partner.held.values() if not held.dead] == []
    assert bool(partner.held) == (scene == "unknown")


def test_what_is_not_let_go_is_told() -> None:
    partner = NeverLetsGo()
    leaks = broken_off(partner, "repeat")
    assert set(leaks) == set(partner.held)
    assert len(leaks) == 1


def test_an_order_that_is_under_way_is_deleted_too() -> None:
    """Its answer was lost with the run, so no scene has kept it."""

    class Breaking(Right):
        def __call__(self, request: PartnerRequest) -> PartnerAnswer:
            answer = super().__call__(request)
            in_scene = threading.current_thread() is threading.main_thread()
            if request.method == "POST" and len(self.held) > 1 and in_scene and self.left:
                self.left -= 1
                raise KeyboardInterrupt
            return answer

        left = 1

    partner = Breaking()
    assert broken_off(partner, "unknown") == ()
    assert partner.left == 0
    assert [held.uuid for held in partner.held.values() if not held.dead] == []


def test_what_was_refused_needs_no_end() -> None:
    answers = iter([422, 200, 500])
    asked = Asked(lambda _: PartnerAnswer(next(answers), {}, b"", 1))
    for uuid in ("refused", "made", "unclear"):
        asked(PartnerRequest("POST", "http://p", {}, b'{"uuid": "%s"}' % uuid.encode(), 1))
    assert asked.orders == ["made", "unclear"]
