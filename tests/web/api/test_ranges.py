"""Ranges in the spellings of real clients, and walks that give each item once (platform-api §4.5)."""

import random
from collections.abc import Callable
from typing import Any

import pytest

from platform_sim.core.errors import BadRange
from platform_sim.web.api.ranges import DEFAULT_MAX, MOST, Range, cut, parse

from ..world import World

SPELLINGS = {
    None: Range(),
    "": Range(),
    "  ": Range(),
    ";": Range(),
    "id ..; ;": Range(),  # heroku3, on every list
    "id ..": Range(),
    "id..": Range(),
    "id": Range(),
    " id ..;": Range(),
    "version ..; order=desc,max=2;": Range("version", most=2, descending=True),
    "version ..; max=15, order=desc": Range("version", most=15, descending=True),
    "version ..; order=desc,max=1": Range("version", most=1, descending=True),  # the CLI, two ways
    "version ..;order=DESC ; max = 3": Range("version", most=3, descending=True),
    "id ..; max=1000": Range(most=1000),  # heroku-client, on every method
    "id ..; max=1000;": Range(most=1000),
    "name ..": Range("name"),  # heroku-go
    "email ..": Range("email"),
    "seq ..; order=desc,max=1000": Range("seq", most=1000, descending=True),
    "version; max=5": Range("version", most=5),
    "id ]0123-ab..; max=200": Range(first="0123-ab", after=True),
    "id 0123-ab..": Range(first="0123-ab"),
    "name a..m; max=10": Range("name", "a", "m", most=10),
    "name ..m": Range("name", None, "m"),
    "name ]my.app..": Range("name", "my.app", after=True),
    "updated_at 2026-03-01T12:00:00Z..; max=1": Range("updated_at", "2026-03-01T12:00:00Z", most=1),
    "id ..; max=0": Range(most=1),
    "id ..; max=99999999999999999999": Range(most=MOST),
    "id ..; max=1; max=2": Range(most=2),
    "id ..; order=sideways": Range(),
    "id ..; surprise=5": Range(),
}


@pytest.mark.parametrize(("header", "meant"), SPELLINGS.items(), ids=repr)
def test_spellings(header: str | None, meant: Range) -> None:
    assert parse(header) == meant


@pytest.mark.parametrize(
    "header",
    [
        *("bytes=0-499", "..", "; max=5", "1 ..", "id abc", "id a b..", "id ]..", "é ..", "id-x ..", "\x00 .."),
        *("id ..; max=²", "id ..; max=-1", "id ..; max=", "id ..; max=x", "id ..; max=1.5", "id ..; max=1e3"),
        *("x" * 8000, "id " + "." * 8000, "id a" + " " * 8000 + "b", "a" * 65 + " .."),
    ],
    ids=lambda header: header[:20],
)
def test_garbage_is_refused_shortly(header: str) -> None:
    with pytest.raises(BadRange) as refused:
        parse(header)
    assert len(refused.value.message) < 600


def things(count: int, value: Callable[[int], Any] = lambda n: n) -> list[dict[str, Any]]:
    """Items in an order that is neither that of ids nor of values."""
    dice = random.Random(5)
    made = [{"id": f"{dice.getrandbits(64):016x}", "value": value(n), "name": f"n{n:03}"} for n in range(count)]
    dice.shuffle(made)
    return made


def walk(items: list[dict[str, Any]], header: str, sortable: tuple[str, ...]) -> list[list[dict[str, Any]]]:
    """The pages that a client gets which sends each Next-Range back."""
    pages, wanted = [], header
    while True:
        part = cut(items, parse(wanted), sortable)
        pages.append(part.items)
        assert part.status == (206 if "Next-Range" in part.headers else 200)
        if part.status == 200:
            return pages
        wanted = part.headers["Next-Range"]
        assert len(pages) <= len(items), "the walk goes in circles"


@pytest.mark.parametrize("order", ["", ", order=desc"])
@pytest.mark.parametrize("most", [1, 7, 200, 449, 450])
@pytest.mark.parametrize("field", ["id", "value", "name", "tie", "day"])
def test_a_walk_gives_each_item_exactly_once(field: str, most: int, order: str) -> None:
    items = [item | {"tie": 7, "day": f"2026-03-{item['value'] % 9}"} for item in things(450)]
    pages = walk(items, f"{field} ..; max={most}{order}", ("id", "value", "name", "tie", "day"))
    got = [item for page in pages for item in page]
    assert [len(page) for page in pages[:-1]] == [most] * (len(pages) - 1)
    assert sorted(item["id"] for item in got) == sorted(item["id"] for item in items)
    if field == "id":
        assert got == (items[::-1] if order else items)
    else:
        assert [i[field] for i in got] == sorted((i[field] for i in items), reverse=bool(order))


