"""The marketplace and what is installed from it: services, plans, add-ons, attachments."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit, urlunsplit

from platform_sim.core.model.secrecy import HEX, NAMED, VALUES

AddonState = Literal["provisioning", "provisioned", "deprovisioning", "deprovisioned"]
ServiceState = Literal["alpha", "beta", "ga", "shutdown"]
PlanState = Literal["invite-only", "hidden", "public"]

PLAN_STATES: dict[str, str] = {"invite-only": "Invite Only", "hidden": "All Users (hidden)", "public": "All Users"}
"""Who is offered a plan, with the Partner Portal's words for it (partner-api §1.5)."""

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
    state: ServiceState
    manifest: Annotated[dict[str, Any], NAMED]
    client_secret: Annotated[str, HEX]
    abilities: list[str]
    """What Heroku enables for a partner on request only: names of `ABILITIES`."""
    created_at: datetime
    updated_at: datetime
    owner_id: str = ""
    """The account that pushed first: it alone pushes and pulls. Empty: nobody knows any more, so everybody may."""
    local_url: str = ""
    """Where this platform calls the partner instead of the manifest's place: scheme, host, port. Or empty."""


@dataclass(frozen=True)
class ManifestVersion:
    """One pushed manifest, kept for the registry's history (partner-api §10)."""

    id: str
    service_id: str
    contents: Annotated[dict[str, Any], NAMED]
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
    state: PlanState
    is_default: bool
    passes: list[str]
    """E-mail addresses that are invited: to a plan that is invite-only, or to a service in alpha."""
    actions: list[dict[str, Any]]
    """What a dashboard offers for each add-on on this plan: `{id, label, action | url, requires_owner}` (§4.3)."""
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class Addon:
    """An instance of a service, owned by one app. Config is keyed by the manifest's names."""

    id: str
    name: str
    app_id: str
    service_id: str
    plan_id: str
    state: AddonState
    provider_id: str | None
    provision_message: str | None
    config: Annotated[dict[str, str], VALUES]
    namespaces: Annotated[dict[str, dict[str, str]], VALUES]
    """By namespace, what attachments with that namespace show instead of `config`. One without vars is none."""
    options: Annotated[dict[str, str], NAMED]
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

    def config_in(self, namespace: str | None) -> dict[str, str]:
        """The vars of a namespace, none if it is unknown; None: those of attachments without a namespace."""
        return self.config if namespace is None else self.namespaces.get(namespace, {})


@dataclass(frozen=True)
class Attachment:
    """An add-on's presence in an app, under a name that prefixes its config vars (partner-api §2.8)."""

    id: str
    app_id: str
    addon_id: str
    name: str
    namespace: str | None
    """Whose config it shows, e.g. `credential:reader`; None: the add-on's usual one."""
    created_at: datetime
    updated_at: datetime


def as_called(service: AddonService) -> dict[str, Any]:
    """The manifest by which this platform calls the partner: with `local_url`, its own paths at that place.

    What was pushed stays as it is, so that a pulled manifest never says where somebody tried it out.
    """
    if not service.local_url:
        return service.manifest
    api = service.manifest["api"]
    given = api["production"]
    moved: Any
    if isinstance(given, dict):
        moved = {key: _at(service.local_url, given[key]) for key in ("base_url", "sso_url") if key in given}
    else:
        moved = _at(service.local_url, given)
    return service.manifest | {"api": api | {"test": moved}}


def _at(place: str, url: str) -> str:
    """The same path and query at another place."""
    parts = urlsplit(url)
    return urlunsplit(urlsplit(place)._replace(path=parts.path, query=parts.query))


def config_prefix(manifest: dict[str, Any]) -> str:
    """`config_vars_prefix`, or the slug upper-cased with `-` as `_` (partner-api §1.1)."""
    given = manifest.get("api", {}).get("config_vars_prefix")
    return str(given or manifest["id"].upper().replace("-", "_"))


def declared_vars(manifest: dict[str, Any]) -> list[str]:
    """The names that the partner may set, as the manifest lists them (partner-api §1.1)."""
    return [str(name) for name in manifest.get("api", {}).get("config_vars") or []]


def app_var(manifest: dict[str, Any], attachment: str, manifest_name: str) -> str:
    """The name under which an app sees a manifest var: the service prefix becomes the attachment's name."""
    prefix = config_prefix(manifest) + "_"
    bare = manifest_name.removeprefix(prefix)
    return f"{attachment}_{bare}"


def is_legacy(manifest: dict[str, Any]) -> bool:
    """Whether it asks for version 1 of the partner protocol, as one that names no version does (partner-api §1.1, §8).

    `version` stands inside `api`, or at top level in one real manifest. This is the only place that decides.
    """
    return (manifest.get("api", {}).get("version") or manifest.get("version") or "1") == "1"


def has_data_api(manifest: dict[str, Any]) -> bool:
    """Whether the partner answers `heroku pg:*` for its instances: this simulator's own extension of the manifest
    (docs/pg-commands.md); on Heroku the hosts that these commands ask belong to Heroku Postgres itself."""
    return manifest.get("api", {}).get("data_api") is True


def requires(manifest: dict[str, Any], flag: str) -> bool:
    """Whether the manifest asks for a feature; inside `api`, or at top level as in 2014 (partner-api §1.1)."""
    return flag in (manifest.get("api", {}).get("requires") or manifest.get("requires") or [])
