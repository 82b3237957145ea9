"""Rows of the table for daily use: domains and certificates."""

from platform_sim.web.api.handlers import domains
from platform_sim.web.api.specs import BOTH, Key, Spec, get, listing, write

DAILY: dict[Key, Spec] = {
    ("GET", "/apps/{app}/domains"): listing(domains.listing, "hostname", **BOTH),
    ("POST", "/apps/{app}/domains"): write(domains.create, 201, fields=domains.DOMAIN, required=("hostname",)),
    ("GET", "/apps/{app}/domains/{domain}"): get(domains.info, **BOTH),
    ("PATCH", "/apps/{app}/domains/{domain}"): write(domains.update, fields=domains.LINK),
    ("DELETE", "/apps/{app}/domains/{domain}"): write(domains.delete),
    ("GET", "/apps/{app}/sni-endpoints"): listing(domains.list_endpoints, "name"),
    ("POST", "/apps/{app}/sni-endpoints"): write(
        domains.create_endpoint, 201, fields=domains.CERTIFICATE, required=tuple(domains.CERTIFICATE)
    ),
    ("GET", "/apps/{app}/sni-endpoints/{sni-endpoint}"): get(domains.endpoint_info),
    ("PATCH", "/apps/{app}/sni-endpoints/{sni-endpoint}"): write(
        domains.update_endpoint, fields=domains.CERTIFICATE, required=tuple(domains.CERTIFICATE)
    ),
    ("DELETE", "/apps/{app}/sni-endpoints/{sni-endpoint}"): write(domains.delete_endpoint),
    ("POST", "/apps/{app}/acm"): write(domains.enable_acm),
    ("PATCH", "/apps/{app}/acm"): write(domains.refresh_acm),
    ("DELETE", "/apps/{app}/acm"): write(domains.disable_acm),
}
