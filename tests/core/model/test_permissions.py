"""Which permission on an app each link takes."""

import pytest

from platform_sim.core.model.permissions import needed
from platform_sim.core.model.teams import PERMISSIONS
from platform_sim.web.api.routes import table

CHECKED_BY_ACTIONS = {
    "DELETE /apps/{app}",
    "POST /apps/{app}/collaborators",
    "DELETE /apps/{app}/collaborators/{collaborator}",
    "POST /apps/{app}/addons",
    "PATCH /apps/{app}/addons/{add-on}",
    "DELETE /apps/{app}/addons/{add-on}",
    "PUT /apps/{app}/pre-authorizations",  # wants a second factor, and changes nothing
}


@pytest.mark.parametrize(
    ("method", "path", "permission"),
    [
        ("GET", "/apps/{app}", None),
        ("PATCH", "/apps/{app}", "operate"),
        ("GET", "/apps/{app}/config-vars", "deploy"),
        ("GET", "/apps/{app}/releases", None),
        ("GET", "/apps/{app}/releases/{release}/config-vars", "deploy"),
        ("POST", "/apps/{app}/builds", "deploy"),
        ("POST", "/apps/{app}/log-sessions", "operate"),
        ("GET", "/apps/{app}/log-drains", "operate"),
        ("DELETE", "/apps/{app}/dynos/{dyno}", "operate"),
        ("DELETE", "/apps/{app}", None),
        ("POST", "/apps", None),
        ("PATCH", "/addons/{add-on}/config", None),
    ],
)
def test_links_and_what_they_take(method: str, path: str, permission: str | None) -> None:
    assert needed(method, path) == permission
    assert permission in (None, *PERMISSIONS)


def test_no_write_below_an_app_is_forgotten() -> None:
    """What takes no permission here, its action checks; there is nothing else."""
    writes = [row for row in table() if row.simulated and row.method != "GET" and row.path.startswith("/apps/{app}")]
    unchecked = {f"{row.method} {row.path}" for row in writes if needed(row.method, row.path) is None}
    assert unchecked == CHECKED_BY_ACTIONS
