"""The legacy partner protocol, for manifests that do not ask for version 3 (partner-api §8). Shaped as `version_3`."""

from typing import Any
from urllib.parse import quote, urlsplit

from platform_sim.partners.orders import ProvisionOrder, Resource

ACCEPT = "application/json"
PROVISIONED = (200, 201)
"""201 is what the templates of Heroku's own tool answered (partner-api §8.2)."""
SETS_CONFIG = "PUT to the callback_url"
DELETED = (200, 204, 410)


def provision_body(order: ProvisionOrder) -> dict[str, Any]:
    """With `uuid` and `oauth_grant`, as later years had it (partner-api §2.3); no `name`.

    `logplex_token` is the one that writes into the app's log where the manifest asks for that, else the drain's; null
    when it asks for neither, as kensa sends it (partner-api §9).
    """
    body: dict[str, Any] = {
        "heroku_id": order.heroku_id,
        "plan": order.plan,
        "region": order.region,
        "callback_url": order.callback_url,
        "options": order.sorted_options,
        "logplex_token": order.log_drain_token,
        "uuid": order.uuid,
        "oauth_grant": order.sent_grant,
    }
    if order.log_input_url is not None:
        body["log_input_url"] = order.log_input_url
        body["logplex_token"] = urlsplit(order.log_input_url).password
    if order.log_drain_token is not None:
        body["log_drain_token"] = order.log_drain_token
    return body


def plan_body(resource: Resource, plan: str) -> dict[str, Any]:
    """Of a PUT (partner-api §2.10); with the uuid, as kensa sends it (§9)."""
    return {"heroku_id": resource.heroku_id, "plan": plan, "uuid": resource.uuid}


def address(resource: Resource) -> str | None:
    """The last segment of a resource's URL; None while the partner has not said by which id it knows the resource."""
    return quote(resource.provider_id, safe="") if resource.provider_id is not None else None
