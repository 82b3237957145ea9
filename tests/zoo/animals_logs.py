"""Partners that read their apps' logs and write into them, and such as cannot."""

import time
from copy import deepcopy
from typing import Any
from urllib.parse import urlsplit

from platform_sim.conformance.scenes.scene import Mode, basic

from .partner import MANIFEST, PASSWORD, Answer, Held, Refusal, Request, Right

DRAIN = "/logs"


def _manifest() -> dict[str, Any]:
    found = deepcopy(MANIFEST)
    found["api"]["requires"] += ["syslog_drain", "log_input"]
    return found


class Reader(Right):
    """Reads and writes logs rightly."""

    shows = True
    manifest = _manifest()
    mode, patience = Mode.DEFAULT, 0.3
    url: str | None = f"https://127.0.0.1:9{DRAIN}"
    longest = 110_000
    kind = "application/logplex-1"
    agent = "zoo/1"

    def __init__(self) -> None:
        super().__init__()
        self.orders: dict[str, dict[str, Any]] = {}
        self.frames: set[str] = set()

    def begin(self, held: Held, order: dict[str, Any], is_new: bool) -> Answer:
        answer = super().begin(held, order, is_new)
        if self.url is not None:
            answer.content["log_drain_url"] = self.url
        self.orders[held.uuid] = order
        if is_new and "log_input_url" in order:
            self.later(lambda: self.write(order, "It is open."))
        return answer

    # What comes

    def serve(self, request: Request) -> Answer:
        return self.take(request) if request.path == DRAIN else super().serve(request)

    def take(self, request: Request) -> Answer:
        """A batch."""
        speaker = request.headers.get("logplex-drain-token")
        owners = [uuid for uuid, order in self.orders.items() if order.get("log_drain_token") == speaker]
        if not owners:
            raise Refusal(403, "This is not the token of a drain.")
        if self.held[owners[0]].dead:
            raise Refusal(410, "This was deleted.")
        if request.headers.get("content-type") != "application/logplex-1":
            raise Refusal(415, "This is not a batch.")
        if len(request.body) > self.longest:
            raise Refusal(413, "This is too long.")
        self.read(request.body)
        self.frames.add(request.headers["logplex-frame-id"])
        return Answer(204)

    def read(self, body: bytes) -> None:
        """Messages, each with its length in bytes before it."""
        while body:
            length, _, rest = body.partition(b" ")
            message, body = rest[: int(length)], rest[int(length) :]
            if not message.startswith(b"<") or not message.endswith(b"\n"):
                raise Refusal(400, "This is not a message.")

    # What goes

    def write(self, order: dict[str, Any], text: str) -> None:
        """A line for the app's log."""
        token = urlsplit(order["log_input_url"]).password
        headers = {"Content-Type": self.kind, "User-Agent": self.agent, "Authorization": self.login(token or "")}
        self.call("POST", "/logs", self.framed(text), headers)

    def login(self, token: str) -> str:
        return basic("token", token)

    def framed(self, text: str) -> bytes:
        message = f"<190>1 2026-01-02T03:04:05+00:00 zoo app zoo - - {text}".encode()
        return b"%d %b" % (len(message), message)


class NoPlace(Reader):
    """Asks for logs and does not say where they go."""

    breaks = "O01"
    url = None


class PlainPlace(Reader):
    """Wants them over plain HTTP."""

    breaks = "O02"
    url = "http://zoo.example/logs"


class WantsRfc5424(Reader):
    """Its parser insists on structured data."""

    breaks = "O03"

    def read(self, body: bytes) -> None:
        raise Refusal(400, "There is no structured data.")


class CountsCharacters(Reader):
    """Lengths are characters to it."""

    breaks = "O04"

    def read(self, body: bytes) -> None:
        text = body.decode()
        while text:
            length, _, rest = text.partition(" ")
            if not length.isdigit():
                raise Refusal(400, "There is no length.")
            text = rest[int(length) :]


class RefusesRepeats(Reader):
    """A frame that it knows is a conflict."""

    breaks = "O05"

    def take(self, request: Request) -> Answer:
        if request.headers.get("logplex-frame-id") in self.frames:
            raise Refusal(409, "This came before.")
        return super().take(request)


class ShortOfSpace(Reader):
    """Long lines are too long."""

    breaks = "O06"
    longest = 8192


class KnowsItsDynos(Reader):
    """Only what dynos say is a log."""

    breaks = "O07"

    def read(self, body: bytes) -> None:
        if b" heroku logplex " in body:
            raise Refusal(422, "There is no dyno of that name.")


class WorksFirst(Reader):
    """Answers when all is stored."""

    breaks = "O08"
    settings = {"drain_request_timeout": 0.05}

    def take(self, request: Request) -> Answer:
        answer = super().take(request)
        time.sleep(0.06)
        return answer


class NeedsLines(Reader):
    """Takes the first line of nothing."""

    breaks = "O09"

    def read(self, body: bytes) -> None:
        if not body:
            raise Refusal(500, "IndexError")
        super().read(body)


class ReadsAnything(Reader):
    """Reads whatever comes."""

    breaks = "O10"

    def take(self, request: Request) -> Answer:
        if request.headers.get("content-type") != "application/logplex-1":
            raise Refusal(500, "ValueError")
        return super().take(request)


class KnowsAllTokens(Reader):
    """A token that it does not know cannot be."""

    breaks = "O11"

    def take(self, request: Request) -> Answer:
        tokens = [order.get("log_drain_token") for order in self.orders.values()]
        if request.headers.get("logplex-drain-token") not in tokens:
            raise Refusal(500, "KeyError")
        return super().take(request)


class FollowsTheDead(Reader):
    """Looks for the database of what was deleted."""

    breaks = "O12"

    def take(self, request: Request) -> Answer:
        try:
            return super().take(request)
        except Refusal as refusal:
            raise Refusal(500, "NoneType") if refusal.answer.status == 410 else refusal from None


class Miscounts(Reader):
    """Its lengths do not fit."""

    breaks = "O13"

    def framed(self, text: str) -> bytes:
        return b"9" + super().framed(text)


class NotItself(Reader):
    """Writes with the manifest's credentials."""

    breaks = "O14"

    def login(self, token: str) -> str:
        return basic("zoo", PASSWORD)


class SaysText(Reader):
    """Lines are text to it."""

    breaks = "O15"
    kind = "text/plain"


class Anonymous(Reader):
    """Does not say who it is."""

    breaks = "O16"
    agent = "http-client/2.0"
