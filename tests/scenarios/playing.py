"""Plays a scenario given as text, on a Heroku of its own."""

import json
from pathlib import Path

from platform_sim.scenarios.document import parse
from platform_sim.scenarios.play import Outcome
from platform_sim.testing import Partner, on_private

MANIFEST = Partner("acme").manifest
MANIFEST["api"]["requires"] = ["attachable", "many_per_app"]
SERVICE = """
services:
  acme:
    manifest: &
    plans: [free, pro=900]
    partner: scripted
apps:
  shop: {addons: {a1: "acme:free"}, config: {COLOUR: green}}
""".replace("&", json.dumps(MANIFEST))
"""A service of which an app may have several that others may borrow, an add-on and a config var."""


def played(steps: str, head: str = SERVICE, folder: Path = Path()) -> list[Outcome]:
    """The outcomes, that of what is given first."""
    document = parse(f"{head}\nsteps:\n{steps}", "here.yaml", folder)
    with on_private(document) as (player, _):
        return list(player.play())


def last(steps: str, head: str = SERVICE, folder: Path = Path()) -> Outcome:
    """The outcome of the last step."""
    return played(steps, head, folder)[-1]
