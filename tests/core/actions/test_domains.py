"""An app's host names: the one that it begins with, those that a customer adds, and whose a name is."""

import pytest

from platform_sim.core.access import Actor
from platform_sim.core.actions import certificates
from platform_sim.core.actions.apps import delete_app, update_app
from platform_sim.core.actions.domains import (
    create_domain,
    delete_domain,
    domain_for,
    domain_named,
    domains_of,
    link_domain,
    refresh_acm,
    set_acm,
)
from platform_sim.core.errors import Forbidden, InvalidParams, NotFound
from platform_sim.core.model.apps import App
from platform_sim.core.model.domains import Domain
from platform_sim.core.model.records import Event
from platform_sim.core.store import Transaction

from ...certificates import issue
from ...support import dump, new_addon, new_app, new_customer, new_service, partner_of_addon


def names(tx: Transaction, app: App) -> list[str]:
    return [domain.hostname for domain in domains_of(tx, app)]


def actions(tx: Transaction) -> list[str]:
    """Of every event of domains."""
    return [event.action for event in tx.all(Event, kind="domain")]


class TestDefault:
    """The domain that comes with the app."""

    def test_every_app_has_one_that_points_nowhere(self, tx: Transaction, app: App) -> None:
        [own] = domains_of(tx, app)
        assert (own.hostname, own.kind, own.cname) == ("acme.localhost", "heroku", None)
        assert actions(tx) == []

    def test_it_follows_the_name(self, tx: Transaction, customer: Actor, app: App) -> None:
        [own] = domains_of(tx, app)
        update_app(tx, customer, app, name="acme-two")
        assert [(d.id, d.hostname) for d in domains_of(tx, app)] == [(own.id, "acme-two.localhost")]
        assert names(tx, new_app(tx, customer, "acme")) == ["acme.localhost"], "the old name is free"

    def test_it_can_be_neither_removed_nor_linked(self, tx: Transaction, customer: Actor, app: App) -> None:
        [own] = domains_of(tx, app)
        before = dump(tx)
        with pytest.raises(Forbidden, match="default domain"):
            delete_domain(tx, customer, app, own)
        with pytest.raises(Forbidden, match="default domain"):
            link_domain(tx, customer, app, own, None)
        assert dump(tx) == before


class TestCustom:
    """Domains that a customer adds."""

    def test_one_is_added_found_and_removed(self, tx: Transaction, customer: Actor, app: App) -> None:
        domain = create_domain(tx, customer, app, "WWW.Example.com")
        assert (domain.hostname, domain.kind, domain.acm_status) == ("www.example.com", "custom", None)
        assert domain.cname is not None
        assert domain.cname.endswith(".herokudns.com")
        assert names(tx, app) == ["acme.localhost", "www.example.com"]
        for identity in (domain.id, "www.example.com", "WWW.EXAMPLE.COM"):
            assert domain_named(tx, app, identity) == domain
        delete_domain(tx, customer, app, domain)
        assert names(tx, app) == ["acme.localhost"]
        assert actions(tx) == ["create", "destroy"]
        with pytest.raises(NotFound):
            domain_named(tx, app, "www.example.com")

    def test_each_has_a_target_of_its_own(self, tx: Transaction, customer: Actor, app: App) -> None:
        made = {create_domain(tx, customer, app, f"{n}.example.com").cname for n in range(5)}
        assert len(made) == 5

    def test_a_name_is_one_app_s(self, tx: Transaction, customer: Actor, app: App) -> None:
        create_domain(tx, customer, app, "www.example.com")
        other = new_app(tx, customer, "other")
        before = dump(tx)
        with pytest.raises(InvalidParams, match="acme has it already"):
            create_domain(tx, customer, app, "www.example.com")
        with pytest.raises(InvalidParams, match="another app has it already"):
            create_domain(tx, customer, other, "WWW.example.com")
        with pytest.raises(InvalidParams, match="'nonsense' is not a full host name"):
            create_domain(tx, customer, app, "nonsense")
        assert dump(tx) == before
        with pytest.raises(NotFound):
            domain_named(tx, other, "www.example.com")

    def test_a_wildcard_covers_names_of_its_owner_s_apps_only(self, tx: Transaction, customer: Actor, app: App) -> None:
        create_domain(tx, customer, app, "*.example.com")
        create_domain(tx, customer, new_app(tx, customer, "other"), "www.example.com")
        stranger = new_customer(tx, "stranger@example.com")
        with pytest.raises(InvalidParams, match=r"somebody else's app has \*\.example\.com"):
            create_domain(tx, stranger, new_app(tx, stranger, "theirs"), "a.b.example.com")

    def test_they_go_with_the_app_and_are_free_then(self, tx: Transaction, customer: Actor, app: App) -> None:
        create_domain(tx, customer, app, "www.example.com")
        delete_app(tx, customer, app)
        assert tx.count(Domain) == 0
        create_domain(tx, customer, new_app(tx, customer), "www.example.com")

    def test_a_partner_has_no_hand_in_it(self, tx: Transaction, customer: Actor, app: App) -> None:
        domain = create_domain(tx, customer, app, "www.example.com")
        new_service(tx)
        partner = partner_of_addon(tx, new_addon(tx, customer, app))
        with pytest.raises(Forbidden):
            create_domain(tx, partner, app, "shop.example.com")
        with pytest.raises(Forbidden):
            link_domain(tx, partner, app, domain, None)
        with pytest.raises(Forbidden):
            delete_domain(tx, partner, app, domain)
        with pytest.raises(Forbidden):
            set_acm(tx, partner, app, on=True)


