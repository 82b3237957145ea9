"""What a partner's token reaches: one list against every row of the table (partner-api §4.1)."""

import pytest

from platform_sim.core.actions.catalog import set_abilities
from platform_sim.core.model.addons import AddonService
from platform_sim.web.api.routes import Route

from ... import support
from ..people import FRIEND
from ..world import Populated
from .rows import ROWS, SAMPLES, SIMULATED, name

REACH = """
GET /addon-attachments
GET /addon-attachments/{add-on-attachment}
GET /addon-attachments/{add-on-attachment}/telemetry-ingress-info
GET /addons
GET /addons/{add-on}
GET /addons/{add-on}/addon-attachments
GET /addons/{add-on}/config
GET /addons/{add-on}/config/{namespace}
GET /addons/{add-on}/log-drains
GET /addons/{add-on}/webhook-deliveries
GET /addons/{add-on}/webhook-deliveries/{app-webhook-delivery}
GET /addons/{add-on}/webhook-events
GET /addons/{add-on}/webhook-events/{app-webhook-event}
GET /addons/{add-on}/webhooks
GET /addons/{add-on}/webhooks/{app-webhook}
GET /apps
GET /apps/{app}
GET /apps/{app}/addon-attachments
GET /apps/{app}/addon-attachments/{add-on-attachment.scopedIdentity}
GET /apps/{app}/addons
GET /apps/{app}/addons/{add-on}
GET /apps/{app}/collaborators
GET /apps/{app}/collaborators/{collaborator}
GET /apps/{app}/domains
GET /apps/{app}/domains/{domain}
GET /apps/{app}/pipeline-couplings
GET /pipeline-couplings
GET /pipeline-couplings/{pipeline-coupling}
GET /pipelines
GET /pipelines/{pipeline.id}/pipeline-couplings
GET /pipelines/{pipeline}
GET /teams/{team}/members
GET /users/{account}/addons
GET /users/{account}/apps
GET /users/~/pipeline-couplings
PATCH /addons/{add-on}/config
PATCH /addons/{add-on}/config/{namespace}
PATCH /addons/{add-on}/webhooks/{app-webhook}
POST /addons/{add-on}/actions/deprovision
POST /addons/{add-on}/actions/provision
POST /addons/{add-on}/webhooks
POST /apps/{app}/log-drains
POST /filters/apps
PUT /addons/{add-on}/log-drains/{log-drain.query_identity}
DELETE /addons/{add-on}/webhooks/{app-webhook}
DELETE /apps/{app}/log-drains/{log-drain.query_identity}
"""

OPERATIONS = """
GET /apps/{app}/builds
GET /apps/{app}/builds/{build}
GET /apps/{app}/dynos
GET /apps/{app}/dynos/{dyno}
GET /apps/{app}/formation
GET /apps/{app}/formation/{formation}
GET /apps/{app}/releases
GET /apps/{app}/releases/{release}
PATCH /apps/{app}/formation
PATCH /apps/{app}/formation/{formation}
"""
"""With the ability `app_operations`."""

ALWAYS, WITH_ABILITY = frozenset(REACH.split("\n")) - {""}, frozenset(OPERATIONS.split("\n")) - {""}


def enable(full: Populated) -> None:
    with full.world.database.transaction() as tx:
        set_abilities(tx, tx.get(AddonService, full.addon.service_id), ["app_operations"])


def reached(row: Route, full: Populated) -> bool:
    """Whether the token alone is enough. The body cannot be read, so that nothing is done."""
    with full.world.nothing_written():
        answer = full.world.call(row.method, full.path(row.path), token=full.partner, data=b"[")
    assert answer.status_code in (400, 403, 501), answer.text
    return answer.status_code != 403


def test_the_list_names_rows_that_there_are() -> None:
    assert {name(row) for row in ROWS} >= ALWAYS | WITH_ABILITY


def test_a_partner_reaches_exactly_the_list(full: Populated) -> None:
    rows = [row for row in ROWS if not row.open]
    assert {name(row) for row in rows if reached(row, full)} == ALWAYS
    enable(full)
    assert {name(row) for row in rows if reached(row, full)} == ALWAYS | WITH_ABILITY


@pytest.mark.parametrize("row", [row for row in SIMULATED if name(row) in ALWAYS | WITH_ABILITY], ids=name)
def test_what_it_reaches_it_may_really_do(row: Route, full: Populated) -> None:
    """With a body that is accepted: no row lets a partner in whose handler or action then says no."""
    enable(full)
    path = full.path(row.path)
    if name(row).startswith("DELETE /apps/{app}/log-drains"):
        own = full.world.get(full.path("/addons/{add-on}/log-drains"), token=full.partner)[0]
        path = full.path(row.path, **{"log-drain.query_identity": own["id"]})
    if name(row) == "POST /addons/{add-on}/actions/deprovision":
        with full.world.database.transaction() as tx:
            tx.update(tx.get(type(full.addon), full.addon.id), state="deprovisioning")
    with full.world.database.transaction() as tx:
        support.attach(tx, tx.find(type(full.app), name="crew-app") or full.app, full.addon, "OF_CREW")
    answer = full.world.call(row.method, path, SAMPLES.get(name(row)), token=full.partner)
    assert answer.status_code in (row.status, 200), answer.text


