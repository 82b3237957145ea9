"""Waiting for an add-on that a partner makes or unmakes in the background."""

import time
from typing import Any

from platform_sim.cli.client import Client, route
from platform_sim.cli.failures import ApiError

PAUSE = 0.2
"""Seconds between two looks. The real CLI takes 5 (heroku-cli §7); here the partner is next door."""


def wait_while(client: Client, addon: dict[str, Any], state: str) -> dict[str, Any] | None:
    """The add-on as soon as it is no longer in `state`; None if it is gone."""
    found: dict[str, Any] = addon
    while found["state"] == state:
        time.sleep(PAUSE)
        try:
            found = client.get(
                route("apps", addon["app"]["name"], "addons", addon["name"]), accept_expansion="addon_service,plan"
            )
        except ApiError as error:
            if error.status in (404, 410):
                return None
            raise
    return found
