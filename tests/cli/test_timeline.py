"""`timeline`: a calm tree, its meaning, files, and following over broken connections."""

import json
from pathlib import Path
from typing import Any

import pytest

from platform_sim.cli.timeline import Growing, meaning

from .conftest import Run
from .fake_api import FakeApi


def step(title: str, *children: Any, **more: Any) -> dict[str, Any]:
    """A step as `/sim/timeline` tells it."""
    fields: dict[str, Any] = {
        "id": title,
        "parent": None,
        "kind": "event",
        "from": "platform",
        "to": "platform",
        "title": title,
        "sentence": f"It is {title}.",
        "section": "",
        "started": "2026-01-02T03:04:05+00:00",
        "milliseconds": None,
        "open": False,
        "app": None,
        "addon": None,
        "details": {},
        "children": list(children),
    }
    return fields | more


def exchange(title: str, *children: Any, **more: Any) -> dict[str, Any]:
    told = {"kind": "exchange", "from": "customer", "milliseconds": 35, "details": {"status": 201, "problem": None}}
    return step(title, *children, **told | more)


TREE = exchange(
    "POST /apps/acme/addons",
    step("attached"),
    exchange("POST /r", step("release v4", step("web.1 starts", to="app")), **{"from": "platform", "to": "partner"}),
    section="2.2 What the customer does",
)


def test_a_tree(api: FakeApi, run: Run) -> None:
    api.on("GET /sim/timeline?limit=10", {"cursor": "1-1", "trees": [TREE]})
    assert run("timeline").stdout.splitlines() == [
        "2026-01-02T03:04:05+00:00",
        "customer → platform  POST /apps/acme/addons  201  35 ms",
        "├─ platform  attached",
        "└─ platform → partner  POST /r  201  35 ms",
        "   └─ platform  release v4",
        "      └─ platform → app  web.1 starts",
    ]


def test_explained(api: FakeApi, run: Run) -> None:
    api.on("GET /sim/timeline?app=acme&addon=db&party=partner&limit=1", {"cursor": "1-1", "trees": [TREE]})
    words = ("timeline", "--last", "-a", "acme", "--addon", "db", "--party", "partner", "--explain")
    lines = run(*words).stdout.splitlines()
    assert lines[2].endswith("It is POST /apps/acme/addons. (docs/partner-contract.md, 2.2 What the customer does)")
    assert len(lines) == 1 + 2 * 5
    assert meaning(step("x", section="docs/pg-commands.md")) == "It is x. (docs/pg-commands.md)"


def test_as_json(api: FakeApi, run: Run) -> None:
    found = {"cursor": "1-1", "trees": [TREE]}
    api.on("GET /sim/timeline?limit=10", found)
    assert json.loads(run("timeline", "--json").stdout) == found


def test_an_exchange_without_an_answer_says_so(api: FakeApi, run: Run) -> None:
    failed = exchange("POST /r", milliseconds=9, details={"status": None, "problem": "timeout"})
    waits = exchange("POST /s", milliseconds=None, open=True, details={"status": None, "problem": None})
    api.on("GET /sim/timeline?limit=10", {"cursor": "1-1", "trees": [failed, waits]})
    lines = run("timeline").stdout.splitlines()
    assert lines[1] == "customer → platform  POST /r  timeout  9 ms"
    assert lines[3] == "customer → platform  POST /s  ..."


def test_a_har_file(api: FakeApi, run: Run, alone: Path) -> None:
    log = {"log": {"version": "1.2", "entries": [{}, {}]}}
    api.on("GET /sim/timeline.har?limit=10", log)
    assert run("timeline", "--har", "out.har").stdout == "2 exchanges written to out.har\n"
    assert json.loads((alone / "out.har").read_text()) == log
    assert run("timeline", "--har", "no/such/folder.har").exit_code == 3


def test_following_goes_on_where_it_was(api: FakeApi, run: Run) -> None:
    api.on("GET /sim/timeline?limit=1000", {"cursor": "1-1", "trees": [TREE]})
    late = step("web.1 is up", parent="web.1 starts", to="app")
    again = exchange("POST /apps/acme/addons")
    first = f"retry: 1\n\ndata: {json.dumps(late)}\n\ndata: {json.dumps(again)}\nid: 2-1\n\n".encode()
    api.on("GET /sim/timeline/live", first)
    api.on("GET /sim/timeline/live", {"id": "unauthorized"}, status=401)
    result = run("timeline", "--follow")
    assert result.exit_code == 1
    assert result.stdout.splitlines()[6:] == ["            platform → app  web.1 is up"]
    assert [each.headers["last-event-id"] for each in api.asked[1:]] == ["1-1", "2-1"]
    assert "authorization" in api.asked[1].headers


def test_following_as_json_is_a_line_a_step(api: FakeApi, run: Run) -> None:
    api.on("GET /sim/timeline?limit=1000", {"cursor": "1-1", "trees": [TREE]})
    api.on("GET /sim/timeline/live", f"retry: 1\n\ndata: {json.dumps(step('a'))}\n\n".encode())
    api.on("GET /sim/timeline/live", {}, status=404)
    assert [json.loads(line)["title"] for line in run("timeline", "-f", "--json").stdout.splitlines()] == ["a"]


@pytest.mark.parametrize("explain", [False, True])
def test_an_exchange_is_told_when_it_begins_and_when_it_is_answered(explain: bool) -> None:
    growing = Growing([])
    begun = exchange("POST /r", open=True, milliseconds=None)
    assert len(growing.line(begun, explain)) == 1 + explain
    assert growing.line(begun, explain) == []
    assert len(growing.line(exchange("POST /r"), explain)) == 1 + explain
