"""Grants, App Info, the list of installs: Basic with the manifest's id and password (partner-api §3.2, §4.5, §8.3)."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, request

from platform_sim.core import errors
from platform_sim.core.actions import app_info
from platform_sim.core.actions.app_info import Install
from platform_sim.core.actions.exchanges import PARTNER, Incoming
from platform_sim.core.actions.oauth import fresh_grant
from platform_sim.core.model.accounts import Authorization
from platform_sim.core.model.outlines import outlined_body, outlined_headers
from platform_sim.core.public import app_info as public
from platform_sim.core.public.accounts import grant
from platform_sim.core.store import Snapshot
from platform_sim.web.answers import asking_service, error_response, errors_as, json_response, read_body
from platform_sim.web.api.bodies import OrNull, check, map_of, read_json, text, whole
from platform_sim.web.context import Doors
from platform_sim.web.stopwatch import stopwatch

PAGE = 4000
"""Rows of an answer; more are asked for with the URLs in its `Link` header (partner-api §8.3)."""
CONFIG = {"config": map_of(OrNull(text))}


def vendor_blueprint(doors: Doors) -> Blueprint:
    """All of `/vendor`, and the two paths of today's add-ons host that take the same credentials."""
    blueprint = Blueprint("vendor", __name__)
    errors_as(blueprint, _error)

    @blueprint.get("/vendor/resources/<uuid>/oauth-grant")
    def oauth_grant(uuid: str) -> Response:
        service = asking_service(doors)
        with doors.database.transaction() as tx:
            return json_response(grant(fresh_grant(tx, service, uuid)))

    @blueprint.get("/vendor/apps")
    def all_apps() -> Response:
        return _page(doors, lambda install: public.listed(install, doors.addresses))

    @blueprint.get("/api/v3/apps")
    def all_installs() -> Response:
        return _page(doors, public.installed)

    @blueprint.get("/vendor/apps/<identity>")
    def one(identity: str) -> Response:
        service = asking_service(doors)
        with doors.database.snapshot() as rows:
            return json_response(public.info(rows, app_info.install_named(rows, service, identity), doors.addresses))

    @blueprint.put("/vendor/apps/<identity>")
    def update(identity: str) -> Response:
        service = asking_service(doors)
        limit = doors.database.rules.body_size_limit
        wish = check(read_json(read_body(request, limit), limit), CONFIG, ("config",))
        with doors.database.snapshot() as rows:
            entry = _recorded(doors, rows, app_info.install_named(rows, service, identity), wish)
        with doors.database.on_behalf_of(entry), doors.database.transaction() as tx:
            install = app_info.set_config(tx, service, identity, wish["config"])
            entry.answered(200)
            return json_response(public.info(tx, install, doors.addresses))

    @blueprint.get("/vendor/logplex/whitelist")
    def whitelist() -> Response:
        asking_service(doors)
        raise errors.NotSimulated("Log drains come from this machine: there is no list of addresses to let in.")

    @blueprint.post("/api/v3/addons/<slug>/usage_batches")
    def usage(slug: str) -> Response:
        asking_service(doors)
        raise errors.NotSimulated("Usage billing is not simulated: it never left Heroku's pre-alpha of 2018.")

    return blueprint


def _recorded(doors: Doors, rows: Snapshot, install: Install, wish: dict[str, Any]) -> Incoming:
    """For the ledger: it belongs to the order that the partner works on, if there is one."""
    authorization = rows.find(Authorization, addon_id=install.addon.id, revoked_at=None)
    entry = Incoming(
        party=PARTNER,
        method=request.method,
        url=f"{doors.addresses.base}/vendor/apps/{install.addon.id}",
        headers=outlined_headers(request.headers.get),
        body=lambda: outlined_body(wish),
        marked_body=lambda mark: outlined_body(wish, mark=mark),
        elapsed=stopwatch(),
        actor_email=f"{install.service.name}@addons.heroku.com",
        authorization_id=authorization.id if authorization else None,
        addon_id=install.addon.id,
    )
    entry.begins(rows)
    return entry


def _error(problem: errors.PlatformError) -> Response:
    """In the shape of the host that has the path: the API's, or the registry's (partner-api §10).

    Clients that send no credentials before they are asked for some, ask again with them.
    """
    asks = {"WWW-Authenticate": 'Basic realm="Add-on manifest"'} if isinstance(problem, errors.Unauthorized) else None
    if request.path.startswith("/api/v3/"):
        return json_response({"error": problem.message}, problem.status, asks)
    return error_response(problem, asks)


def _page(doors: Doors, show: Callable[[Install], dict[str, object]]) -> Response:
    """The rows from `offset` on, with the neighbouring pages' URLs."""
    service = asking_service(doors)
    with doors.database.snapshot() as rows:
        found = app_info.installs(rows, service)
    offset = max(whole("offset", request.args.get("offset", "0")), 0)
    starts = {"prev": max(offset - PAGE, 0) if offset else None, "next": offset + PAGE}
    url = f"{doors.addresses.base}{request.path}"
    links = [
        f'<{url}?offset={start}>; rel="{rel}"'
        for rel, start in starts.items()
        if start is not None and start < len(found)
    ]
    headers = {"Link": ", ".join(links)} if links else None
    return json_response([show(each) for each in found[offset : offset + PAGE]], headers=headers)
