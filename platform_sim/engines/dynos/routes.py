"""Host name -> app -> web dynos, for the router: `Routes` of the seams, read from rows, remembered per version."""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial

from platform_sim.core.actions.domains import domain_for
from platform_sim.core.actions.features import has_preboot
from platform_sim.core.actions.releases import current_release
from platform_sim.core.model.apps import App, Dyno, Formation
from platform_sim.core.model.domains import APP_SUFFIXES, SniEndpoint, app_name_of
from platform_sim.core.model.seams import Backend, OwnCertificate, Route, RouteState
from platform_sim.core.store import Database, Snapshot
from platform_sim.engines.dynos.first_requests import FirstRequests

BackendsOf = Callable[[Iterable[Dyno]], tuple[Backend, ...]]
"""Those of some dynos that can be reached."""


class DynoRoutes:
    """Answers from memory until the database has changed; then reads again what is asked for.

    Thread-safe. Only dynos of the current release are backends: once a change is committed, no new request sees
    the old release any more; it waits for the new dynos (platform-api §7, at most 75 s). With the feature preboot
    the old dynos are backends until the new ones have booted.
    """

    def __init__(self, database: Database, boot_id: str) -> None:
        """`boot_id`: only dynos that this run of the platform started can be reached."""
        self._database = database
        self.boot_id = boot_id
        self._firsts = FirstRequests(database)
        self._known: tuple[int, dict[str, Route]] = (-1, {})

    def close(self) -> None:
        """Write what has been heard; the edge must have stopped."""
        self._firsts.close()

    def is_app_host(self, host: str) -> bool:
        """See `Routes.is_app_host`."""
        return host.endswith(APP_SUFFIXES) or self.find(host) is not None

    def find(self, host: str) -> Route | None:
        """See `Routes.find`. `host` is lower case."""
        version = self._database.version
        seen, routes = self._known
        if seen != version:
            # A new dict, not a cleared one: a slow reader of the older version must not fill this one.
            routes = {}
            self._known = (version, routes)
        route = routes.get(host)
        if route is None and _may_be_a_name(host):
            with self._database.snapshot() as rows:
                app = _app(rows, host)
                route = _route(rows, app, self._backends) if app else None
            if route is not None:
                routes[host] = route
        return route

    def _backends(self, dynos: Iterable[Dyno]) -> tuple[Backend, ...]:
        return tuple(
            Backend(dyno.name, dyno.port, served=self._teller(dyno))
            for dyno in dynos
            if dyno.state == "up" and dyno.port is not None and dyno.boot_id == self.boot_id
        )

    def _teller(self, dyno: Dyno) -> Callable[[str, int], None] | None:
        if self._firsts.is_known(dyno.release_id):
            return None
        return partial(self._firsts.served, dyno.release_id, dyno.id)

    def certificate(self, host: str) -> OwnCertificate | None:
        """The certificate that is linked to the custom domain of this name, or None. `host` is lower case."""
        if not _may_be_a_name(host):
            return None
        with self._database.snapshot() as rows:
            domain = domain_for(rows, host)
            if domain is None or domain.sni_endpoint_id is None:
                return None
            own = rows.get(SniEndpoint, domain.sni_endpoint_id)
        return OwnCertificate(own.certificate_id, own.certificate_chain, own.private_key)


def _may_be_a_name(host: str) -> bool:
    """Whether it can be an app's at all: localhost and addresses, which most requests name, cannot."""
    _, dot, last = host.rpartition(".")
    return bool(dot) and not last.isdigit()


def _app(rows: Snapshot, host: str) -> App | None:
    """By its default name, else by a custom domain."""
    app = rows.find(App, name=app_name_of(host))
    if app is not None:
        return app
    domain = domain_for(rows, host)
    return rows.get(App, domain.app_id) if domain else None


def _route(rows: Snapshot, app: App, backends_of: BackendsOf) -> Route:
    release = current_release(rows, app.id)
    web = rows.find(Formation, app_id=app.id, type="web")
    state: RouteState
    if app.maintenance:
        state = "maintenance"
    elif release.slug_id is None:
        state = "blank"
    elif web is None or web.quantity == 0:
        state = "none"
    else:
        web_dynos = rows.all(Dyno, app_id=app.id, type="web", kind="formation", order_by="name")
        new = [dyno for dyno in web_dynos if dyno.wanted and dyno.release_id == release.id]
        if has_preboot(rows, app.id) and (not new or any(dyno.state == "starting" for dyno in new)):
            old = backends_of(dyno for dyno in web_dynos if dyno not in new)
            if old:
                return Route(app.id, app.name, "up", old)
        return _live_route(app, new, backends_of(new), rows.now())
    return Route(app.id, app.name, state)


def _live_route(app: App, dynos: list[Dyno], backends: tuple[Backend, ...], now: datetime) -> Route:
    if backends:
        return Route(app.id, app.name, "up", backends)
    # A dyno that starts again at once counts as starting, and so does one whose row is still to be written.
    cooling = [dyno for dyno in dynos if dyno.state == "crashed" and dyno.retry_at is not None and dyno.retry_at > now]
    return Route(app.id, app.name, "crashed" if dynos and len(cooling) == len(dynos) else "starting")
