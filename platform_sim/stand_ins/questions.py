"""Asks a platform at its own doors, in process: what a customer's or partner's program would send, without a socket."""

import base64
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from platform_sim.partners.contract import PartnerAnswer, PartnerRequest
from platform_sim.stand_ins.wsgi import Answer, Wsgi, call

__tracebackhide__ = True
"""A failure shows the line of the test, not ours (`pytest --full-trace` does)."""
ACCEPT = "application/vnd.heroku+json; version=3"


class Refused(Exception):
    """The platform, or the partner through it, has said no. `status`, `id` and `message` as in the API's error."""

    def __init__(self, status: int, id: str, message: str) -> None:
        super().__init__(f"{message} ({status} {id})")
        self.status, self.id, self.message = status, id, message


class Questions:
    """The doors of one platform, and the token with which a customer asks."""

    def __init__(self) -> None:
        self.url = "http://localhost"
        self.token = ""
        self._doors: list[Wsgi] = []
        self._ended = False

    def around(self, doors: Wsgi) -> Wsgi:
        """Keeps the application of all doors, and changes nothing (`Options.around`)."""
        self._doors[:] = [doors]
        return doors

    def end(self) -> None:
        """Nobody can ask any more."""
        self._ended = True

    def not_ended(self) -> None:
        """RuntimeError after the end."""
        if self._ended:
            raise RuntimeError("this Heroku has ended: ask it before `stop()`, inside its `with`, or make another")

    def doors(self) -> Wsgi:
        """The application of all doors; RuntimeError before its Heroku has been started, and after its end."""
        self.not_ended()
        if not self._doors:
            raise RuntimeError("this Heroku has not been started: write `with Heroku() as heroku`, or Heroku.start()")
        return self._doors[0]

    def ask(self, method: str, path: str, content: Any = None, *, authorization: str | None = None) -> Any:
        """What the customer's program would send; the answer's JSON. Refused for any error."""
        return content_of(self.answer(method, path, content, authorization=authorization))

    def answer(
        self,
        method: str,
        path: str,
        content: Any = None,
        *,
        authorization: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """The same with the answer as it comes, errors too. `headers`: more of them, or others."""
        sent = {"Accept": ACCEPT, "Authorization": authorization or f"Bearer {self.token}", **(headers or {})}
        body = b"" if content is None else json.dumps(content).encode()
        if body:
            sent["Content-Type"] = "application/json"
        return self.sent(method, self.url + path, sent, body)

    def sent(self, method: str, url: str, headers: Mapping[str, str], body: bytes = b"") -> Answer:
        """One request to the platform, as it is."""
        return call(self.doors(), method, url, headers, body)

    def deliver(self, request: PartnerRequest) -> PartnerAnswer:
        """What a program sends that has made its request itself; never raises."""
        try:
            found = call(self.doors(), request.method, request.url, request.headers, request.body or b"")
        except Exception:
            return PartnerAnswer(None, {}, b"", 0, "failed")
        return PartnerAnswer(found.status, found.headers, found.body, 0)

    def token_for(self, **fields: str) -> Any:
        """`POST /oauth/token`, as a partner asks; Refused for a grant that is not taken."""
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return content_of(self.sent("POST", f"{self.url}/oauth/token", headers, urlencode(fields).encode()))


def route(*parts: str) -> str:
    """A path of these, each escaped."""
    return "".join(f"/{quote(part, safe='')}" for part in parts)


def basic(user: str, password: str) -> str:
    """The value of an Authorization header."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def content_of(answer: Answer) -> Any:
    """Its JSON; Refused for an error."""
    found = answer.json if answer.body else None
    if answer.status < 400:
        return found
    told = found if isinstance(found, dict) else {}
    if "error" in told:
        # The registry's own shape: the mistakes of a manifest, or a sentence.
        words = told["error"]
        listed = " ".join(map(str, words.get("base", []))) if isinstance(words, dict) else str(words)
        raise Refused(answer.status, "registry", listed)
    raise Refused(answer.status, str(told.get("id", "error")), str(told.get("message", answer.text[:500])))
