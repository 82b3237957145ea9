"""The one client of the partner contract: composes the exact requests of partner-api §2 and hands them to a `Send`.

Knows no rows: what goes into a request is given. The same arguments make the same bytes, so that a repeat is
one. The conformance checker uses it too.
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from platform_sim.partners.contract import PartnerAnswer, PartnerRequest, Send
from platform_sim.partners.manifest import Manifest, base_url, credentials, resource_url

ACCEPT = "application/vnd.heroku-addons+json; version=3"
USER_AGENT = "platform-sim"


@dataclass(frozen=True)
class Grant:
    """`oauth_grant` of a provisioning request; `expires_at` as it is sent (partner-api §2.3)."""

    code: str = field(repr=False)
    expires_at: str
    type: str = "authorization_code"


@dataclass(frozen=True)
class ProvisionOrder:
    """What a partner is asked to make. `plan`: its own slug; `region`: `provider::region` (partner-api §2.3).

    The log fields are sent only when given: a manifest asks for them with `log_input` and `syslog_drain`.
    """

    uuid: str
    name: str
    plan: str
    region: str
    callback_url: str
    options: Mapping[str, str]
    grant: Grant | None
    log_input_url: str | None = field(default=None, repr=False)
    log_drain_token: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Call:
    """One exchange with a partner, as it was."""

    request: PartnerRequest
    answer: PartnerAnswer


class PartnerClient:
    """Calls partners through `send`; `timeout` in wall seconds for each call (25, partner-api §2.1)."""

    def __init__(self, send: Send, timeout: float = 25.0) -> None:
        self._send = send
        self._timeout = timeout

    def provision(self, manifest: Manifest, order: ProvisionOrder) -> Call:
        """POST to the base URL (partner-api §2.3)."""
        return self._call(manifest, "POST", base_url(manifest), _provision_body(order))

    def change_plan(self, manifest: Manifest, uuid: str, plan: str) -> Call:
        """PUT the new plan's slug (partner-api §2.10)."""
        return self._call(manifest, "PUT", resource_url(manifest, uuid), {"plan": plan})

    def deprovision(self, manifest: Manifest, uuid: str, mark: str = "") -> Call:
        """DELETE, without a body (partner-api §2.11).

        `mark` says that the partner may finish later: a header as `Name: value`, or `?name=value` for the URL.
        """
        url, (name, _, value) = resource_url(manifest, uuid), mark.partition(": ")
        if mark.startswith("?"):
            return self._call(manifest, "DELETE", url + mark, None)
        return self._call(manifest, "DELETE", url, None, {name: value} if mark else {})

    def _call(
        self,
        manifest: Manifest,
        method: str,
        url: str,
        content: dict[str, Any] | None,
        more: Mapping[str, str] = MappingProxyType({}),
    ) -> Call:
        headers = {"Accept": ACCEPT, "Authorization": _basic(*credentials(manifest)), "User-Agent": USER_AGENT, **more}
        body = None
        if content is not None:
            headers["Content-Type"] = "application/json"
            body = json.dumps(content, separators=(",", ":")).encode()
        request = PartnerRequest(method, url, headers, body, self._timeout)
        return Call(request, self._send(request))


def _basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def _provision_body(order: ProvisionOrder) -> dict[str, Any]:
    """In a fixed order of names. The drain token goes under its old name too (design §9)."""
    grant = order.grant
    body: dict[str, Any] = {
        "uuid": order.uuid,
        "name": order.name,
        "plan": order.plan,
        "region": order.region,
        "callback_url": order.callback_url,
        "options": {name: order.options[name] for name in sorted(order.options)},
        "oauth_grant": {"code": grant.code, "expires_at": grant.expires_at, "type": grant.type} if grant else None,
    }
    if order.log_input_url is not None:
        body["log_input_url"] = order.log_input_url
    if order.log_drain_token is not None:
        body["log_drain_token"] = order.log_drain_token
        body["logplex_token"] = order.log_drain_token
    return body
