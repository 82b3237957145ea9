"""How a right partner calls the platform: it exchanges grants, keeps tokens, refreshes them early and after a 401."""

import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from .parts import SECRET, Held

EARLY = 300.0
"""Seconds before its end at which an access token is refreshed."""
PAUSES = (0.02, 0.1, 0.5)
"""Seconds after each call that a busy platform did not take."""


class WayBack:
    """What a partner needs for it."""

    secret = SECRET

    def __init__(self) -> None:
        self.platform = ""
        """URL of the platform, told by whoever starts the partner."""
        self.work: list[threading.Thread] = []

    def close(self) -> None:
        """Wait for work in the background."""
        for thread in self.work:
            thread.join()

    def is_at_work(self) -> bool:
        """Whether something goes on in the background."""
        return any(thread.is_alive() for thread in self.work)

    def swap(self, held: Held, order: dict[str, Any]) -> None:
        """The grant for tokens."""
        self.platform = str(order.get("callback_url", "")).rpartition("/addons/")[0] or self.platform
        grant = order.get("oauth_grant")
        if isinstance(grant, dict):
            self.take_tokens(held, grant_type="authorization_code", code=grant["code"])

    def take_tokens(self, held: Held, **asked: str) -> None:
        """Ask the token endpoint."""
        form = urlencode(asked | {"client_secret": self.secret}).encode()
        status, found = self.call("POST", "/oauth/token", form, {"Content-Type": "application/x-www-form-urlencoded"})
        if status == 200:
            held.access, held.refresh = found["access_token"], found["refresh_token"]
            held.until = self.now() + found["expires_in"]

    def tell(self, held: Held, method: str, path: str, content: Any = None) -> tuple[int, Any]:
        """Call the Platform API as this add-on's partner; again for a while if the platform is busy."""
        for pause in PAUSES:
            status, found = self.ask(held, method, path, content)
            if status != 429 and status < 500:
                break
            time.sleep(pause)
        return status, found

    def ask(self, held: Held, method: str, path: str, content: Any = None) -> tuple[int, Any]:
        """The same once; with a new token if the old one is about to end, or after all is not good any more."""
        if held.refresh and self.now() > held.until - EARLY:
            self.renew(held)
        status, found = self.told(held, method, path, content)
        if status == 401 and held.refresh:
            self.renew(held)
            status, found = self.told(held, method, path, content)
        return status, found

    def renew(self, held: Held) -> None:
        """A new access token."""
        self.take_tokens(held, grant_type="refresh_token", refresh_token=held.refresh or "")

    def told(self, held: Held, method: str, path: str, content: Any) -> tuple[int, Any]:
        """With the access token that is kept."""
        body = json.dumps(content).encode() if content is not None else b""
        return self.call(method, path, body, self.headers(held))

    def headers(self, held: Held) -> dict[str, str]:
        """Of a call of the Platform API."""
        return {
            "Accept": "application/vnd.heroku+json; version=3",
            "Authorization": f"Bearer {held.access}",
            "Content-Type": "application/json",
        }

    def call(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, Any]:
        """An HTTP call to the platform: status and JSON; 0 if there is no platform any more."""
        request = urllib.request.Request(self.platform + path, body, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as refusal:
            with refusal:
                return refusal.code, None
        except OSError:
            return 0, None

    def now(self) -> float:
        """Seconds on a clock that only goes forward."""
        return time.monotonic()

    def later(self, work: Callable[[], None]) -> None:
        """Do something after the answer."""
        thread = threading.Thread(target=work)
        self.work.append(thread)
        thread.start()