def test_a_host_leads_to_its_own_domain_before_any_wildcard(tx: Transaction, customer: Actor, app: App) -> None:
    for name in ("*.example.com", "*.b.example.com", "a.b.example.com"):
        create_domain(tx, customer, app, name)

    def found(host: str) -> str | None:
        domain = domain_for(tx, host)
        return domain.hostname if domain else None

    assert found("a.b.example.com") == "a.b.example.com"
    assert found("x.b.example.com") == found("x.y.b.example.com") == "*.b.example.com"
    assert found("b.example.com") == found("x.example.com") == "*.example.com"
    assert found("example.com") is found("example.org") is found("localhost") is None
    assert found("acme.localhost") is None, "default names are found by the app's name"


def test_a_certificate_is_linked_and_taken_away(tx: Transaction, customer: Actor, app: App) -> None:
    issued = issue("www.example.com")
    endpoint = certificates.create_endpoint(tx, customer, app, issued.certificate, issued.key)
    domain = create_domain(tx, customer, app, "www.example.com", endpoint.name)
    assert domain.sni_endpoint_id == endpoint.id
    assert link_domain(tx, customer, app, domain, endpoint.id) is domain, "nothing changes"
    domain = link_domain(tx, customer, app, domain, None)
    assert domain.sni_endpoint_id is None
    assert actions(tx) == ["create", "update"]
    with pytest.raises(NotFound):
        link_domain(tx, customer, app, domain, "nothing")


def test_managed_certificates_are_there_at_once(tx: Transaction, customer: Actor, app: App) -> None:
    before = create_domain(tx, customer, app, "a.example.com")
    with pytest.raises(InvalidParams, match="enable it first"):
        refresh_acm(tx, customer, app)
    app = set_acm(tx, customer, app, on=True)
    create_domain(tx, customer, app, "b.example.com")
    app = refresh_acm(tx, customer, app)
    assert app.acm is True
    own, *custom = domains_of(tx, app)
    assert own.acm_status is None
    assert [d.acm_status for d in custom] == ["cert issued", "cert issued"]
    app = set_acm(tx, customer, app, on=False)
    assert (app.acm, tx.get(Domain, before.id).acm_status) == (False, None)
    told = [e.previous for e in tx.all(Event, kind="app", action="update")]
    assert told == [{"acm": False}, {"acm": True}]
