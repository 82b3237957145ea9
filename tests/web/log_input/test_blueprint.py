"""`POST /logs`: who may write, what is taken, and what each refusal says (partner-api §7.2)."""

import base64
import gzip
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from platform_sim.core.actions.addon_logs import begin_logs, input_token_of
from platform_sim.core.actions.addons_end import destroy_addon
from platform_sim.core.actions.attachments import attach, detach
from platform_sim.core.model.addons import Addon, AddonService, Attachment
from platform_sim.core.model.seams import LogSource
from platform_sim.core.store import Database

from ... import support
from ..world import Populated, Reply, new_world, populate
from .test_messages import VECTOR, framed, message

TYPE = "application/logplex-1"


class Said(NamedTuple):
    """One line as the log was told."""

    app_id: str
    source: LogSource
    dyno: str
    text: str


class Door:
    """The door of a full world, and what came through it."""

    def __init__(self, full: Populated) -> None:
        self.full = full
        self.lines: list[Said] = []
        full.world.doors.log = lambda app_id, source, dyno, text: self.lines.append(Said(app_id, source, dyno, text))
        self.token = self.token_of("acme")

    def token_of(self, app: str) -> str:
        """The input token that the partner finds at its attachment."""
        [attachment] = self.full.world.get(f"/apps/{app}/addon-attachments", token=self.full.partner)
        user_part = attachment["log_input_url"].removeprefix("http://").removesuffix("@localhost:5100/logs")
        user, _, token = user_part.partition(":")
        assert user == "token"
        return str(token)

    def post(
        self,
        body: bytes,
        *,
        user: str = "token",
        token: str | None = None,
        headers: Mapping[str, str] | None = None,
        method: str = "POST",
    ) -> Reply:
        """Send a body; a header with an empty value is left out."""
        credentials = base64.b64encode(f"{user}:{token or self.token}".encode()).decode()
        sent = {"Authorization": f"Basic {credentials}", "Content-Type": TYPE} | dict(headers or {})
        kept = {name: value for name, value in sent.items() if value}
        length = {"CONTENT_LENGTH": str(len(body))}  # the test client leaves out that of an empty body
        client = self.full.world.client
        return Reply.to_client(client.open("/logs", method=method, headers=kept, data=body, environ_overrides=length))


@pytest.fixture
def door(full: Populated) -> Door:
    """A door with the add-on of the full world before it."""
    return Door(full)


@pytest.mark.parametrize("content_type", ["application/logplex-1", "application/x-logplex-1", "Application/Logplex-1"])
def test_lines_appear_in_the_app_s_log(content_type: str, door: Door) -> None:
    answer = door.post(framed(VECTOR, message(b"bar", process=b"-")), headers={"Content-Type": content_type})
    assert (answer.status_code, answer.data) == (204, b"")
    app = door.full.app.id
    assert door.lines == [Said(app, "app", "procid", "foo"), Said(app, "app", "exceptions", "bar")]


@pytest.mark.parametrize("count", ["", "2"])
def test_the_count_is_optional_but_must_be_right(count: str, door: Door) -> None:
    assert door.post(framed(VECTOR, VECTOR), headers={"Logplex-Msg-Count": count}).status_code == 204
    assert len(door.lines) == 2


@pytest.mark.parametrize("count", ["0", "1", "3", "-2", "two", "2.0", "02", "²", "9" * 100])
def test_a_wrong_count_is_refused_and_nothing_is_written(count: str, door: Door) -> None:
    answer = door.post(framed(VECTOR, VECTOR), headers={"Logplex-Msg-Count": count})
    assert (answer.status_code, answer.text) == (400, "Message count mismatch")
    assert door.lines == []


@pytest.mark.parametrize("body", [b"89 " + VECTOR, framed(VECTOR) + b"x", b"hello", framed(VECTOR, b"hello")])
def test_malformed_messages_are_refused_all_together(body: bytes, door: Door) -> None:
    answer = door.post(body, headers={"Logplex-Msg-Count": "7"})
    assert (answer.status_code, answer.text) == (400, "Malformed log messages")
    assert door.lines == []


