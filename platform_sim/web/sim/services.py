"""`/sim/services/...`: what an operator does with services and plans. Shows a secret only to whom it is for."""

from typing import Any

from flask import Blueprint, Response, request

from platform_sim.core import errors
from platform_sim.core.access import Actor
from platform_sim.core.actions.catalog import service_named, version_named
from platform_sim.core.actions.plans import update_plan
from platform_sim.core.actions.services import change_service, set_client_secret
from platform_sim.core.model.addons import AddonService, ManifestVersion, Plan
from platform_sim.core.model.catalog import Mistake, read_plan, read_service
from platform_sim.core.public import services as public
from platform_sim.web.answers import asking_customer, json_response, read_body
from platform_sim.web.api.bodies import check, read_json
from platform_sim.web.context import Doors

MOST_TOLD = 5
"""Mistakes that one answer lists."""


def add_service_routes(blueprint: Blueprint, doors: Doors) -> None:
    """The routes, on the blueprint of `/sim`."""

    @blueprint.get("/services")
    def all_services() -> Response:
        with doors.database.snapshot() as rows:
            return json_response([public.service(rows, each) for each in rows.all(AddonService, order_by="name")])

    @blueprint.get("/services/<service>")
    def one_service(service: str) -> Response:
        with doors.database.snapshot() as rows:
            return json_response(public.service(rows, service_named(rows, service)))

    @blueprint.put("/services/<service>")
    def change(service: str) -> Response:
        actor = _operator(doors)
        spec, mistakes = read_service(_body(doors))
        _refuse(mistakes)
        with doors.database.transaction() as tx:
            changed = change_service(tx, actor.account, service_named(tx, service), spec)
            return json_response(public.service(tx, changed))

    @blueprint.put("/services/<service>/plans/<plan>")
    def change_plan(service: str, plan: str) -> Response:
        actor = _operator(doors)
        spec, mistakes = read_plan(_body(doors), plan)
        with doors.database.transaction() as tx:
            owner = service_named(tx, service)
            _refuse(mistakes)
            status = 200 if tx.find(Plan, service_id=owner.id, name=plan) else 201
            return json_response(public.plan(update_plan(tx, owner, spec, actor.account)), status)

    @blueprint.get("/services/<service>/client-secret")
    def secret(service: str) -> Response:
        with doors.database.snapshot() as rows:
            found = service_named(rows, service)
        return json_response({"name": found.name, "client_secret": found.client_secret})

    @blueprint.post("/services/<service>/client-secret")
    def reset_secret(service: str) -> Response:
        actor = _operator(doors)
        with doors.database.transaction() as tx:
            changed = set_client_secret(tx, actor.account, service_named(tx, service))
            return json_response({"name": changed.name, "client_secret": changed.client_secret})

    _add_manifest_routes(blueprint, doors)


def _add_manifest_routes(blueprint: Blueprint, doors: Doors) -> None:
    @blueprint.get("/services/<service>/manifests")
    def manifests(service: str) -> Response:
        with doors.database.snapshot() as rows:
            found = service_named(rows, service)
            versions = rows.all(ManifestVersion, service_id=found.id, desc=True)
            return json_response([public.version(each) for each in versions])

    @blueprint.post("/services/<service>/manifests/differences")
    def differences(service: str) -> Response:
        given = check(_body(doors), {"contents": _object}, ("contents",))["contents"]
        with doors.database.snapshot() as rows:
            return json_response(public.differences(service_named(rows, service).manifest, given))

    @blueprint.get("/services/<service>/manifests/<version>")
    def manifest(service: str, version: str) -> Response:
        with doors.database.snapshot() as rows:
            return json_response(public.version(version_named(rows, service_named(rows, service), version)))


def _object(name: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise errors.InvalidParams(f"{name} must be an object: the manifest to compare.")
    return value


def _operator(doors: Doors) -> Actor:
    return asking_customer(doors, "operate the simulator")


def _body(doors: Doors) -> dict[str, Any]:
    limit = doors.database.rules.body_size_limit
    return read_json(read_body(request, limit), limit)


def _refuse(mistakes: list[Mistake]) -> None:
    if mistakes:
        raise errors.InvalidParams(" ".join(str(each) for each in mistakes[:MOST_TOLD]))
