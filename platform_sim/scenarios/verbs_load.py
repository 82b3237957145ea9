"""The verb `load`: many requests to an app, from several clients, while something happens in the midst of them."""

import itertools
import json
import threading
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from platform_sim.scenarios.http import Remote, Unreachable
from platform_sim.scenarios.kinds import Whole
from platform_sim.scenarios.matching import Matcher, TooLong, found_at, mismatch
from platform_sim.scenarios.scene import Json, Scene, Seen, StepFailed, seen_in
from platform_sim.scenarios.shapes import Field, ListOf, MapOf, Obj
from platform_sim.scenarios.verb import APP, BODY, HEADERS, METHOD, PATH, verb
from platform_sim.scenarios.verbs_world import VERBS as WORLD

MOST = 20_000
"""Requests after which it ends, whatever is still to come."""
SHOWN = 3
"""Failures that are told."""


class Load:
    """Clients that keep their connections and ask in turn. It ends when enough was asked, and `until` has been seen
    often enough after `begun`."""

    def __init__(self, scene: Scene, given: Json) -> None:
        self._base = f"http://{given['app']}.localhost:{urlsplit(scene.platform.url).port}"
        self._requests: list[Json] = given["requests"]
        self._clients, self._least = given.get("clients", 4), given.get("least", 100)
        self._until: Json | None = given.get("until")
        self._stopped = scene.stopped
        self._lock = threading.Lock()
        self.done = self.seen = 0
        self.failed: list[str] = []

    def run(self, meanwhile: Callable[[], None], before: int) -> None:
        """Ask; do `meanwhile` once `before` requests are done, in the caller's thread; wait for the end."""
        threads = [threading.Thread(target=self._client, name="load", daemon=True) for _ in range(self._clients)]
        for thread in threads:
            thread.start()
        pause = threading.Event()
        while self.done < before and any(thread.is_alive() for thread in threads):
            pause.wait(0.005)
        try:
            meanwhile()
        except BaseException:
            self._least, self._until = 0, None
            raise
        finally:
            for thread in threads:
                thread.join()

    def _client(self) -> None:
        client = Remote(self._base, "")
        try:
            for request in itertools.cycle(self._requests):
                if self._enough():
                    return
                self._ask(client, request)
        finally:
            client.close()

    def _enough(self) -> bool:
        enough = self.done >= self._least and (self._until is None or self.seen >= self._until.get("times", 1))
        return enough or self.done >= MOST or self._stopped()

    def _ask(self, client: Remote, request: Json) -> None:
        method = request.get("method", "GET")
        headers, body = {"Accept": "application/json", **request.get("headers", {})}, b""
        if "body" in request:
            headers["Content-Type"], body = "application/json", json.dumps(request["body"]).encode()
        try:
            seen = seen_in(client.sent(method, self._base + request.get("path", "/"), headers, body))
        except Unreachable as problem:
            seen = Seen(0, str(problem))
        wrong = _wrong(seen, request)
        with self._lock:
            self.done += 1
            if wrong:
                self.failed.append(f"request {self.done}, {method} {request.get('path', '/')}: {wrong}")
            elif self._until is not None and "json" in self._until:
                parts = self._until["json"].items()
                self.seen += all(not _differs(found_at(seen.json, path), wanted) for path, wanted in parts)


def _wrong(seen: Seen, request: Json) -> str:
    wanted = request.get("status", 200)
    if seen.status != wanted:
        return f"answered {seen.status}, not {wanted}: {seen.text[:200]}"
    for path, matcher in request.get("json", {}).items():
        if found := _differs(found_at(seen.json, path), matcher):
            return f"{path} is {found_at(seen.json, path)!r}, not {found}"
    return ""


def _differs(value: Any, wanted: Any) -> str:
    try:
        return mismatch(value, wanted)
    except TooLong as problem:
        return str(problem)


def _load(scene: Scene, given: Json) -> Seen:
    load = Load(scene, given)
    meanwhile = given.get("meanwhile")

    def act() -> None:
        if meanwhile is not None:
            found = WORLD["visit"].act(scene, meanwhile)
            if found.is_error:
                raise StepFailed(f"meanwhile: {found.status} {found.text[:300]}")

    load.run(act, given.get("before", 0))
    if load.failed:
        raise StepFailed(f"{len(load.failed)} of {load.done} requests failed: {'; '.join(load.failed[:SHOWN])}")
    if given.get("until") and load.seen < given["until"].get("times", 1):
        raise StepFailed(f"after {load.done} requests `until` was seen {load.seen} times")
    told = f"0 of {load.done} requests failed" + (f", {load.seen} were as `until` says" if given.get("until") else "")
    return Seen(200, told, {"done": load.done, "failed": 0, "seen": load.seen}, note=told)


_PARTS: Any = MapOf(Matcher(), "path", r".*")
_REQUEST = Obj(
    {
        "path": Field(PATH, "Else /."),
        "method": Field(METHOD, "Else GET."),
        "body": Field(BODY, "What is sent, as JSON."),
        "headers": Field(HEADERS, "Besides `Accept: application/json`, or instead of it."),
        "status": Field(Whole(100, 599), "What has to be answered; else 200."),
        "json": Field(_PARTS, "What has to be in each answer."),
    }
)
_UNTIL = Obj({"json": Field(_PARTS, "What is in an answer."), "times": Field(Whole(1, MOST), "How often.")}, ("json",))
VERBS = {
    "load": verb(
        "Ask an app many times by several clients; not one request may fail.",
        _load,
        {
            "app": (APP, "The app."),
            "requests": (ListOf(_REQUEST, 1), "What each client asks, in turn."),
            "clients": (Whole(1, 64), "How many at once; else 4."),
            "least": (Whole(1, MOST), "How many requests at least; else 100."),
            "before": (Whole(0, MOST), "How many before `meanwhile`."),
            "meanwhile": (WORLD["visit"].kind, "A visit, as of the verb `visit`, in the midst of it."),
            "until": (_UNTIL, "It goes on until answers have been so."),
        },
        ("app", "requests"),
    )
}
