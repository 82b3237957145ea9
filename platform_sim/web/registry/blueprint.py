"""`/api/v3/addons/:slug/...`. Errors are `{"error": ...}` here, not the Platform API's shape (partner-api §10)."""

from typing import Any

from flask import Blueprint, Response, request

from platform_sim.core import errors
from platform_sim.core.access import Actor
from platform_sim.core.actions.catalog import register_manifest, service_named, version_named
from platform_sim.core.model.addons import AddonService, ManifestVersion
from platform_sim.core.model.values import iso
from platform_sim.core.store import Snapshot
from platform_sim.web.answers import asking_customer, errors_as, json_response, read_body
from platform_sim.web.api.bodies import read_json
from platform_sim.web.context import Doors


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
        problems = doors.manifest_problems(contents)
        if problems:
            return json_response({"error": {"base": problems}}, 422)
        with doors.database.transaction() as tx:
            if tx.find(AddonService, name=slug) is not None:
                _owned(tx, actor, slug)
            service = register_manifest(tx, actor.account, contents)
        warnings = doors.manifest_warnings(contents)
        return json_response({"contents": service.manifest, "id": service.id, "warnings": warnings}, 201)

    @blueprint.get("/current_manifest")
    def current(slug: str) -> Response:
        actor = asking_customer(doors, "pull a manifest")
        with doors.database.snapshot() as rows:
            return json_response({"contents": _owned(rows, actor, slug).manifest})

    @blueprint.get("/manifests")
    def history(slug: str) -> Response:
        actor = asking_customer(doors, "list manifests")
        with doors.database.snapshot() as rows:
            service = _owned(rows, actor, slug)
            versions = rows.all(ManifestVersion, service_id=service.id, desc=True)
            return json_response([_shown(each) for each in versions])

    @blueprint.get("/manifests/<version>")
    def one(slug: str, version: str) -> Response:
        actor = asking_customer(doors, "read a manifest")
        with doors.database.snapshot() as rows:
            return json_response(_shown(version_named(rows, _owned(rows, actor, slug), version)))

    return blueprint


def _owned(rows: Snapshot, actor: Actor, slug: str) -> AddonService:
    """The service, for its owner alone: what is shown here holds the partner's secrets."""
    service = service_named(rows, slug)
    if service.owner_id not in ("", actor.account.id):
        raise errors.Forbidden(
            f"The add-on {service.name} belongs to another account than {actor.account.email}: "
            "use the token of the account that pushed it first, or push yours under another id."
        )
    return service


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
