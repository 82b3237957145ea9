"""What a partner can do at all: said by its manifest, shown by how it behaves. Rules and scenes need some of these."""

from collections.abc import Sequence
from typing import Any

from platform_sim.conformance.calls import BACK, api
from platform_sim.conformance.seen import Seen
from platform_sim.core.model.addons import is_legacy
from platform_sim.partners.manifest import sso_target

ABILITIES = {
    "version-3": "manifest version 3",
    "version-1": "manifest version 1",
    "sso": "an sso_url and an sso_salt",
    "config": "declared config vars",
    "drain": "the flag syslog_drain",
    "log-input": "the flag log_input",
    "many": "the flag many_per_app",
    "sharing": "the flag attachable",
    "plans": "a second plan (--plan)",
    "async": "an answer of 202 to a provisioning request",
    "sync": "an answer of 200 to a provisioning request",
    "webhooks": "a webhook that it asked for",
    "back": "a call of the Platform API after a provisioning request",
}
"""Each with the words for what a partner without it lacks."""


def of_manifest(manifest: dict[str, Any], plans: Sequence[str]) -> frozenset[str]:
    """What the manifest promises; it must be without errors."""
    api = manifest["api"]
    flags = {"syslog_drain": "drain", "log_input": "log-input", "many_per_app": "many", "attachable": "sharing"}
    found = {flags[flag] for flag in api.get("requires") or [] if flag in flags}
    found.add("version-1" if is_legacy(manifest) else "version-3")
    if api.get("sso_salt") and sso_target(manifest, "id") is not None:
        found.add("sso")
    if api.get("config_vars"):
        found.add("config")
    if len(plans) > 1:
        found.add("plans")
    return frozenset(found)


def of_behaviour(seen: Seen) -> frozenset[str]:
    """What the first provisioning has shown, and what came back."""
    first = seen.exchanges.get("provision")
    if not first or not first[0].succeeded:
        return frozenset()
    found = {"async" if first[0].status == 202 else "sync"}
    if api(seen.facts.get(BACK, ())):
        found.add("back")
    if any(call.method == "POST" and call.place.endswith("/webhooks") for call in seen.facts.get(BACK, ())):
        found.add("webhooks")
    return frozenset(found)
