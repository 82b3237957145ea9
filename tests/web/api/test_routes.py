"""Every row of the table, and what all of them refuse (platform-api §4; design §2 rule 5)."""

import json
import re
from datetime import timedelta
from urllib.parse import unquote

import pytest

from platform_sim.web.answers import NO_CREDENTIALS
from platform_sim.web.api.routes import LATER, Route

from ..world import NOWHERE, VERSION, Populated
from .rows import ROWS, SAMPLES, SCHEMA, SIMULATED, every_row, every_simulated_row, name, needs_shared, token_for

NOT_FOUND = "The requested API endpoint was not found."


def published() -> list[tuple[str, str, str]]:
    """Method, path and title of each link of the published schema."""
    found = []
    for definition in json.loads(SCHEMA.read_text(encoding="utf-8"))["definitions"].values():
        label = definition["title"].split(" - ")[-1]
        for link in definition.get("links", []):
            path = re.sub(r"\{\(([^)]+)\)\}", _variable, link["href"])
            found.append((link["method"].upper(), path, f"{label}: {link.get('title', '')}"))
    return found


def _variable(found: re.Match[str]) -> str:
    resource, prop = unquote(found.group(1)).split("/")[2::2]
    return "{%s}" % (resource if prop == "identity" else f"{resource}.{prop}")


@needs_shared
def test_the_table_is_the_published_list() -> None:
    rows = [(row.method, row.path, row.title) for row in ROWS if row.priority != LATER]
    assert sorted(rows) == sorted(published())


@needs_shared
def test_rows_beside_the_published_list_are_not_in_it() -> None:
    known = {(method, path) for method, path, _ in published()}
    assert [name(row) for row in ROWS if row.priority == LATER and (row.method, row.path) in known] == []


def test_priorities_are_known() -> None:
    assert {row.priority for row in ROWS} == {"P0", "P1", "P2", LATER}


@every_row
def test_who_has_no_good_token_is_not_let_in(row: Route, lasting: Populated) -> None:
    world, path = lasting.world, lasting.path(row.path)
    if row.open:
        pytest.skip("open to all")
    none = world.call(row.method, path, token=None)
    assert (none.status_code, none.json) == (401, {"id": "unauthorized", "message": NO_CREDENTIALS})
    for header in (
        "Bearer nonsense",
        "Bearer undefined",
        "Basic OnNvbWV0aGluZw==",
        "Basic %%%",
        "Basic",
        "Bearer ",
        "x",
    ):
        refused = world.call(row.method, path, headers={"Authorization": header})
        assert refused.error == (401, "unauthorized"), header
        assert "RateLimit-Remaining" not in refused.headers


@every_row
def test_the_version_is_asked_for(row: Route, lasting: Populated) -> None:
    world, path = lasting.world, lasting.path(row.path)
    bare = world.call(row.method, path, headers={"Accept": "application/vnd.heroku+json"})
    assert bare.status_code == 400
    assert set(bare.json) == {"id", "error"}
    assert bare.json["id"] == "missing_version"
    for accept in ("*/*", "", "application/json", "text/html,*/*;q=0.8"):
        other = world.call(row.method, path, headers={"Accept": accept})
        assert other.error == (404, "not_found"), accept
        assert other.json["message"].startswith(NOT_FOUND)
    old = world.call(row.method, path, headers={"Accept": "application/vnd.heroku+json; version=2"})
    assert old.error == (406, "not_acceptable")


@every_row
def test_variants_of_version_3_are_version_3(row: Route, lasting: Populated) -> None:
    world, path = lasting.world, lasting.path(row.path)
    for accept in (
        VERSION + ".sdk",
        VERSION + ".cedar-acm",
        "application/json, APPLICATION/vnd.heroku+json;version=3",
        'application/vnd.heroku+json; version="3"',
    ):
        # Without a token: refused by the next stop of the road, so the version was accepted, and nothing is done.
        answer = world.call(row.method, path, token=None, headers={"Accept": accept}, data=b"{")
        assert answer.status_code == (400 if row.open else 401), accept


@pytest.mark.parametrize("row", [row for row in ROWS if not row.simulated], ids=name)
def test_what_is_not_simulated_says_so(row: Route, lasting: Populated) -> None:
    for token in ("", lasting.partner):
        answer = lasting.world.call(row.method, lasting.path(row.path), token=token)
        if token and not row.partner:
            assert answer.error == (403, "forbidden"), "simulated or not: no link for partners"
            continue
        assert answer.error == (501, "not_simulated")
        assert row.path in answer.json["message"]


@every_simulated_row
def test_a_partner_comes_only_where_partners_may(row: Route, lasting: Populated) -> None:
    world = lasting.world
    # Nothing is to be done here, so the body is one that is refused after the token was looked at.
    refused = {400} if (row.partner and not row.ability) or row.open else {403}
    with world.nothing_written():
        answer = world.call(row.method, lasting.path(row.path), token=lasting.partner, data=b"[")
    assert answer.status_code in refused
    if refused == {403}:
        assert answer.json["id"] == "forbidden"


NO_RESOURCES = {"namespace", "credential", "process-type"}
"""What a path can name before it exists: reading one gives an empty list, writing makes it. Credentials are the
partner's to know; a process type that an app does not have has no numbers."""


@pytest.mark.parametrize("row", [row for row in SIMULATED if row.variables], ids=name)
def test_unknown_ids_and_names_are_not_found(row: Route, lasting: Populated) -> None:
    """Each variable in turn, as an id, as a name, as what a stranger owns; `resource` says what is missing."""
    world = lasting.world
    body = SAMPLES.get(name(row), {})
    for variable in set(row.variables) - NO_RESOURCES:
        for unknown in (NOWHERE, "nothing-here", "%00", "%F0%9F%98%80", "..%2e", "x" * 5000, "%ff%fe", "'", "9" * 40):
            with world.nothing_written():
                path = lasting.path(row.path, **{variable: unknown})
                answer = world.call(row.method, path, body or None, token=token_for(row, lasting))
            assert answer.status_code == 404, (variable, unknown, answer.text)
            assert answer.json["id"] == "not_found"
            assert answer.json["resource"]
            assert len(answer.text) < 1000
    if "app" in row.variables:
        with world.nothing_written():
            answer = world.call(row.method, lasting.path(row.path), body or None, token=world.strangers_token)
        assert (answer.status_code, answer.json["resource"]) == (404, "app")


def test_an_expired_token_is_refused_by_every_row(full: Populated) -> None:
    full.world.database.clock.advance(timedelta(seconds=full.world.database.rules.access_token_life))
    for row in ROWS:
        if not row.open:
            answer = full.world.call(row.method, full.path(row.path), token=full.partner)
            assert (answer.status_code, answer.json["message"]) == (401, "Invalid credentials provided."), name(row)
