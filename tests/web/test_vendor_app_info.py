"""App Info over HTTP: Basic with the manifest's id and password, and nobody sees what is another service's."""

import base64
from typing import Any
from urllib.parse import quote

import pytest

from platform_sim.core.actions.addons import create_addon
from platform_sim.core.actions.catalog import register_manifest
from platform_sim.core.actions.releases import app_config
from platform_sim.core.model.addons import Addon
from platform_sim.core.model.apps import App, heroku_id
from platform_sim.core.model.drains import LogInput
from platform_sim.web.vendor import blueprint

from .. import support
from .world import NOWHERE, Reply, World

GOOD = ("exceptions", "partner-password")


@pytest.fixture
def app(world: World) -> App:
    """An app with `exceptions`, a service of version 1 that writes into logs."""
    manifest = support.new_manifest("exceptions", "URL", "KEY", requires=("log_input",))
    del manifest["api"]["version"]
    with world.database.transaction() as tx:
        register_manifest(tx, world.customer.account, manifest)
        made = support.new_app(tx, world.customer, "acme")
        support.new_addon(tx, world.customer, made, config={"EXCEPTIONS_URL": "http://x/secret"})
    return made


def addon_of(world: World, app: App) -> Addon:
    with world.database.snapshot() as rows:
        [found] = rows.all(Addon, app_id=app.id)
        return found


def ask(
    world: World, path: str, method: str = "GET", body: Any = None, credentials: tuple[str, str] | None = GOOD
) -> Reply:
    """A partner's request, as its clients make it: no vendor type, no token."""
    basic = base64.b64encode(":".join(credentials).encode()).decode() if credentials else ""
    headers = {"Accept": "application/json"} | ({"Authorization": f"Basic {basic}"} if basic else {})
    return Reply.to_client(world.client.open(path, method=method, json=body, headers=headers))


def test_all_apps(world: World, app: App) -> None:
    addon = addon_of(world, app)
    answer = ask(world, "/vendor/apps")
    assert (answer.status_code, "Link" in answer.headers) == (200, False)
    assert answer.json == [
        {
            "callback_url": f"http://localhost:5100/vendor/apps/{quote(heroku_id(app), safe='')}",
            "heroku_id": heroku_id(app),
            "plan": "test",
            "provider_id": addon.provider_id,
            "resource": {"uuid": addon.id, "name": addon.name},
        }
    ]


def test_all_installs_of_a_partner_of_any_version(world: World, app: App) -> None:
    addon = addon_of(world, app)
    expected = {
        "app": {"id": app.id, "name": "acme"},
        "plan": "test",
        "provider_id": addon.provider_id,
        "resource": {"uuid": addon.id, "name": addon.name},
    }
    assert ask(world, "/api/v3/apps").json == [expected]
    with world.database.transaction() as tx:
        support.new_service(tx, "database")
        other = support.new_addon(tx, world.customer, app, "database")
    [shown] = ask(world, "/api/v3/apps", credentials=("database", "partner-password")).json
    assert (shown["resource"]["uuid"], shown["app"]["name"]) == (other.id, "acme")


def test_info_by_number_and_by_uuid(world: World, app: App) -> None:
    addon = addon_of(world, app)
    world.call("POST", "/apps/acme/domains", {"hostname": "www.example.com"})
    with world.database.snapshot() as rows:
        [token] = [each.token for each in rows.all(LogInput, addon_id=addon.id)]
    ways = (heroku_id(app), quote(heroku_id(app), safe=""), addon.id)
    for path in (f"/vendor/apps/{way}" for way in ways):
        assert ask(world, path).json == {
            "callback_url": f"http://localhost:5100/vendor/apps/{quote(heroku_id(app), safe='')}",
            "config": {"EXCEPTIONS_URL": "http://x/secret"},
            "domains": ["acme.localhost", "www.example.com"],
            "id": heroku_id(app),
            "log_input_url": f"http://token:{token}@localhost:5100/logs",
            "logplex_token": token,
            "name": "acme",
            "owner_email": "user@example.com",
            "region": "amazon-web-services::us-east-1",
            "resource": {"uuid": addon.id, "name": addon.name},
        }


