"""All that the checker does to right partners of every kind, watched: what of it can be found out by watching."""

from functools import partial

import pytest

from platform_sim.conformance import home
from platform_sim.conformance.scenes.scene import Mode
from platform_sim.coverage.touched import Touched, added
from platform_sim.coverage.watch import Watch
from platform_sim.options import Options
from platform_sim.partners.contract import PartnerAnswer, PartnerRequest

from ..zoo.animal import check
from ..zoo.partner import Right


def watched(kind: type[Right], monkeypatch: pytest.MonkeyPatch) -> Touched:
    """A whole check of such a partner."""
    watch = Watch()
    partner = kind()

    class Heard(kind):  # type: ignore[misc, valid-type]
        def __call__(self, request: PartnerRequest) -> PartnerAnswer:
            answer: PartnerAnswer = super().__call__(request)
            watch.exchanged(request, answer)
            return answer

    partner.close()
    with monkeypatch.context() as patched:
        patched.setattr(home, "Options", partial(Options, watch=watch))
        check(Heard, mode=Mode.QUICK, rules=())
        watch.registered = lambda: ((kind.manifest, "client-secret-of-the-zoo", kind.plans),)
    return watch.touched()


def all_of(kinds: list[type[Right]], monkeypatch: pytest.MonkeyPatch) -> Touched:
    """Of several kinds together."""
    return added(watched(kind, monkeypatch) for kind in kinds)
