"""What an operator does with a service: stage, place, abilities, client secret, and a whole file of them."""

import json

import pytest

from platform_sim.core.access import Actor
from platform_sim.core.actions.accounts import actor_for_token
from platform_sim.core.actions.oauth import exchange_grant, refresh
from platform_sim.core.actions.services import apply_seeds, change_service, set_client_secret
from platform_sim.core.errors import Unauthorized
from platform_sim.core.model.accounts import Authorization
from platform_sim.core.model.addons import AddonService, ManifestVersion, Plan, as_called
from platform_sim.core.model.apps import App
from platform_sim.core.model.catalog import PlanSpec, ServiceSeed, ServiceSpec
from platform_sim.core.model.records import Event
from platform_sim.core.store import Transaction

from ...support import dump, new_addon, new_manifest, new_service


def test_what_is_said_is_set_and_told(tx: Transaction, customer: Actor) -> None:
    service = new_service(tx)
    spec = ServiceSpec("beta", "http://localhost:5300/", ("fresh_grants",), plans=(PlanSpec("pro", 900),))
    changed = change_service(tx, customer.account, service, spec)
    assert tx.get(AddonService, service.id) == changed
    assert (changed.state, changed.local_url, changed.abilities) == ("beta", "http://localhost:5300", ["fresh_grants"])
    assert [plan.name for plan in tx.all(Plan, service_id=service.id)] == ["test", "pro"]
    told = tx.all(Event, kind="addon-service")[-1]
    assert told.actor_email == customer.account.email
    assert told.data == {
        "name": "exceptions",
        "abilities": ["fresh_grants"],
        "local_url": "http://localhost:5300",
        "state": "beta",
    }
    assert told.previous == {"abilities": [], "local_url": "", "state": "alpha"}


def test_what_is_not_said_stays_and_nothing_is_written_twice(tx: Transaction, customer: Actor) -> None:
    service = new_service(tx)
    spec = ServiceSpec("ga", "http://localhost:1", ("fresh_grants",), "secret", (PlanSpec("test", 5),))
    service = change_service(tx, customer.account, service, spec)
    before = dump(tx)
    assert change_service(tx, customer.account, service, spec) == service
    assert change_service(tx, customer.account, service, ServiceSpec()) == service
    assert dump(tx) == before
    assert change_service(tx, customer.account, service, ServiceSpec(local="", abilities=())).local_url == ""


def test_a_new_client_secret_ends_access_tokens_at_once_and_refreshing_works_with_the_new_one(
    tx: Transaction, customer: Actor, app: App
) -> None:
    service = new_service(tx)
    other = new_service(tx, "database")
    tokens = []
    for name in ("exceptions", "database"):
        addon = new_addon(tx, customer, app, name)
        grant = tx.find(Authorization, addon_id=addon.id)
        assert grant is not None
        assert grant.grant_code is not None
        tokens.append(exchange_grant(tx, grant.grant_code, f"{name}-client-secret"))
    set_client_secret(tx, customer.account, service, "exceptions-client-secret")
    assert actor_for_token(tx, tokens[0].access.token).is_partner, "the same secret again changes nothing"
    set_client_secret(tx, customer.account, service, "new")
    with pytest.raises(Unauthorized):
        actor_for_token(tx, tokens[0].access.token)
    assert actor_for_token(tx, tokens[1].access.token).is_partner, f"{other.name} is not concerned"
    with pytest.raises(Unauthorized):
        refresh(tx, tokens[0].refresh_token, "exceptions-client-secret")
    assert actor_for_token(tx, refresh(tx, tokens[0].refresh_token, "new").access.token).is_partner


def test_a_secret_that_is_reset_is_new_and_never_told(tx: Transaction, customer: Actor) -> None:
    service = new_service(tx)
    changed = set_client_secret(tx, customer.account, service)
    assert len(changed.client_secret) == 32
    again = set_client_secret(tx, customer.account, changed)
    assert again.client_secret != changed.client_secret
    told = tx.all(Event, kind="addon-service")[-2:]
    assert [event.data for event in told] == [{"name": "exceptions", "client_secret": "reset"}] * 2
    events = json.dumps(dump(tx)["Event"], default=str)
    assert not any(secret in events for secret in (changed.client_secret, again.client_secret))


def seed(**more: object) -> ServiceSeed:
    spec = ServiceSpec(state="ga", client_secret="secret", plans=(PlanSpec("test"), PlanSpec("pro", 900)))
    return ServiceSeed(new_manifest("acme") | more, spec)


def test_services_of_a_file_are_made_and_applied_again_write_nothing(tx: Transaction, customer: Actor) -> None:
    [made] = apply_seeds(tx, customer.account, [seed()])
    assert (made.name, made.state, made.client_secret, made.owner_id) == ("acme", "ga", "secret", customer.account.id)
    before = dump(tx)
    assert apply_seeds(tx, customer.account, [seed()]) == [made]
    assert dump(tx) == before


def test_a_changed_manifest_is_a_new_version_and_others_stay(tx: Transaction, customer: Actor) -> None:
    other = new_service(tx)
    apply_seeds(tx, customer.account, [seed()])
    [changed] = apply_seeds(tx, customer.account, [seed(name="Acme Two")])
    assert changed.human_name == "Acme Two"
    assert tx.count(ManifestVersion, service_id=changed.id) == 2
    assert tx.get(AddonService, other.id) == other


def called(production: object, local: str, **api: object) -> dict[str, object]:
    """Where a service with this manifest is called, as `api.test` says it."""
    manifest = new_manifest()
    manifest["api"] |= {"production": production, **api}
    service = AddonService("1", "x", "X", None, "ga", manifest, "", [], None, None, "", local)  # type: ignore[arg-type]
    found: dict[str, object] = as_called(service)["api"]
    assert found["production"] == production, "what was pushed stays"
    return found


def test_a_local_place_keeps_the_manifests_paths() -> None:
    production = {"base_url": "https://acme.example:8443/heroku/resources", "sso_url": "https://acme.example/sso?a=b"}
    assert called(production, "http://localhost:5300", test="http://localhost:1")["test"] == {
        "base_url": "http://localhost:5300/heroku/resources",
        "sso_url": "http://localhost:5300/sso?a=b",
    }
    assert called({"base_url": "https://acme.example"}, "http://[::1]:1")["test"] == {"base_url": "http://[::1]:1"}
    assert called("https://acme.example", "http://localhost:1")["test"] == "http://localhost:1"
    assert "test" not in called(production, "")
