"""What every read answers: headers, tags, HEAD, and bodies as the published schema has them."""

import importlib.util
import json
import re
from types import ModuleType

import pytest

from platform_sim.web.api.routes import LATER, Route

from ..world import Populated
from .rows import SCHEMA, SHARED, SIMULATED, name, needs_shared, token_for


@pytest.fixture(scope="module")
def checker() -> ModuleType:
    """The tool that checks a running server; its readers of the schema are used here."""
    spec = importlib.util.spec_from_file_location("check_schema", SHARED / "tools" / "check_platform_schema.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


NEVER_ANY = {
    "/spaces",
    "/teams/{team}/spaces",
    "/teams/{team}/invoices",
    "/teams/{team.name}/identity-providers",
    "/teams/{team}/addons",
    "/enterprise-accounts",
    "/account/credits",
    "/account/invoices",
    "/apps/{app}/telemetry-drains",
}
"""Lists of what cannot be made here, and of what the full world has none of."""
NEVER_ONE = {"/spaces/{space}", "/telemetry-drains/{telemetry-drain}"}
"""Single things that cannot be made here: every one is not found."""
READS = [row for row in SIMULATED if row.method == "GET" and row.mode == "read" and row.path not in NEVER_ONE]
"""Not those that wait for a partner, whose answer it is."""
every_read = pytest.mark.parametrize("row", READS, ids=name)


@every_read
def test_an_answer_has_its_headers(row: Route, lasting: Populated) -> None:
    world, path = lasting.world, lasting.path(row.path)
    answer = world.call("GET", path, token=token_for(row, lasting))
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert re.fullmatch(r"[0-9a-f-]{36}", answer.headers["Request-Id"])
    assert int(answer.headers["RateLimit-Remaining"]) > 0
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert re.fullmatch(r'"[0-9a-f]{32}"', answer.headers["ETag"])
    assert isinstance(answer.json, list) == bool(row.sortable) or row.path.endswith("stacks")


@every_read
def test_a_tag_that_still_holds_saves_the_body(row: Route, lasting: Populated) -> None:
    world, path = lasting.world, lasting.path(row.path)
    token = token_for(row, lasting)
    tag = world.call("GET", path, token=token).headers["ETag"]
    for header in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        if row.path == "/account/rate-limits":
            continue
        answer = world.call("GET", path, token=token, headers={"If-None-Match": header})
        assert (answer.status_code, answer.data) == (304, b""), header
        assert answer.headers["ETag"] == tag
    assert world.call("GET", path, token=token, headers={"If-None-Match": '"0123"'}).status_code == 200


@every_read
def test_head_is_get_without_a_body(row: Route, lasting: Populated) -> None:
    world, path = lasting.world, lasting.path(row.path)
    get, head = (world.call(method, path, token=token_for(row, lasting)) for method in ("GET", "HEAD"))
    assert (head.status_code, head.data) == (200, b"")
    own = {"Request-Id", "RateLimit-Remaining", "ETag"} if row.free else {"Request-Id", "RateLimit-Remaining"}
    assert {k: v for k, v in head.headers.items() if k not in own} == {
        k: v for k, v in get.headers.items() if k not in own
    }


@needs_shared
@every_read
def test_reads_answer_as_the_schema_says(row: Route, lasting: Populated, checker: ModuleType) -> None:
    """Draft 4 with strictProperties, as the published checker does; our own URLs are not Heroku's."""
    definitions = json.loads(SCHEMA.read_text(encoding="utf-8"))["definitions"]
    links = [x for x in checker.read_links(definitions) if (x.method, x.path) == ("GET", row.path)]
    if not links:
        assert row.priority == LATER
        pytest.skip("not in the published schema")
    jsonschema = pytest.importorskip("jsonschema")
    body = lasting.world.get(lasting.path(row.path), token=token_for(row, lasting))
    assert body != [] or row.path in NEVER_ANY, "nothing to check"
    kind = jsonschema.validators.extend(
        jsonschema.Draft4Validator,
        {"strictProperties": checker.strict_properties},
    )
    validator = kind(
        {"definitions": definitions, "allOf": [links[0].schema]}, format_checker=jsonschema.FormatChecker()
    )
    wrong = [
        f"{error.json_path}: {error.message[:200]}"
        for error in validator.iter_errors(body)
        if error.validator != "pattern" or not checker.LOCAL_URLS.intersection(error.path)
    ]
    assert wrong == []
