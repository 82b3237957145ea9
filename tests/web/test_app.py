"""The one application of all doors."""

import pytest
from flask import url_for

from .world import World


def test_rules_find_views_and_build_no_urls(world: World) -> None:
    with world.client.application.test_request_context(), pytest.raises(NotImplementedError, match="build no URLs"):
        url_for("identity.token")
