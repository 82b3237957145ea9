"""The ledger of exchanges: what the platform and others said to each other, and what it was caused by.

A call that comes in is written in the transaction of what it does, under the id that all of that names as its cause.
So no cause is ever guessed: an event, a job or an exchange holds the id of the exchange or event that it follows from.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from platform_sim.core.actions.oauth import Tokens
from platform_sim.core.model.accounts import Authorization
from platform_sim.core.model.addons import Addon
from platform_sim.core.model.apps import App
from platform_sim.core.model.masking import Mark, hidden, marker
from platform_sim.core.model.records import Event, Exchange, Job, Sequence
from platform_sim.core.model.values import is_uuid
from platform_sim.core.store import Snapshot, Transaction

CUSTOMER = "customer"
PARTNER = "partner"
"""Whom the platform talks with, in the ledger; webhooks have a party of their own."""
CUT = "the platform was stopped before there was an answer"
MARKS = "marks"
BUSY = ("provisioning", "deprovisioning")
"""States of an add-on in which its partner still works on what it was last told."""


def begin(tx: Transaction, **fields: Any) -> Exchange:
    """Write an exchange; the newest `exchanges_kept` stay."""
    newest = tx.events[0].number - 1 if tx.events else tx.highest(Event, "number")
    row = Exchange(seq=tx.highest(Exchange, "seq") + 1, after_event=newest, created_at=tx.now(), **fields)
    tx.insert(row)
    tx.delete_until(Exchange, "seq", row.seq - tx.rules.exchanges_kept)
    return row


def end(tx: Transaction, exchange_id: str, **changes: Any) -> None:
    """Write what came of one; nothing if so many have begun since that it is gone."""
    row = tx.find(Exchange, id=exchange_id)
    if row is not None:
        seq = tx.highest(Exchange, "seq") + 1
        tx.update(row, seq=seq, **changes)
        tx.delete_until(Exchange, "seq", seq - tx.rules.exchanges_kept)


def end_interrupted(tx: Transaction) -> None:
    """A killed platform has left some open: nobody will answer them any more."""
    for row in tx.all(Exchange, status=None, problem=None):
        end(tx, row.id, problem=CUT)


def marks(tx: Transaction) -> Mark:
    """What stands for a secret in `Exchange.marked`; by a key of this platform that stays with its rows."""
    row = tx.find(Sequence, id=MARKS) or tx.insert(Sequence(MARKS, tx.dice(MARKS).getrandbits(62)))
    return marker(str(row.value))


def give_order(tx: Transaction, addon_id: str, exchange_id: str) -> None:
    """The partner is told something in this exchange: what it calls until that is settled follows from it."""
    for authorization in tx.all(Authorization, addon_id=addon_id, revoked_at=None):
        tx.update(authorization, cause_id=exchange_id)


def cause_of_call(rows: Snapshot, authorization: Authorization) -> str | None:
    """What a partner's call follows from: the order that it still works on, None if it acts by itself."""
    if authorization.cause_id is None or authorization.addon_id is None:
        return None
    order = rows.find(Exchange, id=authorization.cause_id)
    addon = rows.find(Addon, id=authorization.addon_id)
    works_on_it = (order is not None and order.is_open) or (addon is not None and addon.state in BUSY)
    return authorization.cause_id if works_on_it else None


