"""One start of a platform over given rows: real store, doors and job handlers, run one job at a time, no thread and no
socket. A crash throws it away and makes another over the same rows, with a new boot id."""

import json
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import Flask

from platform_sim.core.actions.webhook_deliveries import fan_out
from platform_sim.core.clock import Chance, Clock
from platform_sim.core.model.addresses import Addresses
from platform_sim.core.model.layout import Layout
from platform_sim.core.model.records import Event, Job
from platform_sim.core.model.rules import Rules
from platform_sim.core.public.webhooks import subject
from platform_sim.core.store import Database, Transaction
from platform_sim.engines.jobs import JobRunner
from platform_sim.engines.logs.api_lines import write_events
from platform_sim.engines.partner_calls import partner_handlers
from platform_sim.engines.webhooks import webhook_handlers
from platform_sim.partners.client import PartnerClient
from platform_sim.partners.contract import Send
from platform_sim.partners.manifest import sso_target
from platform_sim.settings import load
from platform_sim.web.app import create_web
from platform_sim.web.context import Doors, RatePools

from ..web.world import VERSION
from .behaviour import Killed

Form = dict[str, str]

AT = Addresses("http://localhost:5100")
WORKERS = 4
"""Jobs that are claimed at once, each in the hands of a worker that may be slow."""


@dataclass(frozen=True)
class Reply:
    """An answer of a door."""

    status: int
    json: Any

    @property
    def ok(self) -> bool:
        """Any 2xx."""
        return 200 <= self.status < 300


@cache
def _web() -> tuple[Doors, Flask]:
    """Doors and application, made once: the application's table of rules takes longer than most examples.

    What a boot may change in them is set anew for each. Their folder is never written.
    """
    database = Database(None, Clock(), Chance(1), load({}))
    doors = Doors(database, Layout(Path("nowhere")), AT, "", lambda _: [], sso_target)
    return doors, create_web(doors)


def _doors_to(database: Database, boot_id: str, customer_id: str) -> Flask:
    doors, web = _web()
    doors.database, doors.boot_id, doors.customer_id, doors.pools = database, boot_id, customer_id, RatePools()
    return web


@dataclass(frozen=True)
class Outside:
    """What a platform is connected to, and who watches it."""

    send: Send
    committed: Callable[[Database, list[Event]], None]
    broke: Callable[[str, str], None]
    """Told of a handler that raised, by kind of job, and where."""


class RunningPlatform:
    """A boot. `image`: the rows that it finds; `at`: what the clock says."""

    def __init__(
        self, outside: Outside, image: bytes, at: datetime, rules: Rules, boot_id: str, customer_id: str
    ) -> None:
        self.outside = outside
        self.kill_next_write = False
        self.lines: list[str] = []
        """The log lines of all apps."""
        self.claimed: list[Job] = []
        self.database = Database(None, Clock(at), Chance(1), rules)
        self.database._connection().deserialize(image)
        self.database.on_record(partial(fan_out, show=partial(subject, at=AT)))
        self.database.on_record(self._maybe_die)
        self.database.on_commit(partial(write_events, self._line))
        self.database.on_commit(partial(outside.committed, self.database))
        self._web = _doors_to(self.database, boot_id, customer_id)
        client = PartnerClient(outside.send)
        handlers = partner_handlers(self.database, client, AT) | webhook_handlers(self.database, outside.send)
        self.runner = JobRunner(self.database, boot_id, {k: partial(self._guarded, h) for k, h in handlers.items()})
        self.runner.recover()

    def _line(self, app_id: str, source: str, dyno: str, text: str) -> None:
        self.lines.append(text)

    def _maybe_die(self, tx: Transaction, event: Event) -> None:
        if self.kill_next_write:
            raise Killed

    def _guarded(self, handler: Callable[[Job], None], job: Job) -> None:
        try:
            handler(job)
        except Exception:
            self.outside.broke(job.kind, traceback.format_exc())
            raise

    def call(self, method: str, path: str, body: Any, authorization: str | None, form: Form | None = None) -> Reply:
        """One request through the doors: `body` as JSON, or a form."""
        sent = b"" if body is None else json.dumps(body).encode()
        kind = "application/json"
        if form is not None:
            sent, kind = urlencode(form).encode(), "application/x-www-form-urlencoded"
        environ = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "QUERY_STRING": "",
            "SERVER_NAME": "localhost",
            "SERVER_PORT": str(AT.port),
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_ACCEPT": VERSION,
            "CONTENT_TYPE": kind,
            "CONTENT_LENGTH": str(len(sent)),
            "wsgi.url_scheme": "http",
            "wsgi.input": BytesIO(sent),
            "wsgi.errors": sys.stderr,
        }
        if authorization:
            environ["HTTP_AUTHORIZATION"] = authorization
        said: list[str] = []
        parts = self._web(environ, lambda status, headers, *_: said.append(status))
        text = b"".join(parts)
        getattr(parts, "close", lambda: None)()
        status = int(said[0].split()[0])
        try:
            return Reply(status, json.loads(text))
        except ValueError:
            return Reply(status, text.decode("utf-8", "replace"))

    def claim(self) -> None:
        """Give what is due to workers that are free."""
        while len(self.claimed) < WORKERS:
            job = self.runner._claim(self.runner.next_due())
            if job is None:
                return
            self.claimed.append(job)

    def run(self, job: Job) -> None:
        """A worker does what it has claimed."""
        self.claimed.remove(job)
        self.runner._run(job)

    def image(self) -> bytes:
        """All rows."""
        return self.database._connection().serialize()

    def close(self) -> None:
        """The end of this boot, orderly or not: nothing but the rows is left."""
        self.database.close()
