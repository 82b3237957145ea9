"""`/sim/lessons`: whose lessons they are, of which app, and that a beginning is an event."""

import pytest

from platform_sim.core.model.records import Event

from .world import Populated


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_only_customers_learn(method: str, full: Populated) -> None:
    full.lets_in_customers_only(method, "/sim/lessons")


def test_the_lessons_of_an_app(full: Populated) -> None:
    world = full.world
    with world.nothing_written():
        found = world.get("/sim/lessons?app=other")
    assert (found["app"], found["begun_at"], found["next"]) == ("other", None, 1)
    assert [each["number"] for each in found["lessons"]] == list(range(1, 9))
    assert found["lessons"][0]["commands"] == ["platform-sim heroku addons:create exceptions:test -a other --wait"]
    assert world.get("/sim/lessons")["app"] == "acme", "which runs code"
    assert world.call("GET", "/sim/lessons?app=nope").error == (404, "not_found")
    assert world.call("GET", "/sim/lessons?app=acme", token=world.strangers_token).status_code == 404


def test_a_beginning_is_an_event(full: Populated) -> None:
    world = full.world
    assert world.get("/sim/lessons?app=acme")["lessons"][0]["done"]
    answer = world.call("POST", "/sim/lessons?app=acme")
    assert (answer.status_code, answer.json["begun_at"], answer.json["next"]) == (201, "2026-03-01T12:00:00Z", 1)
    assert world.get("/sim/lessons?app=acme") == answer.json
    with world.database.snapshot() as rows:
        (event,) = rows.all(Event, kind="learning")
    assert (event.actor_email, event.app_id) == ("user@example.com", None)
