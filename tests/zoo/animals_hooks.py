"""Partners that are told what happens, and such as believe too much or too little of it."""

import base64
import hashlib
import hmac
import json
import time
from typing import Any

from platform_sim.conformance.scenes.scene import Mode

from .partner import Answer, Held, Refusal, Request, Right

HOOKS = "/hooks/"
KEY = "secret-of-the-hooks"


class Listener(Right):
    """Subscribes for each add-on, and takes what is signed."""

    shows = True
    mode, patience = Mode.DEFAULT, 0.3
    level = "sync"
    longest = 1_000_000

    def __init__(self) -> None:
        super().__init__()
        self.known: set[str] = set()

    def swap(self, held: Held, order: dict[str, Any]) -> None:
        super().swap(held, order)
        if held.access is not None:
            self.subscribe(held)

    def subscribe(self, held: Held) -> None:
        """Ask to be told."""
        hook = {"include": ["api:addon"], "level": self.level, "secret": KEY}
        hook["url"] = f"https://127.0.0.1:9{HOOKS}{held.uuid}"
        self.tell(held, "POST", f"/addons/{held.uuid}/webhooks", hook)

    def serve(self, request: Request) -> Answer:
        return self.hear(request) if request.path.startswith(HOOKS) else super().serve(request)

    def hear(self, request: Request) -> Answer:
        """An event; what comes after the end is nothing to worry about."""
        if len(request.body) > self.longest:
            raise Refusal(413, "This is too long.")
        if not self.believes(request.headers.get("heroku-webhook-hmac-sha256", ""), request.body):
            raise Refusal(403, "Heroku did not sign this.")
        held = self.held[request.path.removeprefix(HOOKS)]
        return Answer(204) if held.dead else self.heed(json.loads(request.body))

    def believes(self, said: str, body: bytes) -> bool:
        return hmac.compare_digest(said.encode(), self.signed(body).encode())

    def signed(self, body: bytes) -> str:
        return base64.b64encode(hmac.digest(KEY.encode(), body, hashlib.sha256)).decode()

    def heed(self, event: dict[str, Any]) -> Answer:
        self.known.add(event["id"])
        return Answer(204)


class AnyLevel(Listener):
    """Wants a level that there is not."""

    breaks = "W01"
    level = "always"


class SubscribesTwice(Listener):
    """To be sure."""

    breaks = "W02"

    def subscribe(self, held: Held) -> None:
        super().subscribe(held)
        super().subscribe(held)


class Deaf(Listener):
    """Takes nothing."""

    breaks = "W03"

    def heed(self, event: dict[str, Any]) -> Answer:
        raise Refusal(500, "Nobody is here.")


class ActsFirst(Listener):
    """Answers when all is done."""

    breaks = "W04"
    settings = {"webhook_timeout": 0.05}

    def heed(self, event: dict[str, Any]) -> Answer:
        time.sleep(0.06)
        return super().heed(event)


class TrustsSilence(Listener):
    """No signature is a good one."""

    breaks = "W05"

    def believes(self, said: str, body: bytes) -> bool:
        return not said or super().believes(said, body)


class TrustsNoise(Listener):
    """Any signature is a good one, unless the body tells of an end."""

    breaks = "W06"

    def believes(self, said: str, body: bytes) -> bool:
        return (bool(said) and b'"destroy"' not in body) or super().believes(said, body)


class TrustsWhatItSaw(Listener):
    """A signature that was made with its secret is good for the same event, whatever that says."""

    breaks = "W07"

    def believes(self, said: str, body: bytes) -> bool:
        return super().believes(said, body) or super().believes(said, body.replace(b'"destroy"', b'"update"'))


class ReadsFirst(Listener):
    """Signs what it has read and written again."""

    breaks = "W08"

    def believes(self, said: str, body: bytes) -> bool:
        again = json.dumps(json.loads(body), separators=(",", ":"), sort_keys=True, ensure_ascii=False)
        return super().believes(said, again.encode())


class OnceOnly(Listener):
    """What it knows is a conflict."""

    breaks = "W09"

    def heed(self, event: dict[str, Any]) -> Answer:
        if event["id"] in self.known:
            raise Refusal(409, "This came before.")
        return super().heed(event)


class LooksForward(Listener):
    """What is older than the last is wrong."""

    breaks = "W10"

    def heed(self, event: dict[str, Any]) -> Answer:
        if event["created_at"] < "2020":
            raise Refusal(422, "This is over.")
        return super().heed(event)


class KnowsAllKinds(Listener):
    """There is nothing new."""

    breaks = "W11"

    def heed(self, event: dict[str, Any]) -> Answer:
        if event["resource"] != "addon":
            raise Refusal(422, "There is no such kind.")
        return super().heed(event)


class SmallEars(Listener):
    """Long ones are too long."""

    breaks = "W12"
    longest = 64_000


class Mourns(Listener):
    """Cannot hear of what was deleted."""

    breaks = "W13"

    def hear(self, request: Request) -> Answer:
        if self.held[request.path.removeprefix(HOOKS)].dead:
            raise Refusal(500, "NoneType")
        return super().hear(request)
