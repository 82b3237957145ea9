"""A partner behind the `Send` seam: right and idempotent by itself, with its own resources; what goes wrong on a call
is told by a `Behaviour`. It never lies about what it has."""

import base64
import json
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

from platform_sim.partners.contract import PartnerAnswer, PartnerRequest, Problem

from .behaviour import LATER, Behaviour, Killed
from .template import MANIFESTS, declared
from .wallet import Wallet

DRAIN = "https://logs.example/drain"
JSON = {"content-type": "application/json"}


@dataclass
class Resource:
    """What a partner has made for a uuid. `ready` False: it was answered 202, and the partner works on it."""

    uuid: str
    plan: str
    config: dict[str, str] = field(repr=False)
    ready: bool = True


def answer(status: int, body: Any = None) -> PartnerAnswer:
    """A whole answer, JSON or these bytes."""
    content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    return PartnerAnswer(status, JSON, content, 7)


def no_answer(problem: Problem) -> PartnerAnswer:
    """Not even a status line."""
    return PartnerAnswer(None, {}, b"", 7, problem)


class Partner:
    """One service's partner. `secrets`: collects what must never be seen elsewhere."""

    def __init__(self, slug: str, secrets: set[str]) -> None:
        self.slug = slug
        self.secrets = secrets
        self.resources: dict[str, Resource] = {}
        self.gone: set[str] = set()
        """Deleted here, or told to delete before anything was made: such a uuid is never made again."""
        self.made: Counter[str] = Counter()
        self.deleted: Counter[str] = Counter()
        self.doomed: set[str] = set()
        """Answered 202 to a DELETE; the deletion is still to come."""
        self.backlog: list[PartnerRequest] = []
        """Taken, not worked on yet: nobody waits for the answer any more."""
        self.wallets: dict[str, Wallet] = {}
        self._basic = "Basic " + base64.b64encode(f"{slug}:password-of-{slug}".encode()).decode()
        self._count = 0
        secrets |= {self._basic.removeprefix("Basic "), f"password-of-{slug}", MANIFESTS[slug]["api"]["sso_salt"]}

    def new_value(self) -> str:
        """A config value, like no other."""
        self._count += 1
        value = f"https://{self.slug}.example/r/secret-value-{self._count}-of-{self.slug}-"
        self.secrets.add(value)
        return value

    def act(self, request: PartnerRequest, says: str) -> PartnerAnswer:
        """Do what is asked as `says` tells, and the answer to it."""
        if request.headers.get("Authorization") != self._basic:
            return answer(401, {"message": "who are you?"})
        if request.method == "DELETE" and says in ("no 410", "bad json", "undeclared", "no id", "not text", "201"):
            says = "right"
        undone = _undone(request, says)
        if undone is not None:
            return undone
        right = self._right(request, says == LATER)
        return _spoiled(right, says) if right.status == 200 else right

    def read(self, request: PartnerRequest) -> None:
        """Keep what is needed to call back, before anything is done."""
        wish = json.loads(request.body or b"{}") if request.method == "POST" else {}
        grant = wish.get("oauth_grant")
        if grant:
            self.secrets.add(grant["code"])
            self.wallets.setdefault(wish["uuid"], Wallet(wish["uuid"], grant["code"], grant["expires_at"]))
        if "log_drain_token" in wish:
            self.secrets.add(wish["log_drain_token"])
        if "log_input_url" in wish:
            self.secrets.add(urlsplit(wish["log_input_url"]).password or "")

    def _right(self, request: PartnerRequest, later: bool) -> PartnerAnswer:
        if request.method == "POST":
            return self._provision(json.loads(request.body or b""), later)
        uuid = request.url.rpartition("/")[2]
        if request.method == "DELETE":
            return self._delete(uuid, later)
        if uuid not in self.resources:
            return answer(410, {"message": "There is no such resource."})
        self.resources[uuid].plan = json.loads(request.body or b"")["plan"]
        return answer(200, {"message": "Plan changed.", "config": self.resources[uuid].config})

    def _provision(self, wish: dict[str, Any], later: bool) -> PartnerAnswer:
        uuid = wish["uuid"]
        if uuid in self.gone:
            return answer(410, {"message": "That one was deleted."})
        if uuid not in self.resources:
            self.made[uuid] += 1
            config = {name: self.new_value() for name in declared(self.slug)}
            self.resources[uuid] = Resource(uuid, wish["plan"], config, not later)
        found = self.resources[uuid]
        body: dict[str, Any] = {"id": uuid, "message": "Welcome."}
        if "log_drain_token" in wish:
            body["log_drain_url"] = DRAIN
        return answer(200, body | {"config": found.config}) if found.ready else answer(202, body)

    def _delete(self, uuid: str, later: bool) -> PartnerAnswer:
        if uuid not in self.resources:
            self.gone.add(uuid)
            return answer(410, {"message": "There is no such resource."})
        if later:
            self.doomed.add(uuid)
            return answer(202)
        self.remove(uuid)
        return answer(204)

    def remove(self, uuid: str) -> None:
        """A resource ends for good."""
        self.doomed.discard(uuid)
        self.gone.add(uuid)
        if self.resources.pop(uuid, None):
            self.deleted[uuid] += 1

    def work_off(self) -> None:
        """Do what has waited; the answers go nowhere."""
        waiting, self.backlog = self.backlog, []
        for request in waiting:
            self.act(request, "right")

    def receive(self, request: PartnerRequest, how: Behaviour) -> PartnerAnswer:
        """The request's whole journey, but for what happens meanwhile."""
        if how.road == "killed before":
            raise Killed
        if how.road == "unreachable":
            return no_answer("refused connection")
        if how.road in ("late", "killed, acted late"):
            self.backlog.append(request)
            if how.road == "late":
                return no_answer("timeout")
            raise Killed
        said = self.act(request, how.says)
        return self.act(request, how.says) if how.road == "twice" else said


def _undone(request: PartnerRequest, says: str) -> PartnerAnswer | None:
    """The answer of a partner that has done nothing."""
    if says.startswith("no "):
        status = int(says.split()[1]) if says != "no id" else 0
        if status:
            return answer(status, {"message": f"We do not do that ({says})."})
    if says == "redirect":
        return PartnerAnswer(302, JSON | {"location": "https://elsewhere.example/"}, b"", 7)
    if says in ("500", "429"):
        return answer(int(says), b"<html>Try later</html>")
    if says == "500 echo":
        seen = repr(dict(request.headers)) + (request.body or b"").decode()
        return answer(500, f"<pre>Traceback: {seen}</pre>".encode())
    return None


def _spoiled(right: PartnerAnswer, says: str) -> PartnerAnswer:
    """A right answer, made unusable."""
    body = json.loads(right.body)
    if says == "bad json":
        return replace(right, body=right.body[:-9])
    if says == "undeclared":
        return answer(200, body | {"config": {"PATH": "/bin", **body.get("config", {})}})
    if says == "no id":
        return answer(200, {name: value for name, value in body.items() if name != "id"})
    if says == "not text":
        return answer(200, body | {"config": dict.fromkeys(body.get("config", {}), 1)})
    if says in ("201", "500 after acting"):
        return answer(int(says[:3]), body)
    return right


def cut(whole: PartnerAnswer) -> PartnerAnswer:
    """The connection ends before the answer does."""
    return replace(whole, body=whole.body[: len(whole.body) // 2], problem="cut")
