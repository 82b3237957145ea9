"""A request of the plain kind, straight to the application: what Flask's client makes of it, without its detours.

Thousands of tests ask by `World.call`, and a third of what an answer took was the client's.
"""

import io
import re
import sys
from collections.abc import Iterable, Mapping
from typing import Any

from flask.testing import FlaskClient
from werkzeug.datastructures import Headers

_PLAIN_PATH = re.compile(r"/(?!/)[\w.~:@,;*/-]*(?:\?[\w.~:@,;*/=&+-]+)?", re.ASCII)
"""A path that stands in the environment as it is: nothing to quote, and no other host."""
_NOT_PLAIN = {"content-length", "cookie", "host", "transfer-encoding"}


def is_plain(client: FlaskClient, path: str, headers: Mapping[str, str], data: bytes | None) -> bool:
    """Whether `ask` may ask it; for everything else there is the client."""
    if client._cookies or not _PLAIN_PATH.fullmatch(path):
        return False
    names = {name.lower() for name in headers}
    return not names & _NOT_PLAIN and len(names) == len(headers) and (data is not None or "content-type" not in names)


def ask(
    client: FlaskClient, method: str, path: str, headers: Mapping[str, str], data: bytes | None
) -> tuple[int, Headers, bytes]:
    """-> status, headers and body; cookies that are set go to the client."""
    begun: list[Any] = []
    written: list[bytes] = []

    def start(status: str, given: list[tuple[str, str]], exc_info: object = None) -> Any:
        begun[:] = int(status[:3]), Headers(given)
        return written.append

    pieces: Iterable[bytes] = client.application.wsgi_app(_environment(client, method, path, headers, data), start)
    try:
        written += pieces
    finally:
        getattr(pieces, "close", lambda: None)()
    status, answered = begun
    if cookies := answered.getlist("Set-Cookie"):
        client._update_cookies_from_response("localhost", path.partition("?")[0], cookies)
    return status, answered, b"".join(written)


def _environment(
    client: FlaskClient, method: str, path: str, headers: Mapping[str, str], data: bytes | None
) -> dict[str, Any]:
    place, _, query = path.partition("?")
    made = client.environ_base | {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": place,
        "QUERY_STRING": query,
        "REQUEST_URI": path,
        "RAW_URI": path,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "HTTP_HOST": "localhost",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(data or b""),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    if data:
        made["CONTENT_LENGTH"] = str(len(data))
    for name, value in headers.items():
        key = name.upper().replace("-", "_")
        made[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value
    return made
