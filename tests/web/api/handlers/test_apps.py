"""Apps and config vars as clients see them (platform-api §5)."""

import json
import re
import threading
from typing import Any

import pytest

from ....support import deploy
from ...world import Populated, World


def test_a_new_app(world: World) -> None:
    made = world.call("POST", "/apps", {})
    assert made.status_code == 201
    app = made.json
    assert re.fullmatch(r"[a-z]+-[a-z]+-[0-9]{5}", app["name"])
    assert app["region"]["name"] == "us"
    assert app["stack"] == app["build_stack"]
    assert app["stack"]["name"] == "heroku-24"
    assert app["owner"] == {"id": world.customer.account.id, "email": "user@example.com"}
    assert app["web_url"] == f"http://{app['name']}.localhost:5100/"
    assert app["git_url"] == f"http://localhost:5100/{app['name']}.git"
    assert world.get(f"/apps/{app['id']}") == world.get(f"/apps/{app['name']}") == app
    assert world.get(f"/apps/{app['name']}/config-vars") == {}
    assert world.get(f"/apps/{app['name']}/formation") == []
    releases = world.get(f"/apps/{app['name']}/releases")
    assert [(r["version"], r["description"]) for r in releases] == [(1, "Initial release"), (2, "Enable Logplex")]


WISHES: list[dict[str, Any]] = [
    {"name": "acme", "region": "eu", "stack": "heroku-22"},
    {"name": "acme", "region": {"name": "eu"}, "stack": {"name": "heroku-22"}},
    {"name": "acme", "region": "eu", "stack": "heroku-22", "team": None, "space": None, "kernel": "x"},
]


@pytest.mark.parametrize("wish", WISHES, ids=str)
def test_names_regions_and_stacks_plain_or_in_objects(wish: dict[str, Any], world: World) -> None:
    app = world.call("POST", "/apps", wish).json
    assert (app["name"], app["region"]["name"], app["stack"]["name"]) == ("acme", "eu", "heroku-22")


def test_heroku3s_default_stack_does_not_exist_any_more(world: World) -> None:
    """`cedar` (platform-api §8.2): a message that says so, and no app."""
    with world.nothing_written():
        answer = world.call("POST", "/apps", {"name": "acme", "stack": "cedar"})
    assert answer.error == (422, "invalid_params")
    assert "Stack cedar is not available" in answer.json["message"]


NAMES = ["ab", "x" * 31, "1abc", "abc-", "-abc", "Acme", "a_b", "a.b", "a b", "é" * 5, "acme\n", "", " acme"]


@pytest.mark.parametrize("name", NAMES, ids=repr)
def test_bad_names(name: str, world: World) -> None:
    for method, path in (("POST", "/apps"), ("PATCH", "/apps/good")):
        world.call("POST", "/apps", {"name": "good"})
        with world.nothing_written():
            answer = world.call(method, path, {"name": name})
        assert answer.error == (422, "invalid_params")
        assert answer.json["message"].startswith("Name ")


def test_a_taken_name_says_exactly_what_heroku3_looks_for(world: World) -> None:
    world.call("POST", "/apps", {"name": "acme"}, token=world.strangers_token)
    world.call("POST", "/apps", {"name": "other"})
    for answer in (world.call("POST", "/apps", {"name": "acme"}), world.call("PATCH", "/apps/other", {"name": "acme"})):
        assert answer.error == (422, "invalid_params")
        assert answer.json["message"] == "Name is already taken"


def test_lists_hold_ones_own_apps_only(world: World) -> None:
    for name in ("b-app", "a-app"):
        world.call("POST", "/apps", {"name": name})
    world.call("POST", "/apps", {"name": "theirs"}, token=world.strangers_token)
    for path in ("/apps", "/users/~/apps", "/users/user@example.com/apps", f"/users/{world.customer.account.id}/apps"):
        assert [app["name"] for app in world.get(path)] == ["a-app", "b-app"], path
    assert world.call("GET", "/users/stranger@example.com/apps").error == (404, "not_found")
    for path in ("/apps/theirs", "/apps/theirs/config-vars", "/apps/theirs/releases"):
        assert world.call("GET", path).error == (404, "not_found")


def test_maintenance_as_heroku3_sends_it(world: World) -> None:
    world.call("POST", "/apps", {"name": "acme"})
    for sent, meant in ((1, True), (0, False), (True, True), (False, False)):
        assert world.call("PATCH", "/apps/acme", {"maintenance": sent}).json["maintenance"] is meant


def test_a_rename_keeps_the_app(world: World) -> None:
    app = world.call("POST", "/apps", {"name": "acme"}).json
    renamed = world.call("PATCH", "/apps/acme", {"name": "renamed"}).json
    assert (renamed["id"], renamed["name"], "renamed" in renamed["web_url"]) == (app["id"], "renamed", True)
    assert world.call("GET", "/apps/acme").error == (404, "not_found")
    assert world.call("POST", "/apps", {"name": "acme"}).status_code == 201


def test_a_rename_keeps_what_is_attached_to_the_app(full: Populated) -> None:
    """Add-ons and their pages, webhooks, domains, drains, the place in the pipeline: all of it, under the new name."""
    world = full.world
    parts = ("addons", "addon-attachments", "webhooks", "domains", "log-drains", "pipeline-couplings", "releases")
    before = {part: world.get(f"/apps/acme/{part}") for part in parts}
    world.call("PATCH", "/apps/acme", {"name": "renamed"})
    for part, seen in before.items():
        expected = json.dumps(seen).replace('"acme', '"renamed').replace("/acme", "/renamed")
        found = json.dumps(world.get(f"/apps/renamed/{part}"))
        assert found == expected, part
    assert world.get(f"/addons/{full.addon.id}", token=full.partner)["app"]["name"] == "renamed"
    assert world.client.get(f"/sso/apps/{full.app.id}/addons/{full.addon.id}").status_code < 400