def test_an_empty_body_says_nothing(door: Door) -> None:
    assert door.post(b"").status_code == 204
    assert door.lines == []


def basic(value: str) -> str:
    return "Basic " + base64.b64encode(value.encode()).decode()


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Basic",
        "Basic %%%",
        "Basic /w==",
        basic("token"),
        basic("token:"),
        basic("token:t.01234567-89ab-cdef-0123-456789abcdef"),
        basic("exceptions:partner-password"),
        "Bearer TOKEN",
        "Bearer CUSTOMER",
        "Basic CUSTOMER",
    ],
)
def test_without_good_credentials_there_is_a_challenge(header: str, door: Door) -> None:
    header = header.replace("TOKEN", door.token).replace("CUSTOMER", door.full.world.token)
    with door.full.world.nothing_written():
        answer = door.post(framed(VECTOR), headers={"Authorization": header})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Basic realm="Logplex"'
    assert door.lines == []


def test_the_user_must_be_token(door: Door) -> None:
    for user in ("", "Token", "t", "heroku"):
        assert door.post(framed(VECTOR), user=user).status_code == 401


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_only_post_is_allowed(method: str, door: Door) -> None:
    answer = door.post(framed(VECTOR), method=method)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
    assert door.lines == []


@pytest.mark.parametrize("content_type", ["", "text/plain", "application/json", "application/logplex-2", "logplex-1"])
def test_another_type_is_refused(content_type: str, door: Door) -> None:
    assert door.post(framed(VECTOR), headers={"Content-Type": content_type}).status_code == 415
    assert door.lines == []


def test_a_length_is_required(door: Door) -> None:
    answer = door.post(framed(VECTOR), headers={"Transfer-Encoding": "chunked"})
    assert answer.status_code == 411
    client = door.full.world.client
    headers = {"Authorization": basic(f"token:{door.token}"), "Content-Type": TYPE}
    nothing = client.post("/logs", headers=headers, environ_overrides={"CONTENT_LENGTH": ""})
    assert nothing.status_code == 411
    assert door.lines == []


def test_gzip(door: Door) -> None:
    packed = gzip.compress(framed(VECTOR, VECTOR))
    for encoding in ("gzip", "GZIP"):
        headers = {"Content-Encoding": encoding, "Logplex-Msg-Count": "2"}
        assert door.post(packed, headers=headers).status_code == 204
    assert len(door.lines) == 4


@pytest.mark.parametrize("spoil", ["cut", "follow", "no gzip", "empty", "raw"])
def test_gzip_that_is_none_is_malformed(spoil: str, door: Door) -> None:
    packed = gzip.compress(framed(VECTOR))
    body = {
        "cut": packed[:-9],
        "follow": packed + b"x",
        "no gzip": b"\x1f\x8b" + b"x" * 50,
        "empty": b"",
        "raw": framed(VECTOR),
    }[spoil]
    answer = door.post(body, headers={"Content-Encoding": "gzip"})
    assert (answer.status_code, answer.text) == (400, "Malformed log messages")
    assert door.lines == []


@pytest.mark.parametrize("encoding", ["deflate", "br", "gzip, gzip", "x"])
def test_other_encodings_are_refused(encoding: str, door: Door) -> None:
    assert door.post(framed(VECTOR), headers={"Content-Encoding": encoding}).status_code == 415


def test_large_bodies_are_refused_packed_or_not(tmp_path: Path) -> None:
    world = new_world(tmp_path, body_size_limit=1000)
    door = Door(populate(world))
    limit = framed(message(b"x" * (1000 - len(framed(message(b"xxx"))) + 2)))
    assert len(limit) == 1000
    assert door.post(limit).status_code == 204
    assert door.post(gzip.compress(limit), headers={"Content-Encoding": "gzip"}).status_code == 204
    for body in (limit + b"x", framed(message(b"x" * 2000))):
        assert door.post(body).status_code == 413
        assert door.post(gzip.compress(body), headers={"Content-Encoding": "gzip"}).status_code == 413
    bomb = gzip.compress(gzip.compress(b"\0" * 10_000_000))
    assert door.post(bomb, headers={"Content-Encoding": "gzip"}).status_code in (400, 413)
    assert len(door.lines) == 2
    world.database.close()