def test_the_pages_are_cut_at_200_unless_told_otherwise() -> None:
    assert [len(page) for page in walk(things(450), "id ..", ("id",))] == [DEFAULT_MAX, DEFAULT_MAX, 50]
    assert [len(page) for page in walk(things(1500), "id ..; max=5000", ("id",))] == [MOST, 500]


def test_bounds_hold_on_every_page() -> None:
    items = things(50)
    assert [i["value"] for page in walk(items, "value 10..20; max=4", ("value",)) for i in page] == [*range(10, 21)]
    down = walk(items, "value 20..10; max=4, order=desc", ("value",))
    assert [i["value"] for page in down for i in page] == [*range(20, 9, -1)]
    assert [i["value"] for i in cut(items, parse("value ]48.."), ("value",)).items] == [49]
    assert [i["value"] for i in cut(items, parse("value ..1"), ("value",)).items] == [0, 1]
    assert [i["name"] for i in cut(items, parse("name n047x.."), ("name",)).items] == ["n048", "n049"]
    ids = [item["id"] for item in items]
    assert cut(items, parse(f"id ]{ids[3]}..{ids[6]}"), ("id",)).items == items[4:7]


def test_a_mark_that_is_gone_loses_nothing() -> None:
    items = [item | {"tie": 1} for item in things(10)]
    for field in ("id", "name", "tie"):
        first = cut(items, parse(f"{field} ..; max=3"), ("id", "name", "tie"))
        left = [item for item in items if item["id"] != first.items[-1]["id"]]
        rest = cut(left, parse(first.headers["Next-Range"]), ("id", "name", "tie"))
        while rest.status == 206:
            following = cut(left, parse(rest.headers["Next-Range"]), ("id", "name", "tie"))
            rest = following.__class__(rest.items + following.items, following.status, following.headers)
        seen = {item["id"] for item in first.items + rest.items}
        assert {item["id"] for item in items} <= seen


def test_numbers_are_compared_as_numbers() -> None:
    items = things(12)
    assert [i["value"] for i in cut(items, parse("value 9.."), ("value",)).items] == [9, 10, 11]
    for mark in ("x", "²", "--5", "1.5", "9" * 400):
        with pytest.raises(BadRange):
            cut(items, parse(f"value {mark}.."), ("value",))


def test_what_cannot_be_ordered_by_is_refused_even_for_an_empty_list() -> None:
    for items in ([], things(3)):
        with pytest.raises(BadRange, match="ordered by id, name"):
            cut(items, parse("email .."), ("id", "name"))


def test_headers_name_what_is_shown() -> None:
    part = cut(things(3), parse("value ..; max=2"), ("id", "value"))
    assert part.headers == {
        "Accept-Ranges": "id, value",
        "Content-Range": "value 0..1; max=2",
        "Next-Range": "value ]1..; max=2",
    }
    assert cut([], Range(), ("id",)).headers == {"Accept-Ranges": "id"}


def test_lists_without_ids_take_ranges_by_id() -> None:
    items = [{"name": f"V{n}"} for n in range(5)]
    pages = walk(items, "id ..; max=2", ("name",))
    assert [item["name"] for page in pages for item in page] == ["V0", "V1", "V2", "V3", "V4"]


def test_the_newest_release_comes_last_and_first_with_desc(world: World) -> None:
    """heroku3 takes `[-1]`, the CLI element 0 of `order=desc,max=1` (platform-api §4.5, heroku-cli §2)."""
    world.call("POST", "/apps", {"name": "acme"})
    for n in range(3):
        world.call("PATCH", "/apps/acme/config-vars", {"A": str(n)})
    plain = world.get("/apps/acme/releases", headers={"Range": "id ..; ;"})
    assert [each["version"] for each in plain] == [1, 2, 3, 4, 5]
    newest = world.call("GET", "/apps/acme/releases", headers={"Range": "version ..; order=desc,max=1"})
    assert (newest.status_code, newest.json[0]["version"]) == (206, 5)
    assert newest.headers["Next-Range"] == "version ]5..; max=1,order=desc"
    assert newest.headers["Content-Range"] == "version 5..5; max=1"


def test_ranges_where_there_is_no_list_are_ignored(world: World) -> None:
    for header in ("id ..; max=1000", "", "bytes=0-5", "²", "]..["):
        made = world.call("POST", "/apps", {}, headers={"Range": header})
        assert made.status_code == 201
        assert "Next-Range" not in made.headers
        app = made.json["name"]
        assert world.call("GET", f"/apps/{app}", headers={"Range": header}).status_code == 200
        assert world.call("DELETE", f"/apps/{app}", headers={"Range": header}).status_code == 200


def test_a_bad_range_is_416(world: World) -> None:
    for header in ("bytes=0-5", "email ..", "id ..; max=²", "x" * 7000):
        assert world.call("GET", "/apps", headers={"Range": header}).error == (416, "requested_range_not_satisfiable")