def test_how_to_write_logs_is_left_out_where_nobody_asked(world: World) -> None:
    with world.database.transaction() as tx:
        support.new_service(tx)
        app = support.new_app(tx, world.customer, "acme")
        addon = support.new_addon(tx, world.customer, app)
    shown = ask(world, f"/vendor/apps/{heroku_id(app)}").json
    assert {"log_input_url", "logplex_token"}.isdisjoint(shown)
    assert shown["callback_url"].endswith(f"/vendor/apps/{addon.id}"), "a partner of version 3 is known by uuid"


def test_config_is_set(world: World, app: App) -> None:
    answer = ask(world, f"/vendor/apps/{heroku_id(app)}", "PUT", {"config": {"EXCEPTIONS_URL": "http://y"}})
    assert (answer.status_code, answer.json["config"]) == (200, {"EXCEPTIONS_URL": "http://y"})
    answer = ask(world, f"/vendor/apps/{addon_of(world, app).id}", "PUT", {"config": {"EXCEPTIONS_URL": None}})
    assert (answer.status_code, answer.json["config"]) == (200, {})
    with world.database.snapshot() as rows:
        assert app_config(rows, app) == {}


def test_the_callback_ends_an_asynchronous_provisioning(world: World, app: App) -> None:
    with world.database.transaction() as tx:
        other = support.new_app(tx, world.customer, "other")
        support.new_pending_addon(tx, world.customer, other)
    path = next(row for row in ask(world, "/vendor/apps").json if row["heroku_id"] == heroku_id(other))["callback_url"]
    assert ask(world, path, "PUT", {"id": 7, "config": {"EXCEPTIONS_URL": "http://z"}}).status_code == 200
    assert world.get("/apps/other/config-vars") == {"EXCEPTIONS_URL": "http://z"}


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"config": {"PATH": "/evil"}}, (403, "forbidden")),
        ({"config": {"EXCEPTIONS_URL": 5}}, (422, "invalid_params")),
        ({"config": ["EXCEPTIONS_URL"]}, (422, "invalid_params")),
        ({"config": None}, (422, "invalid_params")),
        ({}, (422, "invalid_params")),
        ([], (400, "bad_request")),
    ],
)
def test_config_that_cannot_be_set(world: World, app: App, body: Any, error: tuple[int, str]) -> None:
    path = f"/vendor/apps/{heroku_id(app)}"
    with world.nothing_written():
        assert ask(world, path, "PUT", body).error == error


PATHS = [
    ("GET", "/vendor/apps"),
    ("GET", "/api/v3/apps"),
    ("GET", "/vendor/apps/{id}"),
    ("PUT", "/vendor/apps/{id}"),
    ("GET", "/vendor/logplex/whitelist"),
    ("POST", "/api/v3/addons/exceptions/usage_batches"),
]


def refused(answer: Reply, path: str) -> tuple[int, str]:
    """Status and error id; the add-ons host shows only a text (partner-api §10), for which the status speaks."""
    if not path.startswith("/api/v3/"):
        return answer.error
    assert set(answer.json) == {"error"}
    return answer.status_code, {401: "unauthorized", 501: "not_simulated"}[answer.status_code]


@pytest.mark.parametrize(("method", "path"), PATHS)
@pytest.mark.parametrize(
    "who", [None, ("exceptions", "wrong"), ("exceptions", ""), ("nobody", "partner-password"), ("", "")]
)
def test_invariant_17_wrong_credentials_are_refused_without_effect(
    world: World, app: App, method: str, path: str, who: tuple[str, str] | None
) -> None:
    body = {"config": {"EXCEPTIONS_URL": "http://evil"}} if method == "PUT" else None
    with world.nothing_written():
        answer = ask(world, path.format(id=heroku_id(app)), method, body, credentials=who)
    assert refused(answer, path) == (401, "unauthorized")
    assert answer.headers["WWW-Authenticate"].startswith("Basic ")
    assert "secret" not in answer.text


