"""Domains, certificates, and automatic certificate management."""

from platform_sim.core.access import app_named, customers_only
from platform_sim.core.actions import certificates, domains
from platform_sim.core.errors import InvalidParams
from platform_sim.core.model.apps import App
from platform_sim.core.model.domains import SniEndpoint
from platform_sim.core.public import domains as public
from platform_sim.core.public.apps import app as public_app
from platform_sim.core.store import Snapshot, Transaction
from platform_sim.web.api.bodies import OrNull, identity, text
from platform_sim.web.api.call import Call, Json

DOMAIN = {"hostname": text, "sni_endpoint": OrNull(identity)}
LINK = {"sni_endpoint": OrNull(identity)}
CERTIFICATE = {"certificate_chain": text, "private_key": text}


def _app(call: Call, rows: Snapshot) -> App:
    return app_named(rows, call.actor, call.path["app"])


def listing(call: Call, rows: Snapshot) -> Json:
    """GET /apps/:app/domains; `domain` is what heroku3 orders them by."""
    found = domains.domains_of(rows, _app(call, rows))
    return [{"domain": each.hostname} | public.domain(rows, each) for each in found]


def info(call: Call, rows: Snapshot) -> Json:
    """GET /apps/:app/domains/:domain (id or host name)."""
    return public.domain(rows, domains.domain_named(rows, _app(call, rows), call.path["domain"]))


def create(call: Call, tx: Transaction) -> Json:
    """POST /apps/:app/domains: the router knows the name at once."""
    wish = call.body
    made = domains.create_domain(tx, call.actor, _app(call, tx), wish["hostname"], wish.get("sni_endpoint"))
    return public.domain(tx, made)


def update(call: Call, tx: Transaction) -> Json:
    """PATCH /apps/:app/domains/:domain: null takes the certificate away."""
    if "sni_endpoint" not in call.body:
        raise InvalidParams("Missing parameter: sni_endpoint (a name or id, or null for none).")
    app = _app(call, tx)
    found = domains.domain_named(tx, app, call.path["domain"])
    return public.domain(tx, domains.link_domain(tx, call.actor, app, found, call.body["sni_endpoint"]))


def delete(call: Call, tx: Transaction) -> Json:
    """DELETE /apps/:app/domains/:domain: the domain as it was."""
    app = _app(call, tx)
    found = domains.domain_named(tx, app, call.path["domain"])
    body = public.domain(tx, found)
    domains.delete_domain(tx, call.actor, app, found)
    return body


def _endpoint(call: Call, rows: Snapshot) -> tuple[App, SniEndpoint]:
    customers_only(call.actor, "see or change an app's certificates")
    app = _app(call, rows)
    return app, certificates.endpoint_named(rows, app, call.path["sni-endpoint"])


def list_endpoints(call: Call, rows: Snapshot) -> Json:
    """GET /apps/:app/sni-endpoints."""
    customers_only(call.actor, "see an app's certificates")
    return [public.sni_endpoint(rows, each) for each in rows.all(SniEndpoint, app_id=_app(call, rows).id)]


def endpoint_info(call: Call, rows: Snapshot) -> Json:
    """GET /apps/:app/sni-endpoints/:endpoint (id or name)."""
    return public.sni_endpoint(rows, _endpoint(call, rows)[1])


def create_endpoint(call: Call, tx: Transaction) -> Json:
    """POST /apps/:app/sni-endpoints."""
    wish = call.body
    made = certificates.create_endpoint(tx, call.actor, _app(call, tx), wish["certificate_chain"], wish["private_key"])
    return public.sni_endpoint(tx, made)


def update_endpoint(call: Call, tx: Transaction) -> Json:
    """PATCH /apps/:app/sni-endpoints/:endpoint."""
    app, found = _endpoint(call, tx)
    wish = call.body
    changed = certificates.update_endpoint(tx, call.actor, app, found, wish["certificate_chain"], wish["private_key"])
    return public.sni_endpoint(tx, changed)


def delete_endpoint(call: Call, tx: Transaction) -> Json:
    """DELETE /apps/:app/sni-endpoints/:endpoint: the endpoint as it was."""
    app, found = _endpoint(call, tx)
    body = public.sni_endpoint(tx, found)
    certificates.delete_endpoint(tx, call.actor, app, found)
    return body


def enable_acm(call: Call, tx: Transaction) -> Json:
    """POST /apps/:app/acm."""
    return public_app(tx, domains.set_acm(tx, call.actor, _app(call, tx), on=True), call.at)


def refresh_acm(call: Call, tx: Transaction) -> Json:
    """PATCH /apps/:app/acm."""
    return public_app(tx, domains.refresh_acm(tx, call.actor, _app(call, tx)), call.at)


def disable_acm(call: Call, tx: Transaction) -> Json:
    """DELETE /apps/:app/acm."""
    return public_app(tx, domains.set_acm(tx, call.actor, _app(call, tx), on=False), call.at)
