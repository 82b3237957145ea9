"""What this app gets from outside: its config vars, read here and nowhere else, and the add-on behind one of them.

The add-on `exceptions` is an HTTP service. All the app is told about it is EXCEPTIONS_URL, which holds the credential:
it is never shown, logged or part of an error; `fingerprint` tells two of them apart. (The other add-on: `database.py`.)

(A module of this name in Python's own library is about something else; in this app's folder this one is found first.)
"""

import hashlib
import http.client
import json
import os
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

EXCEPTIONS_VAR, DATABASE_VAR = "EXCEPTIONS_URL", "DATABASE_URL"
MYSQL_VAR = "MYSQL_URL"  # what some partners call it
_LARGEST_ANSWER = 4 * 1024 * 1024


class BadConfig(ValueError):
    """A config var that cannot be used; the message says which and what is allowed."""


class ResourceFailed(Exception):
    """An add-on did not do what was asked. `kind`: away, retired, full, missing or odd; the message is for people."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


@dataclass(frozen=True)
class Config:
    """The config vars of this app, and what the platform tells a dyno. `worker_interval` in seconds."""

    exceptions_url: str | None
    dyno: str
    release: str | None
    host: str
    port: int
    worker_interval: float
    database_url: str | None = None


def read_config(environ: Mapping[str, str] = os.environ) -> Config:
    """The config as it is now; it cannot change while a process runs, a new value comes with a restart."""
    return Config(
        exceptions_url=environ.get(EXCEPTIONS_VAR) or None,
        dyno=environ.get("DYNO", "local"),
        release=environ.get("HEROKU_RELEASE_VERSION"),
        host=environ.get("HOST", "127.0.0.1"),
        port=int(_number(environ, "PORT", "5000", least=0, most=65_535)),
        worker_interval=_number(environ, "WORKER_INTERVAL", "2", least=0.05, most=86_400),
        database_url=environ.get(DATABASE_VAR) or environ.get(MYSQL_VAR) or None,
    )


def fingerprint(url: str) -> str:
    """A short name for a URL that must not be shown: the start of its SHA-256, in hex."""
    return hashlib.sha256(url.encode()).hexdigest()[:12]


@dataclass(frozen=True)
class Account:
    """What the add-on says of itself: its plan, how many exceptions that stores, how many are stored."""

    plan: str
    limit: int
    stored: int


class Exceptions:
    """The add-on at `url`. Every call is one HTTP request of at most `timeout` seconds, and raises ResourceFailed."""

    def __init__(self, url: str, timeout: float = 3.0) -> None:
        self._url = url.rstrip("/")
        self._timeout = timeout
        # No proxy: config vars named HTTP_PROXY are the business of the app, not of its add-on's credential.
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def account(self) -> Account:
        """How full the plan is."""
        answer = _object(self._ask("GET", ""), "plan", "limit", "stored")
        try:
            return Account(str(answer["plan"]), int(answer["limit"]), int(answer["stored"]))
        except (TypeError, ValueError):
            raise ResourceFailed("odd", "The add-on says of its plan what is no number.") from None

    def add(self, kind: str, message: str, app: str | None = None) -> dict[str, Any]:
        """Store one exception; `{"id", "message", "type", "created_at"}` as the add-on has it."""
        body = {"type": kind, "message": message, **({"app": app} if app else {})}
        return _object(self._ask("POST", "/exceptions", body), "id")

    def latest(self, limit: int = 10) -> list[dict[str, Any]]:
        """The newest exceptions first, each with `id`, `type`, `message`, `created_at`."""
        answer = self._ask("GET", f"/exceptions?limit={limit}")
        if not isinstance(answer, list):
            raise ResourceFailed("odd", "The add-on answered something else than a list.")
        return [_object(item, "id", "message") for item in answer[:limit]]

    def _ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        if not self._url.startswith(("http://", "https://")):
            raise ResourceFailed("odd", f"{EXCEPTIONS_VAR} is no http:// or https:// URL.")
        try:
            request = urllib.request.Request(
                self._url + path,
                method=method,
                data=None if body is None else json.dumps(body).encode(),
                headers={"Accept": "application/json", "Content-Type": "application/json"},
            )
            with self._opener.open(request, timeout=self._timeout) as answer:
                return json.loads(answer.read(_LARGEST_ANSWER))
        except urllib.error.HTTPError as error:
            with error:
                raise _refused(error.code) from None
        except (ValueError, http.client.InvalidURL):
            raise ResourceFailed("odd", f"The add-on's answer is no JSON, or {EXCEPTIONS_VAR} is no URL.") from None
        except (OSError, http.client.HTTPException):
            # The reason is left out: some of these errors hold the URL, and with it the credential.
            raise ResourceFailed("away", "The add-on cannot be reached; it may be back in a moment.") from None


def _refused(status: int) -> ResourceFailed:
    if status == 401:
        return ResourceFailed(
            "retired",
            f"The add-on no longer takes this app's credential. A restart reads the current {EXCEPTIONS_VAR}; "
            "if it was set by hand, 'heroku config' shows it.",
        )
    if status == 402:
        return ResourceFailed("full", "The add-on's plan is full. A larger one: heroku addons:upgrade")
    if status >= 500:
        return ResourceFailed("away", f"The add-on is in trouble: it answered {status}.")
    return ResourceFailed("odd", f"The add-on refused: it answered {status}.")


def _object(answer: Any, *keys: str) -> dict[str, Any]:
    if not isinstance(answer, dict) or any(key not in answer for key in keys):
        raise ResourceFailed("odd", "The add-on's answer lacks what its documentation says.")
    return answer


def _number(environ: Mapping[str, str], name: str, default: str, *, least: float, most: float) -> float:
    raw = environ.get(name) or default
    try:
        value = float(raw)
    except ValueError:
        value = -1.0
    if not least <= value <= most:
        raise BadConfig(f"The config var {name} is {raw!r}; it must be a number from {least:g} to {most:g}.")
    return value
