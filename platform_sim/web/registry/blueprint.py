"""`/api/v3/addons/:slug/...`. Errors are `{"error": ...}` here, not the Platform API's shape (partner-api §10)."""

import json
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, request

from platform_sim.core import errors
from platform_sim.core.actions.catalog import register_manifest, service_named
from platform_sim.core.model.addons import ManifestVersion
from platform_sim.core.model.values import iso
from platform_sim.web.answers import asking_customer, json_response
from platform_sim.web.api.bodies import read_json
from platform_sim.web.context import Doors


def registry_blueprint(doors: Doors) -> Blueprint:
    """The registry's routes."""
    blueprint = Blueprint("registry", __name__, url_prefix="/api/v3/addons/<slug>")

    def view(act: Callable[[str], Response]) -> Callable[..., Response]:
        def answer(slug: str) -> Response:
            try:
                return act(slug)
            except errors.PlatformError as problem:
                return json_response({"error": problem.message}, problem.status)

        answer.__name__ = act.__name__
        return answer

    @blueprint.post("/manifests")
    @view
    def push(slug: str) -> Response:
        actor = asking_customer(doors, "push a manifest")
        contents = _contents(doors)
        if contents.get("id") != slug:
            raise errors.InvalidParams(f"The manifest's id is {contents.get('id')!r}, but it was pushed as {slug!r}.")
        problems = doors.manifest_problems(contents)
        if problems:
            return json_response({"error": {"base": problems}}, 422)
        contents = {k: v for k, v in contents.items() if k != "$base"}
        with doors.database.transaction() as tx:
            service = register_manifest(tx, actor.account, contents)
            return json_response({"contents": service.manifest, "id": service.id}, 201)

    @blueprint.get("/current_manifest")
    @view
    def current(slug: str) -> Response:
        asking_customer(doors, "pull a manifest")
        with doors.database.snapshot() as rows:
            return json_response({"contents": service_named(rows, slug).manifest})

    @blueprint.get("/manifests")
    @view
    def history(slug: str) -> Response:
        asking_customer(doors, "list manifests")
        with doors.database.snapshot() as rows:
            service = service_named(rows, slug)
            versions = rows.all(ManifestVersion, service_id=service.id, order_by="created_at", desc=True)
            return json_response([_shown(each) for each in versions])

    return blueprint


def _shown(version: ManifestVersion) -> dict[str, object]:
    return {"id": version.id, "created_at": iso(version.created_at), "contents": version.contents}


def _contents(doors: Doors) -> dict[str, Any]:
    body = read_json(request.get_data(cache=False), doors.database.rules.body_size_limit)
    contents = body.get("contents")
    if isinstance(contents, str):
        try:
            contents = json.loads(contents)
        except ValueError:
            raise errors.BadRequest("The manifest in `contents` is not valid JSON.") from None
    if not isinstance(contents, dict):
        raise errors.InvalidParams("Send the manifest as an object under `contents`.")
    return contents
