"""The older paths: a partner asks with id and password of its manifest (partner-api §3.2)."""

import base64
from datetime import timedelta
from typing import Any

import pytest

from platform_sim.core.actions.addons import create_addon
from platform_sim.core.actions.catalog import set_abilities
from platform_sim.core.model.accounts import Authorization
from platform_sim.core.model.addons import Addon, AddonService

from .. import support
from .world import Reply, World

PASSWORD = "partner-password"
SECRET = "exceptions-client-secret"


def basic(user: str = "exceptions", password: str = PASSWORD) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


@pytest.fixture
def addon(world: World) -> Addon:
    """Of a service that may fetch grants; its partner has answered 202 and let the grant expire."""
    with world.database.transaction() as tx:
        set_abilities(tx, support.new_service(tx), ["fresh_grants"])
        addon = support.new_pending_addon(tx, world.customer, support.new_app(tx, world.customer, "acme"))
    world.database.clock.advance(timedelta(minutes=5))
    return addon


def ask(world: World, uuid: str, headers: dict[str, str] | None = None) -> Reply:
    """Without token and without version: this is no link of the Platform API."""
    given = basic() if headers is None else headers
    return Reply.to_client(world.client.get(f"/vendor/resources/{uuid}/oauth-grant", headers=given))


def exchange(world: World, code: str) -> Any:
    return world.client.post("/oauth/token", data={"code": code, "client_secret": SECRET})


def first_code(world: World, addon: Addon) -> str:
    with world.database.snapshot() as rows:
        found = rows.find(Authorization, addon_id=addon.id)
    assert found is not None
    assert found.grant_code is not None
    return found.grant_code


def test_a_missed_grant_is_fetched_again(world: World, addon: Addon) -> None:
    missed = first_code(world, addon)
    assert exchange(world, missed).status_code == 401
    answer = ask(world, addon.id)
    assert (answer.status_code, set(answer.json)) == (200, {"code", "expires_at", "type"})
    assert (answer.json["type"], answer.json["expires_at"]) == ("authorization_code", "2026-03-01T12:10:00Z")
    assert exchange(world, missed).status_code == 401
    tokens = exchange(world, answer.json["code"])
    assert tokens.status_code == 200
    seen = world.call("GET", f"/addons/{addon.id}", token=tokens.get_json()["access_token"])
    assert seen.json["id"] == addon.id
    assert exchange(world, answer.json["code"]).status_code == 401, "once, like the first"


def test_only_the_newest_grant_works_and_it_expires_too(world: World, addon: Addon) -> None:
    first, second = (ask(world, addon.id).json["code"] for _ in range(2))
    assert exchange(world, first).status_code == 401
    world.database.clock.advance(timedelta(minutes=5))
    assert exchange(world, second).status_code == 401


def test_who_has_tokens_keeps_them_until_the_new_grant_is_exchanged(world: World, addon: Addon) -> None:
    old = exchange(world, ask(world, addon.id).json["code"]).get_json()["refresh_token"]
    code = ask(world, addon.id).json["code"]
    again = {"grant_type": "refresh_token", "refresh_token": old, "client_secret": SECRET}
    assert world.client.post("/oauth/token", data=again).status_code == 200
    assert exchange(world, code).status_code == 200
    assert world.client.post("/oauth/token", data=again).status_code == 401, "one refresh token an instance"


def test_without_the_ability_it_is_forbidden(world: World, addon: Addon) -> None:
    with world.database.transaction() as tx:
        set_abilities(tx, tx.get(AddonService, addon.service_id), ["async_deprovisioning"])
    with world.nothing_written():
        for uuid in (addon.id, "nothing"):
            answer = ask(world, uuid)
            assert answer.error == (403, "forbidden")
            assert "enabled on request" in answer.json["message"]


WRONG: dict[str, dict[str, str]] = {
    "nothing": {},
    "a wrong password": basic(password="x"),
    "no password": basic(password=""),
    "an unknown service": basic(user="other"),
    "the client secret": basic(password=SECRET),
    "another alphabet": basic(password="pässwörd"),
    "no base64": {"Authorization": "Basic %%%"},
    "Bearer": {"Authorization": f"Bearer {PASSWORD}"},
}


@pytest.mark.parametrize("case", WRONG)
def test_invariant_17_wrong_credentials_are_401_and_write_nothing(case: str, world: World, addon: Addon) -> None:
    with world.nothing_written():
        answer = ask(world, addon.id, WRONG[case])
    assert answer.error == (401, "unauthorized")
    assert PASSWORD not in answer.text


def test_invariant_17_no_password_is_not_a_password(world: World, addon: Addon) -> None:
    with world.database.transaction() as tx:
        service = tx.get(AddonService, addon.service_id)
        api = {name: value for name, value in service.manifest["api"].items() if name != "password"}
        tx.update(service, manifest=service.manifest | {"api": api})
    assert ask(world, addon.id, basic(password="")).error == (401, "unauthorized")


def test_the_customers_token_is_no_manifests_password(world: World, addon: Addon) -> None:
    with world.nothing_written():
        assert ask(world, addon.id, basic("", world.token)).error == (401, "unauthorized")


def test_only_for_instances_of_ones_own_that_live_and_were_answered_for(world: World, addon: Addon) -> None:
    with world.database.transaction() as tx:
        set_abilities(tx, support.new_service(tx, "other"), ["fresh_grants"])
        app = support.new_app(tx, world.customer, "second")
        gone = support.end_addon(tx, world.customer, support.new_addon(tx, world.customer, app, "other"))
        theirs = support.new_addon(tx, world.customer, app, "other")
        asked, _ = create_addon(tx, world.customer, app, "exceptions")
    with world.nothing_written():
        for uuid, user in ((theirs.id, "exceptions"), (asked.id, "exceptions"), (gone.id, "other"), ("%00", "other")):
            assert ask(world, uuid, basic(user)).error == (404, "not_found"), uuid


def test_nothing_else_is_there(world: World, addon: Addon) -> None:
    for method, path in (("POST", f"/vendor/resources/{addon.id}/oauth-grant"), ("GET", "/vendor/nothing")):
        answer = Reply.to_client(world.client.open(path, method=method, headers=basic()))
        assert answer.error == (404, "not_found")
