"""Where a manifest says that its partner is, and what of it may be shown."""

from typing import Any

import pytest

from platform_sim.core.model.sso import SsoTarget
from platform_sim.partners.manifest import (
    Manifest,
    base_url,
    credentials,
    declared,
    resource_url,
    sso_target,
)


def manifest(production: Any, test: Any = None) -> Manifest:
    api = {"password": "pw", "sso_salt": "grain", "config_vars": ["ACME_URL"], "production": production}
    return {"id": "acme", "api": api if test is None else api | {"test": test}}


FULL = {"base_url": "https://acme.example/addons", "sso_url": "https://acme.example/login"}
PLACES = [
    (manifest(FULL), "https://acme.example/addons", SsoTarget("post", "https://acme.example/login")),
    (manifest({"base_url": "https://acme.example"}), "https://acme.example/heroku/resources", None),
    (manifest({"base_url": "https://acme.example/"}), "https://acme.example/heroku/resources", None),
    (manifest({"base_url": "https://acme.example/a/"}), "https://acme.example/a/", None),
    (
        manifest(FULL, {"base_url": "http://localhost:1/heroku/resources", "sso_url": "http://localhost:1/sso"}),
        "http://localhost:1/heroku/resources",
        SsoTarget("post", "http://localhost:1/sso"),
    ),
    (manifest(FULL, {"base_url": "http://localhost:1/x"}), "http://localhost:1/x", None),
]
ROOTS = [
    (manifest("https://acme.example"), "https://acme.example/heroku/resources"),
    (manifest("https://yourapp.example/", "http://localhost:4567/"), "http://localhost:4567/heroku/resources"),
    (manifest("https://a.example/b/"), "https://a.example/b/heroku/resources"),
    (manifest("https://a.example/heroku/resources"), "https://a.example/heroku/resources"),
    (manifest(FULL, "http://localhost:5000"), "http://localhost:5000/heroku/resources"),
]
"""The oldest form: plain roots, as `kensa init --method get` wrote them (partner-api §1.4)."""


@pytest.mark.parametrize(("given", "base", "sso"), PLACES)
def test_the_test_place_comes_first_and_roots_are_completed(given: Manifest, base: str, sso: SsoTarget | None) -> None:
    assert (base_url(given), sso_target(given, "7")) == (base, sso)


@pytest.mark.parametrize(("given", "base"), ROOTS)
def test_a_plain_root_is_completed_and_signed_in_to_at_the_resource(given: Manifest, base: str) -> None:
    assert base_url(given) == base
    assert sso_target(given, "a b/7") == SsoTarget("get", f"{base}/a%20b%2F7")
    given["api"]["sso"] = "post"
    assert sso_target(given, "7") == SsoTarget("post", f"{base}/7")


def test_one_resource_is_under_the_base() -> None:
    assert resource_url(manifest({"base_url": "https://acme.example/a/"}), "u-1") == "https://acme.example/a/u-1"


def test_credentials_and_declared_vars() -> None:
    assert credentials(manifest(FULL)) == ("acme", "pw")
    assert declared(manifest(FULL)) == {"ACME_URL"}
    assert declared({"id": "acme", "api": {"config_vars": None}}) == set()
