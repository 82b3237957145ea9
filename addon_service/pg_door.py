"""The door behind `heroku pg:*`: below a resource's URL, behind the manifest's Basic auth like all of Heroku's calls.

An extension of Platform Sim's, not of Heroku's: docs/pg-commands.md. It translates a request into one answer of
`database_data.py`.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, g, jsonify, request
from flask.typing import ResponseReturnValue

from addon_service.database_data import DatabaseData
from addon_service.errors import Invalid, NotFound
from addon_service.partner_api import known_uuid, note
from addon_service.service import current
from addon_service.web import json_object

pg_door = Blueprint("pg_door", __name__, url_prefix="/heroku/resources/<uuid>/data")
NO_BACKUPS = "This database makes no backups. Dump it yourself: pg_dump takes the DATABASE_URL of heroku config."
NO_CREDENTIALS = "This database has one credential, default; it cannot have others."


@pg_door.get("")
def info(uuid: str) -> ResponseReturnValue:
    """`pg:info`."""
    return jsonify(_data().info(_id(uuid)))


@pg_door.get("/wait_status")
def wait_status(uuid: str) -> ResponseReturnValue:
    """`pg:wait`."""
    return jsonify(_data().wait_status(_id(uuid)))


@pg_door.get("/credentials")
def credentials(uuid: str) -> ResponseReturnValue:
    """`pg:credentials`."""
    return jsonify(_data().listed(_id(uuid)))


@pg_door.post("/credentials")
def create_credential(uuid: str) -> ResponseReturnValue:
    """`pg:credentials:create`: 422."""
    _data().wait_status(_id(uuid))
    raise Invalid(NO_CREDENTIALS)


@pg_door.get("/credentials/<name>")
def credential(uuid: str, name: str) -> ResponseReturnValue:
    """`pg:credentials:url`."""
    return jsonify(_data().credential(_id(uuid), name))


@pg_door.post("/credentials_rotation")
def rotate_all(uuid: str) -> ResponseReturnValue:
    """`pg:credentials:rotate --all`: there is one."""
    return rotate(uuid, "default")


@pg_door.post("/credentials/<name>/credentials_rotation")
def rotate(uuid: str, name: str) -> ResponseReturnValue:
    """`pg:credentials:rotate`: 202, since the apps get it in a moment."""
    return jsonify(_data().rotate(_id(uuid), name, _body().get("forced") is True)), 202


@pg_door.get("/config")
def settings(uuid: str) -> ResponseReturnValue:
    """`pg:settings`."""
    return jsonify(_data().settings(_id(uuid)))


@pg_door.patch("/config")
def configure(uuid: str) -> ResponseReturnValue:
    """`pg:settings:NAME VALUE`."""
    return jsonify(_data().configure(_id(uuid), _body()))


@pg_door.post("/connection_reset")
def connection_reset(uuid: str) -> ResponseReturnValue:
    """`pg:killall`."""
    return jsonify(_data().end_sessions(_id(uuid)))


@pg_door.put("/reset")
def reset(uuid: str) -> ResponseReturnValue:
    """`pg:reset`: 202."""
    return jsonify(_data().reset(_id(uuid), _body().get("extensions"))), 202


@pg_door.get("/transfers")
@pg_door.get("/transfer-schedules")
def transfers(uuid: str) -> ResponseReturnValue:
    """`pg:backups`, `pg:backups:schedules`."""
    return jsonify(_data().transfers(_id(uuid)))


@pg_door.post("/backups")
@pg_door.post("/transfer-schedules")
def back_up(uuid: str) -> ResponseReturnValue:
    """`pg:backups:capture`, `pg:backups:schedule`: 422."""
    _data().wait_status(_id(uuid))
    raise Invalid(NO_BACKUPS)


@pg_door.after_request
def _note(response: Response) -> Response:
    """Changes are kept with what else Heroku sent; questions would push it out."""
    return response if request.method == "GET" else note(response)


def _id(uuid: str) -> str:
    g.uuid = known_uuid(uuid)
    return str(g.uuid)


def _data() -> DatabaseData:
    service = current()
    if g.addon is not service.database:
        raise NotFound(f"cannot answer: {g.addon.identity.name} is no database")
    return service.data


def _body() -> dict[str, Any]:
    return json_object() if request.get_data() else {}
