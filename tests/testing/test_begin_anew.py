"""A reset with a seed on a platform whose engines run: life cycles before it leave nothing that is seen after it."""

from typing import Any

from platform_sim.testing import Heroku, Partner

AT = "2026-03-01T12:00:00Z"


def life(heroku: Heroku) -> tuple[Any, str]:
    """An add-on from its order to its end, retries included; the event log, and the add-on's id."""
    partner = Partner("acme")
    heroku.register(partner.manifest, plans=("free", "pro=900"), partner=partner)
    app = heroku.app("shop")
    addon = app.addons.create("acme:free", options={"size": "small"})
    addon.change_plan("acme:pro")
    partner.answer("DELETE", 500)
    app.destroy()
    heroku.clock.run()
    assert heroku.leaks() == []
    return heroku.ask("GET", "/sim/events"), addon.uuid


def test_each_life_is_the_same_and_as_on_a_platform_of_its_own() -> None:
    logs = []
    with Heroku(seed=3) as one, Heroku() as other:
        for heroku in (one, one, other):
            told = heroku.ask("POST", "/sim/reset", {"seed": 7, "at": AT})
            assert (told["addons_left"], told["seed"]) == (0, 7)
            logs.append(life(heroku))
        assert logs[0] == logs[1] == logs[2]
        assert len(logs[0][0]) > 12, "a script that does nothing proves nothing"
        one.reset(8)
        assert one.leaks() == [], "services that are gone are not asked"
        assert life(one)[1] != logs[0][1]
