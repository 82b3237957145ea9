"""The marketplace and what is installed from it: services, plans, add-ons, attachments."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

AddonState = Literal["provisioning", "provisioned", "deprovisioning", "deprovisioned"]

ABILITIES = {
    "async_deprovisioning": "may answer 202 to a DELETE and say later that it is done (partner-api §2.11)",
    "fresh_grants": "may fetch a new grant for an instance (partner-api §3.2)",
    "app_operations": "reads and scales formation, dynos, releases and builds of attached apps (partner-api §4.1)",
}
"""What Heroku's staff enables for one partner at its request; an operator does so for a service."""


@dataclass(frozen=True)
class AddonService:
    """A partner's registered service; `manifest` is what was pushed, secrets included: never shown whole."""

    id: str
    name: str
    human_name: str
    cli_plugin_name: str | None
    state: Literal["alpha", "beta", "ga", "shutdown"]
    manifest: dict[str, Any]
    client_secret: str
    abilities: list[str]
    """What Heroku enables for a partner on request only: names of `ABILITIES`."""
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class ManifestVersion:
    """One pushed manifest, kept for the registry's history (partner-api §10)."""

    id: str
    service_id: str
    contents: dict[str, Any]
    created_at: datetime


@dataclass(frozen=True)
class Plan:
    """A plan of a service; `name` is its own slug (`test`), `service:plan` is how customers write it."""

    id: str
    service_id: str
    name: str
    human_name: str
    description: str
    cents: int
    unit: str
    state: str
    visible: bool
    is_default: bool
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class Addon:
    """An instance of a service, owned by one app. `config` is keyed by the manifest's names."""

    id: str
    name: str
    app_id: str
    service_id: str
    plan_id: str
    state: AddonState
    provider_id: str | None
    provision_message: str | None
    config: dict[str, str]
    options: dict[str, str]
    region: str
    actor_id: str
    """Who asked for it."""
    acknowledged_at: datetime | None
    """When the partner first said yes (200 or 202); from then on its releases exist."""
    deadline_at: datetime | None
    """When an asynchronous provisioning is given up (partner-api §2.5)."""
    created_at: datetime
    updated_at: datetime

    @property
    def shows_config(self) -> bool:
        """Whether the apps that it is attached to have its config: also while it goes, as long as it is attached."""
        return self.state in ("provisioned", "deprovisioning")


@dataclass(frozen=True)
class Attachment:
    """An add-on's presence in an app, under a name that prefixes its config vars (partner-api §2.8)."""

    id: str
    app_id: str
    addon_id: str
    name: str
    namespace: str | None
    created_at: datetime
    updated_at: datetime


def config_prefix(manifest: dict[str, Any]) -> str:
    """`config_vars_prefix`, or the slug upper-cased with `-` as `_` (partner-api §1.1)."""
    given = manifest.get("api", {}).get("config_vars_prefix")
    return str(given or manifest["id"].upper().replace("-", "_"))


def app_var(manifest: dict[str, Any], attachment: str, manifest_name: str) -> str:
    """The name under which an app sees a manifest var: the service prefix becomes the attachment's name."""
    prefix = config_prefix(manifest) + "_"
    bare = manifest_name.removeprefix(prefix)
    return f"{attachment}_{bare}"


def requires(manifest: dict[str, Any], flag: str) -> bool:
    """Whether the manifest asks for a feature; inside `api`, or at top level as in 2014 (partner-api §1.1)."""
    return flag in (manifest.get("api", {}).get("requires") or manifest.get("requires") or [])
