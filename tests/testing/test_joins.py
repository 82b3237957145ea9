"""Partners that join a Heroku by command or as a factory of applications, and what they are told."""

import json
import os
import shlex
import socket
import sys
import threading
from collections.abc import Mapping
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import psutil
import pytest

from platform_sim.partners.contract import PartnerRequest
from platform_sim.testing import Command, Factory, Heroku, Partner, Served
from platform_sim.testing.ways import WsgiSend

from ..processes.leftovers import nothing_left, processes_below
from ..processes.waiting import wait_until

__all__ = ["nothing_left"]

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
MANIFEST = json.loads((EXAMPLES / "addon-manifest.json").read_text())
TOLD = ["CLIENT_SECRET", "HEROKU_API_URL", "HEROKU_PASSWORD", "HEROKU_USERNAME", "SSO_SALT"]


@pytest.mark.processes
def test_a_command_is_started_told_and_ended(tmp_path: Path) -> None:
    """docs/examples/partner_stdlib.py exchanges its grant while it is asked, and rotates when it is told to."""
    line = [sys.executable, str(EXAMPLES / "partner_stdlib.py")]
    with Heroku() as heroku:
        secret = heroku.register(
            MANIFEST, partner=Command(line, env={"HOME": str(tmp_path)}), plans=("test", "pro=900")
        )
        assert len(processes_below(tmp_path)) == 1
        addon = heroku.app("shop").addons.create("acme:test")
        partner = heroku.partner("acme")
        assert addon.config["ACME_URL"].startswith(f"{partner.url}/accounts/")
        before = addon.config
        assert partner.ask("POST", f"/rotate/{addon.uuid}").status == 200
        assert addon.config != before
        assert partner.ask("POST", f"/rotate/{addon.uuid}", headers={"Authorization": "Basic eDp5"}).status == 401
        assert (sorted(partner.told), partner.client_secret) == (TOLD, secret)
        assert (partner.told["CLIENT_SECRET"], partner.told["HEROKU_API_URL"]) == (secret, heroku.url)
        addon.destroy()
        # Another takes its place.
        heroku.register(MANIFEST, partner=lambda environ, start: [])
        assert processes_below(tmp_path) == {}
        heroku.register(
            MANIFEST, partner=Command(f"exec {shlex.join(line)}", env={"HOME": str(tmp_path)}), plans=("test",)
        )
        assert len(processes_below(tmp_path)) == 1
    assert processes_below(tmp_path) == {}


@pytest.mark.processes
def test_one_that_does_not_come_up_says_why_and_nothing_of_it_stays(tmp_path: Path) -> None:
    with Heroku() as heroku:
        with pytest.raises(RuntimeError, match=r"ended with exit code 3 and never listened. It said:\nno database"):
            heroku.register(MANIFEST, partner=Command("echo no database; exit 3"))
        sleeping = Command(f"cd {tmp_path}; exec tail -f /dev/null", seconds=0.05)
        with pytest.raises(RuntimeError, match=r"does not listen at 127.0.0.1:\d+ after 0.05 s"):
            heroku.register(MANIFEST, partner=sleeping)
    assert processes_below(tmp_path) == {}


def test_a_scripted_one_is_served_by_a_thread() -> None:
    with Heroku() as heroku:
        partner = Partner("acme", config_vars=("ACME_URL",))
        heroku.register(partner.manifest, partner=Served(partner))
        addon = heroku.app("shop").addons.create("acme:free")
        joined = heroku.partner("acme")
        assert (addon.state, joined.app, addon.sign_in().status) == ("provisioned", partner, 200)
        assert joined.url.startswith("http://127.0.0.1:")
        assert partner.requests[0].headers["host"] == joined.url.removeprefix("http://")
        partner.set_config(addon.uuid, {"ACME_URL": "rotated"})
        assert addon.config == {"ACME_URL": "rotated"}
        del partner.resources[addon.uuid]
        assert len(heroku.leaks()) == 1
    with pytest.raises(OSError, match="refused connection"):
        joined.ask("GET", "/x")
    assert [each.name for each in threading.enumerate() if each.name == "partner-wsgi"] == []


