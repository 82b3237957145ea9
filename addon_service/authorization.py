"""What Heroku allows us for one instance: its tokens, sealed at rest, and calls made with them.

Tokens are refreshed shortly before they expire and once after a 401. A refresh that Heroku refuses is not
asked again with the same client secret (partner-api §2.12: "never loop"). No transaction is open during a call.
"""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

from addon_service.clock import Clock, parse_stamp, public_time, stamp
from addon_service.errors import Conflict, PlatformFailed
from addon_service.identity import Identity
from addon_service.platform_client import Answer, PlatformClient, TokenRefused, Tokens
from addon_service.store import Row, Store, Tx
from addon_service.vault import Vault, token_hash


class NoAuthorization(Conflict):
    """This instance holds no token that works; the message says why."""


class Authorizations:
    """Keeps the tokens of every instance, and calls the Platform API with them."""

    def __init__(self, store: Store, vault: Vault, clock: Clock, client: PlatformClient, refresh_early: int) -> None:
        self._store = store
        self._vault = vault
        self._clock = clock
        self._client = client
        self._early = timedelta(seconds=refresh_early)
        self._guard = threading.Lock()
        self._locks: dict[str, threading.Lock] = {}

    def keep(self, tx: Tx, uuid: str, tokens: Tokens) -> None:
        """Store the tokens of a grant exchange or a refresh; a refresh without a new refresh token keeps the old."""
        now = self._clock.now()
        old = tx.one("SELECT refresh FROM authorizations WHERE resource_uuid = ?", uuid)
        if tokens.refresh is not None:
            refresh = self._vault.seal(tokens.refresh)
        elif old is not None:
            refresh = old["refresh"]
        else:
            raise PlatformFailed("the token endpoint gave no refresh_token for a new grant")
        tx.run("DELETE FROM authorizations WHERE resource_uuid = ?", uuid)
        row: Row = {
            "resource_uuid": uuid,
            "access": self._vault.seal(tokens.access),
            "refresh": refresh,
            "expires_at": stamp(now + timedelta(seconds=tokens.expires_in)),
            "refused_with": None,
            "updated_at": stamp(now),
        }
        tx.insert("authorizations", row)

    def held(self, tx: Tx, uuid: str) -> bool:
        """Whether there are tokens, working or not."""
        return tx.one("SELECT 1 FROM authorizations WHERE resource_uuid = ?", uuid) is not None

    def forget(self, tx: Tx, uuid: str) -> None:
        """Drop the tokens: deprovisioning revokes them anyway (partner-api §3.2)."""
        tx.run("DELETE FROM authorizations WHERE resource_uuid = ?", uuid)

    def described(self, tx: Tx, uuid: str) -> dict[str, Any]:
        """State and expiry for the operator, without the tokens."""
        row = tx.one("SELECT * FROM authorizations WHERE resource_uuid = ?", uuid)
        if row is None:
            return {"state": "none", "expires_at": None}
        return {
            "state": "refused" if row["refused_with"] else "held",
            "expires_at": public_time(row["expires_at"]),
        }

    def call(
        self,
        identity: Identity,
        uuid: str,
        method: str,
        path: str,
        body: Any = None,
        timeout: float | None = None,
        every: bool = False,
    ) -> Answer:
        """One call of the Platform API as this instance; `path` begins with a slash, `timeout` is in seconds, `every`
        item of a list is wanted.

        Raises NoAuthorization when there is no token to call with, PlatformFailed when no answer came.
        """
        access = self._fresh(identity, uuid)
        answer = self._client.call(access, method, path, body, timeout, every)
        if answer.status != 401:
            return answer
        try:
            access = self._refreshed(identity, uuid, access)
        except NoAuthorization:
            return answer
        return self._client.call(access, method, path, body, timeout, every)

    def _fresh(self, identity: Identity, uuid: str) -> str:
        row = self._row(uuid)
        self._check_not_refused(identity, row)
        access = self._vault.open(row["access"])
        now, expires = self._clock.now(), parse_stamp(row["expires_at"])
        if now < expires - self._early:
            return access
        try:
            return self._refreshed(identity, uuid, access)
        except PlatformFailed:
            if now < expires:
                return access
            raise

    def _refreshed(self, identity: Identity, uuid: str, stale: str) -> str:
        """A new access token in place of `stale`; of many callers at once only the first one asks Heroku."""
        with self._lock(uuid):
            row = self._row(uuid)
            access = self._vault.open(row["access"])
            if access != stale:
                return access
            self._check_not_refused(identity, row)
            secret = identity.client_secret()
            if secret is None:
                raise NoAuthorization("cannot refresh the token: no client secret is known yet")
            try:
                tokens = self._client.refresh(self._vault.open(row["refresh"]), secret)
            except TokenRefused as error:
                with self._store.write() as tx:
                    sql = "UPDATE authorizations SET refused_with = ? WHERE resource_uuid = ?"
                    tx.run(sql, token_hash(secret), uuid)
                raise NoAuthorization(f"cannot refresh the token: {error}") from None
            with self._store.write() as tx:
                # The instance may have been removed while Heroku answered.
                if self.held(tx, uuid):
                    self.keep(tx, uuid, tokens)
            return tokens.access

    def _row(self, uuid: str) -> Row:
        with self._store.read() as tx:
            row = tx.one("SELECT * FROM authorizations WHERE resource_uuid = ?", uuid)
        if row is None:
            raise NoAuthorization(
                f"cannot call Heroku for {uuid}: its grant has not been exchanged for tokens; see its duties"
            )
        return row

    def _check_not_refused(self, identity: Identity, row: Row) -> None:
        secret = identity.client_secret()
        if row["refused_with"] and (secret is None or row["refused_with"] == token_hash(secret)):
            raise NoAuthorization(
                "cannot call Heroku: it refused to refresh this instance's token; it is asked again only "
                "after the client secret has changed"
            )

    def _lock(self, uuid: str) -> threading.Lock:
        with self._guard:
            return self._locks.setdefault(uuid, threading.Lock())
