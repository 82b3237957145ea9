"""`/sim/snapshot`: the whole platform as a file, and a file in place of the whole platform."""

from typing import Any

from flask import Blueprint, Response, request

from platform_sim.core import errors
from platform_sim.core.model.snapshots import Restored, Wanted
from platform_sim.web.answers import json_response
from platform_sim.web.context import Doors
from platform_sim.web.keeping import download, put_back

FLAGS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
PARTS = ("secrets", "files", "logs")


def add_snapshot_routes(blueprint: Blueprint, doors: Doors) -> None:
    """The routes, on the blueprint of `/sim`."""

    @blueprint.get("/snapshot")
    def take() -> Response:
        return download(doors, Wanted(**{name: _flag(name) for name in PARTS}))

    @blueprint.post("/snapshot")
    def restore() -> Response:
        return json_response(shown(put_back(doors, request.stream, request.content_length)))


def shown(told: Restored) -> dict[str, Any]:
    """What an operator has to know: with which token it now asks, and what is not as it was."""
    return {
        "now": told.now.isoformat(),
        "apps": told.apps,
        "addons": told.addons,
        "new_secrets": told.new_secrets,
        "token": told.token,
    }


def _flag(name: str) -> bool:
    given = request.args.get(name, "false").lower()
    if given not in FLAGS:
        raise errors.InvalidParams(f"{name} is {given[:40]!r}: say true or false.")
    return FLAGS[given]
