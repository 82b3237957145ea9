"""Many platforms behind one port, for many who test at once: made and ended by `/sim/tenants` (docs/tenants.md).

Each is a whole platform with rows, clock, files and a port of its own. May start platforms, an edge and one thread.
"""

import contextlib
import logging
import re
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any

from platform_sim import settings
from platform_sim.assemble import Platform, own_version
from platform_sim.core.clock import Chance, Clock
from platform_sim.core.errors import Conflict, InvalidParams, NotFound
from platform_sim.core.model.addresses import is_heroku_host, is_this_machine
from platform_sim.engines.router.authority import Authority
from platform_sim.engines.router.edge import Edge
from platform_sim.engines.router.tenant_route import PREFIX, SUFFIX, NoApps, NoStreams, NoTerminals, Place, dispatch_by
from platform_sim.options import Options
from platform_sim.web.server import ControlServer
from platform_sim.web.tenants.application import Wish, create_tenants_web

__all__ = ["Tenant", "Tenants", "Wish"]

log = logging.getLogger(__name__)

CLOSED = {"PLATFORM_SIM_LOGIN_BY_CHOICE": "false"}
"""Nobody gets into somebody else's platform by saying that it is theirs."""
NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?")


@dataclass(eq=False)
class Tenant:
    """A platform of somebody's own. `token` is no other's, whatever its seed."""

    name: str
    host_url: str
    token: str = field(repr=False)
    seed: int | None
    created_at: datetime
    platform: Platform = field(repr=False)
    _asked: float = field(default_factory=time.monotonic)
    _version: int = 0

    @property
    def url(self) -> str:
        """Its own address."""
        return self.platform.url

    def hears(self) -> None:
        """It has been asked something."""
        self._asked = time.monotonic()

    def idle_for(self) -> float:
        """Wall seconds since it was last asked something, or was last seen to have changed."""
        version = self.platform.database.version
        if version != self._version:
            self._version = version
            self.hears()
        return time.monotonic() - self._asked


