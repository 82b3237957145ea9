"""Plays scenario files on a private Heroku: for `platform-sim run` and for pytest (docs/scenarios.md)."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from platform_sim.scenarios.document import Document
from platform_sim.scenarios.play import Player
from platform_sim.scenarios.problems import BadScenario, Place, Problem
from platform_sim.settings import BadSetting, environment
from platform_sim.testing.heroku import Heroku


@contextmanager
def on_private(
    document: Document, seed: int | None = None, settings: Mapping[str, Any] | None = None
) -> Iterator[tuple[Player, Heroku]]:
    """A player with a Heroku of the scenario's own, which goes with it. `seed` and `settings` count for what the file
    does not say. BadScenario for settings that are none."""
    said = document.content
    try:
        heroku = Heroku(
            seed=said.get("seed", seed),
            settings={**(settings or {}), **said.get("settings", {})},
            frozen_at=document.frozen_at,
        )
    except BadSetting as problem:
        place = document.marks.get(("settings",), Place())
        raise BadScenario(document.file, [Problem(place, str(problem))]) from None
    with heroku, Player(document, heroku.doors, environment()) as player:
        yield player, heroku
