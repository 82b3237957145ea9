"""Formation, dynos and log sessions, as the CLI and heroku3 ask for them (platform-api §5, §6)."""

import json
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest

from platform_sim.core.model.apps import Dyno, LogSessionRow

from ...world import Populated, World


def quantities(world: World) -> dict[str, int]:
    return {f["type"]: f["quantity"] for f in world.get("/apps/acme/formation")}


SCALES: list[tuple[Any, int]] = [(2, 2), ("2", 2), ("+1", 2), ("-1", 0), ("+0", 1), (0, 0), ("100", 100)]


@pytest.mark.parametrize(("sent", "meant"), SCALES)
def test_quantities_in_every_spelling(sent: Any, meant: int, full: Populated) -> None:
    answer = full.world.call("PATCH", "/apps/acme/formation", {"updates": [{"type": "web", "quantity": sent}]})
    assert (answer.status_code, answer.json[0]["quantity"]) == (200, meant)
    assert quantities(full.world) == {"web": meant, "worker": 0}


@pytest.mark.parametrize("quantity", ["", "x", "1.5", "++1", "+", "²", " 1", "1 ", "101", "-2", "+100", "9" * 20])
def test_bad_quantities(quantity: str, full: Populated) -> None:
    for method, path, body in (
        (
            "PATCH",
            "/apps/acme/formation",
            {"updates": [{"type": "worker", "quantity": 5}, {"type": "web", "quantity": quantity}]},
        ),
        ("PATCH", "/apps/acme/formation/web", {"quantity": quantity}),
    ):
        with full.world.nothing_written():
            assert full.world.call(method, path, body).error == (422, "invalid_params")


def test_all_updates_or_none(full: Populated) -> None:
    updates: list[dict[str, Any]] = [{"type": "web", "quantity": 3}, {"type": "nothing", "quantity": 1}]
    with full.world.nothing_written():
        answer = full.world.call("PATCH", "/apps/acme/formation", {"updates": updates})
    assert (answer.error, answer.json["resource"]) == ((404, "not_found"), "formation")
    assert full.world.call("PATCH", "/apps/acme/formation", {"updates": []}).json == []


def test_old_and_new_names_of_fields(full: Populated) -> None:
    """`process` for `type`, `size` beside `dyno_size` (platform-api §5)."""
    updates = [{"process": "web", "quantity": "2", "size": "standard-1x"}]
    assert full.world.call("PATCH", "/apps/acme/formation", {"updates": updates}).json[0]["size"] == "Standard-1X"
    for sent in ("Standard-2X", {"name": "Standard-2X"}):
        answer = full.world.call("PATCH", "/apps/acme/formation/web", {"dyno_size": sent, "size": "Eco"})
        assert (answer.json["dyno_size"]["name"], answer.json["quantity"]) == ("Standard-2X", 2)
    with full.world.nothing_written():
        missing = full.world.call("PATCH", "/apps/acme/formation", {"updates": [{"quantity": 1}]})
        assert missing.error == (422, "invalid_params")
        assert full.world.call("PATCH", "/apps/acme/formation/web", {"size": "Huge"}).error == (422, "invalid_params")


def test_one_process_type_by_name_or_id(full: Populated) -> None:
    web = full.world.get("/apps/acme/formation/web")
    assert full.world.get(f"/apps/acme/formation/{web['id']}") == web
    assert full.world.call("PATCH", f"/apps/acme/formation/{web['id']}", {"quantity": 4}).json["quantity"] == 4
    with full.world.nothing_written():
        assert (
            full.world.call("PATCH", "/apps/acme/formation/web", {"quantity": 4, "type": "worker"}).status_code == 200
        )


def test_dynos_in_lists_and_alone(full: Populated) -> None:
    dynos = full.world.get("/apps/acme/dynos")
    assert [d["name"].split(".")[0] for d in dynos] == ["run", "web"]
    for dyno in dynos:
        assert full.world.get(f"/apps/acme/dynos/{dyno['name']}") == dyno
        assert full.world.get(f"/apps/acme/dynos/{dyno['id']}") == dyno
    assert full.world.call("GET", "/apps/other/dynos/web.1").error == (404, "not_found")


def wanted(world: World) -> list[str]:
    with world.database.snapshot() as rows:
        return sorted(dyno.name.split(".")[0] for dyno in rows.all(Dyno, wanted=True))


