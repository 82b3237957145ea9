"""The whole way over real HTTP, with worker threads and a durable store."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from platform_sim.core.actions.oauth import exchange_grant
from platform_sim.core.model.addons import Addon, AddonService
from platform_sim.core.model.records import Job
from platform_sim.partners.http_send import HttpSend

from .world import MANIFEST, World

pytestmark = pytest.mark.processes
LONG = 120.0


class Partner(ThreadingHTTPServer):
    """Takes its grant while the provisioning request is still open, as real partners do (design §9)."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.world: World | None = None
        self.seen: list[tuple[str, str]] = []
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    def end(self) -> None:
        self.shutdown()
        self._thread.join()
        self.server_close()


class Answering(BaseHTTPRequestHandler):
    server: Partner

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        world = self.server.world
        assert world is not None
        with world.database.transaction() as tx:
            service = tx.get(AddonService, tx.get(Addon, body["uuid"]).service_id)
            exchange_grant(tx, body["oauth_grant"]["code"], service.client_secret)
        self._say(200, {"id": body["uuid"], "config": {"ACME_URL": "http://acme.example/1"}})

    def do_DELETE(self) -> None:
        self._say(204, None)

    def _say(self, status: int, body: Any) -> None:
        self.server.seen.append((self.command, self.headers["Authorization"]))
        content = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Nothing on the terminal."""


@pytest.fixture
def partner() -> Iterator[Partner]:
    made = Partner()
    yield made
    made.end()


def wait_for(world: World, job: Job) -> None:
    while True:
        seen = world.database.version
        if world.job(job).state == "done":
            return
        assert world.database.wait_for_change(seen, LONG) != seen, f"waited too long: {world.job(job)}"


def test_a_partner_calls_back_while_its_request_is_open(partner: Partner, tmp_path: Path) -> None:
    base = f"http://127.0.0.1:{partner.server_port}/heroku/resources"
    manifest = {**MANIFEST, "api": {**MANIFEST["api"], "production": {"base_url": base}}}
    world = World(path=tmp_path / "rows.db", manifest=manifest)
    partner.world = world
    runner = world.boot("boot-1", HttpSend())
    runner.start()
    addon, job = world.create()
    wait_for(world, job)
    assert (world.addon(addon).state, world.config()) == ("provisioned", {"ACME_URL": "http://acme.example/1"})
    wait_for(world, world.destroy(addon))
    assert world.addon(addon).state == "deprovisioned"
    assert partner.seen == [("POST", "Basic YWNtZTpwYXNzLW9mLWFjbWU="), ("DELETE", "Basic YWNtZTpwYXNzLW9mLWFjbWU=")]
    runner.stop()
    world.close()
