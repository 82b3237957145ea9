"""The door Heroku uses: POST, PUT and DELETE under /heroku/resources, behind the manifest's Basic auth.

It translates a request into one verb of the life cycle and back. (partner-api §2)
"""

from __future__ import annotations

import logging
import sqlite3
from typing import Any, cast

from flask import Blueprint, Response, g, jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from addon_service.addons.base import Addon
from addon_service.errors import Invalid, NotFound, ServiceError
from addon_service.instances import Order
from addon_service.service import current
from addon_service.web import canonical_uuid, json_object, text

log = logging.getLogger("addon_service.partner_api")
partner_api = Blueprint("partner_api", __name__, url_prefix="/heroku/resources")


@partner_api.post("")
def provision() -> ResponseReturnValue:
    """Provision (§2.3 to §2.5): 200 with id, config and message, or 202 without config where the work takes longer;
    the same again for the same uuid."""
    order = read_order(json_object())
    g.uuid = order.uuid
    return jsonify(current().resources.provision(_addon(), order)), 202 if _addon().asynchronous else 200


@partner_api.put("/<uuid>")
def change_plan(uuid: str) -> ResponseReturnValue:
    """Plan change (§2.10): 200 with config and message, or 422 and the old plan stays."""
    g.uuid = known_uuid(uuid)
    plan = cast(str, text(json_object(), "plan", required=True))
    return jsonify(current().resources.change_plan(_addon(), g.uuid, plan)), 200


@partner_api.delete("/<uuid>")
def deprovision(uuid: str) -> ResponseReturnValue:
    """Deprovision (§2.11): 204; 410 on a repeat; 404 for what never was."""
    g.uuid = known_uuid(uuid)
    current().resources.deprovision(_addon(), g.uuid)
    return "", 204


@partner_api.after_request
def note(response: Response) -> Response:
    """Keep the request with its answer, once it is known which instance it is about."""
    if "uuid" in g:
        answer = response.get_json(silent=True) if response.data else None
        slug = _addon().identity.slug
        try:
            current().inbox.note(slug, g.uuid, request.method, request.path, _body(), response.status_code, answer)
        except sqlite3.Error as error:
            # The act is done and the answer true: a record that cannot be kept must not change it.
            log.error("cannot record a request: %s", error)
    return response


def read_order(body: dict[str, Any]) -> Order:
    """A provisioning request's body as an order; unknown fields are ignored (§2.1). Raises Invalid."""
    uuid = canonical_uuid(cast(str, text(body, "uuid", required=True)))
    if uuid is None:
        raise Invalid("cannot use 'uuid': it must be a uuid such as 01234567-89ab-cdef-0123-456789abcdef")
    options = body.get("options")
    if options is not None and not isinstance(options, dict):
        raise Invalid("cannot use 'options': it must be an object")
    text(body, "callback_url")
    return Order(
        uuid=uuid,
        plan=cast(str, text(body, "plan", required=True)),
        name=text(body, "name"),
        region=text(body, "region"),
        grant=_grant(body.get("oauth_grant")),
        drain_token=text(body, "log_drain_token"),
        log_input_url=text(body, "log_input_url"),
    )


def _grant(grant: Any) -> dict[str, Any] | None:
    if grant is None:
        return None
    if not isinstance(grant, dict):
        raise Invalid("cannot use 'oauth_grant': it must be an object or null")
    if text(grant, "type", within="oauth_grant.") not in (None, "authorization_code"):
        raise Invalid("cannot use 'oauth_grant.type': it must be authorization_code")
    code = text(grant, "code", required=True, within="oauth_grant.")
    return {"code": code, "expires_at": text(grant, "expires_at", within="oauth_grant.")}


def known_uuid(uuid: str) -> str:
    """The uuid of a path; what is no uuid was never provisioned. Raises NotFound."""
    found = canonical_uuid(uuid)
    if found is None:
        raise NotFound("cannot find this resource: its id is not a uuid")
    return found


def _addon() -> Addon:
    return cast(Addon, g.addon)


def _body() -> Any:
    try:
        return json_object() if request.get_data() else None
    except (ServiceError, HTTPException):
        return "[not a JSON object, or too large]"
