"""`/sim/timeline` and what the API brings into it: writes of customers and partners, whole and without secrets."""

import base64
from dataclasses import asdict, replace
from typing import Any

import pytest

from platform_sim.core.actions.exchanges import begin
from platform_sim.core.model.addons import AddonService
from platform_sim.core.model.records import Event, Exchange
from platform_sim.core.store import Snapshot
from platform_sim.partners.contract import PartnerAnswer, PartnerRequest
from platform_sim.partners.wire import masked_exchange

from .world import Populated, World, deprovisions, playing

Json = dict[str, Any]
SECRET = "s3cr3t-0815"


@pytest.mark.parametrize("path", ["/sim/timeline", "/sim/timeline.har"])
def test_only_customers_look(path: str, full: Populated) -> None:
    full.lets_in_customers_only("GET", path)


def kept(world: World) -> list[Exchange]:
    """The calls that came in."""
    with world.database.snapshot() as rows:
        return rows.all(Exchange, inbound=True, order_by="seq")


def caused(rows: Snapshot, by: Exchange) -> list[str]:
    return [f"{each.kind} {each.action}" for each in rows.all(Event, cause_id=by.id)]


def test_a_write_is_kept_with_what_it_did(world: World) -> None:
    world.call("POST", "/apps", {"name": "acme"}, headers={"User-Agent": "heroku-cli/11"})
    [row] = kept(world)
    assert (row.party, row.method, row.url, row.status) == ("customer", "POST", "http://localhost:5100/apps", 201)
    assert (row.request_body, row.request_headers["user-agent"]) == ('{"name": "acme"}', "heroku-cli/11")
    assert (row.actor_email, row.app_id, row.cause_id) == ("user@example.com", world.get("/apps/acme")["id"], None)
    assert "authorization" not in {name.lower() for name in row.request_headers}
    with world.database.snapshot() as rows:
        assert caused(rows, row) == ["app create", "release create", "release create"]


def test_reads_refusals_and_writes_that_change_nothing_are_not_kept(full: Populated) -> None:
    world = full.world
    before = len(kept(world))
    world.get("/apps")
    assert world.call("POST", "/apps", {"name": "acme"}).status_code == 422
    assert world.call("POST", "/apps", {"name": "new"}, token="x").status_code == 401
    assert world.call("PATCH", "/apps/acme/formation/web", {"quantity": 1}).status_code == 200
    assert world.call("POST", "/apps/acme/log-sessions", {}).status_code == 201
    assert len(kept(world)) == before


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", "/apps/acme/config-vars", {"KEY": SECRET, "name": SECRET, "plan": SECRET}),
        ("POST", "/apps/acme/dynos", {"command": f"echo {SECRET}", "env": {"name": SECRET}}),
        ("POST", "/apps/acme/log-drains", {"url": f"https://u:{SECRET}@logs.example.com/"}),
        ("POST", "/apps/acme/builds", {"source_blob": {"url": f"http://localhost/{SECRET}", "version": SECRET}}),
    ],
)
def test_no_secret_of_a_body_is_kept(method: str, path: str, body: Json, full: Populated) -> None:
    world = full.world
    answer = world.call(method, path, body)
    assert answer.status_code < 300
    row = kept(world)[-1]
    assert SECRET not in f"{row}"
    assert all(name in row.request_body for name in body)


def test_a_call_that_waits_for_a_partner_is_open_until_it_is_answered(full: Populated) -> None:
    world = full.world
    world.call("DELETE", full.path("/apps/{app}/addons/{add-on}"), {"force": True})
    row = kept(world)[-1]
    assert (row.method, row.status, row.is_open) == ("DELETE", 202, False)
    with world.database.snapshot() as rows:
        assert "addon update" in caused(rows, row)


def test_a_partners_call_that_acts_by_itself_is_a_beginning(full: Populated) -> None:
    world = full.world
    body = {"config": [{"name": "EXCEPTIONS_URL", "value": SECRET}]}
    assert world.call("PATCH", full.path("/addons/{add-on}/config"), body, token=full.partner).status_code == 200
    row = kept(world)[-1]
    assert (row.party, row.inbound, row.addon_id, row.cause_id) == ("partner", True, full.addon.id, None)
    assert row.request_body == '{"config": [{"name": "EXCEPTIONS_URL", "value": "[hidden]"}]}'
    with world.database.snapshot() as rows:
        assert caused(rows, row) == ["release create", "release create"]


