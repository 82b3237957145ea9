"""Sessions of logins (heroku-cli: sessions, logout)."""

from datetime import timedelta

import pytest

from platform_sim.core.access import Actor
from platform_sim.core.actions.accounts import actor_for_token, add_token, authorize, lasting_token, revoke
from platform_sim.core.actions.authorizations import authorization_named, create_authorization, token_of
from platform_sim.core.actions.sessions import begin_session, end_session, session_named, sessions_of
from platform_sim.core.errors import Forbidden, NotFound, Unauthorized
from platform_sim.core.model.accounts import Authorization
from platform_sim.core.model.logins import OauthSession
from platform_sim.core.model.records import Event
from platform_sim.core.store import Transaction

from ...support import new_addon, new_app, new_customer, new_service, partner_of_addon


def log_in(tx: Transaction, who: Actor, life: float | None = 60) -> tuple[OauthSession, str]:
    """A session and its token."""
    made = authorize(tx, who.account, "Heroku CLI login from here", ["global"])
    return begin_session(tx, made), add_token(tx, made, life=life).token


def test_a_session_ends_with_its_token(tx: Transaction, customer: Actor) -> None:
    session, token = log_in(tx, customer)
    actor = actor_for_token(tx, token)
    assert sessions_of(tx, customer) == [session]
    assert session_named(tx, actor, "~") == session_named(tx, customer, session.id) == session
    end_session(tx, actor, session)
    assert sessions_of(tx, customer) == []
    assert tx.count(OauthSession) == 0
    with pytest.raises(Unauthorized):
        actor_for_token(tx, token)
    event = tx.find(Event, kind="oauth-authorization", action="destroy")
    assert event is not None
    assert event.subject_id == session.authorization_id


def test_a_session_ends_with_its_authorization(tx: Transaction, customer: Actor) -> None:
    session, _ = log_in(tx, customer)
    revoke(tx, tx.get(Authorization, session.authorization_id))
    assert sessions_of(tx, customer) == []
    with pytest.raises(NotFound):
        session_named(tx, customer, session.id)


def test_a_session_whose_token_has_expired_is_none(tx: Transaction, customer: Actor) -> None:
    session, _ = log_in(tx, customer, life=60)
    forever, _ = log_in(tx, customer, life=None)
    tx.clock.advance(timedelta(seconds=60))
    assert sessions_of(tx, customer) == [forever]
    with pytest.raises(NotFound):
        session_named(tx, customer, session.id)


def test_a_token_that_is_no_logins_has_no_session(tx: Transaction, customer: Actor) -> None:
    log_in(tx, customer)
    stranger = new_customer(tx, "stranger@example.com")
    session, _ = log_in(tx, stranger)
    for actor, identity in ((customer, "~"), (customer, session.id), (customer, "x"), (stranger, "~")):
        with pytest.raises(NotFound) as raised:
            session_named(tx, actor, identity)
        assert raised.value.body()["resource"] == "session"


def test_the_customers_own_key_is_behind_the_tilde(tx: Transaction, customer: Actor) -> None:
    """`heroku logout` leaves that alone (heroku-cli §3): it must never be the token of a login."""
    log_in(tx, customer, life=None)
    create_authorization(tx, customer, scope=["read"])
    create_authorization(tx, customer, expires_in=60)
    found = authorization_named(tx, customer, "~")
    assert found.id == customer.authorization_id
    revoke(tx, found)
    assert lasting_token(tx, customer.account) is None
    with pytest.raises(NotFound):
        authorization_named(tx, customer, "~")
    made = create_authorization(tx, customer)
    assert authorization_named(tx, customer, "~") == made
    assert token_of(tx, made) == lasting_token(tx, customer.account)


def test_partners_have_none(tx: Transaction, customer: Actor) -> None:
    new_service(tx)
    with pytest.raises(Forbidden):
        sessions_of(tx, partner_of_addon(tx, new_addon(tx, customer, new_app(tx, customer))))
