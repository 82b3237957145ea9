"""A partner that is an ASGI application: what a server of ASGI does for it, and what it does to the platform."""

import asyncio
import json
import logging
import threading
import urllib.parse
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest

from platform_sim.partners.contract import PartnerRequest
from platform_sim.testing import Heroku, Partner
from platform_sim.testing.asgi import AsgiProblem, AsgiServer, is_asgi

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]
MANIFEST = Partner("asgi").manifest


def ask(method: str, path: str, body: bytes | None = None, timeout: float = 25.0, **headers: str) -> PartnerRequest:
    return PartnerRequest(method, f"https://partner.example:8443{path}", headers, body, timeout)


async def say(send: Send, status: int, body: bytes = b"", *headers: tuple[bytes, bytes]) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


class App:
    """A partner as a framework would make it: opens what it needs at its startup, answers, closes it."""

    def __init__(self) -> None:
        self.held: set[str] = set()
        self.moments: list[str] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            for moment in ("startup", "shutdown"):
                assert (await receive())["type"] == f"lifespan.{moment}"
                self.moments.append(moment)
                scope["state"]["greeting"] = b"welcome"
                await send({"type": f"lifespan.{moment}.complete"})
            return None
        given = await receive()
        if scope["path"] == "/heroku/sso":
            return await say(send, 200, scope["state"]["greeting"], (b"Set-Cookie", b"a=1"), (b"set-cookie", b"b=2"))
        uuid = json.loads(given["body"])["uuid"] if scope["method"] == "POST" else scope["path"].rpartition("/")[2]
        (self.held.discard if scope["method"] == "DELETE" else self.held.add)(uuid)
        config = {"ASGI_URL": f"asgi://{scope['method'].lower()}"}
        return await say(send, 200, json.dumps({"id": uuid, "config": config}).encode())


@pytest.fixture
def server(request: pytest.FixtureRequest) -> Iterator[AsgiServer]:
    made = AsgiServer(request.param)
    yield made
    made.close()


