"""The door for an app's log: batches of a log drain (partner-api §7.1).

Who holds a drain's token is believed. A 4xx is final for the sender, so it is given only to what no repeat would put
right; 204 is given at once, as there is nothing to wait for.
"""

from __future__ import annotations

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import UnsupportedMediaType

from addon_service.errors import BadRequest, Forbidden
from addon_service.instances import find
from addon_service.logs.drains import PATH
from addon_service.logs.messages import CONTENT_TYPE, parse
from addon_service.service import Service, current

drain_door = Blueprint("drain_door", __name__, url_prefix=PATH)
LONGEST_FRAME_ID = 64


@drain_door.post("/<uuid>")
def take(uuid: str) -> ResponseReturnValue:
    """Keep the lines of a batch: 204, also for one that came before."""
    service = current()
    _speaker(service, uuid)  # a stranger is told so before his body is looked at
    if request.mimetype != CONTENT_TYPE:
        raise UnsupportedMediaType(f"the Content-Type must be {CONTENT_TYPE}")
    lines = parse(request.get_data(), service.clock.now())
    announced = request.headers.get("Logplex-Msg-Count")
    if announced is not None and announced != str(len(lines)):
        raise BadRequest(f"cannot take the batch: Logplex-Msg-Count is {announced[:20]}, and it holds {len(lines)}")
    frame = request.headers.get("Logplex-Frame-Id", "")[:LONGEST_FRAME_ID] or None
    with service.lines.write() as tx:
        # Asked again here: of an instance that ended meanwhile, nothing may be written behind its clearing up.
        service.lines.add(tx, uuid, _speaker(service, uuid), frame, lines)
    return "", 204


def _speaker(service: Service, uuid: str) -> int:
    """Our number of the drain that speaks. Raises NotFound, Gone, Forbidden."""
    token = request.headers.get("Logplex-Drain-Token", "")
    with service.store.read() as tx:
        find(tx, uuid)
        drain = service.drains.speaking(tx, uuid, token)
    if drain is None:
        raise Forbidden("cannot take the batch: its Logplex-Drain-Token belongs to no drain of this instance")
    return drain
