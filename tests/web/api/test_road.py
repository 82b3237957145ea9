"""What every request meets on the road whatever its row: trace ids, limits, conditions, methods, and our own bugs."""

import io
import logging
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from platform_sim.core.model.accounts import AccessToken, Account, Authorization
from platform_sim.core.model.apps import Release
from platform_sim.core.store import Database
from platform_sim.web.api import routes
from platform_sim.web.api.matching import find

from ..world import VERSION, Populated, World, new_world


@pytest.fixture
def poor(tmp_path: Path) -> Iterator[World]:
    """Three requests an account, one more a minute."""
    made = new_world(tmp_path, rate_limit=3, rate_limit_per_minute=1)
    yield made
    made.database.close()


ANYWHERE = [
    "/account",
    "/nope",
    "/apps/x",
    "/oauth/token",
    "/api/v3/addons/x/manifests",
    "/sim/status",
    "/x.git/info/refs",
]


@pytest.mark.parametrize("path", ANYWHERE)
def test_each_answer_has_a_trace_id(path: str, world: World) -> None:
    """The client's own is given back, even the CLI's list of nearly 8 kB (heroku-cli §2)."""
    fresh = {world.call("GET", path, headers=headers).headers["Request-Id"] for headers in ({}, {"Request-Id": ""})}
    assert len(fresh) == 2
    for own in (
        "abc",
        "01234567-89ab-cdef-0123-456789abcdef",
        ",".join(["01234567-89ab-cdef-0123-456789abcdef"] * 190),
    ):
        assert world.call("GET", path, headers={"Request-Id": own}).headers.getlist("Request-Id") == [own]
    assert world.call("GET", path, headers={"X-Request-Id": "edge"}).headers["Request-Id"] == "edge"
    for bad in ("x" * 9000, "<script>", "a\tb", "é", "²", '"'):
        assert world.call("GET", path, headers={"Request-Id": bad}).headers["Request-Id"] != bad


def test_a_trace_id_cannot_make_headers(world: World) -> None:
    environ = {"HTTP_REQUEST_ID": "a\r\nSet-Cookie: x=1"}
    answer = world.client.get("/account", environ_overrides=environ)
    assert "Set-Cookie" not in answer.headers
    assert "\n" not in answer.headers["Request-Id"]


def test_an_empty_pool_is_429_until_the_platforms_clock_has_moved(poor: World) -> None:
    left = [poor.call("GET", "/account").headers["RateLimit-Remaining"] for _ in range(3)]
    assert left == ["2", "1", "0"]
    with poor.nothing_written():
        answer = poor.call("POST", "/apps", {"name": "acme"})
    assert answer.error == (429, "rate_limit")
    assert answer.headers["RateLimit-Remaining"] == "0"
    assert poor.get("/account/rate-limits") == {"remaining": 0}
    assert poor.call("GET", "/account", token=poor.strangers_token).status_code == 200
    poor.database.clock.advance(timedelta(seconds=59))
    assert poor.call("GET", "/account").status_code == 429
    poor.database.clock.advance(timedelta(seconds=1))
    assert poor.call("GET", "/account").status_code == 200
    poor.database.clock.advance(timedelta(days=1))
    assert poor.get("/account/rate-limits") == {"remaining": 3}


def test_requests_that_are_refused_cost_too_but_not_without_a_token(poor: World) -> None:
    poor.call("GET", "/account", token="nonsense")
    assert poor.call("GET", "/apps/nope").headers["RateLimit-Remaining"] == "2"
    assert poor.call("POST", "/apps", data=b"{").headers["RateLimit-Remaining"] == "1"
    assert poor.call("GET", "/pipelines").headers["RateLimit-Remaining"] == "0"


