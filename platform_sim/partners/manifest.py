"""What a valid manifest says: where its partner listens and what it may return (partner-api §1.1).

Everything here expects a manifest without errors (`manifest_check.errors`); pure, touches nothing.
"""

from typing import Any
from urllib.parse import urlsplit

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


def _place(manifest: Manifest) -> Any:
    """A root URL, or a map with `base_url` and `sso_url`."""
    return manifest["api"].get("test") or manifest["api"]["production"]


def _with_resources(root: str) -> str:
    bare = root.rstrip("/")
    return bare if bare.endswith(RESOURCES) else bare + RESOURCES
