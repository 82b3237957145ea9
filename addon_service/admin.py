"""The door of the partner's own operator (and of a demonstration), behind the manifest's Basic auth.

It shows what is stored without secrets, rotates a credential, and asks Heroku what this instance may see.
"""

from __future__ import annotations

import re
from typing import Any, cast

from flask import Blueprint, g, jsonify
from flask.typing import ResponseReturnValue

from addon_service.addons.base import Addon
from addon_service.clock import public_time
from addon_service.errors import Invalid, NotFound
from addon_service.instances import find
from addon_service.service import Service, current
from addon_service.store import Row, Tx
from addon_service.surroundings.facts import known
from addon_service.web import json_object

admin = Blueprint("admin", __name__, url_prefix="/admin/resources")
_PATH = re.compile(r"/(?!/)[!-~]*")


@admin.get("")
def resources() -> ResponseReturnValue:
    """Every instance of the add-on, newest first, gone ones too."""
    service = current()
    with service.store.read() as tx:
        sql = "SELECT * FROM resources WHERE addon = ? ORDER BY created_at DESC, uuid"
        return jsonify([public_resource(service, tx, row) for row in tx.rows(sql, _slug())])


@admin.get("/<uuid>")
def resource(uuid: str) -> ResponseReturnValue:
    """One instance with its credentials, authorization, surroundings and duties."""
    service = current()
    with service.store.read() as tx:
        row = _row(tx, uuid)
        body = public_resource(service, tx, row)
        body["credentials"] = [_timed(item, "created_at", "retire_at") for item in service.credentials.listed(tx, uuid)]
        body["authorization"] = service.authorizations.described(tx, uuid)
        around = known(tx, uuid)
        body["apps"], body["people"], body["asked_at"] = around.apps, around.people, around.asked_at
        body["webhook"] = service.subscriptions.described(tx, uuid)
        duties = service.duties.listed(tx, uuid)
    body["log_lines"] = service.lines.count(uuid)
    if _addon().asynchronous:
        body["on_server"] = _addon().on_server(uuid)
    body["duties"] = [_timed(item, "due_at", "created_at", "updated_at") for item in duties]
    return jsonify(body)


@admin.get("/<uuid>/requests")
def requests(uuid: str) -> ResponseReturnValue:
    """What Heroku sent about one instance, newest first; also about one that was refused."""
    service = current()
    with service.store.read() as tx:
        heard = service.inbox.listed(tx, uuid)
        if not heard:
            _row(tx, uuid)
    return jsonify(heard)


@admin.post("/<uuid>/rotate")
def rotate(uuid: str) -> ResponseReturnValue:
    """A new credential: 202, as Heroku is told of it afterwards. 409 when there is no way to tell Heroku."""
    service = current()
    _live(service, uuid)
    made = service.resources.rotate(uuid)
    overlap = _addon().overlap
    message = f"Heroku is being given the new config; the old credential works for {overlap} s after that."
    return jsonify({"uuid": uuid, "credential": made, "overlap_seconds": overlap, "message": message}), 202


@admin.post("/<uuid>/call")
def call(uuid: str) -> ResponseReturnValue:
    """One read of the Platform API with this instance's own token: `{"method": "GET", "path": "/..."}`.

    Answers 200 with Heroku's `{"status", "body"}`, whatever that status is; 409 without a token, 502 without
    an answer.
    """
    service = current()
    body = json_object()
    method, path = body.get("method", "GET"), body.get("path")
    if method != "GET":
        raise Invalid("cannot use 'method': this door only reads, so it must be GET")
    if not isinstance(path, str) or not _PATH.fullmatch(path) or "#" in path:
        raise Invalid("cannot use 'path': it must be a path of the Platform API, such as /addons")
    _live(service, uuid)
    answer = service.authorizations.call(_addon().identity, uuid, "GET", path)
    return jsonify({"status": answer.status, "body": answer.json()})


def public_resource(service: Service, tx: Tx, row: Row) -> dict[str, Any]:
    """An instance as the operator sees it."""
    usage = service.addons[row["addon"]].usage(tx, row["uuid"], row["plan"])
    return {
        "uuid": row["uuid"],
        "addon": row["addon"],
        "name": row["name"],
        "plan": row["plan"],
        "region": row["region"],
        "state": row["state"],
        "stored": usage.stored,
        "limit": usage.limit,
        "created_at": public_time(row["created_at"]),
        "deprovisioned_at": public_time(row["deprovisioned_at"]),
    }


def _timed(item: Row, *names: str) -> Row:
    return {**item, **{name: public_time(item[name]) for name in names}}


def _row(tx: Tx, uuid: str) -> Row:
    row = tx.one("SELECT * FROM resources WHERE uuid = ? AND addon = ?", uuid, _slug())
    if row is None:
        raise NotFound(f"cannot find resource {uuid}: it was never provisioned here")
    return row


def _live(service: Service, uuid: str) -> None:
    with service.store.read() as tx:
        find(tx, uuid, _slug())


def _addon() -> Addon:
    return cast(Addon, g.addon)


def _slug() -> str:
    return _addon().identity.slug
