"""The door apps use: what EXCEPTIONS_URL points to. The token in the path is the whole credential.

`POST .../exceptions` stores, `GET .../exceptions` lists, `DELETE .../exceptions` clears, and the URL itself
says how full the plan is. JSON in and out.
"""

from __future__ import annotations

from typing import Any, cast

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from addon_service.addons.exceptions import Report, public_report
from addon_service.clock import stamp
from addon_service.errors import Gone, Invalid, NotFound, Unauthorized
from addon_service.instances import Resource, find
from addon_service.service import current
from addon_service.store import Tx
from addon_service.web import json_object, text

data_api = Blueprint("data_api", __name__, url_prefix="/accounts")
LISTED, LISTED_MOST = 50, 1000


@data_api.get("/<token>")
def account(token: str) -> ResponseReturnValue:
    """`{"plan", "limit", "stored"}` of the account."""
    service = current()
    with service.store.read() as tx:
        resource = _account(tx, token)
        usage = service.exceptions.usage(tx, resource.uuid, resource.plan)
    return jsonify({"plan": resource.plan, "limit": usage.limit, "stored": usage.stored})


@data_api.post("/<token>/exceptions")
def add(token: str) -> ResponseReturnValue:
    """Store `{"message", "type"?, "backtrace"?, "app"?}`: 201, or 402 when the plan is full."""
    service = current()
    with service.store.read() as tx:
        _account(tx, token)  # a stranger is told so before his body is looked at
    report = read_report(json_object())
    with service.store.write() as tx:
        resource = _account(tx, token)
        now = stamp(service.clock.now())
        new_id = service.clock.new_id()
        row, full = service.exceptions.add(tx, resource.uuid, resource.plan, report, new_id, now)
        if full:
            service.voice.say(tx, resource, "plan is full, further exceptions are refused", plan=resource.plan)
    shown = public_report(row)
    return jsonify({key: shown[key] for key in ("id", "message", "type", "created_at")}), 201


@data_api.get("/<token>/exceptions")
def listed(token: str) -> ResponseReturnValue:
    """The newest reports first, `?limit=` of them (50 unless told, 1000 at most)."""
    service = current()
    with service.store.read() as tx:
        resource = _account(tx, token)
        return jsonify(service.exceptions.latest(tx, resource.uuid, _limit()))


@data_api.delete("/<token>/exceptions")
def clear(token: str) -> ResponseReturnValue:
    """Delete every report, so that a full plan, or a smaller one, has room: `{"deleted": N}`."""
    service = current()
    with service.store.write() as tx:
        resource = _account(tx, token)
        return jsonify({"deleted": service.exceptions.clear(tx, resource.uuid)})


def read_report(body: dict[str, Any]) -> Report:
    """A body as a report; a backtrace may be text or a list of lines. Raises Invalid."""
    backtrace = body.get("backtrace")
    if isinstance(backtrace, list) and all(isinstance(line, str) for line in backtrace):
        backtrace = "\n".join(backtrace)
    if not isinstance(backtrace, (str, type(None))):
        raise Invalid("cannot use 'backtrace': it must be a text or a list of texts")
    return Report(
        message=cast(str, text(body, "message", required=True)),
        type=text(body, "type") or Report.type,
        backtrace=backtrace,
        app=text(body, "app"),
    )


def _account(tx: Tx, token: str) -> Resource:
    service = current()
    uuid = service.credentials.owner(tx, token, service.clock.now())
    try:
        if uuid is not None:
            return find(tx, uuid, service.exceptions.identity.slug)
    except (NotFound, Gone):
        pass
    raise Unauthorized(
        "this URL's token is wrong or no longer valid: credentials may have been rotated; "
        f"read {service.exceptions.config_vars[0]} again and restart the app"
    )


def _limit() -> int:
    raw = request.args.get("limit", str(LISTED))
    if not (raw.isascii() and raw.isdigit() and len(raw) <= 6 and 1 <= int(raw) <= LISTED_MOST):
        raise Invalid(f"cannot use limit: it must be a whole number from 1 to {LISTED_MOST}")
    return int(raw)
