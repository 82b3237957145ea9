"""Partners that join one Heroku: by URL, as an application in this process, as a process of their own.

Starts what has to be started, and ends it with that Heroku.
"""

import contextlib
import json
import logging
import shlex
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from platform_sim.conformance.launcher import START_SECONDS, Launcher, told_of
from platform_sim.loopback import free_port
from platform_sim.partners.contract import PartnerRequest
from platform_sim.partners.manifest import base_url, sso_target
from platform_sim.settings import environment, told_by_environment
from platform_sim.stand_ins.questions import basic
from platform_sim.stand_ins.wsgi import Answer, Wsgi, whole
from platform_sim.testing.asgi import Asgi, AsgiServer, is_asgi
from platform_sim.testing.served import WsgiServer
from platform_sim.testing.ways import Ways, WsgiSend, place_of

log = logging.getLogger(__name__)

__tracebackhide__ = True
Json = dict[str, Any]
LOOPBACK = "127.0.0.1"


@dataclass(frozen=True)
class Command:
    """A partner that is a process of its own: a line for the shell, or a program and its arguments.

    It is told PORT, at which it has to listen, HEROKU_USERNAME, HEROKU_PASSWORD, SSO_SALT, CLIENT_SECRET and
    HEROKU_API_URL, beside the environment of the tests and `env`. `seconds`: of the wall until it listens. It ends with
    the Heroku that it has joined.
    """

    line: str | Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict, repr=False)
    seconds: float = START_SECONDS


@dataclass(frozen=True)
class Factory:
    """A partner that is an application made for each Heroku: `make` is called with the variables of a `Command` but for
    PORT, and gives it. `environment`: these variables are in the process's environment, too, from before `make` until
    this partner leaves, for an application that reads its own; of one partner of the process at a time."""

    make: Callable[[Mapping[str, str]], Any]
    environment: bool = False


@dataclass(frozen=True)
class Served:
    """A partner that is a WSGI application on a port of its own, in a thread: asked by HTTP, on real sockets."""

    app: Wsgi


Joining = Served | Wsgi | Asgi | Factory | Command | str | None
"""A URL as text; None: by HTTP where the manifest says."""


@dataclass(frozen=True)
class Joined:
    """A partner that has joined. `url`: where it is asked; `told`: what it would be told as a process; `app`: the
    application that it is, None of one that is asked by HTTP."""

    manifest: Json = field(repr=False)
    url: str
    told: Mapping[str, str] = field(repr=False)
    """But for PORT."""
    app: Any = field(repr=False)
    _ways: Ways = field(repr=False)

    @property
    def slug(self) -> str:
        """The service's."""
        return str(self.manifest["id"])

    @property
    def client_secret(self) -> str:
        """With which it exchanges grants."""
        return self.told["CLIENT_SECRET"]

    def ask(self, method: str, path: str, content: Any = None, *, headers: Mapping[str, str] | None = None) -> Answer:
        """What it answers at one of its own paths, asked with the manifest's password as the platform asks, or with
        the Authorization of `headers`. `content` goes as JSON. TimeoutError or OSError if it cannot be asked."""
        login = basic(self.slug, self.manifest["api"]["password"])
        given = {"Accept": "application/json", "Authorization": login} | dict(headers or {})
        body = None if content is None else json.dumps(content).encode()
        if body is not None:
            given["Content-Type"] = "application/json"
        url = self.url + path
        return whole(url, self._ways(PartnerRequest(method, url, given, body, 25.0)))


@dataclass(frozen=True)
class Service:
    """A service of a project's own, as `Heroku.install` takes it. `manifest`: its JSON, or the file that holds it.
    `holds`: given its partner, says for `leaks` the uuids that the partner holds now. All else as of `register`."""

    manifest: Json | str | Path = field(repr=False)
    partner: Joining = None
    plans: Sequence[str] = ("free",)
    holds: Callable[[Joined], Collection[str]] | None = None

    def contents(self) -> Json:
        """The manifest; OSError or ValueError if its file cannot be read."""
        if isinstance(self.manifest, dict):
            return self.manifest
        found: Json = json.loads(Path(self.manifest).read_text(encoding="utf-8"))
        return found


class Joins:
    """The partners of one Heroku."""

    def __init__(self, ways: Ways) -> None:
        self._ways = ways
        self._ends: dict[str, contextlib.ExitStack] = {}

    def local(self, slug: str, partner: Joining) -> str:
        """Where the platform has to be told that it listens, "" for where its manifest says. Who had joined for this
        service leaves."""
        self._leave(slug)
        if isinstance(partner, (Command, Served)):
            return f"http://{LOOPBACK}:{free_port()}"
        return partner if isinstance(partner, str) else ""

    def join(self, partner: Joining, manifest: Json, local: str, client_secret: str, platform: str) -> Joined:
        """Start what has to be started. RuntimeError with the partner's own words if it does not come up, or if the
        environment tells another's; ValueError if another answers at its place."""
        slug, url = str(manifest["id"]), local or place_of(base_url(manifest))
        told = told_of(manifest, urlsplit(url).port or 0, client_secret, platform)
        here = {name: value for name, value in told.items() if name != "PORT"}
        ends = self._ends[slug] = contextlib.ExitStack()
        if isinstance(partner, Factory) and partner.environment:
            ends.enter_context(told_by_environment(here))
        app: Any = partner.make(here) if isinstance(partner, Factory) else partner
        if isinstance(app, Command):
            line = app.line if isinstance(app.line, str) else f"exec {shlex.join(app.line)}"
            launcher = ends.enter_context(Launcher(line, log.warning, seconds=app.seconds))
            launcher.start((LOOPBACK, int(told["PORT"])), environment() | dict(app.env) | told)
        elif isinstance(app, Served):
            ends.enter_context(WsgiServer(app.app, (LOOPBACK, int(told["PORT"]))))
            app = app.app
        elif app is not None and not isinstance(app, str):
            send = ends.enter_context(contextlib.closing(AsgiServer(app))) if is_asgi(app) else WsgiSend(app)
            ends.callback(self._ways.forget, slug)
            for place in _places(manifest):
                self._ways.add(slug, place, send)
        return Joined(manifest, url, here, None if isinstance(app, (Command, str)) else app, self._ways)

    def close(self) -> None:
        """All leave; safe to call twice."""
        for slug in list(self._ends):
            self._leave(slug)

    def _leave(self, slug: str) -> None:
        if slug in self._ends:
            self._ends.pop(slug).close()


def _places(manifest: Json) -> list[str]:
    target = sso_target(manifest, "")
    return [base_url(manifest)] + ([target.url] if target else [])
