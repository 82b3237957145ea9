"""Wires every room to those that it needs, once. The only file that knows all rooms but the doors."""

from __future__ import annotations

from dataclasses import dataclass

from addon_service.addons.database import Database
from addon_service.addons.exceptions import Exceptions
from addon_service.authorization import Authorizations
from addon_service.calls import Calls
from addon_service.clock import Clock, SystemClock
from addon_service.credentials import Credentials
from addon_service.database_acts import DatabaseActs
from addon_service.database_data import DatabaseData
from addon_service.datastore.base import Engine
from addon_service.datastore.choice import choose
from addon_service.duties import Act, Duties
from addon_service.errors import EnvironmentProblem
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
from addon_service.service import Service
from addon_service.settings import DEFAULT_URL, PRODUCTS, Settings
from addon_service.store import Store
from addon_service.surroundings import facts
from addon_service.surroundings.look import Look
from addon_service.surroundings.subscriptions import Subscriptions
from addon_service.vault import Vault, new_key


@dataclass(frozen=True)
class _Ground:
    """What the rooms stand on."""

    settings: Settings
    clock: Clock
    folder: DataFolder
    vault: Vault
    store: Store
    exceptions: Exceptions
    database: Database

    @property
    def addons(self) -> Addons:
        return {addon.identity.slug: addon for addon in (self.exceptions, self.database)}


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
    ground = _Ground(settings, clock, folder, vault, store, exceptions, database)
    try:
        _check_fits(store, vault, ground.addons)
    except EnvironmentProblem:
        store.close()
        raise
    return _on(ground, send)


def _on(ground: _Ground, send: Send | None) -> Service:
    settings, clock, store, addons = ground.settings, ground.clock, ground.store, ground.addons
    client = PlatformClient(settings.heroku_api_url, settings.id_url, settings.http_timeout, send)
    credentials, inbox = Credentials(ground.vault), Inbox(store, clock)
    authorizations = Authorizations(store, ground.vault, clock, client, settings.refresh_early)
    duties = Duties(store, ground.vault, clock, settings.retry_first, settings.retry_most)
    calls = Calls(store, clock, addons, authorizations, duties)
    lines = Lines(Store(ground.folder.path / FILE, TABLES, PRAGMAS), settings.log_lines)
    url = ground.exceptions.public_url
    drains = Drains(calls, duties, lines, url)
    voice = Voice(store, ground.vault, clock, calls, client, duties)
    subscriptions = Subscriptions(store, ground.vault, clock, calls, duties, inbox, url)
    gone = (subscriptions.forget, facts.forget, drains.forget, voice.forget, inbox.forget)
    resources = Resources(store, clock, addons, credentials, authorizations, duties, drains, voice, gone)
    look = Look(store, clock, calls, authorizations, duties, resources, drains, voice, settings.facts_fresh)
    begin = subscriptions.begin
    obligations = Obligations(store, clock, calls, client, authorizations, credentials, duties, voice, begin)
    give_up = settings.database_give_up
    making = DatabaseActs(store, clock, ground.database, calls, credentials, duties, resources, voice, give_up)
    acts: dict[str, Act] = {}
    for room in (obligations, making, subscriptions, look, drains, voice):
        acts.update(room.acts())
    duties.set_acts(acts)
    return Service(
        **vars(ground),
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
        data=DatabaseData(store, ground.database, credentials, duties, resources, voice),
    )


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
