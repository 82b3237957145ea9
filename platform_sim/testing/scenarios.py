"""Plays scenario files on a private Heroku: for `platform-sim run` and for pytest (docs/scenarios.md)."""

from collections.abc import Iterator
from contextlib import contextmanager

from platform_sim.scenarios.document import Document
from platform_sim.scenarios.play import Player
from platform_sim.scenarios.problems import BadScenario, Place, Problem
from platform_sim.settings import BadSetting, environment
from platform_sim.testing.heroku import Heroku


@contextmanager
def on_private(document: Document) -> Iterator[tuple[Player, Heroku]]:
    """A player with a Heroku of the scenario's own, which goes with it. BadScenario for settings that are none."""
    try:
        heroku = Heroku(seed=document.content.get("seed"), settings=document.content.get("settings"))
    except BadSetting as problem:
        place = document.marks.get(("settings",), Place())
        raise BadScenario(document.file, [Problem(place, str(problem))]) from None
    with heroku, Player(document, heroku.doors, environment()) as player:
        yield player, heroku
