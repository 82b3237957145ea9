"""From a form that was refused back to its page, filled in again with what was typed, as far as that is no secret."""

from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit

from flask import current_app, request
from werkzeug.exceptions import HTTPException

TYPED = "typed_"
"""Before the names of fields in the address of a page that is filled in again."""
HARMLESS = (
    "amount",
    "app",
    "as",
    "kind",
    "match",
    "name",
    "plan",
    "region",
    "seed",
    "stack",
    "team",
    "times",
    "user",
    "var",
    "version",
)
"""Fields whose values may stand in an address. Never `value` and `options`, which may be secrets, nor what confirms."""
LONGEST = 200
"""Characters of a field."""


def way_back() -> str | None:
    """Where the page lies from which the form came, if it is one of ours."""
    came = _came()
    path = next((each for each in (came.path, came.path.rpartition("/")[0]) if _is_page(each)), None)
    if request.method != "POST" or path is None:
        return None
    kept = [(name, value) for name, value in parse_qsl(came.query) if not name.startswith(TYPED)]
    query = urlencode(kept + _typed())
    return f"{path}?{query}" if query else path


def typed(name: str) -> str:
    """For a field of a page: what was typed before its form was refused. A link elsewhere fills in nothing."""
    given = request.args.get(TYPED + name, "")
    return given[:LONGEST] if given and name in HARMLESS and _came().path else ""


def _came() -> SplitResult:
    """The page of ours from which the browser comes; empty if it comes from elsewhere or says nothing."""
    try:
        came = urlsplit(request.headers.get("Referer", ""))
    except ValueError:
        return urlsplit("")
    return came if came.netloc == request.host else urlsplit("")


def _typed() -> list[tuple[str, str]]:
    try:
        given = request.form
    except HTTPException:
        return []  # too long to be read
    return [(TYPED + name, given[name][:LONGEST]) for name in HARMLESS if given.get(name)]


def _is_page(path: str) -> bool:
    """Whether something of the dashboard answers there; a form's own address is no page."""
    urls = current_app.url_map.bind(request.host)
    return path.startswith("/dashboard/") and urls.test(path, "GET")
