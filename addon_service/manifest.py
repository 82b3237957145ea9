"""The add-on manifest: what is registered with Heroku (partner-api §1). A pure function of its arguments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from addon_service.identity import Identity
from addon_service.setting_values import HEROKU_POSTGRES

BASE_PATH, SSO_PATH = "/heroku/resources", "/heroku/sso"


def flags(key: str, *, reads_logs: bool, writes_logs: bool) -> list[str]:
    """What a product requires of Heroku (§1.1), each with its reason.

    `many_per_app`, `attachable`: an instance is known by its uuid alone, so that an app may have several of it and
    several apps may share one. `log_input`: what we do to an instance, its app's owner reads in the app's log.
    `syslog_drain`: beside an exception one wants to read what the app said before it; a database has no business with
    that, so `database` never asks.
    """
    found = ["many_per_app", "attachable"]
    if writes_logs:
        found.append("log_input")
    if reads_logs and key == "exceptions":
        found.append("syslog_drain")
    return found


def manifest(identity: Identity, public_url: str, regions: tuple[str, ...], requires: Sequence[str]) -> dict[str, Any]:
    """The manifest of one product as a JSON object, secrets included: never commit it. `requires`: see `flags`.

    `api.production` must be https by the manifest's rules (§1.1), which a loopback address is not. So the URL
    that really answers is in `api.test`, the place for local endpoints, and production holds its https form;
    with an https PUBLIC_URL both are the same. `data_api` is no field of Heroku's: with it Platform Sim asks us what
    `heroku pg:*` wants to know. It stands under a name only that no partner of Heroku's can have.
    """
    own = {"data_api": True} if identity.slug == HEROKU_POSTGRES else {}
    return {
        "id": identity.slug,
        "name": identity.name,
        "api": {
            "config_vars_prefix": identity.prefix,
            "config_vars": [identity.config_var],
            "password": identity.password,
            "sso_salt": identity.sso_salt,
            "regions": list(regions),
            "requires": list(requires),
            "production": _urls("https://" + public_url.partition("://")[2]),
            "test": _urls(public_url),
            "version": "3",
            **own,
        },
    }


def _urls(root: str) -> dict[str, str]:
    return {"base_url": root + BASE_PATH, "sso_url": root + SSO_PATH}
