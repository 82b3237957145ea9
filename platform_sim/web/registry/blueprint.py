"""`/api/v3/addons/:slug/...`. Errors are `{"error": ...}` here, not the Platform API's shape (partner-api §10)."""

from typing import Any

from flask import Blueprint, Response, request

from platform_sim.core import errors
from platform_sim.core.actions.catalog import register_manifest, service_named
from platform_sim.core.model.addons import ManifestVersion
from platform_sim.core.model.values import iso
from platform_sim.web.answers import asking_customer, errors_as, json_response, read_body
from platform_sim.web.api.bodies import check, read_json, text
from platform_sim.web.context import Doors

SHOWN = {"name": text, "cli_plugin_name": text}
"""What the API shows of a service."""


def _error(problem: errors.PlatformError) -> Response:
    return json_response({"error": problem.message}, problem.status)


def registry_blueprint(doors: Doors) -> Blueprint:
    """The registry's routes."""
    blueprint = Blueprint("registry", __name__, url_prefix="/api/v3/addons/<slug>")
    errors_as(blueprint, _error)

    @blueprint.post("/manifests")
    def push(slug: str) -> Response:
        actor = asking_customer(doors, "push a manifest")
        contents = _contents(doors)
        if contents.get("id") != slug:
            raise errors.InvalidParams(
                f"The manifest's id is {str(contents.get('id'))[:64]!r}, but it was pushed as {slug[:64]!r}."
            )
        check(contents, SHOWN)
        problems = doors.manifest_problems(contents)
        if problems:
            return json_response({"error": {"base": problems}}, 422)
        contents = {k: v for k, v in contents.items() if k != "$base"}
        with doors.database.transaction() as tx:
            service = register_manifest(tx, actor.account, contents)
            return json_response({"contents": service.manifest, "id": service.id}, 201)

    @blueprint.get("/current_manifest")
    def current(slug: str) -> Response:
        asking_customer(doors, "pull a manifest")
        with doors.database.snapshot() as rows:
            return json_response({"contents": service_named(rows, slug).manifest})

    @blueprint.get("/manifests")
    def history(slug: str) -> Response:
        asking_customer(doors, "list manifests")
        with doors.database.snapshot() as rows:
            service = service_named(rows, slug)
            versions = rows.all(ManifestVersion, service_id=service.id, desc=True)
            return json_response([_shown(each) for each in versions])

    @blueprint.get("/manifests/<version>")
    def one(slug: str, version: str) -> Response:
        asking_customer(doors, "read a manifest")
        with doors.database.snapshot() as rows:
            service = service_named(rows, slug)
            found = rows.find(ManifestVersion, id=version, service_id=service.id)
        if found is None:
            raise errors.NotFound("manifest", "Couldn't find that version of the manifest. See the list of manifests.")
        return json_response(_shown(found))

    return blueprint


def _shown(version: ManifestVersion) -> dict[str, object]:
    return {"id": version.id, "created_at": iso(version.created_at), "contents": version.contents}


def _contents(doors: Doors) -> dict[str, Any]:
    limit = doors.database.rules.body_size_limit
    contents = read_json(read_body(request, limit), limit).get("contents")
    if isinstance(contents, str):
        try:
            contents = read_json(contents.encode(), limit)
        except errors.BadRequest:
            raise errors.BadRequest("The manifest in `contents` is not a valid JSON object.") from None
    if not isinstance(contents, dict):
        raise errors.InvalidParams("Send the manifest as an object under `contents`.")
    return contents
