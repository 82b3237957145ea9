"""`/sim/reset` with a seed: everything is forgotten, and all repeats as on a platform that was started with it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from platform_sim.core.errors import Conflict
from platform_sim.core.model.accounts import AccessToken
from platform_sim.core.model.records import Job
from platform_sim.core.store import Transaction
from platform_sim.web import passing

from ..support import START
from .world import Populated, World, deprovisions, new_world, playing

AT = START.isoformat()


@pytest.fixture
def patient(full: Populated, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A full world, whose partner acknowledges the end of its add-ons. Nothing else is done: that is not waited for."""
    monkeypatch.setattr(passing, "settle", lambda database, seconds: [])
    full.world.database.rules = replace(full.world.database.rules, customer_patience=30.0)
    with playing(full.world, deprovision=deprovisions):
        yield full.world
    full.world.database.close()


def reset(world: World, **wish: Any) -> Any:
    """Dynos have no supervisor here: their rows go with force."""
    answer = world.call("POST", "/sim/reset", wish)
    assert answer.status_code == 200, answer.text
    return answer.json


def script(world: World, token: str) -> tuple[bytes, str]:
    """Some calls and a move of the clock; the event log, and an id."""
    made = world.call("POST", "/apps", {"name": "acme"}, token=token).json
    world.call("PATCH", "/apps/acme/config-vars", {"A": "b"}, token=token)
    world.call("POST", "/sim/clock/advance", {"by": "9h"}, token=token)
    world.call("POST", "/apps", {}, token=token)
    world.call("POST", "/sim/users", {"email": "new@example.com"}, token=token)
    return world.call("GET", "/sim/events", token=token).data, made["id"]


def test_it_is_as_one_that_was_just_started(patient: World, tmp_path: Path) -> None:
    other = new_world(tmp_path / "other")
    told = [reset(each, seed=7, at=AT, force=True) for each in (other, patient)]
    assert told[0]["token"] == told[1]["token"]
    assert (told[1]["apps_destroyed"], told[1]["addons_left"], told[1]["seed"]) == (5, 0, 7)
    rows = [each.rows() for each in (other, patient)]
    assert {name: len(found) for name, found in rows[0].items()} == {
        name: len(found) for name, found in rows[1].items()
    }
    assert patient.get("/apps") == patient.get("/addon-services") == []
    assert patient.get("/sim/status")["seed"] == 7
    logs = [script(each, told[0]["token"]) for each in (other, patient)]
    assert logs[0] == logs[1]
    assert b"acme" in logs[0][0]
    other.database.close()


def test_again_and_again_the_log_is_the_same_byte_for_byte(world: World) -> None:
    logs = []
    for _ in range(3):
        reset(world, seed=7, at=AT)
        logs.append(script(world, ""))
    assert logs[0] == logs[1] == logs[2]
    other = reset(world, seed=8, at=AT)
    assert script(world, other["token"])[1] != logs[0][1]


def test_the_token_that_asked_goes_on_working_and_no_stream_knows_of_it(world: World) -> None:
    first = reset(world, seed=7)
    assert first["token"] != world.token
    assert world.get("/account")["email"] == world.get("/account", token=first["token"])["email"] == "you@example.com"
    assert world.call("GET", "/account", token=world.strangers_token).error == (401, "unauthorized")
    with world.database.snapshot() as rows:
        assert {row.token for row in rows.all(AccessToken)} == {world.token, first["token"]}
    again = world.call("POST", "/sim/reset", {"seed": 7}, token=first["token"]).json
    assert again["token"] == first["token"]
    assert world.call("GET", "/account").error == (401, "unauthorized")


def test_a_browser_without_a_cookie_is_the_new_customer(world: World) -> None:
    before = world.doors.customer_id
    reset(world, seed=7)
    assert world.doors.customer_id != before
    assert world.client.get("/dashboard", headers={"Accept": "text/html"}, follow_redirects=True).status_code == 200


def test_the_clock_stays_or_stands_where_it_is_told(world: World) -> None:
    world.call("POST", "/sim/clock/advance", {"by": "9h"})
    reset(world, seed=7)
    assert world.get("/sim/clock")["now"] == (START + timedelta(hours=9)).isoformat()
    reset(world, seed=7, at=AT)
    assert (world.get("/sim/clock")["now"], world.get("/sim/clock")["frozen"]) == (AT, True)
    assert {each["created_at"] for each in world.get("/sim/users")} == {"2026-03-01T12:00:00Z"}
    world.call("POST", "/sim/clock/resume", {})
    reset(world, seed=7)
    assert world.get("/sim/clock")["frozen"] is False


def test_what_a_partner_has_not_acknowledged_is_not_forgotten(full: Populated) -> None:
    world = full.world
    answer = world.call("POST", "/sim/reset", {"seed": 7})
    assert answer.error == (409, "conflict")
    assert "an add-on has not been acknowledged" in answer.json["message"]
    assert world.get("/sim/status")["seed"] != 7
    assert [service["name"] for service in world.get("/sim/services")] == ["exceptions"]
    reset(world, seed=7, force=True)
    assert world.get("/sim/services") == []
    with world.database.snapshot() as rows:
        assert rows.all(Job) == []


def test_files_of_apps_go(world: World) -> None:
    kept = world.doors.layout.root / "authority"
    for folder in (*world.doors.layout.of_apps(), kept):
        folder.mkdir(parents=True)
        (folder / "file").write_text("x")
    reset(world, seed=7)
    assert [folder.name for folder in world.doors.layout.root.iterdir()] == ["authority"]


@pytest.mark.parametrize(
    ("wish", "why"),
    [
        ({"seed": "seven"}, "seed must be a whole number"),
        ({"seed": 7, "at": "noon"}, "at: "),
        ({"at": AT}, "at and force go with seed"),
        ({"force": True}, "at and force go with seed"),
    ],
)
def test_what_cannot_be_done_ends_nothing(wish: dict[str, Any], why: str, world: World) -> None:
    world.call("POST", "/apps", {"name": "acme"})
    with world.nothing_written():
        answer = world.call("POST", "/sim/reset", wish)
    assert answer.error == (422, "invalid_params")
    assert why in answer.json["message"]


def test_one_that_fails_leaves_seed_and_rows(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(tx: Transaction) -> Any:
        raise Conflict("no")

    world.doors.begin = fails
    with world.nothing_written():
        assert world.call("POST", "/sim/reset", {"seed": 7}).error == (409, "conflict")
    assert world.get("/sim/status")["seed"] != 7


def test_every_noun_is_forgotten(full: Populated) -> None:
    reset(full.world, seed=7, force=True)
    counts = {name: len(rows) for name, rows in full.world.rows().items() if rows}
    assert set(counts) <= {"Account", "Authorization", "AccessToken", "Sequence", "ClockState", "Event"}, counts
