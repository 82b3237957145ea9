"""Certificates of apps: checked, kept, linked to domains."""

from typing import Any

from platform_sim.core.access import Actor, customers_only
from platform_sim.core.errors import InvalidParams, NotFound
from platform_sim.core.model.apps import App
from platform_sim.core.model.certificates import BadCertificate, read_certificate
from platform_sim.core.model.domains import Domain, SniEndpoint
from platform_sim.core.model.names import endpoint_name
from platform_sim.core.model.values import is_uuid
from platform_sim.core.store import Snapshot, Transaction


def create_endpoint(tx: Transaction, actor: Actor, app: App, chain: str, key: str) -> SniEndpoint:
    """A certificate for the app's domains; InvalidParams if chain and key cannot be used."""
    customers_only(actor, "add a certificate to an app")
    facts = _facts(tx, chain, key)
    now = tx.now()
    endpoint = tx.insert(
        SniEndpoint(
            id=tx.uuid("sni-endpoint", app.id),
            app_id=app.id,
            name=_free_name(tx),
            certificate_id=tx.uuid("certificate", app.id),
            created_at=now,
            updated_at=now,
            **facts,
        )
    )
    tx.record("sni-endpoint", "create", endpoint.id, actor.account, _told(endpoint), app_id=app.id)
    return endpoint


def update_endpoint(
    tx: Transaction, actor: Actor, app: App, endpoint: SniEndpoint, chain: str, key: str
) -> SniEndpoint:
    """Another certificate in its place; the domains stay linked."""
    customers_only(actor, "change a certificate of an app")
    facts = _facts(tx, chain, key)
    before = {"issuer": endpoint.issuer, "subject": endpoint.subject}
    endpoint = tx.update(endpoint, certificate_id=tx.uuid("certificate", app.id), **facts)
    tx.record("sni-endpoint", "update", endpoint.id, actor.account, _told(endpoint), app_id=app.id, previous=before)
    return endpoint


def delete_endpoint(tx: Transaction, actor: Actor, app: App, endpoint: SniEndpoint) -> None:
    """Remove a certificate; domains that were linked to it have none then."""
    customers_only(actor, "remove a certificate from an app")
    tx.record("sni-endpoint", "destroy", endpoint.id, actor.account, _told(endpoint), app_id=app.id)
    for domain in tx.all(Domain, sni_endpoint_id=endpoint.id):
        tx.update(domain, sni_endpoint_id=None)
    tx.delete(endpoint)


def endpoint_named(rows: Snapshot, app: App, identity: str) -> SniEndpoint:
    """One of the app's, by id or name."""
    if is_uuid(identity):
        found = rows.find(SniEndpoint, app_id=app.id, id=identity)
    else:
        found = rows.find(SniEndpoint, app_id=app.id, name=identity)
    if found is None:
        raise NotFound("sni_endpoint", "Couldn't find that SNI endpoint.")
    return found


def _facts(tx: Transaction, chain: str, key: str) -> dict[str, Any]:
    try:
        found = read_certificate(chain, key, tx.now())
    except BadCertificate as problem:
        raise InvalidParams(f"This certificate cannot be used: {problem}.") from None
    return {
        "certificate_chain": chain,
        "private_key": key,
        "subject": found.subject,
        "issuer": found.issuer,
        "cert_domains": found.domains,
        "self_signed": found.self_signed,
        "starts_at": found.starts_at,
        "expires_at": found.expires_at,
    }


def _free_name(tx: Transaction) -> str:
    dice = tx.dice("sni-endpoint-name")
    while True:
        name = endpoint_name(dice)
        if tx.find(SniEndpoint, name=name) is None:
            return name


def _told(endpoint: SniEndpoint) -> dict[str, Any]:
    return {"name": endpoint.name, "cert_domains": endpoint.cert_domains}
