"""HTTP of the demonstration: the Platform API as a customer, the partner's operator paths, the app in a browser."""

import threading
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import requests

from platform_sim.demo.programs import SceneProblem

WAIT_SECONDS = 30.0


class Talk:
    """One customer's way to the platform, the app's pages and the partner."""

    def __init__(self, url: str, token: str) -> None:
        self.url = url
        self.session = requests.Session()
        self.session.trust_env = False
        self.headers = {
            "Accept": "application/vnd.heroku+json; version=3",
            "Authorization": f"Bearer {token}",
        }

    def close(self) -> None:
        """Close the connections."""
        self.session.close()

    def api(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """A call of the Platform API; SceneProblem with its words for an error."""
        answer = self.session.request(method, self.url + path, json=body, headers=self.headers | headers, timeout=60)
        if not answer.ok:
            raise SceneProblem(f"{method} {path} was answered with {answer.status_code}: {answer.text[:500]}")
        return answer.json()

    def app(self, name: str, method: str, path: str, body: Any = None) -> requests.Response:
        """A request to an app by its host name; works where names below localhost do not resolve."""
        port = urlsplit(self.url).port
        headers = {"Host": f"{name}.localhost:{port}", "Accept": "application/json"}
        return self.session.request(
            method, f"http://127.0.0.1:{port}{path}", json=body, headers=headers, timeout=80, allow_redirects=False
        )

    def app_json(self, name: str, path: str) -> Any:
        """An app's JSON page; SceneProblem if it fails."""
        answer = self.app(name, "GET", path)
        if not answer.ok:
            raise SceneProblem(f"the app answered {path} with {answer.status_code}: {answer.text[:300]}")
        return answer.json()


def wait_until(what: str, ask: Callable[[], Any], seconds: float = WAIT_SECONDS) -> Any:
    """Ask until the answer is true; -> that answer. SceneProblem after `seconds`."""
    end = time.monotonic() + seconds
    pause = threading.Event()
    while True:
        found = ask()
        if found:
            return found
        if time.monotonic() > end:
            raise SceneProblem(f"waited {seconds:g} s for this, in vain: {what}")
        pause.wait(0.02)
