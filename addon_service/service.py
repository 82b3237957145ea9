"""Every room, wired together once; the web asks for it with `current()`. Nothing else knows all rooms."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import cast

from flask import current_app

from addon_service.addons.base import Addon
from addon_service.addons.database import Database
from addon_service.addons.exceptions import Exceptions
from addon_service.authorization import Authorizations
from addon_service.calls import Calls
from addon_service.clock import Clock, SystemClock
from addon_service.credentials import Credentials
from addon_service.database_acts import DatabaseActs
from addon_service.datastore.base import Engine
from addon_service.datastore.choice import choose
from addon_service.duties import Act, Duties
from addon_service.errors import EnvironmentProblem, ServiceError
from addon_service.folder import DataFolder
from addon_service.identity import load_identity
from addon_service.inbox import Inbox
from addon_service.instances import Addons
from addon_service.logs.drains import Drains
from addon_service.logs.lines import FILE, PRAGMAS, TABLES, Lines
from addon_service.logs.voice import Voice
from addon_service.obligations import Obligations
from addon_service.platform_client import PlatformClient, Send
from addon_service.resources import Resources
from addon_service.settings import DEFAULT_URL, PRODUCTS, Settings
from addon_service.store import Store
from addon_service.surroundings import facts
from addon_service.surroundings.look import Look
from addon_service.surroundings.subscriptions import Subscriptions
from addon_service.vault import Vault, new_key

EXTENSION = "addon_service"
URL_FILE, DATABASE_ADDRESS_FILE = "public-url", "database-address"
log = logging.getLogger("addon_service.service")


@dataclass(frozen=True)
class Service:
    """The running partner."""

    settings: Settings
    clock: Clock
    folder: DataFolder
    store: Store
    exceptions: Exceptions
    database: Database
    addons: Addons
    credentials: Credentials
    authorizations: Authorizations
    duties: Duties
    resources: Resources
    inbox: Inbox
    subscriptions: Subscriptions
    look: Look
    drains: Drains
    voice: Voice
    lines: Lines

    def start(self) -> None:
        """Begin to carry out duties; if what an add-on's config points to has moved, Heroku is told."""
        self._announce_if_moved(self.exceptions, URL_FILE, self.exceptions.public_url)
        self.subscriptions.catch_up()
        self.start_datastore()
        self.duties.start()

    def close(self) -> None:
        """Stop the workers, close the store, and stop the database server if it is ours."""
        self.duties.stop(patience=2.0)
        self.store.close()
        self.lines.close()
        try:
            self.database.engine.stop()
        except ServiceError as problem:
            log.error("cannot stop the database server: %s", problem.message)

    def start_datastore(self) -> None:
        """Apps are connected to the databases there are; without any, the server waits for the first one."""
        engine = self.database.engine
        with self.store.read() as tx:
            there_are_some = tx.one("SELECT 1 FROM databases WHERE dropped = 0") is not None
        if engine.absent:
            log.warning("%s is not available: %s", self.database.identity.slug, engine.absent)
        elif there_are_some:
            try:
                engine.start()
                self._announce_if_moved(self.database, DATABASE_ADDRESS_FILE, engine.address)
            except ServiceError as problem:
                log.error("the databases cannot be reached: %s", problem.message)

    def _announce_if_moved(self, addon: Addon, file: str, address: str) -> None:
        if self.folder.read(file) != address:
            self.resources.announce_move(addon)
        self.folder.write(file, address)


def build(
    settings: Settings, clock: Clock | None = None, send: Send | None = None, engine: Engine | None = None
) -> Service:
    """A service over the data folder of the settings. `clock`, `send` and `engine` are the seams of time, network
    and database server.

    Raises EnvironmentProblem when the folder cannot be used, or belongs to another key or another add-on.
    """
    clock = clock or SystemClock()
    folder = DataFolder(settings.data)
    vault = Vault(settings.key or folder.keep("key", new_key))
    own, other = (load_identity(settings.product(key), folder, clock) for key in PRODUCTS)
    engine = engine or choose(settings, folder, clock)
    store = Store(folder.path / "addon.db")
    exceptions = Exceptions(own, settings.plan_limits, settings.public_url or DEFAULT_URL, settings.rotation_overlap)
    database = Database(other, settings.database_plans, settings.database_rotation_overlap, engine, store)
    addons: Addons = {own.slug: exceptions, other.slug: database}
    try:
        _check_fits(store, vault, addons)
    except EnvironmentProblem:
        store.close()
        raise
    return _wired(settings, clock, folder, vault, store, exceptions, database, addons, send)


def _wired(
    settings: Settings,
    clock: Clock,
    folder: DataFolder,
    vault: Vault,
    store: Store,
    exceptions: Exceptions,
    database: Database,
    addons: Addons,
    send: Send | None,
) -> Service:
    """Every room over these products and this store."""
    client = PlatformClient(settings.heroku_api_url, settings.id_url, settings.http_timeout, send)
    credentials, inbox = Credentials(vault), Inbox(store, clock)
    authorizations = Authorizations(store, vault, clock, client, settings.refresh_early)
    duties = Duties(store, vault, clock, settings.retry_first, settings.retry_most)
    calls = Calls(store, clock, addons, authorizations, duties)
    lines = Lines(Store(folder.path / FILE, TABLES, PRAGMAS), settings.log_lines)
    drains = Drains(calls, duties, lines, exceptions.public_url)
    voice = Voice(store, vault, clock, calls, client, duties)
    subscriptions = Subscriptions(store, vault, clock, calls, duties, inbox, exceptions.public_url)
    gone = (subscriptions.forget, facts.forget, drains.forget, voice.forget, inbox.forget)
    resources = Resources(store, clock, addons, credentials, authorizations, duties, drains, voice, gone)
    look = Look(store, clock, calls, authorizations, duties, resources, drains, voice, settings.facts_fresh)
    obligations = Obligations(
        store, clock, calls, client, authorizations, credentials, duties, voice, subscriptions.begin
    )
    of_databases = DatabaseActs(
        store, clock, database, calls, credentials, duties, resources, voice, settings.database_give_up
    )
    acts: dict[str, Act] = {}
    for room in (obligations, of_databases, subscriptions, look, drains, voice):
        acts.update(room.acts())
    duties.set_acts(acts)
    return Service(
        settings=settings,
        clock=clock,
        folder=folder,
        store=store,
        exceptions=exceptions,
        database=database,
        addons=addons,
        credentials=credentials,
        authorizations=authorizations,
        duties=duties,
        resources=resources,
        inbox=inbox,
        subscriptions=subscriptions,
        look=look,
        drains=drains,
        voice=voice,
        lines=lines,
    )


def current() -> Service:
    """The service behind the request that is being answered."""
    return cast(Service, current_app.extensions[EXTENSION])


def _check_fits(store: Store, vault: Vault, addons: Addons) -> None:
    """Better to refuse the start than to answer 500 to the first customer."""
    with store.read() as tx:
        slugs = {row["addon"] for row in tx.rows("SELECT DISTINCT addon FROM resources")}
        sealed = tx.one("SELECT sealed FROM credentials WHERE sealed IS NOT NULL LIMIT 1")
    if strangers := slugs - set(addons):
        raise EnvironmentProblem(
            f"cannot use this data folder: it holds resources of {', '.join(sorted(strangers))}, not of "
            f"{' or '.join(addons)}; set ADDON_SLUG and ADDON_DATABASE_SLUG as before, or choose another folder with "
            "--data"
        )
    if sealed is not None:
        vault.open(sealed["sealed"])
