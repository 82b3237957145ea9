"""The host names of apps. What they lead to is decided by the router, which reads these rows."""

from typing import Literal

from platform_sim.core.access import Actor, customers_only
from platform_sim.core.actions.certificates import endpoint_named
from platform_sim.core.errors import Forbidden, InvalidParams, NotFound
from platform_sim.core.model.apps import App
from platform_sim.core.model.domains import Domain, default_hostname, hostname_problem, wildcards_for
from platform_sim.core.model.names import dns_target
from platform_sim.core.model.values import is_uuid
from platform_sim.core.roles import role_in_app
from platform_sim.core.store import Snapshot, Transaction

ACM_STATUS = "cert issued"
"""Of every custom domain while certificates are managed automatically: the edge makes one for each name by itself."""


def add_default_domain(tx: Transaction, app: App) -> Domain:
    """The domain of kind `heroku` that comes with an app."""
    return _insert(tx, app, "heroku", default_hostname(app.name))


def rename_default_domain(tx: Transaction, app: App) -> None:
    """The default domain follows the app's new name."""
    [own] = tx.all(Domain, app_id=app.id, kind="heroku")
    tx.update(own, hostname=default_hostname(app.name))


def domains_of(rows: Snapshot, app: App) -> list[Domain]:
    """The default one first, then the custom ones as they were added."""
    return sorted(rows.all(Domain, app_id=app.id), key=lambda domain: domain.kind == "custom")


def domain_named(rows: Snapshot, app: App, identity: str) -> Domain:
    """One of the app's, by id or host name."""
    if is_uuid(identity):
        found = rows.find(Domain, app_id=app.id, id=identity)
    else:
        found = rows.find(Domain, app_id=app.id, hostname=identity.lower())
    if found is None:
        raise NotFound("domain")
    return found


def domain_for(rows: Snapshot, host: str) -> Domain | None:
    """The domain that a host name is for: the name itself before wildcards, the closest wildcard first."""
    names = (host, *wildcards_for(host))
    found = {domain.hostname: domain for domain in rows.all(Domain, hostname=names, kind="custom")}
    return next((found[name] for name in names if name in found), None)


def create_domain(tx: Transaction, actor: Actor, app: App, hostname: str, endpoint: str | None = None) -> Domain:
    """A custom domain, linked to a certificate if one is named.

    InvalidParams for what is no host name, for one that is taken, or that another owner's wildcard covers.
    """
    customers_only(actor, "add a domain to an app")
    hostname = hostname.lower()
    problem = hostname_problem(hostname)
    if problem is not None:
        raise InvalidParams(f"{hostname[:253]!r} {problem}.")
    _check_free(tx, actor, app, hostname)
    linked = endpoint_named(tx, app, endpoint).id if endpoint else None
    domain = _insert(tx, app, "custom", hostname, dns_target(tx.dice("dns-target", app.id)), linked)
    if app.acm:
        domain = tx.update(domain, acm_status=ACM_STATUS)
    tx.record("domain", "create", domain.id, actor.account, _told(domain), app_id=app.id)
    return domain


def _check_free(tx: Transaction, actor: Actor, app: App, hostname: str) -> None:
    there = tx.find(Domain, hostname=hostname)
    if there is not None:
        whose = app.name if there.app_id == app.id else "another app"
        raise InvalidParams(f"{hostname} cannot be added: {whose} has it already.")
    for wildcard in tx.all(Domain, hostname=wildcards_for(hostname)):
        if role_in_app(tx, actor.account, tx.get(App, wildcard.app_id)) is None:
            raise InvalidParams(f"{hostname} cannot be added: somebody else's app has {wildcard.hostname}.")


def link_domain(tx: Transaction, actor: Actor, app: App, domain: Domain, endpoint: str | None) -> Domain:
    """Use another certificate for a custom domain, or none."""
    customers_only(actor, "change a domain of an app")
    _check_custom(domain)
    linked = endpoint_named(tx, app, endpoint).id if endpoint else None
    if linked == domain.sni_endpoint_id:
        return domain
    domain = tx.update(domain, sni_endpoint_id=linked)
    tx.record("domain", "update", domain.id, actor.account, _told(domain), app_id=app.id)
    return domain


def delete_domain(tx: Transaction, actor: Actor, app: App, domain: Domain) -> None:
    """Remove a custom domain: requests for it find no app any more."""
    customers_only(actor, "remove a domain from an app")
    _check_custom(domain)
    tx.record("domain", "destroy", domain.id, actor.account, _told(domain), app_id=app.id)
    tx.delete(domain)


def set_acm(tx: Transaction, actor: Actor, app: App, on: bool) -> App:
    """Switch automatic certificate management. The platform's own authority issues at once, and trust in it is all that
    is needed; so each custom domain says that it has its certificate."""
    customers_only(actor, "manage an app's certificates")
    for domain in tx.all(Domain, app_id=app.id, kind="custom"):
        tx.update(domain, acm_status=ACM_STATUS if on else None)
    if app.acm == on:
        return app
    app = tx.update(app, acm=on)
    tx.record("app", "update", app.id, actor.account, {"name": app.name}, app_id=app.id, previous={"acm": not on})
    return app


def refresh_acm(tx: Transaction, actor: Actor, app: App) -> App:
    """Try again for domains that have no certificate: all have one. InvalidParams where it is off."""
    if not app.acm:
        raise InvalidParams(f"Automatic certificate management is off for {app.name}: enable it first.")
    return set_acm(tx, actor, app, on=True)


def _check_custom(domain: Domain) -> None:
    if domain.kind == "heroku":
        raise Forbidden(f"{domain.hostname} is the app's default domain: it stays as it is while the app exists.")


def _insert(
    tx: Transaction,
    app: App,
    kind: Literal["heroku", "custom"],
    hostname: str,
    cname: str | None = None,
    endpoint_id: str | None = None,
) -> Domain:
    now = tx.now()
    return tx.insert(
        Domain(
            id=tx.uuid("domain", app.id),
            app_id=app.id,
            hostname=hostname,
            kind=kind,
            cname=cname,
            sni_endpoint_id=endpoint_id,
            acm_status=None,
            created_at=now,
            updated_at=now,
        )
    )


def _told(domain: Domain) -> dict[str, str]:
    return {"hostname": domain.hostname, "kind": domain.kind}
