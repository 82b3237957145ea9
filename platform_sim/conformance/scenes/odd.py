"""What Heroku does not send, or not yet: other fields, other kinds of JSON, none at all, other methods and paths.

Each moment begins with `odd`, so that rules about a partner's usual answers can leave these out. What is accepted is
deleted in the end; the first resource is asked for what it has already, and for nothing else.
"""

import json
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from platform_sim.conformance.scenes.life import FIRST, provisioned
from platform_sim.conformance.scenes.scene import NOTHING, Mode, Script, Stage
from platform_sim.conformance.seen import Exchange, NotSeen

SCRIPT = Script()
scene = SCRIPT.scene
ODD = "odd "
PLAIN = f"{ODD}order of the usual kind"
MANY, LETTERS = f"{ODD}order with a hundred options", f"{ODD}order with letters of many languages"
ACCEPT, EXPECT = f"{ODD}plan change without an Accept header", f"{ODD}order with Expect: 100-continue"
EMPTY, BROKEN, KINDS = f"{ODD}order of {{}}", f"{ODD}order that is no JSON", f"{ODD}order that is no object"
LACKING, MISTYPED = f"{ODD}order without uuid or plan", f"{ODD}order whose uuid or plan is no text"
SPARSE, STRANGE = f"{ODD}order without one of the other fields", f"{ODD}order with another field of the wrong kind"
WILD, LARGE, TYPED = f"{ODD}order that breaks parsers", f"{ODD}order of a megabyte", f"{ODD}order of another type"
PLANS, MADE = f"{ODD}plan change", "plan change of what was ordered in broken JSON"
METHODS, PATHS, PARALLEL = f"{ODD}method", f"{ODD}path", f"{ODD}parallel request"
AFTER = "plan change after odd requests"
TYPES = ("text/plain", "application/x-www-form-urlencoded", "application/xml", "nonsense")
OTHERS = ("name", "region", "callback_url", "options", "oauth_grant")
ODD_PATHS = (
    "..%2F..%2Fresources",
    "%27%20OR%20%271%27%3D%271",
    "%00",
    "%FF%FE",
    "x" * 2000,
    "00000000-0000-0000-0000-000000000000/config",
)
AT_ONCE = 20


def _order(stage: Stage, moment: str, body: Any, headers: Mapping[str, str] = NOTHING) -> Exchange:
    """`body`: bytes as they are, else what becomes JSON."""
    written = body if isinstance(body, bytes) else json.dumps(body).encode()
    return stage.send(moment, stage.request("POST", "", written, headers))


def _begins(stage: Stage) -> None:
    """What is odd says something only where an order of the usual kind, without a grant, is no server error."""
    provisioned(stage, FIRST)
    found = _order(stage, PLAIN, stage.order())
    if found.status is None or found.status >= 500:
        raise NotSeen(f"an order without a grant was answered with {found.said}")


@scene("odd options", ", ".join((PLAIN, MANY, LETTERS, EXPECT, ACCEPT)), mode=Mode.DEFAULT, after="install")
def _odd_options(stage: Stage) -> None:
    _begins(stage)
    _order(stage, MANY, stage.order(options={f"option_{number}": "v" * 100 for number in range(100)}))
    _order(stage, LETTERS, stage.order(options={"größe": "ß 漢字 שלום 🐘"}))
    _order(stage, EXPECT, stage.order(), {"Expect": "100-continue"})
    uuid = stage.seen.fact(FIRST).uuid
    stage.send(ACCEPT, stage.request("PUT", uuid, {"plan": stage.plans[0]}, {"Accept": ""}))