def test_basic_credentials_are_as_good_as_a_bearer_token(world: World) -> None:
    """Any user name with the token as password; the token alone as user (platform-api §4.1)."""
    for user, password in (("", world.token), ("user@example.com", world.token), (world.token, "")):
        answer = world.client.get("/account", headers={"Accept": VERSION}, auth=(user, password))
        assert answer.status_code == 200, user
    for header in (f"bearer {world.token}", f"BEARER  {world.token} "):
        assert world.call("GET", "/account", headers={"Authorization": header}).status_code == 200


def test_a_write_with_the_tag_of_what_is_there_goes_through_and_with_an_old_one_not(world: World) -> None:
    world.call("POST", "/apps", {"name": "acme"})
    tag = world.call("GET", "/apps/acme").headers["ETag"]
    assert world.call("PATCH", "/apps/acme", {"maintenance": True}, headers={"If-Match": tag}).status_code == 200
    with world.nothing_written():
        for method, body in (("PATCH", {"maintenance": False}), ("DELETE", None)):
            stale = world.call(method, "/apps/acme", body, headers={"If-Match": tag})
            assert stale.error == (412, "precondition_failed")
    now = world.call("GET", "/apps/acme").headers["ETag"]
    for header in (f'"x", {now}', "*"):
        assert world.call("PATCH", "/apps/acme", {}, headers={"If-Match": header}).status_code == 200
    assert world.call("PATCH", "/apps/nope", {}, headers={"If-Match": "*"}).error == (404, "not_found")


def test_a_list_that_is_cut_has_the_tag_that_if_match_compares(full: Populated) -> None:
    world = full.world
    path = full.path("/addons/{add-on}/config")
    tag = world.call("GET", path, token=full.partner).headers["ETag"]
    body = {"config": [{"name": "EXCEPTIONS_URL", "value": "new"}]}
    assert world.call("PATCH", path, body, token=full.partner, headers={"If-Match": tag}).status_code == 200
    assert world.call("PATCH", path, body, token=full.partner, headers={"If-Match": tag}).status_code == 412


