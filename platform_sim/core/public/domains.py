"""Domains and certificates in public."""

from platform_sim.core.model.apps import App
from platform_sim.core.model.domains import Domain, SniEndpoint
from platform_sim.core.model.values import iso
from platform_sim.core.store import Snapshot

Json = dict[str, object]


def domain(rows: Snapshot, row: Domain) -> Json:
    """`Domain`. Nothing waits for DNS here, so the status is `succeeded` from the beginning."""
    app = rows.get(App, row.app_id)
    endpoint = rows.get(SniEndpoint, row.sni_endpoint_id) if row.sni_endpoint_id else None
    return {
        "acm_status": row.acm_status,
        "acm_status_reason": None,
        "app": {"id": app.id, "name": app.name},
        "cname": row.cname,
        "created_at": iso(row.created_at),
        "hostname": row.hostname,
        "id": row.id,
        "kind": row.kind,
        "sni_endpoint": {"id": endpoint.id, "name": endpoint.name} if endpoint else None,
        "status": "succeeded",
        "updated_at": iso(row.updated_at),
    }


def sni_endpoint(rows: Snapshot, row: SniEndpoint) -> Json:
    """`SNI Endpoint`, without its key. `ca_signed?` says that somebody else signed it; trust is not checked."""
    app = rows.get(App, row.app_id)
    return {
        "app": {"id": app.id, "name": app.name},
        "certificate_chain": row.certificate_chain,
        "created_at": iso(row.created_at),
        "display_name": None,
        "domains": [each.id for each in rows.all(Domain, sni_endpoint_id=row.id)],
        "id": row.id,
        "name": row.name,
        "ssl_cert": {
            "ca_signed?": not row.self_signed,
            "cert_domains": row.cert_domains,
            "expires_at": iso(row.expires_at),
            "id": row.certificate_id,
            "issuer": row.issuer,
            "self_signed?": row.self_signed,
            "starts_at": iso(row.starts_at),
            "subject": row.subject,
        },
        "updated_at": iso(row.updated_at),
    }
