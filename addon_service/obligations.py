"""The acts behind the duties: exchange a grant, push a new config, end an old credential.

Each may call Heroku and is safe to repeat; each gives back what is to be written together with its end.
A new add-on brings acts of its own in a file of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from addon_service.addons.base import Addon
from addon_service.authorization import Authorizations
from addon_service.calls import Calls
from addon_service.clock import Clock, parse_stamp
from addon_service.credentials import Credential, Credentials
from addon_service.duties import Act, Duties, Duty, Finish, GiveUp, Later
from addon_service.errors import PlatformFailed
from addon_service.identity import Identity
from addon_service.instances import find
from addon_service.logs.voice import Voice
from addon_service.platform_client import PlatformClient, TokenRefused, Tokens, reason
from addon_service.store import Store, Tx
from addon_service.vault import token_hash

GRANT_LIFE = timedelta(minutes=5)  # partner-api §2.3
SECRET_POLL = 1.0  # seconds between two looks for the client secret


@dataclass(frozen=True)
class Obligations:
    """The acts of every add-on's life cycle, with what they need."""

    store: Store
    clock: Clock
    calls: Calls
    client: PlatformClient
    authorizations: Authorizations
    credentials: Credentials
    duties: Duties
    voice: Voice
    begin: Callable[[Tx, str], None]  # what an instance does as soon as it can call Heroku

    def acts(self) -> dict[str, Act]:
        """Kind of duty to its act."""
        return {
            "exchange_grant": self.exchange_grant,
            "push_config": self.push_config,
            "retire_credential": self.retire_credential,
        }

    def exchange_grant(self, duty: Duty) -> Finish:
        """Swap the grant for tokens while it lives (partner-api §3). The same code and secret are sent once."""
        with self.store.read() as tx:
            identity = self.calls.addon(tx, duty).identity
        secret = identity.client_secret()
        expired = self.clock.now() >= _expiry(duty)
        if secret is None:
            if expired:
                raise GiveUp("the grant expired before a client secret was known; reset it and provision anew")
            raise Later("no client secret yet: set ADDON_CLIENT_SECRET or write `client-secret`", SECRET_POLL)
        if duty.payload.get("refused_with") == token_hash(secret):
            if expired:
                raise GiveUp("Heroku refused the grant, and it expired before another client secret was known")
            raise Later("Heroku refused this grant with this client secret; waiting for another", SECRET_POLL)
        try:
            tokens = self._exchanged(identity, duty, secret)
        except TokenRefused as refused:
            if expired:
                raise GiveUp(str(refused)) from None
            payload = {**duty.payload, "refused_with": token_hash(secret)}
            raise Later(f"{refused}; waiting for another client secret", SECRET_POLL, payload) from None
        return lambda tx: self._authorized(tx, duty.uuid, tokens)

    def push_config(self, duty: Duty) -> Finish:
        """Give Heroku the instance's config vars (partner-api §4.2); then let older credentials end."""
        with self.store.read() as tx:
            addon = self.calls.addon(tx, duty)
            credential = self.credentials.current(tx, duty.uuid)
            config = addon.config(tx, duty.uuid, credential)
        pairs = [{"name": name, "value": value} for name, value in config.items()]
        answer = self.calls.call(duty, "PATCH", f"/addons/{duty.uuid}/config", {"config": pairs})
        if answer.status not in (200, 201):
            raise GiveUp(f"Heroku answered {answer.status} to the new config: {reason(answer)}")
        return lambda tx: self._config_taken(tx, addon, duty, credential)

    def retire_credential(self, duty: Duty) -> Finish:
        """End a credential whose overlap is over."""
        return lambda tx: self._ended(tx, duty)

    def _ended(self, tx: Tx, duty: Duty) -> None:
        credential = self.credentials.get(tx, int(duty.payload["credential_id"]))
        if credential is not None:
            self.credentials.retire(tx, credential.id)
            self.voice.say(tx, find(tx, duty.uuid), "old credentials ended", credential=credential.number)

    def _authorized(self, tx: Tx, uuid: str, tokens: Tokens) -> None:
        self.authorizations.keep(tx, uuid, tokens)
        self.begin(tx, uuid)

    def _config_taken(self, tx: Tx, addon: Addon, duty: Duty, credential: Credential) -> None:
        # Counted from now, not from the rotation: had Heroku been away for an hour, the app would still
        # hold nothing but the old credential.
        overlap = 0 if duty.payload.get("forced") else addon.overlap
        end = self.clock.now() + timedelta(seconds=overlap)
        replaced = self.credentials.plan_retirement(tx, duty.uuid, credential.id, end)
        for old in replaced:
            self.duties.add(tx, addon.chores["retire"], duty.uuid, {"credential_id": old}, end)
        if replaced:
            told = {"credential": credential.number, "old_works_for": f"{overlap}s"}
            self.voice.say(tx, find(tx, duty.uuid), "credentials rotated", **told)

    def _exchanged(self, identity: Identity, duty: Duty, secret: str) -> Tokens:
        """Tokens for the grant, or for a fresh one: a code is good once, and we may have died between
        Heroku's answer and the writing of it. Raises TokenRefused."""
        try:
            return self.client.exchange(duty.payload["code"], secret)
        except TokenRefused:
            try:
                code = self.client.fresh_grant(identity.slug, identity.password, duty.uuid)
            except PlatformFailed:
                code = None
            if code is None:
                raise
            return self.client.exchange(code, secret)


def _expiry(duty: Duty) -> datetime:
    """When to wait no longer: Heroku's time, but never less than five minutes from the grant's arrival, for
    the two clocks may differ; a missing or odd time counts as those five minutes."""
    least = duty.created_at + GRANT_LIFE
    said: Any = duty.payload.get("expires_at")
    try:
        return max(parse_stamp(said), least)
    except (TypeError, ValueError):
        return least