@pytest.mark.parametrize(("method", "path"), PATHS)
def test_a_token_is_no_manifests_password(world: World, app: App, method: str, path: str) -> None:
    for token in (world.token, world.partner_token(addon_of(world, app))):
        answer = world.call(method, path.format(id=heroku_id(app)), token=token)
        assert refused(answer, path) == (401, "unauthorized")


def test_invariant_14_a_foreign_instance_does_not_exist(world: World, app: App) -> None:
    with world.database.transaction() as tx:
        support.new_service(tx, "database")
    addon, other = addon_of(world, app), ("database", "partner-password")
    for path in ("/vendor/apps", "/api/v3/apps"):
        assert ask(world, path, credentials=other).json == []
    for identity in (heroku_id(app), addon.id, addon.name, app.id, "acme", NOWHERE, "%00", "x" * 3000):
        path = f"/vendor/apps/{identity}"
        assert ask(world, path, credentials=other).error == (404, "not_found")
        with world.nothing_written():
            changed = ask(world, path, "PUT", {"config": {"DATABASE_URL": "x"}}, credentials=other)
        assert changed.error == (404, "not_found")


def test_nothing_is_told_before_the_partner_has_answered_or_after_its_end(world: World, app: App) -> None:
    with world.database.transaction() as tx:
        asked = support.new_app(tx, world.customer, "asked")
        create_addon(tx, world.customer, asked, "exceptions")
        support.end_addon(tx, world.customer, addon_of(world, app))
    for each in (asked, app):
        assert ask(world, f"/vendor/apps/{heroku_id(each)}").error == (404, "not_found")
    assert ask(world, "/vendor/apps").json == []


def test_long_lists_come_in_pages(world: World, app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blueprint, "PAGE", 2)
    with world.database.transaction() as tx:
        apps = [app, *(support.new_app(tx, world.customer, f"app-{n}") for n in range(4))]
        for each in apps[1:]:
            support.new_addon(tx, world.customer, each)
    seen, path = [], "/vendor/apps"
    while path:
        answer = ask(world, path)
        assert len(answer.json) <= 2
        seen += [row["heroku_id"] for row in answer.json]
        links = {rel: url for url, rel in _links(answer)}
        path = links.get("next", "")
    assert seen == [heroku_id(each) for each in apps]
    assert links == {"prev": "http://localhost:5100/vendor/apps?offset=2"}
    assert {rel for _, rel in _links(ask(world, "/vendor/apps?offset=2"))} == {"prev", "next"}
    assert _links(ask(world, "/api/v3/apps")) == [("http://localhost:5100/api/v3/apps?offset=2", "next")]
    assert ask(world, "/vendor/apps?offset=99").json == []
    assert ask(world, "/vendor/apps?offset=-1").json == ask(world, "/vendor/apps").json
    assert ask(world, "/vendor/apps?offset=x").error == (422, "invalid_params")


def _links(answer: Reply) -> list[tuple[str, str]]:
    """URL and rel of each link."""
    parts = [each.split("; rel=") for each in answer.headers.get("Link", "").split(", ") if each]
    return [(url.strip("<>"), rel.strip('"')) for url, rel in parts]


def test_a_page_has_4000_rows() -> None:
    assert blueprint.PAGE == 4000


@pytest.mark.parametrize(("method", "path"), PATHS[4:])
def test_what_is_not_simulated_says_so(world: World, app: App, method: str, path: str) -> None:
    assert refused(ask(world, path, method), path) == (501, "not_simulated")


def test_of_several_on_one_app_only_the_uuid_names_one(world: World) -> None:
    with world.database.transaction() as tx:
        support.new_service(tx, requires=("many_per_app",))
        app = support.new_app(tx, world.customer, "acme")
        addons = [support.new_addon(tx, world.customer, app) for _ in range(2)]
    assert ask(world, f"/vendor/apps/{heroku_id(app)}").error == (422, "multiple_matches")
    for addon in addons:
        assert ask(world, f"/vendor/apps/{addon.id}").json["resource"]["uuid"] == addon.id
