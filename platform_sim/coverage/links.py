"""The links that can be touched: of the Platform API by its table, and what partners call beside it."""

from dataclasses import dataclass
from functools import cache

from platform_sim.conformance.calls import TOKEN
from platform_sim.core.errors import EndpointNotFound
from platform_sim.core.model.addresses import LOG_INPUT
from platform_sim.web.api.matching import find
from platform_sim.web.api.routes import table

GRANT, REFRESH = f"POST {TOKEN} (grant)", f"POST {TOKEN} (refresh)"


@dataclass(frozen=True)
class Link:
    """A row. `needs`: an ability of the partner without which it is none of its contract's."""

    id: str
    sentence: str
    needs: str = ""


BESIDE = (
    Link(GRANT, "Exchange the grant of an order for tokens."),
    Link(REFRESH, "Refresh the access token."),
    Link("GET /vendor/apps", "List the apps that have it.", "version-1"),
    Link("GET /vendor/apps/{id}", "App Info.", "version-1"),
    Link("PUT /vendor/apps/{id}", "Set config, in version 1.", "version-1"),
    Link("GET /api/v3/apps", "List the installs."),
    Link(f"POST {LOG_INPUT}", "Write into an app's log.", "log-input"),
)
"""What is no row of the Platform API."""
CORE = ("/addons/{add-on}", "/addon-attachments")
"""Paths of the Platform API that are a partner's own business; the rest are facts about apps and people."""


@cache
def partner_links() -> tuple[Link, ...]:
    """What a partner calls, by the contract: about its own instance, and beside the API."""
    rows = [row for row in table() if row.partner and row.simulated]
    own = [row for row in rows if row.path.startswith(CORE) and "{namespace}" not in row.path]
    return (*BESIDE, *(Link(f"{row.method} {row.path}", row.title, _needs(row.path)) for row in own))


def _needs(path: str) -> str:
    """Who asks for no webhooks, reads no logs, or answers no 202, has nothing to do with these."""
    known = {"/webhook": "webhooks", "/log-drains": "drain", "/actions/": "async"}
    return next((ability for part, ability in known.items() if part in path), "")


@cache
def api_links() -> tuple[Link, ...]:
    """The whole Platform API as it is simulated."""
    return tuple(Link(f"{row.method} {row.path}", row.title) for row in table() if row.simulated)


def link_of(method: str, path: str, form: str) -> str | None:
    """The id of the link that a call goes to. `form`: a token request's parameters as text."""
    if path == TOKEN:
        return REFRESH if "refresh_token" in form else GRANT
    for each in ("/vendor/apps", "/api/v3/apps", LOG_INPUT):
        if path == each:
            return f"{method} {each}"
    if path.startswith("/vendor/apps/"):
        return f"{method} /vendor/apps/{{id}}"
    try:
        row = find(path).rows.get("GET" if method == "HEAD" else method)
    except EndpointNotFound:
        return None
    return f"{row.method} {row.path}" if row is not None and row.simulated else None
