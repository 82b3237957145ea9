"""The calls of a recorded partner, made again: in a thread, in their order, each until it ends as recorded.

A platform may not be ready for a call yet that it took when it was recorded: `actions/provision` comes after the 202.
"""

import base64
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

from platform_sim.cassettes.tape import Recorded
from platform_sim.cassettes.values import Values
from platform_sim.core.model import json_text
from platform_sim.partners.contract import FORM, PartnerRequest, Send

Json = dict[str, Any]
PATIENCE = 5.0
"""Wall seconds in which a call has to end as recorded."""
PAUSE = 0.02
TIMEOUT = 25.0
TOKENS = ("/oauth/token", "/oauth/tokens")


@dataclass(frozen=True)
class Platform:
    """Whom a partner calls, and what it needs for that."""

    send: Send
    client_secret: Callable[[], str | None] = field(repr=False)
    """Asked when it is needed; None if nobody knows it yet."""
    credentials: tuple[str, str] = field(repr=False)


class Caller:
    """Makes calls; `told` hears of those that do not end as recorded."""

    def __init__(self, platform: Platform, told: Callable[[str], None]) -> None:
        self._platform, self._told = platform, told
        self._under_way = 0
        self._changed = threading.Condition()
        self._tokens: dict[str, Json] = {}
        """What each resource's grant was exchanged for."""
        self._turns: dict[str, threading.Lock] = {}

    def make(self, uuid: str, callback_url: str, values: Values, calls: list[Recorded]) -> None:
        """Begin; the calls of one resource follow one another. `callback_url`: of its order, so at the platform."""
        parts = urlsplit(callback_url)
        base = f"{parts.scheme}://{parts.netloc}"
        with self._changed:
            self._under_way += 1
            turn = self._turns.setdefault(uuid, threading.Lock())
        thread = threading.Thread(target=self._make, args=(uuid, base, values, calls, turn), daemon=True)
        thread.start()

    def settle(self, seconds: float) -> bool:
        """Wait until nothing is under way; whether that has come."""
        with self._changed:
            return self._changed.wait_for(lambda: self._under_way == 0, seconds)

    def _make(self, uuid: str, base: str, values: Values, calls: list[Recorded], turn: threading.Lock) -> None:
        try:
            with turn:
                for each in calls:
                    self._until_as_recorded(uuid, base, values, each)
        finally:
            with self._changed:
                self._under_way -= 1
                self._changed.notify_all()

    def _until_as_recorded(self, uuid: str, base: str, values: Values, call: Recorded) -> None:
        end = time.monotonic() + PATIENCE
        if call.path in TOKENS and self._platform.client_secret() is None:
            self._told(f"no client secret is known, so {call.method} {call.path} cannot be called")
            return
        while True:
            answer = self._platform.send(self._request(uuid, base, values, call))
            if answer.status == call.status:
                break
            if time.monotonic() >= end or answer.status is None:
                was = call.how_it_ended
                now = answer.status if answer.status is not None else f"no answer ({answer.problem})"
                self._told(f"the call {call.method} {values.filled(call.path)} ended with {now}, recorded was {was}")
                return
            time.sleep(PAUSE)
        if call.path in TOKENS:
            self._tokens[uuid] = self._tokens.get(uuid, {}) | _object(answer.body)

    def _request(self, uuid: str, base: str, values: Values, call: Recorded) -> PartnerRequest:
        url = base + values.filled(call.path)
        if call.path in TOKENS:
            return PartnerRequest(
                call.method, url, {"Content-Type": FORM}, self._token_form(uuid, values, call), TIMEOUT
            )
        headers = {"Accept": "application/vnd.heroku+json; version=3", "Authorization": self._right(uuid, call)}
        if call.sent is None:
            return PartnerRequest(call.method, url, headers, None, TIMEOUT)
        headers["Content-Type"] = "application/json"
        return PartnerRequest(call.method, url, headers, json.dumps(values.filled(call.sent)).encode(), TIMEOUT)

    def _token_form(self, uuid: str, values: Values, call: Recorded) -> bytes:
        given = (values.filled(call.sent) if isinstance(call.sent, dict) else {}) | {
            "client_secret": self._platform.client_secret() or ""
        }
        if "refresh_token" in given and uuid in self._tokens:
            given["refresh_token"] = self._tokens[uuid]["refresh_token"]
        return urlencode(given).encode()

    def _right(self, uuid: str, call: Recorded) -> str:
        if call.path.startswith("/vendor/"):
            return _basic(*self._platform.credentials)
        return f"Bearer {self._tokens.get(uuid, {}).get('access_token', '')}"


def _basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def _object(body: bytes) -> Json:
    try:
        found = json_text.read(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
