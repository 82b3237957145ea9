"""The browser's session: a signed cookie that says which dashboards this browser may see, and until when.

One browser may be logged in to several instances. The cookie is signed, not secret: nothing secret is in it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Flask, session

from addon_service.clock import parse_stamp, stamp
from addon_service.errors import Forbidden
from addon_service.service import Service, current
from addon_service.vault import same

KEY = "instances"
MOST = 6  # instances in one cookie, which holds 4 KB
LONGEST = 120  # characters of each fact shown


def prepare(app: Flask, service: Service) -> None:
    """Set up the cookie. Its name is our own, as cookies of one host are shared by all ports."""
    app.config.update(
        SECRET_KEY=service.folder.keep("session-key", service.clock.new_token),
        SESSION_COOKIE_NAME="addon_service_session",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=service.exceptions.public_url.startswith("https:"),
    )


def open_session(uuid: str, shown: dict[str, str]) -> None:
    """Let this browser see one instance's dashboard; `shown` are facts of the login to show there."""
    service = current()
    entry = {name: value[:LONGEST] for name, value in shown.items()}
    entry["until"] = stamp(service.clock.now() + timedelta(seconds=service.settings.session_seconds))
    entry["csrf"] = service.clock.new_token()
    others = [item for item in dict(session.get(KEY, {})).items() if item[0] != uuid]
    others.sort(key=lambda item: str(item[1]["until"]))
    session[KEY] = {**dict(others[-(MOST - 1) :]), uuid: entry}


def opened(uuid: str) -> dict[str, Any]:
    """The session's entry for one instance. Raises Forbidden when there is none, or its time is over."""
    entry = dict(session.get(KEY, {})).get(uuid)
    if entry is None or parse_stamp(entry["until"]) <= current().clock.now():
        raise Forbidden(
            "you are not logged in to this add-on: there is no password here; "
            "come from Heroku, with `heroku addons:open` or the dashboard"
        )
    return dict(entry)


def check_csrf(entry: dict[str, Any], given: str) -> None:
    """Raise Forbidden unless the form was made by our own page in this session."""
    if not same(str(entry["csrf"]), given):
        raise Forbidden("cannot do this: the form is out of date; go back, reload the page and try again")
