"""A platform as a scenario file: played on an empty platform it leads to the same, and no secret is in it."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from platform_sim.scenarios.document import parse
from platform_sim.scenarios.write import written
from platform_sim.testing import Heroku, Partner, on_private


class Door(BaseHTTPRequestHandler):
    """A partner that says yes to everything."""

    def do_POST(self) -> None:
        """See `BaseHTTPRequestHandler`."""
        uuid = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["uuid"]
        told = json.dumps({"id": uuid, "config": {"ACME_URL": f"https://user:hush-hush@acme.example/{uuid}"}}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        self.wfile.write(told)

    def log_message(self, *_: Any) -> None:
        """Says nothing."""


@pytest.fixture(scope="module")
def place() -> Iterator[str]:
    """Where the partner listens."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Door) as server:
        thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield f"http://localhost:{server.server_port}"
        server.shutdown()
        thread.join()


def export(heroku: Heroku, query: str = "") -> dict[str, Any]:
    found: dict[str, Any] = heroku.ask("GET", f"/sim/export{query}")
    return found


def furnish(heroku: Heroku, place: str) -> None:
    """Users, a service with three plans, apps with config, add-ons and attachments."""
    manifest = Partner("acme").manifest
    manifest["api"]["requires"] = ["attachable", "many_per_app"]
    manifest["api"]["production"]["base_url"] = "https://me:hush-hush@acme.example/heroku/resources"
    heroku.register(manifest, plans=("free", "pro=900"), partner=place)
    more = {"name": "secret", "cents": 5, "state": "invite-only", "passes": ["ann@example.com"], "description": "${x}"}
    heroku.ask("PUT", "/sim/services/acme", {"state": "ga", "plans": [more, {"name": "pro", "default": True}]})
    heroku.ask("POST", "/sim/users", {"email": "ann@example.com", "name": "Ann"})
    shop, blog = heroku.app("shop"), heroku.app("a-blog")
    shop.set_config(COLOUR="hush-hush", LINES="a\nb: ${no}", EMPTY="")
    shop.addons.create("acme:pro", options={"size": "${small}"}, name="first")
    shop.addons.create("acme:free", name="second")
    heroku.ask("POST", "/addon-attachments", {"addon": "first", "app": "a-blog", "name": "BORROWED"})
    heroku.ask("POST", "/addon-attachments", {"addon": "second", "app": "shop", "name": "TWICE"})
    assert blog.config["BORROWED_URL"] == shop.addons[0].config["ACME_URL"]


def test_an_export_leads_to_the_same_and_holds_no_secret(place: str) -> None:
    with Heroku() as heroku:
        furnish(heroku, place)
        first, names = written(export(heroku)), set(heroku.app("shop").config)
    assert "hush-hush" not in first
    assert "salt-of-acme" not in first and "password-of-acme" not in first
    document = parse(first)
    with on_private(document) as (player, copy):
        (given,) = player.play()
        assert (given.state, given.problem) == ("ok", "")
        assert written(export(copy)) == first
        assert set(copy.app("a-blog").config) == {"BORROWED_URL"}
        assert set(copy.app("shop").config) == names


def test_with_secrets_the_values_are_the_same(place: str) -> None:
    with Heroku() as heroku:
        furnish(heroku, place)
        first, config = written(export(heroku, "?secrets=true")), heroku.app("shop").config
    with on_private(parse(first)) as (player, copy):
        assert [each.problem for each in player.play()] == [""]
        assert written(export(copy, "?secrets=true")) == first
        same = ("COLOUR", "LINES", "EMPTY")
        assert [copy.app("shop").config[name] for name in same] == [config[name] for name in same]


def test_partners_can_be_scripted_where_the_real_ones_are_not(place: str) -> None:
    with Heroku() as heroku:
        furnish(heroku, place)
        text = written(export(heroku, "?partners=scripted"))
    assert place not in text
    with on_private(parse(text)) as (player, copy):
        assert [each.problem for each in player.play()] == [""]
        assert written(export(copy, "?partners=scripted")) == text


def test_an_empty_platform_and_one_with_a_team() -> None:
    with Heroku() as heroku:
        assert export(heroku) == {"scenario": "A platform as it was exported"}
        heroku.ask("POST", "/teams", {"name": "crew"})
        heroku.ask("POST", "/teams/apps", {"name": "theirs", "team": "crew"})
        found = export(heroku)
        assert found["about"] == "Left out, since teams own them: theirs."
        assert parse(written(found)).steps == ()
