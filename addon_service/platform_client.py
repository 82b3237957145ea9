"""Calls to Heroku, one function a call. It knows HTTP and the wire shapes; no rows, no retries.

`send` is the seam: a function from a request to an answer. (partner-api §3.1, §4)
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import unquote, urlencode, urlsplit, urlunsplit

import requests

from addon_service import json_text
from addon_service.errors import PlatformFailed
from addon_service.logs.messages import CONTENT_TYPE, framed

ACCEPT = "application/vnd.heroku+json; version=3"
LONGEST_ANSWER = 4 * 1024 * 1024
MOST_ITEMS = 1000


@dataclass(frozen=True)
class Request:
    """What goes out. `timeout` is in seconds, for the connection and for each read."""

    method: str
    url: str
    timeout: float
    headers: dict[str, str] = field(repr=False)
    body: bytes = field(repr=False, default=b"")


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    body: bytes = field(repr=False)

    def json(self) -> Any:
        """The body as JSON, or as text when it is none."""
        try:
            return json_text.read(self.body)
        except ValueError:
            return self.body.decode("utf-8", "replace")


Send = Callable[[Request], Answer]


@dataclass(frozen=True)
class Tokens:
    """The answer of the token endpoint; `expires_in` is in seconds."""

    access: str = field(repr=False)
    refresh: str | None = field(repr=False)
    expires_in: float


class TokenRefused(Exception):
    """The token endpoint said no (4xx): asking the same again cannot help."""


class PlatformClient:
    """Heroku as this partner uses it. Every method raises PlatformFailed when there is no usable answer."""

    def __init__(self, api_url: str, id_url: str, timeout: float, send: Send | None = None) -> None:
        self._api_url = api_url
        self._id_url = id_url
        self._timeout = timeout
        self._send = send or send_over_http

    def exchange(self, code: str, client_secret: str) -> Tokens:
        """Swap a grant code for tokens (§3.1). Raises TokenRefused."""
        return self._token(grant_type="authorization_code", code=code, client_secret=client_secret)

    def refresh(self, refresh_token: str, client_secret: str) -> Tokens:
        """Fresh tokens for a refresh token (§3.1). Raises TokenRefused."""
        return self._token(grant_type="refresh_token", refresh_token=refresh_token, client_secret=client_secret)

    def fresh_grant(self, slug: str, password: str, uuid: str) -> str | None:
        """The code of a new grant for an instance whose first one was lost, or None when Heroku gives none.

        Blocked unless Heroku enables it for the partner (§3.2). The answer's shape is not published: the grant
        is taken as in a provisioning request, alone or under `oauth_grant`.
        """
        headers = {"Accept": "application/json", "Authorization": _basic(slug, password)}
        url = f"{self._api_url}/vendor/resources/{uuid}/oauth-grant"
        answer = self._answered(Request("GET", url, self._timeout, headers))
        grant = answer.json() if answer.status in (200, 201) else None
        if isinstance(grant, dict) and isinstance(grant.get("oauth_grant"), dict):
            grant = grant["oauth_grant"]
        code = grant.get("code") if isinstance(grant, dict) else None
        return code if isinstance(code, str) and code else None

    def call(
        self,
        access: str,
        method: str,
        path: str,
        body: Any = None,
        timeout: float | None = None,
        every: bool = False,
    ) -> Answer:
        """One call of the Platform API with an access token; any status below 500 is an answer. `every`: of a list,
        as many items are wanted as one answer may hold (§4.4)."""
        headers = {"Accept": ACCEPT, "Authorization": f"Bearer {access}"}
        if every:
            headers["Range"] = f"id ..; max={MOST_ITEMS}"
        content = b""
        if body is not None:
            headers["Content-Type"] = "application/json"
            content = json.dumps(body).encode("utf-8")
        request = Request(method, self._api_url + path, timeout or self._timeout, headers, content)
        return self._answered(request)

    def write_log(self, url: str, slug: str, at: datetime, text: str) -> Answer:
        """One line into an app's log (§7.2). `url` holds the password; `slug` is who speaks."""
        place = log_input_place(url)
        if place is None:
            return Answer(404, b"")
        body = framed(at, place.token.removeprefix("t."), slug, text)
        headers = {
            "Authorization": _basic(place.user, place.token),
            "Content-Type": CONTENT_TYPE,
            "Content-Length": str(len(body)),
            "Logplex-Msg-Count": "1",
            "User-Agent": f"{slug} (addon_service)",
        }
        return self._answered(Request("POST", place.url, self._timeout, headers, body))

    def _token(self, **form: str) -> Tokens:
        headers = {"Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded"}
        url = f"{self._id_url}/oauth/token"
        answer = self._answered(Request("POST", url, self._timeout, headers, urlencode(form).encode("ascii")))
        if answer.status not in (200, 201):
            raise TokenRefused(f"Heroku refused the token request with {answer.status}: {reason(answer)}")
        return _tokens(answer.json())

    def _answered(self, request: Request) -> Answer:
        answer = self._send(request)
        # 501 is an answer: Heroku does not have this, and will not have it later.
        if (answer.status >= 500 and answer.status != 501) or answer.status in (408, 429):
            where = f"{request.method} {request.url}"
            raise PlatformFailed(f"{where} was answered with {answer.status}; it is worth trying later")
        return answer


