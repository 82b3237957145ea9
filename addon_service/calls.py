"""Calls of the Platform API that a duty makes about its instance, and what a refusal means for the duty."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Never

from addon_service.addons.base import Addon
from addon_service.authorization import Authorizations, NoAuthorization
from addon_service.clock import Clock
from addon_service.duties import Duties, Duty, GiveUp, Later
from addon_service.errors import Gone, NotFound
from addon_service.instances import Addons, find
from addon_service.platform_client import Answer, reason
from addon_service.store import Store, Tx

POLL = 1.0  # seconds between two looks at something that somebody else does
# Heroku may not yet have read our answer to the order when the first call arrives, and refuses it until then.
GRACE = timedelta(minutes=1)


@dataclass(frozen=True)
class Calls:
    """What acts need to talk about their instance with Heroku."""

    store: Store
    clock: Clock
    addons: Addons
    authorizations: Authorizations
    duties: Duties

    def addon(self, tx: Tx, duty: Duty) -> Addon:
        """The product of the duty's instance. Raises GiveUp when the instance is gone."""
        try:
            return self.addons[find(tx, duty.uuid).addon]
        except (Gone, NotFound) as gone:
            raise GiveUp(gone.message) from None

    def call(self, duty: Duty, method: str, path: str, body: Any = None, *, every: bool = False) -> Answer:
        """One call as the duty's instance; `every` item of a list is wanted. Raises GiveUp, Later, PlatformFailed."""
        with self.store.read() as tx:
            identity = self.addon(tx, duty).identity
        with self.authorized(duty):
            return self.authorizations.call(identity, duty.uuid, method, path, body, every=every)

    @contextmanager
    def authorized(self, duty: Duty) -> Iterator[None]:
        """Without tokens the duty waits while the grant is still to be exchanged, and else is given up."""
        try:
            yield
        except NoAuthorization as missing:
            with self.store.read() as tx:
                waiting = self.duties.pending(tx, "exchange_grant", duty.uuid)
            if waiting:
                raise Later("waiting for the grant to be exchanged", POLL) from None
            raise GiveUp(missing.message) from None

    def early(self, duty: Duty) -> bool:
        """Whether a refusal may only mean that Heroku has not read our answer to its order yet."""
        return self.clock.now() - duty.created_at < GRACE

    def refused(self, duty: Duty, answer: Answer, what: str) -> Never:
        """Heroku said no to the duty: ask again for a minute, then give it up."""
        said = f"Heroku {what}: {answer.status} {reason(answer)}"
        if self.early(duty):
            raise Later(said, POLL)
        raise GiveUp(said)
