"""What a partner's calls to the platform mean: token exchanges, calls about add-ons, lines for a log. Pure."""

import base64
import binascii
from collections.abc import Iterable, Sequence
from urllib.parse import parse_qsl, unquote

from platform_sim.conformance.seen import Exchange, Heard
from platform_sim.core.model.addresses import LOG_INPUT

TOKEN = "/oauth/token"
ACTIONS = "/actions/"
Calls = Sequence[Heard]
BACK = "calls back"
"""The fact that holds all calls which the partner made while nothing was wrong."""


def succeeded(call: Heard) -> bool:
    """2xx."""
    return 200 <= call.status < 300


def parameters(call: Heard) -> dict[str, str]:
    """Of a token request: query, then form or JSON."""
    query = dict(parse_qsl(call.path.partition("?")[2], keep_blank_values=True))
    if isinstance(call.json, dict):
        return query | {name: value for name, value in call.json.items() if isinstance(value, str)}
    return query | dict(parse_qsl(call.body.decode("utf-8", "replace"), keep_blank_values=True))


def client_secret(call: Heard) -> str:
    """Given as a parameter or as the Basic password; "" for none."""
    return parameters(call).get("client_secret") or basic_pair(call)[1]


def basic_pair(call: Heard) -> tuple[str, str]:
    """User and password of Basic auth; ("", "") without any that can be read."""
    kind, _, value = call.headers.get("authorization", "").partition(" ")
    try:
        pair = base64.b64decode(value, validate=True).decode() if kind.lower() == "basic" else ""
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    user, _, password = pair.partition(":")
    return user, password


def refreshes(calls: Iterable[Heard]) -> list[Heard]:
    """Token requests that ask for a new access token."""
    return [call for call in calls if call.place == TOKEN and _is_refresh(call)]


def swaps(calls: Iterable[Heard]) -> list[Heard]:
    """Token requests that bring a grant."""
    return [call for call in calls if call.place == TOKEN and not _is_refresh(call)]


def _is_refresh(call: Heard) -> bool:
    given = parameters(call)
    return given.get("grant_type") == "refresh_token" or "refresh_token" in given


def api(calls: Iterable[Heard]) -> list[Heard]:
    """Calls of the Platform API."""
    return [call for call in calls if call.place not in (TOKEN, LOG_INPUT) and not call.place.startswith("/vendor/")]


def of_new_tokens(calls: Calls) -> list[Heard]:
    """Calls of the Platform API with a token that one of `calls` has given: the others are about what was there before,
    for which a partner may still be busy."""
    given = {call.answered.get("access_token") for call in calls if call.place == TOKEN and succeeded(call)}
    return [call for call in api(calls) if bearer(call) in given]


def is_line(call: Heard) -> bool:
    """Whether it writes into a log."""
    return call.place == LOG_INPUT


def subscribed(call: Heard, uuid: str = "") -> bool:
    """Whether it made a webhook, for that add-on if one is named."""
    return call.method == "POST" and call.place.endswith("/webhooks") and succeeded(call) and uuid in ("", about(call))


def about(call: Heard) -> str:
    """The add-on that a call names, "" if it names none."""
    parts = call.place.split("/")
    return unquote(parts[2]) if parts[1:2] == ["addons"] and len(parts) > 2 else ""


def bearer(call: Heard) -> str:
    """The token that a call brings, "" without one."""
    kind, _, value = call.headers.get("authorization", "").partition(" ")
    return value.strip() if kind.lower() == "bearer" else ""


def code_of(order: Exchange) -> str | None:
    """Of the grant in a provisioning request."""
    grant = order.sent.get("oauth_grant")
    return str(grant.get("code")) if isinstance(grant, dict) else None


def owners(calls: Calls, orders: Iterable[Exchange]) -> dict[str, str]:
    """Access and refresh tokens, each with the uuid of the add-on that it was made for."""
    made = {code: str(order.sent.get("uuid")) for order in orders if (code := code_of(order)) is not None}
    for call in calls:
        if call.place != TOKEN or not succeeded(call):
            continue
        given, answer = parameters(call), call.answered
        owner = made.get(given.get("refresh_token", "")) or made.get(given.get("code", ""))
        if owner is not None:
            made |= {answer[name]: owner for name in ("access_token", "refresh_token") if answer.get(name)}
    return made


def called_nobody(calls: Calls) -> str:
    """What the author should look at first where not one call has come; else nothing."""
    if calls:
        return ""
    return (
        ": nothing has called the checker's platform at all, so look first whether the partner takes it for Heroku "
        "(the host of callback_url, see --port)"
    )