def test_delete_answers_with_the_app_as_it_was(full: Populated) -> None:
    app = full.world.get("/apps/acme")
    gone = full.world.call("DELETE", "/apps/acme", {"confirm": "acme"})
    assert (gone.status_code, gone.json) == (200, app)
    for path in ("", "/releases", "/config-vars", "/addons", "/dynos"):
        assert full.world.call("GET", f"/apps/acme{path}").error == (404, "not_found")
    assert full.world.call("DELETE", "/apps/acme").error == (404, "not_found")
    assert [app["name"] for app in full.world.get("/apps")] == ["crew-app", "live", "other"]


def test_config_vars_are_merged_and_null_removes(world: World) -> None:
    world.call("POST", "/apps", {"name": "acme"})
    path = "/apps/acme/config-vars"
    assert world.call("PATCH", path, {"A": "1", "B": ""}).json == {"A": "1", "B": ""}
    assert world.call("PATCH", path, {"A": None, "C": "💥\n", "NEVER": None}).json == {"B": "", "C": "💥\n"}
    assert world.get(path) == {"B": "", "C": "💥\n"}
    descriptions = [release["description"] for release in world.get("/apps/acme/releases")]
    assert descriptions[2:] == ["Set A, B config vars", "Set C config vars"]
    assert world.get("/apps/acme/releases/3/config-vars") == world.get("/apps/acme/releases/v3/config-vars")
    assert world.get("/apps/acme/releases/3/config-vars") == {"A": "1", "B": ""}


def test_the_same_values_make_no_release(world: World) -> None:
    world.call("POST", "/apps", {"name": "acme"})
    world.call("PATCH", "/apps/acme/config-vars", {"A": "1"})
    with world.nothing_written():
        for body in ({}, {"A": "1"}, {"B": None}):
            assert world.call("PATCH", "/apps/acme/config-vars", body).json == {"A": "1"}


BAD_VARS: list[dict[str, Any]] = [
    {"A B": "1"},
    {"": "1"},
    {"é": "1"},
    {"A": 5},
    {"A": True},
    {"A": ["x"]},
    {"A": "\x00"},
    {"__X": "1"},
    {"HEROKU_X": "1"},
    {"X" * 129: "1"},
    {"GOOD": "1", "A-B": "2"},
    {"A": "x" * 32_768},
    {f"V{n}": "x" * 400 for n in range(100)},
]


@pytest.mark.parametrize("body", BAD_VARS, ids=lambda body: str(body)[:40])
def test_bad_config_vars_change_nothing(body: dict[str, Any], world: World) -> None:
    world.call("POST", "/apps", {"name": "acme"})
    with world.nothing_written():
        answer = world.call("PATCH", "/apps/acme/config-vars", body)
    assert answer.error == (422, "invalid_params")
    assert len(answer.text) < 400


def test_as_much_config_as_there_may_be(world: World) -> None:
    world.call("POST", "/apps", {"name": "acme"})
    assert world.call("PATCH", "/apps/acme/config-vars", {"A": "x" * 32_767}).status_code == 200
    assert world.call("PATCH", "/apps/acme/config-vars", {"B": "x"}).error == (422, "invalid_params")
    assert world.call("PATCH", "/apps/acme/config-vars", {"A": None, "B": "x"}).json == {"B": "x"}


def test_a_partner_sees_no_config_of_the_app(full: Populated) -> None:
    """Not even its own there: it has a place of its own (partner-api §4.2)."""
    for method, path in (
        ("GET", "/apps/acme/config-vars"),
        ("PATCH", "/apps/acme/config-vars"),
        ("GET", "/apps/acme/releases/3/config-vars"),
    ):
        with full.world.nothing_written():
            answer = full.world.call(method, path, {"A": "1"} if method == "PATCH" else None, token=full.partner)
        assert answer.error == (403, "forbidden")
        assert "config" in answer.json["message"]


def test_a_partner_sees_the_apps_its_add_on_is_attached_to(full: Populated) -> None:
    full.world.call("POST", "/apps", {"name": "third"})
    assert [app["name"] for app in full.world.get("/apps", token=full.partner)] == ["acme", "other"]
    assert full.world.get("/apps/other", token=full.partner)["name"] == "other"
    assert full.world.call("GET", "/apps/third", token=full.partner).error == (404, "not_found")


def test_two_who_set_different_vars_at_once_both_win(world: World) -> None:
    world.call("POST", "/apps", {"name": "acme"})
    start = threading.Barrier(10)

    def act(n: int) -> None:
        start.wait()
        world.call("PATCH", "/apps/acme/config-vars", {f"V{n}": str(n)})

    threads = [threading.Thread(target=act, args=(n,)) for n in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert world.get("/apps/acme/config-vars") == {f"V{n}": str(n) for n in range(10)}
    assert [r["version"] for r in world.get("/apps/acme/releases")] == [*range(1, 13)]


def test_an_app_that_was_deployed_says_when(full: Populated) -> None:
    app = full.world.get("/apps/acme")
    assert app["released_at"] == "2026-03-01T12:00:00Z"
    assert app["slug_size"] == 1000
    with full.world.database.transaction() as tx:
        deploy(tx, full.world.customer, full.app, "ffff")
    assert full.world.get("/apps/acme")["buildpack_provided_description"] == "Python"
