"""The one client of the partner contract: composes the exact requests of partner-api §2 and hands them to a `Send`.

Knows no rows: what goes into a request is given. The same arguments make the same bytes, so that a repeat is
one. The conformance checker uses it too.
"""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode

from platform_sim.core.model.sso import SsoTarget
from platform_sim.partners.contract import FORM, PartnerAnswer, PartnerRequest, Send
from platform_sim.partners.manifest import Manifest, base_url, credentials, resource_url
from platform_sim.partners.orders import ProvisionOrder, Resource
from platform_sim.partners.versions import spoken

USER_AGENT = "platform-sim"
PAGE = "text/html"
"""What a browser wants: by that the ledger knows a login."""


@dataclass(frozen=True)
class Call:
    """One exchange with a partner, as it was."""

    request: PartnerRequest
    answer: PartnerAnswer


class PartnerClient:
    """Calls partners through `send`, in the version that the manifest asks for; `timeout` in wall seconds for each
    call (25, partner-api §2.1)."""

    def __init__(self, send: Send, timeout: float = 25.0) -> None:
        self._send = send
        self._timeout = timeout

    def through(self, around: Callable[[Send, PartnerRequest], PartnerAnswer]) -> "PartnerClient":
        """The same, where `around` has each request in its hand and sends it as it likes."""
        return PartnerClient(partial(around, self._send), self._timeout)

    def provision(self, manifest: Manifest, order: ProvisionOrder) -> Call:
        """POST to the base URL (partner-api §2.3)."""
        return self._call(manifest, "POST", base_url(manifest), spoken(manifest).provision_body(order))

    def change_plan(self, manifest: Manifest, resource: Resource, plan: str) -> Call:
        """PUT the new plan's slug (partner-api §2.10)."""
        return self._call(manifest, "PUT", _url(manifest, resource), spoken(manifest).plan_body(resource, plan))

    def deprovision(self, manifest: Manifest, resource: Resource, mark: str = "") -> Call:
        """DELETE, without a body (partner-api §2.11).

        `mark` says that the partner may finish later: a header as `Name: value`, or `?name=value` for the URL.
        """
        url, (name, _, value) = _url(manifest, resource), mark.partition(": ")
        if mark.startswith("?"):
            return self._call(manifest, "DELETE", url + mark, None)
        return self._call(manifest, "DELETE", url, None, {name: value} if mark else {})

    def ask(
        self, manifest: Manifest, resource: Resource, method: str, path: str, content: dict[str, Any] | None
    ) -> Call:
        """A data call: `path` below the resource's `/data` (our own extension, docs/pg-commands.md)."""
        return self._call(manifest, method, f"{_url(manifest, resource)}/data{path}", content)

    def sign_in(self, target: SsoTarget, fields: Mapping[str, str]) -> Call:
        """Log in as a browser does that the gateway has sent (partner-api §5.1, §5.4): without any credentials."""
        encoded = urlencode(fields)
        headers = {"Accept": PAGE, "User-Agent": USER_AGENT}
        if target.method == "get":
            return self._sent("GET", f"{target.url}{'&' if '?' in target.url else '?'}{encoded}", headers, None)
        return self._sent("POST", target.url, headers | {"Content-Type": FORM}, encoded.encode())

    def look(self, url: str, cookie: str) -> Call:
        """GET the page to which a login has led, with the cookies that it has set."""
        headers = {"Accept": PAGE, "User-Agent": USER_AGENT} | ({"Cookie": cookie} if cookie else {})
        return self._sent("GET", url, headers, None)

    def _call(
        self,
        manifest: Manifest,
        method: str,
        url: str,
        content: dict[str, Any] | None,
        more: Mapping[str, str] = MappingProxyType({}),
    ) -> Call:
        headers = {
            "Accept": spoken(manifest).ACCEPT,
            "Authorization": _basic(*credentials(manifest)),
            "User-Agent": USER_AGENT,
            **more,
        }
        body = None
        if content is not None:
            headers["Content-Type"] = "application/json"
            body = json.dumps(content, separators=(",", ":")).encode()
        return self._sent(method, url, headers, body)

    def _sent(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Call:
        request = PartnerRequest(method, url, headers, body, self._timeout)
        return Call(request, self._send(request))


def has_address(manifest: Manifest, resource: Resource) -> bool:
    """Whether it can be changed and deleted: a partner of version 1 has to have told its id first."""
    return spoken(manifest).address(resource) is not None


def _url(manifest: Manifest, resource: Resource) -> str:
    """ValueError for a resource without an address: ask `has_address` before."""
    segment = spoken(manifest).address(resource)
    if segment is None:
        raise ValueError(f"resource {resource.uuid} has no address yet: its partner has not told its id")
    return resource_url(manifest, segment)


def _basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