@dataclass(frozen=True)
class LogInputPlace:
    """A `log_input_url` taken apart: where to post, and as whom."""

    url: str
    user: str
    token: str = field(repr=False)


def log_input_place(url: str) -> LogInputPlace | None:
    """Where a `log_input_url` points to, without the password in it (§2.3); None when it is none."""
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname or not parts.username or not parts.password:
        return None
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    bare = urlunsplit((parts.scheme, host + port, parts.path, parts.query, ""))
    return LogInputPlace(bare, unquote(parts.username), unquote(parts.password))


def _basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode("ascii")


def reason(answer: Answer) -> str:
    """Heroku's own words in an error answer (platform-ref: `{id, message}`), cut to a line."""
    body = answer.json()
    message = body.get("message") if isinstance(body, dict) else None
    return str(message)[:200] if message else "no reason given"


def _tokens(body: Any) -> Tokens:
    if isinstance(body, dict):
        access, refresh, seconds = (body.get(k) for k in ("access_token", "refresh_token", "expires_in"))
        fits = isinstance(seconds, (int, float)) and not isinstance(seconds, bool) and 0 < seconds < 10**9
        if isinstance(access, str) and access and isinstance(refresh, (str, type(None))) and fits:
            return Tokens(access, refresh, float(seconds or 0))
    raise PlatformFailed("the token endpoint's answer holds no access_token and expires_in that can be used")


def _as_given(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """An `auth` that adds nothing. Without one, requests would put the developer's own Heroku token from
    ~/.netrc (where Heroku's CLI writes it) in place of ours."""
    return request


def send_over_http(request: Request) -> Answer:
    """Send with `requests`: no redirect is followed, and no more than LONGEST_ANSWER bytes are read."""
    try:
        with requests.request(
            request.method,
            request.url,
            headers=request.headers,
            data=request.body or None,
            auth=_as_given,
            timeout=request.timeout,
            allow_redirects=False,
            stream=True,
        ) as response:
            body = b""
            for chunk in response.iter_content(65536):
                body += chunk
                if len(body) > LONGEST_ANSWER:
                    raise PlatformFailed(f"{request.url} answered with more than {LONGEST_ANSWER} bytes")
            return Answer(response.status_code, body)
    except (requests.RequestException, UnicodeError) as error:
        # Only the kind of error: its text may hold a URL with a secret in it.
        kind = type(error).__name__
        raise PlatformFailed(f"cannot reach {request.method} {request.url}: {kind}; is Heroku running there?") from None