@pytest.mark.parametrize(
    ("method", "path", "left"),
    [
        ("DELETE", "/apps/acme/dynos", ["run"]),
        ("DELETE", "/apps/acme/dynos/web.1", ["run"]),
        ("POST", "/apps/acme/dynos/web.1/actions/stop", ["run"]),
        ("DELETE", "/apps/acme/formations/web", ["run"]),
        ("POST", "/apps/acme/formations/web/actions/stop", ["run"]),
        ("POST", "/apps/acme/formations/run/actions/stop", ["web"]),
    ],
)
def test_restarts_and_stops_are_accepted(method: str, path: str, left: list[str], full: Populated) -> None:
    """202 and `{}`: the supervisor does it (platform-api §4.4)."""
    answer = full.world.call(method, path)
    assert (answer.status_code, answer.json) == (202, {})
    assert wanted(full.world) == left


def test_what_does_not_run_cannot_be_stopped(full: Populated) -> None:
    with full.world.nothing_written():
        for method, path in (
            ("DELETE", "/apps/acme/dynos/web.9"),
            ("POST", "/apps/acme/dynos/web.9/actions/stop"),
            ("DELETE", "/apps/acme/formations/nothing"),
            ("POST", "/apps/acme/formations/nothing/actions/stop"),
        ):
            answer = full.world.call(method, path)
            assert (answer.error, answer.json["resource"]) == ((404, "not_found"), "dyno")


def test_a_detached_one_off_dyno(full: Populated) -> None:
    body = {"command": "python x.py", "attach": False, "env": {"A": "1"}, "size": "eco", "force_no_tty": None}
    answer = full.world.call("POST", "/apps/acme/dynos", body)
    assert answer.status_code == 201
    dyno = answer.json
    assert dyno["name"].startswith("run.")
    assert (dyno["command"], dyno["size"], dyno["attach_url"]) == ("python x.py", "Eco", None)
    with full.world.database.snapshot() as rows:
        assert rows.get(Dyno, dyno["id"]).env == {"A": "1"}
    assert full.world.call("POST", "/apps/acme/dynos", {"command": "worker"}).json["command"] == "work"
    scheduled = full.world.call("POST", "/apps/acme/dynos", {"command": "x", "type": "scheduler"}).json
    assert scheduled["name"].startswith("scheduler.")


BAD_RUNS: list[dict[str, Any]] = [
    {"command": " "},
    {"command": "x", "size": "Huge"},
    {"command": "x", "type": "a b"},
    {"command": "x", "env": {"A B": "1"}},
    {"command": "x", "env": {"é": "1"}},
    {"command": "x", "env": {"A": 1}},
    {"command": "x", "time_to_live": 86_401},
    {"command": "x", "time_to_live": "soon"},
]


@pytest.mark.parametrize("body", BAD_RUNS, ids=str)
def test_bad_one_off_dynos(body: dict[str, Any], full: Populated) -> None:
    with full.world.nothing_written():
        assert full.world.call("POST", "/apps/acme/dynos", body).error == (422, "invalid_params")


@pytest.mark.parametrize(("more", "tty"), [({}, True), ({"force_no_tty": True}, False), ({"force_no_tty": None}, True)])
def test_an_attached_dyno_tells_its_secret_address_once(more: dict[str, Any], tty: bool, full: Populated) -> None:
    answer = full.world.call("POST", "/apps/acme/dynos", {"command": "bash", "attach": True, **more})
    assert answer.status_code == 201
    where = urlsplit(answer.json["attach_url"])
    assert where.scheme == "rendezvous"
    with full.world.database.snapshot() as rows:
        kept = rows.get(Dyno, answer.json["id"])
    assert (f"/{kept.attach_secret}", kept.tty) == (where.path, tty)
    again = full.world.get(f"/apps/acme/dynos/{answer.json['name']}")
    assert again["attach_url"] is None
    assert str(kept.attach_secret) not in json.dumps(full.world.get("/sim/events"))


def test_a_detached_dyno_has_no_address(full: Populated) -> None:
    answer = full.world.call("POST", "/apps/acme/dynos", {"command": "bash", "attach": False})
    assert answer.json["attach_url"] is None


def test_a_time_to_live_reaches_the_row(full: Populated) -> None:
    made = full.world.call("POST", "/apps/acme/dynos", {"command": "x", "time_to_live": 1800})
    assert made.status_code == 201
    with full.world.database.snapshot() as rows:
        dyno = rows.get(Dyno, made.json["id"])
    assert dyno.expires_at == dyno.created_at + timedelta(seconds=1800)


