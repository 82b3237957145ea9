"""Every room, wired together once; the web asks for it with `current()`. Nothing else knows all rooms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from flask import current_app

from addon_service.addons.exceptions import Exceptions
from addon_service.authorization import Authorizations
from addon_service.clock import Clock, SystemClock
from addon_service.credentials import Credentials
from addon_service.duties import Duties
from addon_service.errors import EnvironmentProblem
from addon_service.folder import DataFolder
from addon_service.identity import load_identity
from addon_service.inbox import Inbox
from addon_service.obligations import Obligations
from addon_service.platform_client import PlatformClient, Send
from addon_service.resources import Addons, Resources
from addon_service.settings import DEFAULT_URL, Settings
from addon_service.store import Store
from addon_service.vault import Vault, new_key

EXTENSION = "addon_service"
URL_FILE = "public-url"


@dataclass(frozen=True)
class Service:
    """The running partner."""

    settings: Settings
    clock: Clock
    folder: DataFolder
    store: Store
    exceptions: Exceptions
    addons: Addons
    credentials: Credentials
    authorizations: Authorizations
    duties: Duties
    resources: Resources
    inbox: Inbox

    def start(self) -> None:
        """Begin to carry out duties; if this service has moved since the last start, Heroku is told."""
        before = self.folder.read(URL_FILE)
        if before is not None and before != self.exceptions.public_url:
            self.resources.announce_move()
        self.folder.write(URL_FILE, self.exceptions.public_url)
        self.duties.start()

    def close(self) -> None:
        """Stop the workers and close the store."""
        self.duties.stop(patience=2.0)
        self.store.close()


def build(settings: Settings, clock: Clock | None = None, send: Send | None = None) -> Service:
    """A service over the data folder of the settings. `clock` and `send` are the seams of time and network.

    Raises EnvironmentProblem when the folder cannot be used, or belongs to another key or another add-on.
    """
    clock = clock or SystemClock()
    folder = DataFolder(settings.data)
    vault = Vault(settings.key or folder.keep("key", new_key))
    identity = load_identity(settings, folder, clock)
    exceptions = Exceptions(identity, settings.plan_limits, settings.public_url or DEFAULT_URL)
    addons: Addons = {identity.slug: exceptions}
    store = Store(folder.path / "addon.db")
    try:
        _check_fits(store, vault, addons)
    except EnvironmentProblem:
        store.close()
        raise
    client = PlatformClient(settings.heroku_api_url, settings.id_url, settings.http_timeout, send)
    credentials = Credentials(vault)
    authorizations = Authorizations(store, vault, clock, client, settings.refresh_early)
    duties = Duties(store, vault, clock, settings.retry_first, settings.retry_most)
    acts = Obligations(
        store, clock, addons, client, authorizations, credentials, duties, settings.rotation_overlap
    ).acts()
    duties.set_acts(acts)
    return Service(
        settings=settings,
        clock=clock,
        folder=folder,
        store=store,
        exceptions=exceptions,
        addons=addons,
        credentials=credentials,
        authorizations=authorizations,
        duties=duties,
        resources=Resources(store, clock, addons, credentials, authorizations, duties),
        inbox=Inbox(store, clock),
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
            f"{', '.join(addons)}; set ADDON_SLUG as before, or choose another folder with --data"
        )
    if sealed is not None:
        vault.open(sealed["sealed"])
