"""Rules on manifests."""

from typing import Any

import pytest

from platform_sim.core.model.addons import app_var, config_prefix, is_legacy, requires


@pytest.mark.parametrize(
    ("manifest", "prefix"),
    [
        ({"id": "acme-db"}, "ACME_DB"),
        ({"id": "acme-db", "api": {}}, "ACME_DB"),
        ({"id": "acme-db", "api": {"config_vars_prefix": "ACME"}}, "ACME"),
        ({"id": "acme-db", "api": {"config_vars_prefix": None}}, "ACME_DB"),
        ({"id": "acme-db", "api": {"config_vars_prefix": ""}}, "ACME_DB"),
    ],
)
def test_the_prefix_is_given_or_the_slug(manifest: dict[str, Any], prefix: str) -> None:
    assert config_prefix(manifest) == prefix


def test_the_prefix_gives_way_to_the_attachment() -> None:
    manifest = {"id": "foo-bar"}
    assert app_var(manifest, "BLUE", "FOO_BAR_URL") == "BLUE_URL"
    assert app_var(manifest, "FOO_BAR", "FOO_BAR_URL") == "FOO_BAR_URL"
    assert app_var(manifest, "BLUE", "FOO_BARN_URL") == "BLUE_FOO_BARN_URL", "a prefix ends at its underscore"


def test_features_stand_in_api_or_as_long_ago_on_top() -> None:
    assert requires({"api": {"requires": ["attachable"]}}, "attachable")
    assert requires({"requires": ["attachable"]}, "attachable")
    assert requires({"api": {"requires": None}, "requires": ["attachable"]}, "attachable")
    assert not requires({"api": {"requires": ["log_input"]}}, "attachable")
    assert not requires({}, "attachable")


@pytest.mark.parametrize(
    ("manifest", "legacy"),
    [
        ({}, True),
        ({"api": {}}, True),
        ({"api": {"version": None}}, True),
        ({"api": {"version": "1"}}, True),
        ({"version": "1"}, True),
        ({"api": {"version": "3"}}, False),
        ({"api": {}, "version": "3"}, False),
        ({"api": {"version": "3"}, "version": "1"}, False),
        ({"api": {"version": "1"}, "version": "3"}, True),
    ],
)
def test_the_manifest_decides_the_version_and_none_means_the_first(manifest: dict[str, Any], legacy: bool) -> None:
    assert is_legacy(manifest) is legacy
