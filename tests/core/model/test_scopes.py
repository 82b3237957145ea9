"""What scopes cover (platform-api §4.1)."""

import pytest

from platform_sim.core.model.scopes import SCOPES, accepted, allows

LINKS = [
    ("GET", "/account"),
    ("GET", "/apps/{app}"),
    ("POST", "/filters/apps"),
    ("POST", "/actions/addons/resolve"),
    ("PATCH", "/apps/{app}"),
    ("POST", "/addons/{add-on}/actions/provision"),
    ("GET", "/apps/{app}/config-vars"),
    ("GET", "/addons/{add-on}/config"),
    ("GET", "/apps/{app}/releases/{release}"),
    ("PATCH", "/apps/{app}/config-vars"),
    ("POST", "/apps/{app}/releases"),
    ("GET", "/oauth/authorizations"),
    ("POST", "/oauth/clients"),
    ("GET", "/client/v11/databases/{database}"),
    ("POST", "/postgres/v0/databases/{database}/credentials_rotation"),
]
COVERED = {
    "global": set(range(15)),
    "identity": {0},
    "read": {0, 1, 2, 3},
    "write": {0, 1, 2, 3, 4, 5},
    "read-protected": {0, 1, 2, 3, 6, 7, 8, 13},
    "write-protected": {*range(11), 13, 14},
}


@pytest.mark.parametrize("scope", SCOPES)
def test_each_scope_covers_its_links(scope: str) -> None:
    assert {number for number, link in enumerate(LINKS) if allows([scope], *link)} == COVERED[scope]


def test_scopes_add_up_and_none_is_nothing() -> None:
    assert allows(["identity", "write"], "PATCH", "/apps/{app}")
    assert not allows([], "GET", "/account")
    assert set(accepted("GET", "/account")) == set(SCOPES)
