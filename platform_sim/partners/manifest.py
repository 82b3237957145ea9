"""What a valid manifest says: where its partner listens and what it may return (partner-api §1.1).

Everything here expects a manifest without errors (`manifest_check.errors`); pure, touches nothing.
"""

from copy import deepcopy
from typing import Any
from urllib.parse import urlsplit

from platform_sim.partners.mask import HIDDEN, masked_url

Manifest = dict[str, Any]

RESOURCES = "/heroku/resources"
"""Appended where a manifest gives a root only (partner-api §1.1, §1.4)."""
SECRETS = ("password", "sso_salt")


def base_url(manifest: Manifest) -> str:
    """Where provisioning requests go: `api.test` if the manifest has one, else `api.production`."""
    place = _place(manifest)
    if isinstance(place, str):
        return _with_resources(place)
    given = str(place["base_url"])
    return given if urlsplit(given).path not in ("", "/") else _with_resources(given)


def sso_url(manifest: Manifest) -> str | None:
    """Where the SSO form is posted, or None without SSO. A plain root (v1) has SSO at `<this>/<id>` (§1.4)."""
    place = _place(manifest)
    if isinstance(place, str):
        return _with_resources(place)
    given = place.get("sso_url")
    return str(given) if given else None


def resource_url(manifest: Manifest, uuid: str) -> str:
    """Where one resource is changed and deleted; v3 addresses it by uuid (partner-api §2.10, §2.11)."""
    return f"{base_url(manifest).rstrip('/')}/{uuid}"


def credentials(manifest: Manifest) -> tuple[str, str]:
    """User and password of the Basic auth of both directions (partner-api §2.1)."""
    return str(manifest["id"]), str(manifest["api"]["password"])


def declared(manifest: Manifest) -> frozenset[str]:
    """The config vars that the partner may return (partner-api §1.1)."""
    return frozenset(manifest["api"].get("config_vars") or [])


def masked(manifest: Manifest) -> Manifest:
    """A copy to show: secrets as `[hidden]`, URLs without passwords. Any dict will do, valid or not."""
    copy = deepcopy(manifest)
    api = copy.get("api")
    if not isinstance(api, dict):
        return copy
    for name in SECRETS:
        if name in api:
            api[name] = HIDDEN
    for name in ("production", "test"):
        if name in api:
            api[name] = _masked_place(api[name])
    return copy


def _masked_place(place: object) -> object:
    if isinstance(place, str):
        return masked_url(place)
    if isinstance(place, dict):
        return {key: masked_url(value) if isinstance(value, str) else value for key, value in place.items()}
    return place


def _place(manifest: Manifest) -> Any:
    """A root URL, or a map with `base_url` and `sso_url`."""
    return manifest["api"].get("test") or manifest["api"]["production"]


def _with_resources(root: str) -> str:
    bare = root.rstrip("/")
    return bare if bare.endswith(RESOURCES) else bare + RESOURCES
