"""Plays scenario files on a private Heroku: for `platform-sim run` and for pytest (docs/scenarios.md)."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from platform_sim.scenarios.document import Document
from platform_sim.scenarios.play import Player
from platform_sim.scenarios.problems import BadScenario, Place, Problem
from platform_sim.scenarios.standing import is_here, own_place
from platform_sim.settings import BadSetting, environment
from platform_sim.stand_ins.leaks import Service as Brought
from platform_sim.testing.heroku import Heroku
from platform_sim.testing.joins import Service


@contextmanager
def on_private(
    document: Document,
    seed: int | None = None,
    settings: Mapping[str, Any] | None = None,
    services: Iterable[Service] = (),
) -> Iterator[tuple[Player, Heroku]]:
    """A player with a Heroku of the scenario's own, which goes with it. `seed` and `settings` count for what the file
    does not say, `services` for what it `uses` and for those that it describes without a partner. BadScenario for
    settings that are none; of a service what `Heroku.install` raises."""
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
    with heroku:
        brought = _installed(heroku, document.content, services)
        with Player(document, heroku.doors, environment(), brought=brought) as player:
            yield player, heroku


def _installed(heroku: Heroku, said: Mapping[str, Any], services: Iterable[Service]) -> list[Brought]:
    """Those of a project that the file asks for; of them those that are on this machine, or have a partner that the
    project has named."""
    wanted = set(said.get("uses", {}).get("services", ()))
    wanted |= {name for name, each in said.get("services", {}).items() if "partner" not in each}
    found = []
    for each in services:
        manifest = each.contents()
        if manifest.get("id") in wanted:
            slug = heroku.install(each).slug
            if each.partner is not None or is_here(own_place(manifest)):
                found.append(heroku.held(slug))
    return found
