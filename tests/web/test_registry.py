"""The add-ons registry as the addons-admin plugin uses it (partner-api §10)."""

import copy
import json
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from platform_sim.core.model.addons import ManifestVersion
from platform_sim.partners.manifest_check import sentences

from .. import support
from .world import NOWHERE, Populated, World, new_world

PUSH = "/api/v3/addons/exceptions/manifests"
FIRST = int(support.START.timestamp() * 100_000)
"""The stamp of the first version: Unix seconds times 100000 (partner-api §1.1)."""
OWN = ("current_manifest", "manifests", "manifests/VERSION")


@pytest.fixture
def strict(tmp_path: Path) -> Any:
    """A world whose registry checks manifests as the platform does."""
    world = new_world(tmp_path, problems=partial(sentences, "error"))
    world.doors.manifest_warnings = partial(sentences, "warning")
    yield world
    world.database.close()


def push(world: World, manifest: Any, path: str = PUSH) -> Any:
    return world.call("POST", path, {"contents": manifest})


def test_push_pull_history_and_one_version(strict: World) -> None:
    first = support.new_manifest()
    pushed = push(strict, first)
    assert (pushed.status_code, pushed.json["contents"]) == (201, first | {"$base": FIRST})
    second = pushed.json["contents"] | {"name": "Exceptions Two"}
    assert push(strict, second).status_code == 201
    stored = second | {"$base": FIRST + 1}
    assert strict.get("/api/v3/addons/exceptions/current_manifest") == {"contents": stored}
    history = strict.get(PUSH)
    assert [set(each) for each in history] == [{"id", "created_at", "contents"}] * 2
    assert [each["contents"]["name"] for each in history] == ["Exceptions Two", "Exceptions"]
    assert [strict.get(f"{PUSH}/{each['id']}") for each in history] == history
    assert strict.get("/addon-services/exceptions")["human_name"] == "Exceptions Two"


def test_the_plugin_sends_its_own_headers(strict: World) -> None:
    headers = {"Accept": "application/json", "User-Agent": "kensa future"}
    body = {"contents": support.new_manifest()}
    assert strict.call("POST", PUSH, body, headers=headers).status_code == 201
    assert strict.call("GET", PUSH, headers=headers).status_code == 200


def test_a_pulled_copy_can_be_pushed_again(strict: World) -> None:
    """`$base` is a stamp of the stored copy; it is not part of the manifest, and an old one is no conflict."""
    manifest = support.new_manifest()
    assert push(strict, {"$base": 177000000000000} | manifest).json["contents"] == manifest | {"$base": FIRST}
    assert push(strict, json.dumps(manifest)).json["contents"] == manifest | {"$base": FIRST + 1}


def test_what_is_doubtful_is_told_and_taken(strict: World) -> None:
    manifest = support.new_manifest()
    assert push(strict, manifest).json["warnings"] == []
    [warning] = push(strict, manifest | {"plans": []}).json["warnings"]
    assert warning.endswith("(M39)")


def test_a_pulled_manifest_is_the_pushed_one_wherever_the_partner_is_called(strict: World) -> None:
    manifest = support.new_manifest()
    push(strict, manifest)
    strict.call("PUT", "/sim/services/exceptions", {"local": "http://localhost:5999"})
    assert strict.get("/api/v3/addons/exceptions/current_manifest")["contents"] == manifest | {"$base": FIRST}


def test_a_manifest_is_its_owners(strict: World) -> None:
    """Whoever pushed first; another customer neither reads the secrets nor takes the name over."""
    push(strict, support.new_manifest())
    [version] = strict.get(PUSH)
    with strict.nothing_written():
        for method, path in [("POST", PUSH), *(("GET", f"/api/v3/addons/exceptions/{tail}") for tail in OWN)]:
            body = {"contents": support.new_manifest()} if method == "POST" else None
            path = path.replace("VERSION", version["id"])
            answer = strict.call(method, path, body, token=strict.strangers_token)
            assert (answer.status_code, set(answer.json)) == (403, {"error"}), path
            assert "belongs to another account than stranger@example.com" in answer.json["error"]
            assert "partner-password" not in answer.text


def test_a_first_push_makes_the_service_with_one_free_plan(strict: World) -> None:
    push(strict, support.new_manifest())
    (plan,) = strict.get("/addon-services/exceptions/plans")
    assert (plan["name"], plan["price"]["cents"], plan["default"]) == ("exceptions:test", 0, True)


def test_add_ons_go_on_when_a_manifest_is_pushed_again(full: Populated) -> None:
    manifest = support.new_manifest() | {"name": "Renamed"}
    assert push(full.world, manifest).status_code == 201
    assert full.world.call("GET", full.path("/addons/{add-on}"), token=full.partner).status_code == 200


