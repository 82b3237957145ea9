"""An app's certificates: kept once they were checked, told without the key, gone with the app."""

import pytest

from platform_sim.core.access import Actor
from platform_sim.core.actions import certificates, domains
from platform_sim.core.actions.apps import delete_app
from platform_sim.core.errors import Forbidden, InvalidParams, NotFound
from platform_sim.core.model.apps import App
from platform_sim.core.model.domains import SniEndpoint
from platform_sim.core.model.records import Event
from platform_sim.core.store import Transaction

from ...certificates import issue
from ...support import dump, new_addon, new_app, new_service, partner_of_addon

ONE = issue("www.example.com")
OTHER = issue("shop.example.com", number=2)


@pytest.fixture
def endpoint(tx: Transaction, customer: Actor, app: App) -> SniEndpoint:
    return certificates.create_endpoint(tx, customer, app, ONE.certificate, ONE.key)


def test_a_certificate_is_kept_with_its_facts(tx: Transaction, app: App, endpoint: SniEndpoint) -> None:
    assert tx.get(SniEndpoint, endpoint.id) == endpoint
    assert endpoint.cert_domains == ["www.example.com"]
    assert endpoint.self_signed is True
    for identity in (endpoint.id, endpoint.name):
        assert certificates.endpoint_named(tx, app, identity) == endpoint
    for unknown in ("nothing", endpoint.id[:-1] + "x", app.id):
        with pytest.raises(NotFound):
            certificates.endpoint_named(tx, app, unknown)


def test_another_app_s_is_not_found(tx: Transaction, customer: Actor, endpoint: SniEndpoint) -> None:
    with pytest.raises(NotFound):
        certificates.endpoint_named(tx, new_app(tx, customer), endpoint.name)


def test_a_new_certificate_takes_the_place_and_keeps_the_domains(
    tx: Transaction, customer: Actor, app: App, endpoint: SniEndpoint
) -> None:
    domain = domains.create_domain(tx, customer, app, "www.example.com", endpoint.name)
    changed = certificates.update_endpoint(tx, customer, app, endpoint, OTHER.certificate, OTHER.key)
    assert (changed.id, changed.name) == (endpoint.id, endpoint.name)
    assert changed.certificate_id != endpoint.certificate_id
    assert (changed.cert_domains, changed.private_key) == (["shop.example.com"], OTHER.key)
    assert domains.domain_named(tx, app, domain.id).sni_endpoint_id == endpoint.id


def test_one_that_is_removed_lets_its_domains_go(
    tx: Transaction, customer: Actor, app: App, endpoint: SniEndpoint
) -> None:
    domain = domains.create_domain(tx, customer, app, "www.example.com", endpoint.id)
    certificates.delete_endpoint(tx, customer, app, endpoint)
    assert domains.domain_named(tx, app, domain.id).sni_endpoint_id is None
    assert tx.count(SniEndpoint) == 0


def test_what_cannot_be_used_writes_nothing(tx: Transaction, customer: Actor, app: App, endpoint: SniEndpoint) -> None:
    before = dump(tx)
    with pytest.raises(InvalidParams, match=r"cannot be used: private_key does not belong to the certificate\."):
        certificates.create_endpoint(tx, customer, app, ONE.certificate, OTHER.key)
    with pytest.raises(InvalidParams, match="holds no certificate"):
        certificates.update_endpoint(tx, customer, app, endpoint, "x", ONE.key)
    assert dump(tx) == before


def test_events_tell_of_it_and_hold_no_key(tx: Transaction, customer: Actor, app: App, endpoint: SniEndpoint) -> None:
    certificates.update_endpoint(tx, customer, app, endpoint, OTHER.certificate, OTHER.key)
    certificates.delete_endpoint(tx, customer, app, endpoint)
    told = tx.all(Event, kind="sni-endpoint")
    assert [(e.action, e.app_id) for e in told] == [(a, app.id) for a in ("create", "update", "destroy")]
    assert "PRIVATE" not in str(dump(tx)["Event"])
    assert "PRIVATE" not in repr(endpoint)


def test_certificates_go_with_the_app(tx: Transaction, customer: Actor, app: App, endpoint: SniEndpoint) -> None:
    delete_app(tx, customer, app)
    assert tx.find(SniEndpoint, id=endpoint.id) is None


def test_a_partner_has_no_hand_in_it(tx: Transaction, customer: Actor, app: App, endpoint: SniEndpoint) -> None:
    new_service(tx)
    partner = partner_of_addon(tx, new_addon(tx, customer, app))
    with pytest.raises(Forbidden):
        certificates.create_endpoint(tx, partner, app, ONE.certificate, ONE.key)
    with pytest.raises(Forbidden):
        certificates.update_endpoint(tx, partner, app, endpoint, ONE.certificate, ONE.key)
    with pytest.raises(Forbidden):
        certificates.delete_endpoint(tx, partner, app, endpoint)
