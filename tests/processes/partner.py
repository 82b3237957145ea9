"""A partner of a few lines over real HTTP: keeps resources by uuid, can be held up, says what it is told."""

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import requests

from ..support import new_manifest
from .waiting import LONGEST

RESOURCES = "/heroku/resources"


@dataclass(frozen=True)
class Sent:
    """A request of the platform: `body` parsed, None without one."""

    method: str
    path: str
    body: Any


@dataclass(frozen=True)
class Reply:
    """What the partner answers; `cut`: only the first bytes of it, then the connection is closed; `stalls`: then
    nothing more comes until the other side hangs up."""

    status: int = 200
    body: bytes = b""
    kind: str = "application/json"
    cut: bool = False
    stalls: bool = False


def said(body: Any, status: int = 200) -> Reply:
    """An answer in JSON."""
    return Reply(status, json.dumps(body).encode())


class Gate:
    """Open until `shut`; who comes to a shut gate says so and waits until it is opened."""

    def __init__(self) -> None:
        self.reached = threading.Event()
        self._open = threading.Event()
        self._open.set()

    def shut(self) -> None:
        self._open.clear()

    def open(self) -> None:
        self._open.set()

    def wait(self) -> None:
        """Here, in the partner's thread."""
        self.reached.set()
        assert self._open.wait(LONGEST), "nobody opened the gate"


@dataclass
class TinyPartner:
    """`living`: the orders behind resources that exist, by uuid; `made`: how often each was made (once is right)."""

    url: str = ""
    slug: str = "exceptions"
    bare: tuple[str, ...] = ("URL",)
    """Its config vars without their prefix."""
    requires: tuple[str, ...] = ()
    living: dict[str, dict[str, Any]] = field(default_factory=dict)
    made: Counter[str] = field(default_factory=Counter)
    sent: list[Sent] = field(default_factory=list)
    before_acting: Gate = field(default_factory=Gate)
    before_answering: Gate = field(default_factory=Gate)
    answers: dict[str, Callable[[Sent], Reply | None]] = field(default_factory=dict)
    """By method: what is said instead of the right answer, after the partner has acted; None: the right answer."""
    acts: bool = True
    """Whether a POST makes anything."""
    _plans: dict[str, str] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def manifest(self) -> dict[str, Any]:
        """To be registered with the platform."""
        made = new_manifest(self.slug, *self.bare, requires=self.requires)
        made["api"]["production"] = {"base_url": self.url + RESOURCES, "sso_url": f"{self.url}/sso"}
        return made

    @property
    def secret(self) -> str:
        """The OAuth client secret that tests register it with."""
        return f"{self.slug}-client-secret"

    def methods(self) -> list[str]:
        """What was asked for, in order."""
        return [each.method for each in self.sent]

    def url_of(self, uuid: str) -> str:
        """The config var's value."""
        return f"http://resources.test/{uuid}/{self._plans.get(uuid)}"

    def config_of(self, uuid: str) -> dict[str, str]:
        """What it sets, by the manifest's names: the resource's URL, and words for further vars."""
        first, *others = self.manifest["api"]["config_vars"]
        return {first: self.url_of(uuid)} | {name: f"{name.lower()}-on-{self._plans.get(uuid)}" for name in others}

    def handle(self, sent: Sent) -> Reply:
        """Act, then answer."""
        with self._lock:
            self.sent.append(sent)
        self.before_acting.wait()
        reply = self._act(sent)
        self.before_answering.wait()
        other = self.answers.get(sent.method)
        return (other and other(sent)) or reply

    def _act(self, sent: Sent) -> Reply:
        uuid = sent.body.get("uuid", "") if sent.method == "POST" else sent.path.rpartition("/")[2]
        with self._lock:
            if sent.method == "DELETE":
                return Reply(204) if self.living.pop(uuid, None) else Reply(410)
            if sent.method == "POST" and uuid not in self.living and self.acts:
                self.living[uuid] = sent.body
                self.made[uuid] += 1
                self._plans[uuid] = sent.body["plan"]
            if sent.method == "PUT":
                self._plans[uuid] = sent.body["plan"]
        return said({"id": f"tiny-{uuid}", "config": self.config_of(uuid), "message": "Welcome."})

    def exchange(self, url: str, uuid: str) -> str:
        """Exchange the grant of a resource's order at the platform; -> the access token."""
        answer = self.token(url, code=self.living[uuid]["oauth_grant"]["code"])
        assert answer.ok, answer.text
        return str(answer.json()["access_token"])

    def token(self, url: str, **parameters: str) -> requests.Response:
        """Ask the platform's token endpoint, whatever comes of it."""
        with requests.Session() as session:
            session.trust_env = False
            body = {"client_secret": self.secret, **parameters}
            return session.post(f"{url}/oauth/token", data=body, timeout=LONGEST)


class Server(ThreadingHTTPServer):
    """Closing it leaves no thread; who hangs up early is nobody's problem."""

    daemon_threads = False  # closing waits for the requests, so that no thread is left

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A platform that was killed does not read its answer: nothing to tell."""


def _handler(partner: TinyPartner) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            data = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            reply = partner.handle(Sent(self.command, self.path, json.loads(data) if data else None))
            with suppress(ConnectionError):
                self.send_response(reply.status)
                self.send_header("Content-Type", reply.kind)
                self.send_header("Content-Length", str(len(reply.body)))
                self.end_headers()
                half = reply.cut or reply.stalls
                self.wfile.write(reply.body[: len(reply.body) // 2] if half else reply.body)
                if reply.stalls:
                    self.wfile.flush()
                    self.connection.recv(1)

        do_POST = do_PUT = do_DELETE = do_GET = _answer

        def log_message(self, *_: Any) -> None:
            pass

    return Handler


@contextmanager
def running_partner(slug: str = "exceptions", again: TinyPartner | None = None) -> Iterator[TinyPartner]:
    """A partner on a free port, or one that was made or ran before; its gates are opened at the end."""
    partner = again or TinyPartner(slug=slug)
    with Server(("127.0.0.1", urlsplit(partner.url).port or 0), _handler(partner)) as server:
        partner.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield partner
        finally:
            partner.before_acting.open()
            partner.before_answering.open()
            server.shutdown()
            thread.join()