def test_exchanges_stay_those_that_the_platform_began(full: Populated) -> None:
    full.world.call("POST", "/apps", {"name": "new"})
    assert full.world.get("/sim/exchanges") == []


def test_trees_by_app_add_on_and_party(full: Populated) -> None:
    world = full.world
    world.call("POST", "/apps", {"name": "new"})
    body = {"config": [{"name": "EXCEPTIONS_URL", "value": SECRET}]}
    world.call("PATCH", full.path("/addons/{add-on}/config"), body, token=full.partner)

    def titles(query: str) -> list[str]:
        return [each["title"] for each in world.get(f"/sim/timeline?{query}")["trees"]]

    assert titles("app=new") == ["POST /apps"]
    set_config = f"PATCH /addons/{full.addon.name}/config"
    assert titles("party=partner") == titles(f"addon={full.addon.id}&limit=1") == [set_config]
    assert len(titles("limit=1")) == 1
    for query in ("app=nope", "limit=0", "limit=x", "limit=1001", "party=nobody"):
        assert world.call("GET", f"/sim/timeline?{query}").status_code in (404, 422)


def test_a_har_of_the_same(world: World) -> None:
    world.call("POST", "/apps", {"name": "new"})
    answer = world.call("GET", "/sim/timeline.har")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="timeline.har"'
    assert [each["request"]["url"] for each in answer.json["log"]["entries"]] == ["http://localhost:5100/apps"]


def test_a_url_that_had_a_password_is_shown_like_any_other(world: World) -> None:
    request = PartnerRequest("POST", "https://u:p@hooks.example/x?y=1", {}, b"{}", 1.0)
    with world.database.transaction() as tx:
        kept = masked_exchange(request, PartnerAnswer(200, {}, b"", 1))
        begin(tx, id=tx.uuid("exchange"), party="webhook", addon_id=None, cause_id=None, **asdict(kept))
    tree = world.get("/sim/timeline")["trees"][-1]
    assert (tree["title"], tree["details"]["url"]) == ("POST /x", "https://[hidden]@hooks.example/x?y=1")
    [entry] = world.call("GET", "/sim/timeline.har").json["log"]["entries"]
    assert entry["request"]["queryString"] == [{"name": "y", "value": "1"}]


def test_a_destroyed_add_on_is_one_tree(full: Populated) -> None:
    with playing(full.world, deprovision=deprovisions):
        full.world.database.rules = replace(full.world.database.rules, customer_patience=30.0)
        answer = full.world.call("DELETE", full.path("/apps/{app}/addons/{add-on}"), {"force": True})
    assert answer.status_code == 200
    tree = full.world.get("/sim/timeline?limit=1")["trees"][0]
    assert tree["title"].startswith("DELETE /apps/acme/addons/")
    assert [each["title"] for each in tree["children"]][-1].endswith("is gone")


def test_config_that_is_set_with_the_manifests_password_is_a_partners_call(full: Populated) -> None:
    world = full.world
    with world.database.snapshot() as rows:
        service = rows.get(AddonService, full.addon.service_id)
    asked = f"{service.name}:{service.manifest['api']['password']}".encode()
    headers = {"Authorization": f"Basic {base64.b64encode(asked).decode()}"}
    body = {"config": {"EXCEPTIONS_URL": SECRET}}
    answer = world.call("PUT", f"/vendor/apps/{full.addon.id}", body, token=None, headers=headers)
    assert answer.status_code == 200
    row = kept(world)[-1]
    assert (row.party, row.status, row.addon_id) == ("partner", 200, full.addon.id)
    assert row.request_body == '{"config": {"EXCEPTIONS_URL": "[hidden]"}}'
    with world.database.snapshot() as rows:
        assert caused(rows, row) == ["release create", "release create"]
