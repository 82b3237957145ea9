"""A right partner as a WSGI application, small enough to be broken at one place: each duty is a method.

Keeps its resources in memory; exchanges grants and calls the platform over HTTP, as real ones do. `Right` answers 200;
`Slow` takes orders with 202 and reports when it is done.
"""

import base64
import hashlib
import hmac
import threading
import time
from typing import Any

from platform_sim.core.model import json_text
from platform_sim.partners.contract import PartnerAnswer, PartnerRequest

from .entrance import PAGES, Entrance
from .parts import BASE, MANIFEST, PASSWORD, PLANS, SALT, SECRET, SSO, WINDOW, Answer, Held, Refusal, Request
from .way_back import PAUSES, WayBack

__all__ = [
    "BASE", "MANIFEST", "PASSWORD", "PLANS", "SALT", "SECRET", "SSO", "WINDOW",
    "Answer", "Held", "Refusal", "Request", "Right", "Slow",
]  # fmt: skip


class Right(Entrance, WayBack):
    """Everything right. `manifest`: what it is registered with; `local`: where it is called, "" as that says."""

    manifest = MANIFEST
    plans: tuple[str, ...] = PLANS
    local = ""
    excused: tuple[str, ...] = ()
    """Rules that it cannot keep, being what it is."""
    may_be_late = False
    """Whether the DELETE of now may be answered before all is gone."""
    slowness = 0.0
    """Seconds that the platform takes for a token, if that is to be slow."""

    def __init__(self) -> None:
        Entrance.__init__(self)
        WayBack.__init__(self)
        self.held: dict[str, Held] = {}
        self.lock = threading.RLock()

    def __call__(self, request: PartnerRequest) -> PartnerAnswer:
        """A `Send`: the partner without a socket."""
        began = time.monotonic()
        path = "/" + request.url.split("/", 3)[3] if request.url.count("/") > 2 else "/"
        headers = {name.lower(): value for name, value in request.headers.items()}
        answer = self.answer(Request(request.method, path, headers, request.body or b""))
        took = int(1000 * (time.monotonic() - began))
        names = {name.lower(): value for name, value in answer.headers.items()}
        if answer.content is not None:
            names.setdefault("content-type", "application/json")
        return PartnerAnswer(answer.status, names, answer.bytes(), took)

    def answer(self, request: Request) -> Answer:
        """One request."""
        try:
            return self.page(request) if request.path.partition("?")[0] in PAGES else self.serve(request)
        except Refusal as refusal:
            return refusal.answer

    def serve(self, request: Request) -> Answer:
        """What Heroku calls."""
        if not self.knows(request):
            raise Refusal(401, "Wrong credentials.", **{"WWW-Authenticate": 'Basic realm="zoo"'})
        path = request.path.partition("?")[0]
        if path == BASE and request.method == "POST":
            return self.provision(self.order(request))
        uuid = path.removeprefix(BASE + "/")
        if path == BASE or "/" in uuid or not path.startswith(BASE):
            raise Refusal(404, "There is nothing here.")
        if request.method == "PUT":
            return self.change_plan(uuid, self.order(request))
        if request.method == "DELETE":
            self.may_be_late = "respond-async" in request.headers.get("prefer", "")
            return self.deprovision(uuid)
        raise Refusal(405, "Use POST, PUT or DELETE.", Allow="POST, PUT, DELETE")

    def knows(self, request: Request) -> bool:
        """Whether the credentials are the manifest's."""
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        expected = base64.b64encode(f"{self.manifest['id']}:{PASSWORD}".encode())
        return scheme.lower() == "basic" and hmac.compare_digest(given.encode(), expected)

    def order(self, request: Request) -> dict[str, Any]:
        """The body; 400 for what is no JSON object."""
        try:
            found = json_text.read(request.body)
        except ValueError:
            raise Refusal(400, "The body is no JSON.") from None
        if not isinstance(found, dict):
            raise Refusal(422, "The body is no object.")
        return found

    def provision(self, order: dict[str, Any]) -> Answer:
        """POST."""
        for name in ("uuid", "plan"):
            if not isinstance(order.get(name), str) or not order[name]:
                raise Refusal(422, f"{name} is missing or no string.")
        if order["plan"] not in self.plans:
            raise Refusal(422, "There is no such plan.")
        order["uuid"] = order["uuid"].lower()
        with self.lock:
            held = self.held.get(order["uuid"])
            is_new = held is None
            if held is None:
                held = self.held[order["uuid"]] = self.make(order)
        if held.dead:
            raise Refusal(410, "This was deleted.")
        return self.begin(held, order, is_new)

    def begin(self, held: Held, order: dict[str, Any], is_new: bool) -> Answer:
        """After the resource has been found or made."""
        if is_new:
            self.swap(held, order)
        return Answer(200, {"id": held.uuid, "config": self.config(held), "message": "Your zoo is open."})

    def make(self, order: dict[str, Any]) -> Held:
        """A new resource."""
        return Held(order["uuid"], order["plan"], hashlib.sha256(order["uuid"].encode()).hexdigest()[:16])

    def config(self, held: Held) -> dict[str, str]:
        """What the app gets."""
        return {"ZOO_URL": f"https://zoo.example/{held.plan}/{held.key}", "ZOO_KEY": held.key}

    def change_plan(self, uuid: str, order: dict[str, Any]) -> Answer:
        """PUT."""
        held = self.find(uuid)
        if order.get("plan") not in self.plans:
            raise Refusal(422, "There is no such plan.")
        held.plan = order["plan"]
        return Answer(200, {"config": self.config(held), "message": f"You are on {held.plan}."})

    def deprovision(self, uuid: str) -> Answer:
        """DELETE."""
        self.find(uuid).dead = True
        return Answer(204)

    def find(self, uuid: str) -> Held:
        """A resource that lives."""
        held = self.held.get(uuid)
        if held is None or held.dead:
            raise Refusal(410, "There is no such resource.")
        return held


class Slow(Right):
    """Takes orders and reports later."""

    def begin(self, held: Held, order: dict[str, Any], is_new: bool) -> Answer:
        """202 for an order; the work goes on behind."""
        if is_new:
            self.later(lambda: self.finish(held, order))
        return Answer(202, {"id": held.uuid, "message": "Your zoo is being built."})

    def finish(self, held: Held, order: dict[str, Any]) -> None:
        """Config first, then the report; nothing of that without a token."""
        self.swap(held, order)
        if held.access is None:
            return
        self.set_config(held)
        self.report(held)

    def set_config(self, held: Held) -> None:
        """What the app gets."""
        self.tell(held, "PATCH", f"/addons/{held.uuid}/config", {"config": self.listed(held)})

    def listed(self, held: Held) -> Any:
        """The config as the Platform API takes it."""
        return [{"name": name, "value": value} for name, value in self.config(held).items()]

    def report(self, held: Held) -> None:
        """It is ready. Again for a while if that is refused: the platform may not have read our answer yet."""
        for pause in PAUSES:
            if self.tell(held, "POST", f"/addons/{held.uuid}/actions/provision")[0] not in (404, 422):
                return
            time.sleep(pause)
