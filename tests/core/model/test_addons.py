"""Rules on manifests."""

from typing import Any

import pytest

from platform_sim.core.model.addons import app_var, config_prefix, requires


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