def test_telemetry_ingress_is_of_another_generation(full: Populated) -> None:
    """Fir only: published in the 3.sdk schema, not simulated (partner-api §4.1)."""
    path = full.path("/addon-attachments/{add-on-attachment}/telemetry-ingress-info")
    for token in ("", full.partner):
        assert full.world.call("GET", path, token=token).error == (501, "not_simulated")


def test_lists_hold_the_own_instance_and_attached_apps_only(full: Populated) -> None:
    world = full.world
    with world.database.transaction() as tx:
        support.new_service(tx, "database")
        for app in (full.app, support.new_app(tx, world.customer, "far")):
            support.new_addon(tx, world.customer, app, "database")
        support.new_app(tx, world.stranger, "theirs")
    get = lambda path: world.get(path, token=full.partner)  # noqa: E731
    for path in (
        "/addons",
        "/users/~/addons",
        "/apps/acme/addons",
        "/apps/other/addons",
        "/users/user@example.com/addons",
    ):
        assert [each["id"] for each in get(path)] == [full.addon.id], path
    for path in ("/apps", "/users/~/apps", "/users/user@example.com/apps"):
        assert [each["name"] for each in get(path)] == ["acme", "other"], path
    assert [each["name"] for each in get(f"/users/{FRIEND}/apps")] == ["acme"]
    assert {each["addon"]["id"] for each in get("/addon-attachments")} == {full.addon.id}
    for path in (
        "/apps/far",
        "/apps/theirs",
        "/apps/crew-app",
        "/teams/crew/members",
        "/users/stranger@example.com/apps",
    ):
        assert world.call("GET", path, token=full.partner).error == (404, "not_found"), path


def test_filters_find_attached_apps_by_id(full: Populated) -> None:
    world = full.world
    ids = {each["name"]: each["id"] for each in world.get("/apps")}
    for wanted, found in (
        (list(ids.values()), ["acme", "other"]),
        ([ids["acme"]], ["acme"]),
        ([ids["crew-app"], "x"], []),
        ([], []),
    ):
        answer = world.call("POST", "/filters/apps", {"in": {"id": wanted}}, token=full.partner)
        assert [each["name"] for each in answer.json] == found
        assert all(not each["joined"] for each in answer.json)


def test_other_instances_and_other_vars_are_never_seen(full: Populated) -> None:
    world = full.world
    world.call("PATCH", "/apps/acme/config-vars", {"SECRET": "s3cr3t-0815"})
    with world.database.transaction() as tx:
        support.new_service(tx, "database")
        beside = support.new_addon(tx, world.customer, full.app, "database")
    for path in (f"/addons/{beside.id}", f"/addons/{beside.name}/config", f"/addons/{beside.id}/log-drains"):
        assert world.call("GET", path, token=full.partner).error == (404, "not_found")
    patch = {"config": [{"name": "DATABASE_URL", "value": "x"}]}
    assert world.call("PATCH", f"/addons/{beside.id}/config", patch, token=full.partner).error == (404, "not_found")
    enable(full)
    for row in ROWS:
        if row.method == "GET" and name(row) in ALWAYS | WITH_ABILITY and row.simulated:
            text = world.call("GET", full.path(row.path), token=full.partner).text
            assert "s3cr3t-0815" not in text, name(row)
            assert beside.id not in text, name(row)
            assert beside.config["DATABASE_URL"] not in text, name(row)


def test_an_ability_is_taken_away_at_once(full: Populated) -> None:
    world = full.world
    enable(full)
    scaled = world.call("PATCH", "/apps/acme/formation/web", {"quantity": 2}, token=full.partner)
    assert (scaled.status_code, scaled.json["quantity"]) == (200, 2)
    world.call("PUT", "/sim/services/exceptions", {"abilities": []})
    refused = world.call("PATCH", "/apps/acme/formation/web", {"quantity": 3}, token=full.partner)
    assert refused.error == (403, "forbidden")
    assert "app_operations" in refused.json["message"]


def test_an_able_partner_scales_but_neither_restarts_nor_runs(full: Populated) -> None:
    enable(full)
    for method, path, body in (
        ("DELETE", "/apps/acme/dynos", None),
        ("POST", "/apps/acme/dynos", {"command": "env"}),
        ("POST", "/apps/acme/dynos/web.1", {"command": "env"}),
        ("POST", "/apps/acme/releases", {"release": "3"}),
        ("GET", "/apps/acme/config-vars", None),
    ):
        assert full.world.call(method, path, body, token=full.partner).error == (403, "forbidden"), path
