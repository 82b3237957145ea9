"""The control API's document: it names every `/sim` path that there is and no other, and is OpenAPI 3.1."""

import json
import re
from pathlib import Path

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from platform_sim.engines.timeline.live import LIVE
from platform_sim.tenants import Tenants
from platform_sim.web.sim.control_page import HEADINGS, as_markdown
from platform_sim.web.sim.openapi import document
from platform_sim.web.sim.table.rows import SCHEMAS, SUBJECTS, TABLE
from platform_sim.web.tenants import table as tenants
from platform_sim.web.tenants.application import create_tenants_web

from ..web.world import World, new_world
from .pages import ROOT

BY_THE_EDGE = {("GET", LIVE)}
"""Streams, which no door answers."""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    made = new_world(tmp_path_factory.mktemp("world"))
    made.database.close()
    return made


def routes(world: World) -> set[tuple[str, str]]:
    """Method and path of each route of the doors, as Flask has them."""
    rules = world.client.application.url_map.iter_rules()
    found = [(method, rule.rule) for rule in rules for method in rule.methods or () if rule.rule.startswith("/sim/")]
    return {each for each in found if each[0] not in ("HEAD", "OPTIONS")}


def test_every_route_is_in_the_table_and_the_reverse(world: World) -> None:
    """A route that is new wants a row in platform_sim/web/sim/table."""
    told = {(row.method, row.path) for row in TABLE}
    assert sorted(routes(world) - told) == [], "routes without a row"
    assert sorted(told - routes(world) - BY_THE_EDGE) == [], "rows without a route"
    assert len(told) == len(TABLE)


def test_it_is_openapi_3_1() -> None:
    made = document("http://localhost:5100", "1.2.3")
    OpenAPIV31SpecValidator(json.loads(json.dumps(made))).validate()
    assert made["info"]["version"] == "1.2.3"
    assert made["servers"] == [{"url": "http://localhost:5100"}]


def test_so_is_that_of_a_server_of_many_platforms(tmp_path: Path) -> None:
    """Its routes are in its table, and the reverse."""
    made = document("http://localhost:5100", "1.2.3", {"tenants": tenants.ROWS}, tenants.SCHEMAS)
    OpenAPIV31SpecValidator(json.loads(json.dumps(made))).validate()
    server = Tenants(environment={})
    rules = [rule for rule in create_tenants_web(server).url_map.iter_rules() if rule.rule.startswith("/sim/")]
    server.stop()
    found = {(method, rule.rule) for rule in rules for method in rule.methods or ()}
    told = {(row.method, row.path) for row in tenants.ROWS}
    assert {each for each in found if each[0] not in ("HEAD", "OPTIONS")} == told


def test_its_schemas_are_all_used_and_all_there() -> None:
    made = document("http://localhost", "0")
    named = set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(made)))
    assert named == set(SCHEMAS)


def test_each_operation_has_a_name_of_its_own() -> None:
    names = [each["operationId"] for item in document("", "0")["paths"].values() for each in item.values()]
    assert len(names) == len(set(names)) == len(TABLE)


def test_the_page_is_what_the_table_generates() -> None:
    assert (ROOT / "docs" / "control-api.md").read_text() == as_markdown(), "run: make docs"
    assert set(HEADINGS) == set(SUBJECTS)


def test_the_document_is_served_to_everybody(tmp_path: Path) -> None:
    world = new_world(tmp_path)
    answer = world.call("GET", "/sim/openapi.json", token=None)
    assert answer.json == document(world.doors.addresses.base, world.doors.version)
    assert world.call("GET", "/sim/status", token=None).error == (401, "unauthorized")
    world.database.close()
