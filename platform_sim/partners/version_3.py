"""The current partner protocol: what is sent, and which answers it promises to take (partner-api §2)."""

from typing import Any

from platform_sim.partners.orders import ProvisionOrder, Resource

ACCEPT = "application/vnd.heroku-addons+json; version=3"
PROVISIONED = (200,)
SETS_CONFIG = "PATCH /addons/:id/config"
DELETED = (204, 410)


def provision_body(order: ProvisionOrder) -> dict[str, Any]:
    """In a fixed order of names. The drain token goes under its old name too (design §9)."""
    body: dict[str, Any] = {
        "uuid": order.uuid,
        "name": order.name,
        "plan": order.plan,
        "region": order.region,
        "callback_url": order.callback_url,
        "options": order.sorted_options,
        "oauth_grant": order.sent_grant,
    }
    if order.log_input_url is not None:
        body["log_input_url"] = order.log_input_url
    if order.log_drain_token is not None:
        body["log_drain_token"] = order.log_drain_token
        body["logplex_token"] = order.log_drain_token
    return body


def plan_body(resource: Resource, plan: str) -> dict[str, Any]:
    """Of a PUT (partner-api §2.10)."""
    return {"plan": plan}


def address(resource: Resource) -> str | None:
    """The last segment of a resource's URL."""
    return resource.uuid
