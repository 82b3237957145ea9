"""HAR 1.2 as its specification has it, and cursors."""

from datetime import datetime
from typing import Any

import pytest

from platform_sim.core.actions.timeline import exchange_step, trees
from platform_sim.core.model.records import Exchange
from platform_sim.core.public.timeline import cursor, har, read_cursor, tree

from ... import support

TEXT, NUMBER, LIST = str, (int, float), list
ENTRY: dict[str, Any] = {
    "startedDateTime": TEXT,
    "time": NUMBER,
    "request": {
        "method": TEXT,
        "url": TEXT,
        "httpVersion": TEXT,
        "cookies": LIST,
        "headers": LIST,
        "queryString": LIST,
        "headersSize": int,
        "bodySize": int,
    },
    "response": {
        "status": int,
        "statusText": TEXT,
        "httpVersion": TEXT,
        "cookies": LIST,
        "headers": LIST,
        "content": {"size": int, "mimeType": TEXT},
        "redirectURL": TEXT,
        "headersSize": int,
        "bodySize": int,
    },
    "cache": {},
    "timings": {"send": NUMBER, "wait": NUMBER, "receive": NUMBER},
}
"""What each entry must hold (HAR 1.2, "entries"); names with _ and `comment` are free."""


def check(value: Any, shape: Any, place: str = "entry") -> None:
    """AssertionError where a value does not have the shape."""
    if isinstance(shape, dict):
        assert isinstance(value, dict), place
        for name, inner in shape.items():
            assert name in value, f"{place}.{name} is missing"
            check(value[name], inner, f"{place}.{name}")
        return
    assert isinstance(value, shape) and not isinstance(value, bool), place
    if shape is LIST:
        assert all({"name", "value"} <= each.keys() for each in value), place


def row(**more: Any) -> Exchange:
    fields: dict[str, Any] = {
        "id": "x",
        "party": "partner",
        "addon_id": None,
        "method": "POST",
        "url": "http://partner.test/heroku/resources?a=1&b=",
        "request_headers": {"Content-Type": "application/json", "Accept": "*/*"},
        "request_body": '{"uuid": "u"}',
        "status": 202,
        "response_headers": {"content-type": "text/plain"},
        "response_body": "grün",
        "problem": None,
        "milliseconds": 12,
        "cause_id": None,
        "created_at": support.START,
    }
    return Exchange(**fields | more)


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"status": None},
        {"status": None, "problem": "timeout", "response_headers": {}, "response_body": ""},
        {"status": 599, "request_body": "", "request_headers": {}, "inbound": True},
    ],
)
def test_every_entry_is_what_the_format_asks_for(more: dict[str, Any]) -> None:
    log = har(trees([exchange_step(row(**more))]), "0.1.0")["log"]
    assert (log["version"], log["creator"]) == ("1.2", {"name": "platform-sim", "version": "0.1.0"})
    [entry] = log["entries"]
    check(entry, ENTRY)
    assert datetime.fromisoformat(entry["startedDateTime"]).tzinfo is not None
    timings = entry["timings"]
    assert entry["time"] == timings["send"] + timings["wait"] + timings["receive"]
    body = entry["request"].get("postData")
    assert (body is not None) == bool(row(**more).request_body)
    if body is not None:
        assert body == {"mimeType": "application/json", "text": '{"uuid": "u"}'}


def test_an_entry_tells_what_was_said() -> None:
    [entry] = har(trees([exchange_step(row())]), "0")["log"]["entries"]
    assert entry["request"]["queryString"] == [{"name": "a", "value": "1"}, {"name": "b", "value": ""}]
    assert entry["response"]["statusText"] == "Accepted"
    assert entry["response"]["content"] == {"size": 5, "mimeType": "text/plain", "text": "grün"}


def test_exchanges_of_all_trees_in_the_order_in_which_they_began() -> None:
    found = trees([exchange_step(row(id=name, after_event=place)) for name, place in (("late", 9), ("soon", 1))])
    assert [entry["_id"] for entry in har(found, "0")["log"]["entries"]] == ["soon", "late"]


def test_a_tree_holds_what_followed_from_it() -> None:
    [found] = trees([exchange_step(row()), exchange_step(row(id="y", cause_id="x"))])
    shown = tree(found)
    assert [child["id"] for child in shown["children"]] == ["y"]
    assert (shown["from"], shown["to"], shown["section"]) == ("platform", "partner", "2.3 The provisioning request")


@pytest.mark.parametrize("text", [None, "", "1", "1-", "-1", "a-b", "1-2-3", "٣-1", f"{'9' * 30}-1"])
def test_what_is_no_cursor_is_none(text: str | None) -> None:
    assert read_cursor(text) is None


def test_a_cursor_and_back() -> None:
    assert read_cursor(cursor((12, 7))) == (12, 7)
