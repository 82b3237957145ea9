"""`POST /logs`: who knows a token writes into the log of the app that it was made for (partner-api §7.2)."""

import zlib
from dataclasses import dataclass

from flask import Blueprint, Response, request

from platform_sim.core import errors
from platform_sim.core.model.addons import Addon, AddonService, Attachment
from platform_sim.core.model.addresses import LOG_INPUT
from platform_sim.core.model.drains import LogInput
from platform_sim.web.answers import basic, errors_as, read_body
from platform_sim.web.context import Doors
from platform_sim.web.log_input.messages import Malformed, parse
from platform_sim.web.server import CHUNKED

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
CONTENT_TYPES = ("application/logplex-1", "application/x-logplex-1")
USER = "token"
_GZIP = 31
"""zlib's word for: with gzip's header."""


@dataclass(frozen=True)
class _Writer:
    """Whose words they are. `name`: the service's."""

    app_id: str
    token: str
    name: str

    def without_token(self, text: str) -> str:
        """Who repeats the token in a line does not publish it: as in Logplex, a name stands in its place."""
        return text.replace(self.token, self.name)


def log_input_blueprint(doors: Doors) -> Blueprint:
    """The one route; its answers are plain text."""
    blueprint = Blueprint("log_input", __name__)
    errors_as(blueprint, lambda problem: _says(problem.status, problem.message))

    @blueprint.route(LOG_INPUT, methods=METHODS, provide_automatic_options=False)
    def log_input() -> Response:
        if request.method != "POST":
            return _says(405, "Log messages are sent with POST.", Allow="POST")
        writer = _writer(doors)
        if writer is None:
            return _says(401, "Not Authorized", **{"WWW-Authenticate": 'Basic realm="Logplex"'})
        return _refusal() or _take(doors, writer)

    return blueprint


def _says(status: int, text: str, **headers: str) -> Response:
    return Response(text, status, headers, content_type="text/plain; charset=utf-8")


def _writer(doors: Doors) -> _Writer | None:
    """Who the credentials stand for: user `token`, an input token as the password, of an add-on that is attached."""
    kind, _, value = request.headers.get("Authorization", "").partition(" ")
    try:
        user, password = basic(value.strip()) if kind.lower() == "basic" else ("", "")
    except errors.Unauthorized:
        return None
    with doors.database.snapshot() as rows:
        found = rows.find(LogInput, token=password) if user == USER else None
        if found is None or rows.find(Attachment, addon_id=found.addon_id, app_id=found.app_id) is None:
            return None
        service = rows.get(AddonService, rows.get(Addon, found.addon_id).service_id)
    return _Writer(found.app_id, found.token, service.name)


def _refusal() -> Response | None:
    """What is wrong with the request before its body is read."""
    if request.headers.get("Content-Type", "").strip().lower() not in CONTENT_TYPES:
        return _says(415, f"Content-Type must be {CONTENT_TYPES[0]}.")
    if request.headers.get("Content-Encoding", "identity").strip().lower() not in ("identity", "gzip"):
        return _says(415, "Content-Encoding must be gzip or none.")
    environ = request.environ
    if CHUNKED in environ or "HTTP_TRANSFER_ENCODING" in environ or not environ.get("CONTENT_LENGTH"):
        return _says(411, "Content-Length is required; chunked bodies are not taken.")
    return None


def _take(doors: Doors, writer: _Writer) -> Response:
    """All messages of the body or none."""
    try:
        found = parse(_body(doors.database.rules.body_size_limit))
    except Malformed:
        return _says(400, "Malformed log messages")
    announced = request.headers.get("Logplex-Msg-Count")
    if announced is not None and announced != str(len(found)):
        return _says(400, "Message count mismatch")
    for message in found:
        process = writer.name if message.process == "-" else message.process
        doors.log(writer.app_id, "app", writer.without_token(process), writer.without_token(message.text))
    return Response(status=204)


def _body(limit: int) -> bytes:
    raw = read_body(request, limit)
    if request.headers.get("Content-Encoding", "").strip().lower() != "gzip":
        return raw
    unpacking = zlib.decompressobj(_GZIP)
    try:
        body = unpacking.decompress(raw, limit + 1)
    except zlib.error:
        raise Malformed("no gzip") from None
    if len(body) > limit:
        raise errors.TooLarge(f"The unpacked body is longer than {limit} bytes, which is what is read.")
    if not unpacking.eof or unpacking.unused_data:
        raise Malformed("gzip that ends too early or goes on")
    return body
