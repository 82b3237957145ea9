"""`platform-sim incidents`: what is sent, and what is shown."""

import json

from .conftest import Run
from .fake_api import FakeApi

DISKS = {"id": "one", "title": "Disks are slow", "systems": ["Data"], "severity": "red", "resolved": False}
OVER = {"id": "two", "title": "Old", "systems": ["Apps", "Tools"], "severity": "blue", "resolved": True}
DECLARE, LIST, ONE = "POST /sim/incidents", "GET /sim/incidents", "PATCH /sim/incidents/one"


def test_declared(api: FakeApi, run: Run) -> None:
    api.on(DECLARE, DISKS, 201)
    result = run("incidents", "declare", "Disks are slow", "--severity", "red", "--system", "Data", "--text", "Wait.")
    assert (result.exit_code, result.stdout) == (0, "Declared: Disks are slow (Data: red)\n")
    assert api.body_of(DECLARE) == {
        "title": "Disks are slow",
        "severity": "red",
        "systems": ["Data"],
        "contents": "Wait.",
    }
    assert json.loads(run("incidents", "declare", "x", "--json").stdout) == DISKS
    assert api.body_of(DECLARE) == {"title": "x", "severity": "yellow", "systems": ["Apps", "Data", "Tools"]}
    assert run("incidents", "declare", "x", "--severity", "green").exit_code == 2


def test_the_list(api: FakeApi, run: Run) -> None:
    api.on(LIST, [DISKS, OVER])
    lines = run("incidents", "list").stdout.splitlines()
    assert [line.split() for line in lines[2:]] == [
        ["Disks", "are", "slow", "Data", "red", "open"],
        ["Old", "Apps,", "Tools", "blue", "over"],
    ]
    assert json.loads(run("incidents", "list", "--json").stdout) == [DISKS, OVER]


def test_resolved_are_all_that_are_open(api: FakeApi, run: Run) -> None:
    api.on(LIST, [DISKS, OVER])
    api.on(ONE, DISKS | {"resolved": True})
    assert run("incidents", "resolve").stdout == "Over: Disks are slow\n"
    assert api.body_of(ONE) == {"resolved": True}
    assert run("incidents", "resolve", "one", "--text", "Fixed.").stdout == "Over: Disks are slow\n"
    assert api.body_of(ONE) == {"resolved": True, "contents": "Fixed."}


def test_nothing_to_resolve(api: FakeApi, run: Run) -> None:
    api.on(LIST, [OVER])
    assert run("incidents", "resolve").stdout == "No incident is open.\n"
    assert json.loads(run("incidents", "resolve", "--json").stdout) == []