def test_a_factory_makes_an_application_for_each_heroku() -> None:
    made: list[Mapping[str, str]] = []

    def make(told: Mapping[str, str]) -> Any:
        made.append(told)
        return Partner("acme")

    for _ in range(2):
        with Heroku() as heroku:
            secret = heroku.register(MANIFEST, partner=Factory(make))
            assert (made[-1]["CLIENT_SECRET"], made[-1]["HEROKU_API_URL"]) == (secret, heroku.url)
            joined = heroku.partner("acme")
            # A scripted one has a password of its own: it is asked, and refuses.
            assert joined.ask("DELETE", "/heroku/resources/x").status == 401
            assert [each.status for each in joined.app.requests] == [401]
    assert [sorted(each) for each in made] == [TOLD, TOLD]


def test_a_factory_whose_application_reads_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CLIENT_SECRET", raising=False)
    monkeypatch.setenv("HEROKU_API_URL", "before")
    made: list[str | None] = []

    def make(told: Mapping[str, str]) -> Any:
        made.append(os.environ.get("CLIENT_SECRET"))
        return Partner("acme")

    heroku, another = Heroku.start(), Heroku.start()
    with another, heroku:
        secret = heroku.register(MANIFEST, partner=Factory(make, environment=True))
        assert (made, os.environ["HEROKU_API_URL"]) == ([secret], heroku.url)
        another.register(MANIFEST, partner=Factory(make))
        with pytest.raises(RuntimeError, match="tells another partner already"):
            another.register(MANIFEST, partner=Factory(make, environment=True))
        assert heroku.register(MANIFEST, partner=Factory(make, environment=True)) == secret
        heroku.stop()
        assert ("CLIENT_SECRET" in os.environ, os.environ["HEROKU_API_URL"]) == (False, "before")
        another.register(MANIFEST, partner=Factory(make, environment=True))
    assert (len(made), os.environ["HEROKU_API_URL"]) == (4, "before")


def test_a_partner_that_listens_already_is_asked_where_it_was_said_to() -> None:
    with socket.socket() as nobody, Heroku() as heroku:
        nobody.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        heroku.register(MANIFEST, partner=url)
        assert heroku.partner("acme").url == url
        with pytest.raises(OSError, match=f"{url}/x: refused connection"):
            heroku.partner("acme").ask("GET", "/x")
        with pytest.raises(KeyError):
            heroku.partner("another")
        # An application takes its place, at the manifest's, and leaves it again.
        scripted = Partner("acme")
        heroku.register(scripted.manifest, partner=scripted)
        there = heroku.partner("acme")
        assert there.ask("GET", "/heroku/resources/x").status == 410
        heroku.register(MANIFEST, partner=url)
        with pytest.raises(OSError, match="acme.localhost:9/.*(refused connection|unknown host)"):
            there.ask("GET", "/heroku/resources/x")


def test_worlds_with_applications_leave_nothing() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        raise RuntimeError("it is never asked")

    def life() -> None:
        with Heroku() as heroku:
            heroku.register(MANIFEST, partner=app)

    def footprint() -> tuple[int, int]:
        me = psutil.Process()
        return me.num_threads(), me.num_fds()

    life()
    before = footprint()
    for _ in range(3):
        life()
    # A thread is off the list of the system a moment after it has ended.
    wait_until("nothing is left", lambda: footprint() <= before)


def test_an_application_that_hangs_is_given_up_and_goes_on() -> None:
    go_on, went_on = threading.Event(), threading.Event()
    where = ContextVar("where", default="nowhere")

    def app(environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [])
        if environ["PATH_INFO"] == "/hangs":
            go_on.wait(30)
            went_on.set()
        if environ["PATH_INFO"] == "/leaves":
            raise SystemExit(3)
        return [where.get().encode()]

    send = WsgiSend(app)
    answer = send(PartnerRequest("POST", "http://x.example/hangs", {}, b"{}", 0.05))
    assert (answer.status, answer.problem) == (None, "timeout")
    go_on.set()
    assert went_on.wait(30)
    where.set("here")
    assert send(PartnerRequest("POST", "http://x.example/", {}, b"{}", 25.0)).body == b"here"
    assert send(PartnerRequest("POST", "http://x.example/leaves", {}, b"{}", 25.0)).status == 500
