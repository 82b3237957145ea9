"""A partner from a cassette on a real socket, and calls that go over HTTP."""

import pytest

from platform_sim.cassettes.player import Player
from platform_sim.cassettes.server import served
from platform_sim.cassettes.tape import checked
from platform_sim.partners.http_send import HttpSend
from platform_sim.testing import Heroku

from ..zoo.partner import MANIFEST
from .conftest import Json


@pytest.mark.processes
def test_a_platform_elsewhere_has_the_recorded_partner(recorded: Json) -> None:
    player = Player(checked(recorded))
    known: list[str] = []
    with Heroku() as heroku, served(player, 0) as url:
        player.joins(HttpSend(), lambda: known[0] if known else None)
        known.append(heroku.register(MANIFEST, plans=("test", "big"), partner=url))
        addon = heroku.app("far").addons.create("zoo:test")
        addon.wait()
        addon.change_plan("zoo:big")
        addon.destroy()
        assert (player.settle(), player.problems, heroku.leaks()) == (True, [], [])
    assert [each["request"]["method"] for each in recorded["exchanges"]] == [
        "POST",
        "POST",
        "PATCH",
        "POST",
        "PUT",
        "DELETE",
    ]


def test_without_a_client_secret_no_token_can_be_had_and_that_is_told(
    recorded: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("platform_sim.cassettes.calls.PATIENCE", 0.0)
    told: list[str] = []
    player = Player(checked(recorded), told=told.append)
    with Heroku() as heroku:
        heroku.register(MANIFEST, plans=("test",), partner=lambda *given: player(*given))
        player.joins(HttpSend(), lambda: None)
        heroku.app("far").addons.create("zoo:test")
        assert player.settle()
    assert told[0] == "no client secret is known, so POST /oauth/token cannot be called"
    assert told == player.problems
