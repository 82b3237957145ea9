"""Which server holds the databases: the one that DATABASE_ADMIN_URL names, else the embedded one, else none.

The drivers and the wheel are an optional extra, and slow to import for a partner that sells no database: their modules
are loaded here, once they are needed.
"""

from __future__ import annotations

from importlib import import_module
from typing import cast
from urllib.parse import urlsplit

from addon_service.clock import Clock
from addon_service.datastore.base import Absent, Engine
from addon_service.datastore.binaries import binaries
from addon_service.datastore.embedded import HOST, PASSWORD_FILE, EmbeddedServer
from addon_service.datastore.servers import GivenServer, Server
from addon_service.folder import DataFolder
from addon_service.setting_values import NO_DATABASE
from addon_service.settings import Settings

LOOPBACK = ("127.0.0.1", "::1")
LOCAL_NAME = "localhost"
INSTALL = "install the extra `database` (pip install 'platform-sim[database]')"


def choose(settings: Settings, folder: DataFolder, clock: Clock) -> Engine:
    """The engine of the settings; one that is `absent`, with the reason, when there is none."""
    url = settings.database_admin_url
    if url == NO_DATABASE:
        return Absent(f"DATABASE_ADMIN_URL is `{NO_DATABASE}`")
    if url.startswith("mysql:"):
        return _loaded("mysql", "MySql", url, settings.database_address)
    if url:
        return _loaded("postgres", "Postgres", GivenServer(url, settings.database_address or _local_name(settings)))
    found = binaries()
    if found is None:
        return Absent(f"no server: {INSTALL}, or set DATABASE_ADMIN_URL")
    host = LOCAL_NAME if settings.speaks_pg else HOST
    server = EmbeddedServer(folder, found, folder.keep(PASSWORD_FILE, clock.new_token), host)
    problem = server.check()
    return Absent(problem) if problem else _loaded("postgres", "Postgres", server)


def _local_name(settings: Settings) -> str:
    """The CLI insists on TLS unless the host is called `localhost` (heroku-cli §8), which a server on this machine can
    be; another name for one that is not, or that nobody takes `pg:*` to, is not needed."""
    local = urlsplit(settings.database_admin_url).hostname in LOOPBACK
    return LOCAL_NAME if settings.speaks_pg and local else ""


def _loaded(module: str, name: str, *arguments: str | Server) -> Engine:
    try:
        made = getattr(import_module(f"addon_service.datastore.{module}"), name)
    except ImportError as error:
        return Absent(f"the driver {error.name} is missing: {INSTALL}")
    return cast(Engine, made(*arguments))
