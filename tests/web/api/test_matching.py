"""Paths find their rows: fixed segments first, variables by name, nothing for what the table has not."""

import pytest

from platform_sim.core.errors import EndpointNotFound
from platform_sim.web.api.matching import find, tree
from platform_sim.web.api.routes import Route, table


@pytest.mark.parametrize("route", table(), ids=lambda r: f"{r.method} {r.path}")
def test_every_row_is_found_by_its_path(route: Route) -> None:
    parts = route.path.split("/")
    path = "/".join(f"v{n}" if part.startswith("{") else part for n, part in enumerate(parts))
    found = find(path)
    row = found.rows[route.method]
    assert len(row.path.split("/")) == len(parts)
    assert [p for p in row.path.split("/") if not p.startswith("{")] == [p for p in parts if not p.startswith("{")]
    assert found.named(row) == {
        name: f"v{n}" for name, (n, p) in zip(row.variables, _variables(parts), strict=True) if p
    }


def _variables(parts: list[str]) -> list[tuple[int, str]]:
    return [(n, part) for n, part in enumerate(parts) if part.startswith("{")]


@pytest.mark.parametrize(
    "path",
    ["/", "", "/nope", "/apps/", "//apps", "/apps//addons", "/apps/x/addons/", "/apps/x/addons/y/z", "/account/x/y/z"],
)
def test_what_the_table_has_not_is_not_found(path: str) -> None:
    with pytest.raises(EndpointNotFound):
        find(path)


def test_a_segment_may_hold_an_escaped_url() -> None:
    found = find("/apps/shop/log-drains/https%3A%2F%2Flogs.example.com%2Fa%20b%3Fc")
    assert found.values == ("shop", "https://logs.example.com/a b?c")
    assert find("/%61pps/shop").values == ("shop",)


def test_a_fixed_segment_wins_and_a_dead_end_is_left() -> None:
    rows = [
        Route("GET", "/a/{x}/end", "", "P0"),
        Route("GET", "/a/b/other", "", "P0"),
        Route("GET", "/a/b/{y}", "", "P0"),
        Route("POST", "/a/b/other", "first", "P0"),
        Route("POST", "/a/b/other", "second", "P0"),
    ]
    root = tree(rows)
    assert find("/a/b/other", root).rows["GET"] is rows[1]
    assert find("/a/b/other", root).rows["POST"].title == "first"
    assert find("/a/b/end", root).named(rows[2]) == {"y": "end"}
    assert find("/a/c/end", root).named(rows[0]) == {"x": "c"}
    with pytest.raises(EndpointNotFound):
        find("/a/c/other", root)