def test_if_match_lets_only_one_of_many_through(world: World) -> None:
    """The tag is compared in the transaction that writes: two who saw the same cannot both win."""
    world.call("POST", "/apps", {"name": "acme"})
    tag = world.call("GET", "/apps/acme/config-vars").headers["ETag"]
    start, codes = threading.Barrier(8), []

    def write(n: int) -> None:
        start.wait()
        answer = world.call("PATCH", "/apps/acme/config-vars", {"WHO": str(n)}, headers={"If-Match": tag})
        codes.append(answer.status_code)

    threads = [threading.Thread(target=write, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == [200] + [412] * 7


def test_if_match_is_compared_before_a_partner_is_called(full: Populated) -> None:
    path = full.path("/apps/{app}/addons/{add-on}")
    with full.world.nothing_written():
        answer = full.world.call("DELETE", path, headers={"If-Match": '"old"'})
    assert answer.error == (412, "precondition_failed")


@pytest.mark.parametrize("path", ["/apps", "/apps/x/config-vars", "/pipelines/x", "/oauth/tokens"])
def test_a_browser_may_ask_what_is_allowed(path: str, world: World) -> None:
    answer = world.client.options(path, headers={"Origin": "http://page", "Access-Control-Request-Method": "PATCH"})
    assert (answer.status_code, answer.data) == (204, b"")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    allowed = set(answer.headers["Access-Control-Allow-Methods"].split(","))
    rows = {row.method for row in routes.table() if find(path).rows.get(row.method) == row}
    assert allowed == rows | {"OPTIONS"} | ({"HEAD"} if "GET" in rows else set())
    assert "Authorization" in answer.headers["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Credentials" not in answer.headers


def test_errors_can_be_read_by_a_page_too(world: World) -> None:
    for path in ("/apps/nope", "/nope", "/pipelines"):
        assert world.call("GET", path).headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    "path", ["/sso/apps/a/addons/b", "/sim/status", "/oauth/token", "/sources/x", "/x.git/info/refs"]
)
def test_no_other_door_is_open_to_pages(path: str, world: World) -> None:
    """The SSO page above all: it signs without asking for a token."""
    for method in ("GET", "POST", "OPTIONS"):
        answer = world.call(method, path)
        assert "Access-Control-Allow-Origin" not in answer.headers or answer.json["id"] == "not_found"


def test_unknown_methods_and_paths(world: World) -> None:
    for method, path in (
        ("PUT", "/apps"),
        ("DELETE", "/account/rate-limits"),
        ("TRACE", "/apps"),
        ("BREW", "/x"),
        ("GET", "/"),
    ):
        answer = world.call(method, path)
        assert answer.error == (404, "not_found"), path
        assert "Are you using the right HTTP verb" in answer.json["message"]


def test_a_post_can_stand_for_another_method(world: World) -> None:
    world.call("POST", "/apps", {"name": "acme"})
    for spelled in ("PATCH", "patch"):
        answer = world.call("POST", "/apps/acme", {"maintenance": True}, headers={"X-Http-Method-Override": spelled})
        assert (answer.status_code, answer.json["maintenance"]) == (200, True)
    assert world.call("POST", "/apps/acme", headers={"X-HTTP-Method-Override": "GET"}).status_code == 200
    assert world.call("POST", "/apps/acme", headers={"X-Http-Method-Override": "BREW"}).status_code == 404
    # Only a POST: a link or an image in a page must not be able to delete.
    assert world.call("GET", "/apps/acme", headers={"X-Http-Method-Override": "DELETE"}).status_code == 200
    assert world.get("/apps/acme")["name"] == "acme"


def broken(*_: object) -> None:
    raise RuntimeError("the secret is s3cr3t-0815")


@pytest.mark.parametrize("mode", ["read", "write", "late"])
def test_a_bug_of_ours_is_a_500_that_tells_nothing_and_writes_nothing(
    mode: str, world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def act(call: Any, rows: Any = None) -> None:
        if mode == "write":
            call.doors.pools.left("x", 0, 1, 1)
            rows.record("app", "create", "x", None, {})
        broken()

    row = find("/apps").rows["POST"]
    changed = routes.Route("POST", "/apps", "", "P0", act, mode)  # type: ignore[arg-type]
    monkeypatch.setitem(find("/apps").rows, "POST", changed)
    with world.nothing_written(), caplog.at_level(logging.INFO):
        answer = world.call("POST", "/apps", {"name": "acme"}, headers={"X-Secret": "h1dd3n"})
    assert answer.error == (500, "internal_server_error")
    assert "s3cr3t" not in answer.text
    assert "cannot answer POST /apps" in caplog.text
    assert world.token not in caplog.text
    assert row is not changed


def test_a_body_that_breaks_off_is_a_bad_request_and_writes_nothing(world: World) -> None:
    with world.nothing_written():
        answer = world.client.post(
            "/apps",
            headers={"Accept": VERSION, "Authorization": f"Bearer {world.token}"},
            environ_overrides={"CONTENT_LENGTH": "500", "wsgi.input": io.BytesIO(b'{"name": "acme"}')},
        )
    assert answer.status_code == 400
    assert answer.get_json()["id"] == "bad_request"


@pytest.mark.parametrize("size", [10, 2_000_000])
def test_a_body_without_a_length_is_read_to_its_end_but_not_beyond_the_limit(size: int, world: World) -> None:
    stream = io.BytesIO(b'{"x": "' + b"y" * size + b'"}')
    answer = world.client.post(
        "/apps",
        headers={"Accept": VERSION, "Authorization": f"Bearer {world.token}"},
        environ_overrides={"CONTENT_LENGTH": "", "wsgi.input_terminated": True, "wsgi.input": stream},
    )
    assert answer.status_code == (201 if size == 10 else 413)
    assert stream.tell() <= world.database.rules.body_size_limit + 100_000


def test_a_body_that_says_it_is_too_long_is_not_read(world: World) -> None:
    stream = io.BytesIO(b"x" * 1000)
    answer = world.client.post(
        "/apps",
        headers={"Accept": VERSION, "Authorization": f"Bearer {world.token}"},
        environ_overrides={"CONTENT_LENGTH": str(10**12), "wsgi.input": stream},
    )
    assert (answer.status_code, stream.tell()) == (413, 0)


def test_nothing_waits_for_a_body_with_rows_in_its_hands(world: World) -> None:
    """A slow client must not stop the others: in memory all share one connection."""
    reading, goes_on = threading.Event(), threading.Event()

    class Slow:
        """A client that sends nothing before it is told to."""

        def __init__(self, data: bytes) -> None:
            self.left = data

        def read(self, size: int = -1) -> bytes:
            reading.set()
            assert goes_on.wait(10)
            data, self.left = self.left, b""
            return data

    def post() -> None:
        slow = {"CONTENT_LENGTH": "16", "wsgi.input": Slow(b'{"name": "acme"}')}
        headers = {"Accept": VERSION, "Authorization": f"Bearer {world.token}"}
        world.client.application.test_client().post("/apps", headers=headers, environ_overrides=slow)

    thread = threading.Thread(target=post)
    thread.start()
    assert reading.wait(10)
    done = threading.Event()

    def other() -> None:
        with world.database.transaction() as tx:
            tx.record("x", "create", "x", None, {})
        done.set()

    second = threading.Thread(target=other)
    second.start()
    assert done.wait(10)
    goes_on.set()
    thread.join()
    second.join()
    assert world.get("/apps/acme")["name"] == "acme"


def test_an_answer_written_is_there_for_the_next_request(world: World, tmp_path: Path) -> None:
    """Also when the rows are a file, read by another thread's connection."""
    durable = Database(tmp_path / "rows.db", world.database.clock, world.database.chance, world.database.rules)
    memory = world.database
    with memory.snapshot() as rows:
        people = [*rows.all(Account), *rows.all(Authorization), *rows.all(AccessToken)]
    world.doors.database = durable
    try:
        with durable.transaction() as tx:
            for row in people:
                tx.insert(row)
        seen: list[int] = []
        assert world.call("POST", "/apps", {"name": "acme"}).status_code == 201
        thread = threading.Thread(target=lambda: seen.append(world.call("GET", "/apps/acme").status_code))
        thread.start()
        thread.join()
        assert seen == [200]
        with durable.snapshot() as rows:
            assert rows.count(Release) == 2
    finally:
        durable.close()
        world.doors.database = memory


def test_no_log_line_holds_what_proves_who_somebody_is(full: Populated, caplog: pytest.LogCaptureFixture) -> None:
    """Not even at the most talkative level, whatever the requests did (design §5)."""
    world = full.world
    with caplog.at_level(logging.DEBUG):
        for token in ("", full.partner, world.strangers_token, "HRKU-wrong"):
            for method, path in (("GET", "/account"), ("GET", "/apps/acme"), ("DELETE", "/nope"), ("POST", "/sources")):
                world.call(method, path, token=token)
        world.client.post("/oauth/token", data={"code": "c0de-0815", "client_secret": "exceptions-client-secret"})
        world.call("PATCH", "/apps/acme/config-vars", {"KEY": "v4lue-0815"})
        put_url = world.call("POST", "/sources").json["source_blob"]["put_url"]
        world.client.put(put_url.removeprefix(world.doors.addresses.base), data=b"x")
        world.client.get(full.path("/sso/apps/{app}/addons/{add-on}"), headers={"Host": "localhost"})
    secrets = [world.token, full.partner, world.strangers_token, "HRKU-wrong", "c0de-0815", "v4lue-0815"]
    secrets += ["exceptions-client-secret", put_url.rpartition("/")[2], "partner-salt", "partner-password"]
    assert [secret for secret in secrets if secret in caplog.text] == []
