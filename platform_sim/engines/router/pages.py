"""The answers the edge gives by itself: error pages for people, JSON for API clients.

Pure: values in, bytes out. Status codes: platform-api §7.
"""

import html
import json
from http import HTTPStatus

_REASONS = {status.value: status.phrase.encode() for status in HTTPStatus}
_REASONS[431] = b"Request Header Fields Too Large"
_REASONS[499] = b"Client Closed Request"

_PAGE = (
    '<!DOCTYPE html>\n<html>\n<head><meta charset="utf-8"><title>{title}</title>\n'
    "<style>body{{font-family:sans-serif;margin:15vh auto;max-width:34em;color:#333}}</style></head>\n"
    "<body><h1>{title}</h1>\n<p>{text}</p>\n</body>\n</html>\n"
)


def reason(status: int) -> bytes:
    """The usual reason phrase of a status, empty if there is none."""
    return _REASONS.get(status, b"")


def page(title: str, text: str) -> bytes:
    """A small HTML page; both texts are escaped."""
    return _PAGE.format(title=html.escape(title), text=html.escape(text)).encode()


APPLICATION_ERROR = page(
    "Application error",
    "The app could not serve this request. If it is yours, its log has the error code: heroku logs --tail",
)
NO_SUCH_APP = page("No such app", "There is no app with this name here.")
MAINTENANCE = page("Offline for maintenance", "This app is in maintenance mode. Please come back later.")
BLANK_APP = page("Welcome to your new app", "Nothing has been deployed here yet: git push heroku main")


def answer(status: int, content_type: str, body: bytes, *, head_only: bool, keep_alive: bool, http10: bool) -> bytes:
    """A whole answer, head and body; `head_only` for HEAD requests."""
    connection = b""
    if not keep_alive:
        connection = b"Connection: close\r\n"
    elif http10:
        connection = b"Connection: keep-alive\r\n"
    head = (
        b"HTTP/1.1 %d %b\r\nContent-Type: %b\r\nContent-Length: %d\r\nCache-Control: no-cache, no-store\r\n%b\r\n"
        % (
            status,
            reason(status),
            content_type.encode(),
            len(body),
            connection,
        )
    )
    return head if head_only else head + body


def html_answer(status: int, body: bytes, *, head_only: bool, keep_alive: bool, http10: bool) -> bytes:
    """A page as an answer."""
    kind = "text/html; charset=utf-8"
    return answer(status, kind, body, head_only=head_only, keep_alive=keep_alive, http10=http10)


def json_error(error_id: str, message: str) -> bytes:
    """Heroku's error shape (platform-api §4)."""
    return json.dumps({"id": error_id, "message": message}).encode()
