"""What a valid manifest says: where its partner listens and what it may return (partner-api §1.1).

Everything here expects a manifest without errors (`manifest_check.errors`); pure, touches nothing.
"""

from typing import Any
from urllib.parse import quote, urlsplit

from platform_sim.core.model.sso import SsoTarget

Manifest = dict[str, Any]

RESOURCES = "/heroku/resources"
"""Appended where a manifest gives a root only (partner-api §1.1, §1.4)."""


def base_url(manifest: Manifest) -> str:
    """Where provisioning requests go: `api.test` if the manifest has one, else `api.production`."""
    place = _place(manifest)
    if isinstance(place, str):
        return _with_resources(place)
    given = str(place["base_url"])
    return given if urlsplit(given).path not in ("", "/") else _with_resources(given)


def sso_target(manifest: Manifest, provider_id: str) -> SsoTarget | None:
    """Where and how a browser signs in; None without an `sso_url`.

    Manifests with plain roots, the oldest ones, have no `sso_url`: the resource itself is asked, with GET unless
    `api.sso` says post (partner-api §1.4, §5.4).
    """
    place = _place(manifest)
    if isinstance(place, str):
        asks_post = "post" in str(manifest["api"].get("sso")).lower()
        return SsoTarget("post" if asks_post else "get", resource_url(manifest, quote(provider_id, safe="")))
    given = place.get("sso_url")
    return SsoTarget("post", str(given)) if given else None


def resource_url(manifest: Manifest, segment: str) -> str:
    """Where one resource is changed and deleted (partner-api §2.10, §2.11); `segment`: its id, escaped."""
    return f"{base_url(manifest).rstrip('/')}/{segment}"


def credentials(manifest: Manifest) -> tuple[str, str]:
    """User and password of the Basic auth of both directions (partner-api §2.1)."""
    return str(manifest["id"]), str(manifest["api"]["password"])


def declared(manifest: Manifest) -> frozenset[str]:
    """The config vars that the partner may return (partner-api §1.1)."""
    return frozenset(manifest["api"].get("config_vars") or [])


def _place(manifest: Manifest) -> Any:
    """A root URL, or a map with `base_url` and `sso_url`."""
    return manifest["api"].get("test") or manifest["api"]["production"]


def _with_resources(root: str) -> str:
    bare = root.rstrip("/")
    return bare if bare.endswith(RESOURCES) else bare + RESOURCES