class Tenants:
    """A server of platforms. `start` binds the shared port; `stop` ends all. A context manager.

    `ports`: of these each platform takes one that is free; empty: any. Settings are the environment's, for all.
    """

    def __init__(
        self,
        port: int = 0,
        *,
        token: str | None = None,
        environment: Mapping[str, str] | None = None,
        ports: Iterable[int] = (),
    ) -> None:
        self._environment = dict(settings.environment() if environment is None else environment)
        rules = settings.load(self._environment)
        self._limit, self._idle, self.body_size_limit = rules.tenant_limit, rules.tenant_idle, rules.body_size_limit
        self._chance, self._clock = Chance(), Clock()
        self.token = token or self._new_token()
        self.version = own_version()
        self._ports = tuple(ports)
        self._lock = threading.Lock()
        self._tenants: dict[str, Tenant] = {}
        self._reserved: set[str] = set()
        """Names of those that are just being made."""
        self._tokens: dict[str, Tenant] = {}
        self._stopping = threading.Event()
        self._control = ControlServer(create_tenants_web(self), rules.body_size_limit)
        self._folder = Path(tempfile.mkdtemp(prefix="platform-sim-tenants-"))
        self._authority = Authority(self._folder / "authority", lambda n: is_heroku_host(n) or is_this_machine(n))
        self.ca_file = self._authority.file
        self._edge = Edge(
            NoApps(),
            self._control.open,
            NoStreams(),
            lambda app_id, source, dyno, text: None,
            new_id=self._chance.fresh,
            now_ms=self._clock.milliseconds,
            tls=lambda: self._authority.context,
            terminals=NoTerminals(),
            port=port,
            dispatch=dispatch_by(self),
        )
        self._reaper = threading.Thread(target=self._reap, name="tenants", daemon=True)

    @property
    def url(self) -> str:
        """The shared address."""
        return f"http://localhost:{self._edge.port}"

    def start(self) -> "Tenants":
        """OSError if the port is taken."""
        try:
            self._edge.start()
        except BaseException:
            self.stop()
            raise
        if self._idle:
            self._reaper.start()
        return self

    def stop(self) -> None:
        """End every platform, then the server; safe to call twice."""
        with self._lock:
            self._stopping.set()
            names = list(self._tenants)
        for name in names:
            with contextlib.suppress(NotFound):
                self.end(name)
        self._edge.stop()
        self._control.close()
        if self._reaper.ident is not None:
            self._reaper.join()
        shutil.rmtree(self._folder, ignore_errors=True)

    def __enter__(self) -> "Tenants":
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def create(self, wish: Wish | None = None) -> Tenant:
        """See `Landlord.create`."""
        wish = wish or Wish()
        name = self._reserve(wish.name)
        try:
            made = self._make(name, wish)
        finally:
            with self._lock:
                self._reserved.discard(name)
        with self._lock:
            if not self._stopping.is_set():
                self._tenants[name] = self._tokens[made.token] = made
                made.platform.on_restored = partial(self._restored, made)
                return made
        made.platform.stop()
        raise Conflict("The server is stopping.")

    def end(self, name: str) -> Tenant:
        """See `Landlord.end`. Nobody is led there any more from the first moment on."""
        with self._lock:
            ended = self._tenants.pop(name, None)
            if ended is None:
                raise NotFound("tenant")
            del self._tokens[ended.token]
        ended.platform.stop()
        return ended

    def _restored(self, tenant: Tenant) -> None:
        """A snapshot may have brought it another token, which leads there from now on unless it is another tenant's."""
        with self._lock:
            if self._tenants.get(tenant.name) is tenant and tenant.platform.token not in self._tokens:
                del self._tokens[tenant.token]
                tenant.token = tenant.platform.token
                self._tokens[tenant.token] = tenant

    def find(self, name: str) -> Tenant:
        """See `Landlord.find`."""
        found = self._tenants.get(name)
        if found is None:
            raise NotFound("tenant")
        return found

    def all(self) -> list[Tenant]:
        """See `Landlord.all`."""
        with self._lock:
            return list(self._tenants.values())

    def named(self, name: str) -> Place | None:
        """See `Directory.named`."""
        return _place(self._tenants.get(name))

    def with_token(self, token: str) -> Place | None:
        """See `Directory.with_token`."""
        return _place(self._tokens.get(token))

    def _new_token(self) -> str:
        return f"HRKU-{self._chance.uuid()}"

    def _reserve(self, wanted: str | None) -> str:
        name = wanted or f"w{self._chance.secret()[:10]}"
        if NAME.fullmatch(name) is None:
            raise InvalidParams("name must be 1 to 40 small letters, digits and dashes, no dash first or last.")
        with self._lock:
            if name in self._tenants or name in self._reserved:
                raise Conflict(f"There is a platform {name} already: end it first, or choose another name.")
            if len(self._tenants) + len(self._reserved) >= self._limit:
                raise Conflict(
                    f"There are {self._limit} platforms, which is the limit (PLATFORM_SIM_TENANT_LIMIT): end one first."
                )
            self._reserved.add(name)
        return name

    def _make(self, name: str, wish: Wish) -> Tenant:
        token, heard = self._new_token(), _Ear()
        options = Options(
            seed=wish.seed,
            frozen_at=wish.frozen_at,
            token=token,
            environment=CLOSED | self._environment | _variables(wish.settings),
            open_to_browsers=False,
            around=heard.around,
        )
        host_url = f"http://{PREFIX}{name}{SUFFIX}:{self._edge.port}"
        made = Tenant(name, host_url, token, wish.seed, self._clock.now(), self._started(options))
        heard.tell = made.hears
        return made

    def _started(self, options: Options) -> Platform:
        """At a free port of those it may have."""
        for port in self._ports or (0,):
            try:
                return _new(options, port).start()
            except OSError:
                if port == 0:
                    raise
        raise Conflict("No port is left for another platform: end one, or start the server with more (--tenant-ports).")

    def _reap(self) -> None:
        """End those that nobody uses; looks as often as is needed to be late by a tenth at most."""
        while not self._stopping.wait(max(0.05, self._idle / 10)):
            with self._lock:
                idle = [each.name for each in self._tenants.values() if each.idle_for() > self._idle]
            for name in idle:
                log.info("tenant %s has been idle for %s s and is ended", name, self._idle)
                with contextlib.suppress(NotFound):
                    self.end(name)


class _Ear:
    """Hears that a platform is asked something."""

    def __init__(self) -> None:
        self.tell: Callable[[], None] = lambda: None

    def around(self, doors: Any) -> Any:
        """See `Options.around`."""

        def answer(environ: dict[str, Any], start: Any) -> Any:
            self.tell()
            return doors(environ, start)

        return answer


def _place(tenant: Tenant | None) -> Place | None:
    if tenant is None:
        return None
    tenant.hears()
    return Place(tenant.name, tenant.platform.edge.port)


def _new(options: Options, port: int) -> Platform:
    try:
        return Platform(Options(**{**vars(options), "port": port}))
    except settings.BadSetting as problem:
        raise InvalidParams(f"settings: {problem}.") from None


def _variables(given: Mapping[str, str]) -> dict[str, str]:
    """Settings by their names, with or without the prefix; InvalidParams for one that there is not."""
    known = {each.name: each.variable for each in settings.SETTINGS}
    named = {name.lower().removeprefix("platform_sim_"): value for name, value in given.items()}
    if unknown := sorted(named.keys() - known.keys()):
        raise InvalidParams(f"settings: no setting is named {unknown[0][:60]}; see docs/settings.md.")
    return {known[name]: value for name, value in named.items()}