@dataclass
class Incoming:
    """A call that came in, while it is answered. See `store.Caller`: what it writes has it as its cause."""

    party: str
    method: str
    url: str
    headers: Mapping[str, str]
    body: Callable[[], str]
    elapsed: Callable[[], int]
    """Milliseconds since it came."""
    marked_body: Callable[[Mark], str] | None = None
    """Of a partner's call: the body with marks for what is hidden in it."""
    actor_email: str | None = None
    authorization_id: str | None = None
    """Of a partner's call: what its token is of."""
    addon_id: str | None = None
    app: str | None = None
    """The app that its path names."""
    cause_id: str | None = None
    status: int | None = None
    response_body: str = ""
    follows_from: str | None = None
    """Of a partner's call: the order that it belongs to, found before it does anything."""
    _written: bool = field(default=False, init=False)
    _complete: bool = field(default=False, init=False)

    def begins(self, rows: Snapshot) -> None:
        """Before it does anything: what it does may end the order that it belongs to."""
        authorization = rows.find(Authorization, id=self.authorization_id) if self.authorization_id else None
        self.follows_from = cause_of_call(rows, authorization) if authorization else None

    def answered(self, status: int, body: str = "") -> None:
        """What it is answered; written with the next commit."""
        self.status, self.response_body = status, body

    def wrote(self, tx: Transaction) -> None:
        """Before a commit: the first that does something brings the call itself into the ledger."""
        did = tx.nouns if self.party == PARTNER else tx.events or Job in tx.nouns
        if did and not self._written:
            self.write(tx)

    def write(self, tx: Transaction) -> None:
        """Bring it into the ledger, or what became of it."""
        answer = {"status": self.status, "response_body": self.response_body, "milliseconds": self.elapsed()}
        if self._written:
            if not self._complete and self.cause_id is not None:
                end(tx, self.cause_id, **answer)
            self._complete = True
            return
        self._written, self._complete = True, self.status is not None
        self.cause_id = tx.cause("call", self.authorization_id or self.actor_email or "")
        body = self.body()
        marked = self.marked_body(marks(tx)) if self.marked_body and self.party == PARTNER else body
        begin(
            tx,
            id=self.cause_id,
            party=self.party,
            method=self.method,
            url=self.url,
            request_headers=dict(self.headers),
            request_body=body,
            marked={} if marked == body else {"request_body": marked},
            response_headers={},
            problem=None,
            inbound=True,
            actor_email=self.actor_email,
            cause_id=self.follows_from,
            **self._about(tx),
            **answer,
        )

    @property
    def is_complete(self) -> bool:
        """Whether the ledger has it with its answer."""
        return self._complete

    @property
    def is_known(self) -> bool:
        """Whether the ledger has it."""
        return self._written

    def _about(self, tx: Transaction) -> dict[str, str | None]:
        """The app and the add-on: those of what it did, else those that it names."""
        app_id = next((each.app_id for each in tx.events if each.app_id), None)
        addon_id = self.addon_id or next((each.addon_id for each in tx.events if each.addon_id), None)
        if app_id is None and self.app:
            found = tx.find(App, id=self.app) if is_uuid(self.app) else tx.find(App, name=self.app)
            app_id = found.id if found else None
        if app_id is None and addon_id:
            addon = tx.find(Addon, id=addon_id)
            app_id = addon.app_id if addon else None
        return {"app_id": app_id, "addon_id": addon_id}


def keep_token_exchange(
    tx: Transaction, tokens: Tokens, url: str, kind: str, milliseconds: int, given: str, client_secret: str
) -> None:
    """A partner has got tokens (partner-api §3): with a grant that follows from the order that brought it. `given`: the
    code or the refresh token."""
    authorization = tokens.authorization
    if authorization.addon_id is None:
        return
    by_grant = kind == "authorization_code"
    addon = tx.find(Addon, id=authorization.addon_id)
    begin(
        tx,
        id=tx.cause("token-exchange", authorization.id),
        party=PARTNER,
        addon_id=authorization.addon_id,
        method="POST",
        url=url,
        request_headers={},
        request_body=_token_request(kind, given, client_secret, hidden),
        status=200,
        response_headers={},
        response_body=_token_answer(tokens, hidden),
        problem=None,
        milliseconds=milliseconds,
        cause_id=authorization.cause_id if by_grant else cause_of_call(tx, authorization),
        inbound=True,
        app_id=addon.app_id if addon else None,
        actor_email=tokens.account.email,
        marked={
            "request_body": _token_request(kind, given, client_secret, marks(tx)),
            "response_body": _token_answer(tokens, marks(tx)),
        },
    )


def _token_request(kind: str, given: str, client_secret: str, mark: Mark) -> str:
    name = "code" if kind == "authorization_code" else "refresh_token"
    return f"grant_type={kind}&{name}={mark(given)}&client_secret={mark(client_secret)}"


def _token_answer(tokens: Tokens, mark: Mark) -> str:
    shown = {"access_token": mark(tokens.access.token), "refresh_token": mark(tokens.refresh_token)}
    return json.dumps(shown | {"token_type": "Bearer"})
