"""The running partner: its rooms by name, its start and its end. The web asks for it with `current()`."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import cast

from flask import current_app

from addon_service.addons.base import Addon
from addon_service.addons.database import Database
from addon_service.addons.exceptions import Exceptions
from addon_service.authorization import Authorizations
from addon_service.clock import Clock
from addon_service.credentials import Credentials
from addon_service.database_data import DatabaseData
from addon_service.duties import Duties
from addon_service.errors import ServiceError
from addon_service.folder import DataFolder
from addon_service.inbox import Inbox
from addon_service.instances import Addons
from addon_service.logs.drains import Drains
from addon_service.logs.lines import Lines
from addon_service.logs.voice import Voice
from addon_service.resources import Resources
from addon_service.settings import Settings
from addon_service.store import Store
from addon_service.surroundings.look import Look
from addon_service.surroundings.subscriptions import Subscriptions
from addon_service.vault import Vault

EXTENSION = "addon_service"
URL_FILE, DATABASE_ADDRESS_FILE = "public-url", "database-address"
log = logging.getLogger("addon_service.service")


@dataclass(frozen=True)
class Service:
    """The running partner."""

    settings: Settings
    clock: Clock
    folder: DataFolder
    vault: Vault
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
    data: DatabaseData

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


def current() -> Service:
    """The service behind the request that is being answered."""
    return cast(Service, current_app.extensions[EXTENSION])