def test_a_whole_life_from_startup_to_shutdown_leaves_no_thread() -> None:
    app = App()
    with Heroku(seed=3) as heroku:
        heroku.register(MANIFEST, plans=("free", "pro=900"), partner=app, holds=lambda: app.held)
        shop = heroku.app("shop")
        addon = shop.addons.create("asgi:free")
        assert (addon.state, shop.config, app.moments) == ("provisioned", {"ASGI_URL": "asgi://post"}, ["startup"])
        addon.change_plan("asgi:pro")
        assert shop.config == {"ASGI_URL": "asgi://put"}
        welcome = addon.sign_in()
        assert (welcome.status, welcome.text, welcome.headers["set-cookie"]) == (200, "welcome", "a=1, b=2")
        assert app.held == {addon.uuid}
        addon.destroy()
        assert (addon.state, app.held, heroku.leaks()) == ("gone", set(), [])
    assert app.moments == ["startup", "shutdown"]
    assert [each.name for each in threading.enumerate() if each.name == "partner-asgi"] == []


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Knows no lifespan; says in JSON what it was asked."""
    assert scope["type"] == "http"
    given = await receive()
    told = {name: scope[name] for name in ("method", "scheme", "path", "http_version", "root_path", "server")}
    told |= {"query": scope["query_string"].decode(), "raw": scope["raw_path"].decode(), "more": given["more_body"]}
    told |= {"body": given["body"].decode(), "headers": {a.decode(): b.decode() for a, b in scope["headers"]}}
    await say(send, 201, json.dumps(told).encode(), (b"X-One", b"1"))


@pytest.mark.parametrize("server", [echo], indirect=True)
def test_it_is_told_what_a_server_tells(server: AsgiServer) -> None:
    answer = server(ask("PUT", "/a%20b/c?d=%26&e", b"{}", Accept="text/html"))
    assert (answer.status, dict(answer.headers), answer.problem) == (201, {"x-one": "1"}, None)
    assert json.loads(answer.body) == {
        "method": "PUT",
        "scheme": "https",
        "path": "/a b/c",
        "raw": "/a%20b/c",
        "query": "d=%26&e",
        "root_path": "",
        "http_version": "1.1",
        "server": ["partner.example", 8443],
        "headers": {"host": "partner.example:8443", "accept": "text/html", "content-length": "2"},
        "body": "{}",
        "more": False,
    }


class Odd:
    """Does by its path what partners do when something goes wrong."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.go_on = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert scope["type"] == "http"
        await receive()
        await getattr(self, scope["path"].strip("/"))(receive, send)

    async def raises(self, receive: Receive, send: Send) -> None:
        raise RuntimeError("a mistake of the partner's")

    async def leaves(self, receive: Receive, send: Send) -> None:
        raise SystemExit(3)

    async def says_nothing(self, receive: Receive, send: Send) -> None:
        return

    async def stops_halfway(self, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
        await send({"type": "http.response.body", "body": b"half", "more_body": True})

    async def hangs(self, receive: Receive, send: Send) -> None:
        self.heard.append((await receive())["type"])
        await say(send, 200, b"too late")
        self.heard.append("went on")

    async def works_on(self, receive: Receive, send: Send) -> None:
        await say(send, 202)
        self.heard.append((await receive())["type"])
        await self.go_on.wait()
        for _ in range(20):
            await asyncio.sleep(0)
        self.heard.append("worked on")

    async def is_asked_to_go_on(self, receive: Receive, send: Send) -> None:
        self.go_on.set()
        await say(send, 200)


@pytest.mark.parametrize(
    ("path", "status", "body", "problem"),
    [
        ("/raises", 500, b"", None),
        ("/leaves", 500, b"", None),
        ("/says_nothing", 500, b"", None),
        ("/stops_halfway", 200, b"half", "cut"),
    ],
)
@pytest.mark.parametrize("server", [Odd()], indirect=True)
def test_what_goes_wrong_is_what_a_server_makes_of_it(
    server: AsgiServer, path: str, status: int, body: bytes, problem: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    answer = server(ask("POST", path, b"{}"))
    assert (answer.status, answer.body, answer.problem) == (status, body, problem)
    assert ("a mistake of the partner's" in caplog.text) is (path == "/raises")


def test_one_that_hangs_is_given_up_and_goes_on() -> None:
    app = Odd()
    server = AsgiServer(app)
    answer = server(ask("POST", "/hangs", b"{}", timeout=0.05))
    assert (answer.status, answer.problem) == (None, "timeout")
    server.close()
    assert app.heard == ["http.disconnect", "went on"]
    assert server(ask("POST", "/hangs", b"{}")).problem == "refused connection"


def test_work_after_the_answer_holds_nobody_up_and_is_finished() -> None:
    app = Odd()
    server = AsgiServer(app)
    assert server(ask("POST", "/works_on", b"{}")).status == 202
    assert "worked on" not in app.heard
    assert server(ask("POST", "/is_asked_to_go_on", b"{}")).status == 200
    server.close()
    assert app.heard == ["http.disconnect", "worked on"]


async def says_that_it_fails(scope: Scope, receive: Receive, send: Send) -> None:
    await receive()
    await send({"type": "lifespan.startup.failed", "message": "no database"})


async def leaves(scope: Scope, receive: Receive, send: Send) -> None:
    raise SystemExit(3)


@pytest.mark.parametrize(
    ("app", "words"),
    [(says_that_it_fails, "has not started: no database"), (leaves, r"has not started: SystemExit\(3\)")],
)
def test_one_that_does_not_start_says_why(app: Any, words: str) -> None:
    with pytest.raises(AsgiProblem, match=words):
        AsgiServer(app)


def test_one_that_ends_badly_is_told_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.failed", "message": "the database is gone"})

    with caplog.at_level(logging.WARNING):
        AsgiServer(app).close()
    assert "has not ended well: the database is gone" in caplog.text


def test_which_application_is_one() -> None:
    def wrapped(scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        return echo(scope, receive, send)

    def wsgi(environ: Any, start_response: Any, *, more: int = 0) -> list[bytes]:
        return []

    assert [is_asgi(each) for each in (App(), echo, wrapped)] == [True, True, True]
    assert [is_asgi(each) for each in (wsgi, Partner("x"), dict, urllib.parse, None)] == [False] * 5