def test_the_token_itself_is_not_published(door: Door) -> None:
    token = door.token.encode()
    body = framed(message(b"I am " + token, host=token, app=token, process=token), message(b"x", process=b"a-" + token))
    assert door.post(body).status_code == 204
    assert [(said.dyno, said.text) for said in door.lines] == [("exceptions", "I am exceptions"), ("a-exceptions", "x")]


def test_each_app_has_its_own_token_and_loses_it_with_the_attachment(door: Door) -> None:
    world, addon = door.full.world, door.full.addon
    with world.database.transaction() as tx:
        [other] = [app for app in tx.all(type(door.full.app)) if app.name == "other"]
        begin_logs(tx, world.customer.account, other, addon, tx.get(AddonService, addon.service_id))
    token = door.token_of("other")
    assert door.post(framed(VECTOR), token=token).status_code == 204
    assert [said.app_id for said in door.lines] == [other.id]
    with world.database.transaction() as tx:
        [shared] = tx.all(Attachment, app_id=other.id)
        detach(tx, world.customer.account, other, shared, addon)
    assert door.post(framed(VECTOR), token=token).status_code == 401
    assert door.post(framed(VECTOR)).status_code == 204, "the other app's token is as good as before"


def test_invariant_14_who_was_destroyed_writes_no_more(door: Door) -> None:
    world = door.full.world
    with world.database.transaction() as tx:
        destroy_addon(tx, world.customer, tx.get(Addon, door.full.addon.id), force=True)
    assert door.post(framed(VECTOR)).status_code == 401
    assert door.lines == []


def test_detached_while_it_is_made_an_add_on_writes_nothing_until_it_is_attached_again(door: Door) -> None:
    world, app = door.full.world, door.full.app
    with world.database.transaction() as tx:
        support.new_service(tx, "metrics", requires=("log_input",))
        addon = support.new_pending_addon(tx, world.customer, app, "metrics")
        [attachment] = tx.all(Attachment, addon_id=addon.id)
    token = input_token(world.database, addon)
    with world.database.transaction() as tx:
        detach(tx, world.customer.account, app, attachment, addon)
    assert door.post(framed(VECTOR), token=token).status_code == 401
    with world.database.transaction() as tx:
        attach(tx, world.customer, app, addon)
    assert door.post(framed(VECTOR), token=token).status_code == 204, "the partner was told of this one"


def input_token(database: Database, addon: Addon) -> str:
    """For its own app."""
    with database.snapshot() as rows:
        return input_token_of(rows, addon.id, addon.app_id) or ""


def test_a_second_service_s_token_writes_its_own_name(door: Door) -> None:
    world = door.full.world
    with world.database.transaction() as tx:
        support.new_service(tx, "metrics", requires=("log_input",))
        addon = support.new_addon(tx, world.customer, door.full.app, "metrics")
    [attachment] = world.get(f"/addons/{addon.id}/addon-attachments")
    token = attachment["log_input_url"].split("@")[0].rpartition(":")[2]
    assert door.post(framed(message(process=b"-")), token=token).status_code == 204
    assert door.lines == [Said(door.full.app.id, "app", "metrics", "foo")]


def test_log_sessions_are_not_in_the_way(door: Door) -> None:
    """`/logs/<secret>` belongs to readers, `/logs/` to nobody."""
    for path in ("/logs/", "/logs/x"):
        assert door.full.world.call("POST", path, data=b"x").status_code == 404


def test_a_bug_of_ours_is_told_as_text_and_without_details(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("platform_sim.web.log_input.blueprint.parse", breaks)
    answer = door.post(framed(VECTOR))
    assert answer.status_code == 500
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert "secret detail" not in answer.text