@scene(
    "odd orders",
    ", ".join((EMPTY, BROKEN, KINDS, LACKING, MISTYPED, WILD, TYPED, PLANS, MADE)),
    mode=Mode.DEFAULT,
    after="odd options",
)
def _odd_orders(stage: Stage) -> None:
    _order(stage, EMPTY, {})
    half = stage.order()
    written = json.dumps(half).encode()
    for broken in (written[:-1], written + b"}", b"", b"\xff" + written):
        _order(stage, BROKEN, broken)
    stage.send(MADE, stage.request("PUT", half["uuid"], {"plan": half["plan"]}))
    for kind in ([half], "order", 7, True, None):
        _order(stage, KINDS, kind)
    for name in ("uuid", "plan"):
        _order(stage, LACKING, stage.order(**{name: ...}))
        for value in (7, ["a"], {"a": "b"}, None):
            _order(stage, MISTYPED, stage.order(**{name: value}))
    deep = json.dumps(stage.order(options={"a": "DEEP"})).replace('"DEEP"', "[" * 20_000 + "]" * 20_000)
    _order(stage, WILD, deep.encode())
    for text in ("a\x00b", "\ud800"):
        _order(stage, WILD, stage.order(name=text, options={"a": text}))
    for kind in TYPES:
        _order(stage, TYPED, stage.order(), {"Content-Type": kind})
    for body in (b"", b"{", b"[]", b"{}", b'{"plan": 7}', b'{"plan": {"name": "x"}}'):
        stage.send(PLANS, stage.request("PUT", stage.seen.fact(FIRST).uuid, body))


@scene("odd fields", ", ".join((SPARSE, STRANGE, LARGE)), mode=Mode.DEEP, after="odd options")
def _odd_fields(stage: Stage) -> None:
    for name in OTHERS:
        _order(stage, SPARSE, stage.order(**{name: ...}))
        for value in (7, ["a"], None):
            _order(stage, STRANGE, stage.order(**{name: value}))
    _order(stage, LARGE, stage.order(options={"large": "x" * 1_000_000}))


@scene("odd requests", ", ".join((METHODS, PATHS, PARALLEL)), mode=Mode.DEFAULT, after="install")
def _odd_requests(stage: Stage) -> None:
    uuid = stage.fresh_uuid()
    for method in ("GET", "HEAD", "OPTIONS", "PATCH", "BREW"):
        for segment in ("", uuid):
            stage.send(METHODS, stage.request(method, segment))
    stage.send(METHODS, stage.request("DELETE"))
    stage.send(METHODS, stage.request("PUT", "", {"plan": stage.plans[0]}))
    for path in ODD_PATHS:
        stage.send(PATHS, stage.request("PUT", path, {"plan": stage.plans[0]}))
        stage.send(PATHS, stage.request("DELETE", path))
    requests = [stage.request("PUT", stage.fresh_uuid(), {"plan": stage.plans[0]}) for _ in range(AT_ONCE)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(stage.home.deliver, requests))
    for request, answer in zip(requests, answers, strict=True):
        stage.keep(PARALLEL, request, answer)


@scene("after odd requests", AFTER, mode=Mode.DEFAULT, after="odd orders, odd requests")
def _after(stage: Stage) -> None:
    stage.send(AFTER, stage.request("PUT", stage.seen.fact(FIRST).uuid, {"plan": stage.plans[0]}))


SLOW = "provision while the platform is slow"
SLOW_FACT = "provisioned while the platform is slow"


@scene("slow platform", f"{SLOW}, {SLOW_FACT}", mode=Mode.DEEP, after="install")
def _slow_platform(stage: Stage) -> None:
    overheard = stage.home.overheard
    before, overheard.told = overheard.told, _late(stage.slowness, overheard.told)
    try:
        found = stage.install(SLOW)
        if found.state == "provisioning":
            found = stage.home.wait_for_state(found.uuid, ("provisioned", "deprovisioned"), stage.patience)
    finally:
        overheard.told = before
    stage.seen.facts[SLOW_FACT] = found.state
    if found.state == "provisioned":
        stage.destroy("deprovision after that", found.uuid)


def _late(seconds: float, before: Callable[[Any], None]) -> Callable[[Any], None]:
    """Hold back what the token endpoint answers."""

    def told(heard: Any) -> None:
        if heard.place == "/oauth/token" and seconds:
            threading.Event().wait(seconds)
        before(heard)

    return told
