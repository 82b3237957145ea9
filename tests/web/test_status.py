"""The status host and what an operator tells it (heroku-cli §15: status)."""

from typing import Any

from .world import World


def status(world: World) -> Any:
    answer = world.call("GET", "/api/v4/current-status", token=None, headers={"Accept": "*/*"})
    assert answer.status_code == 200
    return answer.json


def test_all_is_well_until_somebody_says_otherwise(world: World) -> None:
    assert status(world) == {
        "incidents": [],
        "scheduled": [],
        "status": [{"status": "green", "system": system} for system in ("Apps", "Data", "Tools")],
    }


def test_an_incident_is_shown_until_it_is_over(world: World) -> None:
    body = {"title": "Disks are slow", "severity": "red", "systems": ["Data"], "contents": "We look into it."}
    made = world.call("POST", "/sim/incidents", body)
    assert made.status_code == 201
    shown = status(world)
    assert [each["status"] for each in shown["status"]] == ["green", "red", "green"]
    assert shown["incidents"] == [made.json]
    assert made.json["full_url"] == f"http://localhost:5100/sim/incidents/{made.json['id']}"
    assert [each["contents"] for each in made.json["updates"]] == ["We look into it."]
    path = f"/sim/incidents/{made.json['id']}"
    assert world.get(path) == made.json
    over = world.call("PATCH", path, {"resolved": True}).json
    assert (over["resolved"], over["updates"][0]["update_type"]) == (True, "resolved")
    assert status(world)["incidents"] == []
    assert world.get("/sim/incidents") == [over]
    assert world.call("PATCH", path, {"resolved": True}).error == (422, "invalid_params")
    assert world.call("PATCH", "/sim/incidents/x", {"resolved": True}).error == (404, "not_found")


def test_a_title_is_enough(world: World) -> None:
    made = world.call("POST", "/sim/incidents", {"title": "Something"}).json
    assert (made["severity"], made["systems"]) == ("yellow", ["Apps", "Data", "Tools"])
    assert world.call("POST", "/sim/incidents", {}).error == (422, "invalid_params")


def test_a_token_is_needed_to_declare_and_none_to_look(world: World) -> None:
    with world.nothing_written():
        assert world.call("POST", "/sim/incidents", {"title": "x"}, token=None).error == (401, "unauthorized")
    status(world)
