"""`/buildpacks/...`: what `heroku buildpacks:add`, `search`, `info` and `versions` ask (heroku-cli §14). No token."""

from typing import Any

from flask import Blueprint, Response, request

from platform_sim.core.errors import NotFound
from platform_sim.core.model.buildpacks import BUILT_IN, REGISTRY, BuiltIn
from platform_sim.core.model.places import FOUNDED
from platform_sim.core.model.values import iso
from platform_sim.web.answers import error_response, errors_as, json_response
from platform_sim.web.context import Doors

README = (
    "A small buildpack of this simulator's own. It does what apps of this kind usually need, and is not Heroku's.\n"
)


def buildpacks_blueprint(doors: Doors) -> Blueprint:
    """The four questions that only read; nothing can be published here."""
    blueprint = Blueprint("buildpacks", __name__)
    errors_as(blueprint, error_response)

    @blueprint.get("/buildpacks")
    def search() -> Response:
        return json_response([_shown(each) for each in BUILT_IN if _wanted(each)])

    @blueprint.get("/buildpacks/<namespace>/<name>")
    def info(namespace: str, name: str) -> Response:
        return json_response(_shown(_named(namespace, name)))

    @blueprint.get("/buildpacks/<namespace>/<name>/revisions")
    def revisions(namespace: str, name: str) -> Response:
        _named(namespace, name)
        released = {"created_at": iso(FOUNDED), "license": None, "release": 1, "status": "published"}
        return json_response([released])

    @blueprint.get("/buildpacks/<namespace>/<name>/readme")
    def readme(namespace: str, name: str) -> Response:
        _named(namespace, name)
        return json_response({"content": README, "encoding": "utf-8"})

    return blueprint


def _named(namespace: str, name: str) -> BuiltIn:
    for each in BUILT_IN:
        if each.name == f"{namespace}/{name}":
            return each
    raise NotFound("buildpack")


def _wanted(pack: BuiltIn) -> bool:
    """`in[namespace][]`, `in[name][]`, `like[description]`: each that is asked for must fit."""
    namespace, name = pack.name.split("/")
    given = request.args
    return (
        namespace in (given.getlist("in[namespace][]") or [namespace])
        and name in (given.getlist("in[name][]") or [name])
        and given.get("like[description]", "").lower() in pack.description.lower()
    )


def _shown(pack: BuiltIn) -> dict[str, Any]:
    namespace, name = pack.name.split("/")
    return {
        "blob_url": f"{REGISTRY}{pack.name}.tgz",
        "category": "languages",
        "description": pack.description,
        "name": name,
        "namespace": namespace,
        "source": {"type": "built-in"},
        "support": {"method": "unsupported"},
        "two_factor_authentication": False,
    }