@pytest.mark.parametrize(("more", "tty"), [({}, True), ({"force_no_tty": True}, False)], ids=str)
def test_a_command_inside_a_dyno(more: dict[str, Any], tty: bool, full: Populated) -> None:
    """As `heroku run:inside` asks: without `attach`, and attached all the same (heroku-cli §5)."""
    body = {"command": "ls", "env": {"TERM": "xterm"}, **more}
    answer = full.world.call("POST", "/apps/acme/dynos/web.1", body)
    assert answer.status_code == 201
    with full.world.database.snapshot() as rows:
        kept = rows.get(Dyno, answer.json["id"])
        host = rows.find(Dyno, name="web.1")
    assert host is not None
    assert (kept.inside_id, kept.command, kept.env, kept.tty) == (host.id, "ls", {"TERM": "xterm"}, tty)
    where = urlsplit(answer.json["attach_url"])
    assert (where.scheme, where.path) == ("rendezvous", f"/{kept.attach_secret}")
    listed = [dyno for dyno in full.world.get("/apps/acme/dynos") if dyno["name"] == answer.json["name"]]
    assert [(dyno["type"], dyno["attach_url"]) for dyno in listed] == [("run", None)]


def test_a_command_inside_what_does_not_run(full: Populated) -> None:
    with full.world.nothing_written():
        unknown = full.world.call("POST", "/apps/acme/dynos/web.9", {"command": "ls"})
        assert (unknown.error, unknown.json["resource"]) == ((404, "not_found"), "dyno")
        (one_off,) = [dyno for dyno in full.world.get("/apps/acme/dynos") if dyno["type"] == "run"]
        early = full.world.call("POST", f"/apps/acme/dynos/{one_off['name']}", {"command": "ls"})
        assert early.error == (422, "invalid_params")
        assert "is starting" in early.json["message"]


def test_an_app_that_was_never_deployed_runs_nothing(world: World) -> None:
    world.call("POST", "/apps", {"name": "acme"})
    answer = world.call("POST", "/apps/acme/dynos", {"command": "ls"})
    assert answer.error == (422, "invalid_params")
    assert "git push" in answer.json["message"]
    assert world.call("PATCH", "/apps/acme/formation/web", {"quantity": 1}).error == (404, "not_found")


SESSIONS: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({}, {"lines": 100, "tail": False, "dyno": None, "source": None}),
    ({"tail": 0, "lines": "15"}, {"lines": 15, "tail": False}),
    ({"tail": True, "dyno": "web.1", "source": "app"}, {"tail": True, "dyno": "web.1", "source": "app"}),
    ({"dyno_name": "web"}, {"dyno": "web"}),
    ({"type": "web"}, {"dyno": "web"}),
    ({"lines": 10**9}, {"lines": 1500}),
    ({"lines": 0, "tail": 1}, {"lines": 0, "tail": True}),
    ({"dyno": None, "source": None, "lines": None}, {"lines": 100, "dyno": None}),
]


@pytest.mark.parametrize(("body", "meant"), SESSIONS, ids=str)
def test_log_sessions(body: dict[str, Any], meant: dict[str, Any], full: Populated) -> None:
    answer = full.world.call("POST", "/apps/acme/log-sessions", body)
    assert answer.status_code == 201
    with full.world.database.snapshot() as rows:
        (session,) = rows.all(LogSessionRow)
    assert {key: getattr(session, key) for key in meant} == meant
    assert answer.json["logplex_url"] == f"http://localhost:5100/logs/{session.secret}"
    assert len(session.secret) == 32


def test_bad_log_sessions(full: Populated) -> None:
    with full.world.nothing_written():
        for body in ({"lines": -1}, {"lines": "x"}, {"tail": "yes"}, {"dyno": 5}):
            assert full.world.call("POST", "/apps/acme/log-sessions", body).error == (422, "invalid_params")


def test_a_partner_sees_no_dyno_and_reads_no_log(full: Populated) -> None:
    for method, path in (
        ("GET", "/apps/acme/dynos"),
        ("GET", "/apps/acme/dynos/web.1"),
        ("DELETE", "/apps/acme/dynos"),
        ("GET", "/apps/acme/formation"),
        ("PATCH", "/apps/acme/formation"),
        ("POST", "/apps/acme/log-sessions"),
    ):
        assert full.world.call(method, path, token=full.partner).error == (403, "forbidden"), path