BROKEN: dict[str, Any] = {
    "no api": lambda m: m.pop("api"),
    "no password": lambda m: m["api"].pop("password"),
    "api is a list": lambda m: m.update(api=[]),
    "config vars are numbers": lambda m: m["api"].update(config_vars=[1, 2]),
    "config vars of another prefix": lambda m: m["api"].update(config_vars=["OTHER_URL"]),
    "no place": lambda m: m["api"].pop("production"),
    "a script as sso_url": lambda m: m["api"]["production"].update(sso_url="javascript:alert(1)"),
    "regions are a string": lambda m: m["api"].update(regions="us"),
    "a name that is an object": lambda m: m.update(name={"a": 1}),
    "a plugin name that is a list": lambda m: m.update(cli_plugin_name=["x"]),
    "requires is an object": lambda m: m["api"].update(requires={"a": []}),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_manifest_is_refused_with_its_problems_or_taken_whole(case: str, strict: World) -> None:
    manifest = copy.deepcopy(support.new_manifest())
    BROKEN[case](manifest)
    before = strict.image()
    answer = push(strict, manifest)
    assert answer.status_code in (201, 422), answer.text
    if answer.status_code == 422:
        assert set(answer.json) == {"error"}
        said = answer.json["error"]
        assert all(isinstance(text, str) and text for text in ([said] if isinstance(said, str) else said["base"]))
        assert strict.image() == before


@pytest.mark.parametrize("case", ["no api", "no password", "no place", "a script as sso_url", "api is a list"])
def test_what_would_not_work_is_refused(case: str, strict: World) -> None:
    manifest = copy.deepcopy(support.new_manifest())
    BROKEN[case](manifest)
    assert push(strict, manifest).status_code == 422


def test_the_slug_of_the_path_is_the_manifests(strict: World) -> None:
    with strict.nothing_written():
        for slug in ("other", "x" * 5000, "%00", "%F0%9F%98%80"):
            answer = push(strict, support.new_manifest(), f"/api/v3/addons/{slug}/manifests")
            assert (answer.status_code, set(answer.json)) == (422, {"error"})
            assert "'exceptions'" in answer.json["error"]
            assert len(answer.text) < 500


@pytest.mark.parametrize("slug", ["a\nb", "a b", "é", "UPPER", "a/b", "..", "-", "a\x00", "<b>", "a;b", "a:b"])
def test_a_slug_that_would_break_names_headers_or_addresses_is_refused(slug: str, strict: World) -> None:
    """It becomes part of add-on names, e-mails, plan names, headers and URLs."""
    manifest = support.new_manifest() | {"id": slug}
    manifest["api"]["config_vars"] = []
    with strict.nothing_written():
        answer = push(strict, manifest, f"/api/v3/addons/{quote(slug, safe='')}/manifests")
    assert answer.status_code in (404, 422), answer.text


HOSTILE = [
    *(b"{", b"[]", b"null", b'{"contents": NaN}', b'{"contents": {"id": "\\ud800"}}', b"\xff", b'{"contents"'),
    *(b'{"contents": "{"}', b'{"contents": "[]"}', b'{"contents": "{\\"id\\": \\"\\\\ud800\\"}"}'),
    b'{"contents": {"id": "exceptions", "x": ' + b"[" * 3000 + b"]" * 3000 + b"}}",
]
WRONG = [b"{}", b"", b'{"contents": null}', b'{"contents": 5}', b'{"contents": []}', b'{"contents": {}}']


@pytest.mark.parametrize("data", HOSTILE, ids=lambda data: str(data[:30]))
def test_broken_bodies_are_400(data: bytes, strict: World) -> None:
    with strict.nothing_written():
        answer = strict.call("POST", PUSH, data=data)
    assert (answer.status_code, set(answer.json)) == (400, {"error"})


@pytest.mark.parametrize("data", WRONG, ids=str)
def test_bodies_without_a_manifest_are_422(data: bytes, strict: World) -> None:
    with strict.nothing_written():
        answer = strict.call("POST", PUSH, data=data)
    assert (answer.status_code, set(answer.json)) == (422, {"error"})


def test_a_body_that_is_too_large_is_413(strict: World) -> None:
    answer = push(strict, {"x": "y" * strict.database.rules.body_size_limit})
    assert (answer.status_code, set(answer.json)) == (413, {"error"})


READS = ["/current_manifest", "/manifests", f"/manifests/{NOWHERE}", "/manifests/%00", "/manifests/..%2f"]


@pytest.mark.parametrize("tail", READS)
def test_unknown_services_and_versions_are_404(tail: str, full: Populated) -> None:
    for slug in ("nothing", "exceptions") if tail.count("/") > 1 else ("nothing", "%00", "x" * 3000):
        answer = full.world.call("GET", f"/api/v3/addons/{slug}{tail}")
        assert answer.status_code == 404
        assert "Couldn't find" in str(answer.json.get("error")) or answer.json["id"] == "not_found"


def test_a_version_of_another_service_is_not_found(full: Populated) -> None:
    with full.world.database.transaction() as tx:
        other = support.new_service(tx, "other", owner=full.world.customer.account)
        version = tx.find(ManifestVersion, service_id=other.id)
    assert version is not None
    assert full.world.call("GET", f"{PUSH}/{version.id}").status_code == 404
    assert full.world.call("GET", f"/api/v3/addons/other/manifests/{version.id}").status_code == 200


ALL = [("POST", "/manifests"), *(("GET", tail) for tail in READS[:3])]


@pytest.mark.parametrize(("method", "tail"), ALL)
def test_only_customers_come_in(method: str, tail: str, full: Populated) -> None:
    """A manifest holds the partner's password: neither a stranger without a token nor another partner reads it."""
    path = f"/api/v3/addons/exceptions{tail}"
    body = {"contents": support.new_manifest()} if method == "POST" else None
    with full.world.nothing_written():
        for token, status in ((None, 401), ("nonsense", 401), (full.partner, 403)):
            answer = full.world.call(method, path, body, token=token)
            assert (answer.status_code, set(answer.json)) == (status, {"error"})
            assert "partner-password" not in answer.text


def test_no_api_answer_shows_a_manifests_secrets(full: Populated) -> None:
    for path in ("/addon-services", "/addon-services/exceptions", full.path("/addons/{add-on}"), "/sim/events"):
        text = full.world.call("GET", path).text
        for secret in ("partner-password", "partner-salt", "exceptions-client-secret"):
            assert secret not in text, path
