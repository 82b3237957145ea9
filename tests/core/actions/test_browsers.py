"""Browsers that are a certain customer: a link once and soon, then a cookie until the session ends."""

from datetime import timedelta

import pytest

from platform_sim.core.access import Actor
from platform_sim.core.actions.browsers import LINK_LIFE, SESSION_LIFE, create_link, customer_of, use_link
from platform_sim.core.errors import Unauthorized
from platform_sim.core.model.accounts import BrowserSession
from platform_sim.core.store import Transaction

from ...support import new_customer


def test_a_link_gives_a_cookie_once(tx: Transaction, customer: Actor) -> None:
    link = create_link(tx, customer.account).link or ""
    session, account = use_link(tx, link)
    assert account == customer.account
    assert session.cookie not in (None, link)
    assert customer_of(tx, session.cookie or "") == customer.account
    for again in (link, "", "x", session.cookie or ""):
        with pytest.raises(Unauthorized, match="platform-sim users open"):
            use_link(tx, again)
    with pytest.raises(Unauthorized):
        customer_of(tx, link)


def test_a_link_that_nobody_has_used_ends_soon(tx: Transaction, customer: Actor) -> None:
    link = create_link(tx, customer.account).link or ""
    tx.clock.advance(LINK_LIFE)
    with pytest.raises(Unauthorized):
        use_link(tx, link)


def test_a_session_ends(tx: Transaction, customer: Actor) -> None:
    session, _ = use_link(tx, create_link(tx, customer.account).link or "")
    tx.clock.advance(SESSION_LIFE - timedelta(seconds=1))
    assert customer_of(tx, session.cookie or "") == customer.account
    tx.clock.advance(timedelta(seconds=1))
    with pytest.raises(Unauthorized, match="session has ended"):
        customer_of(tx, session.cookie or "")


def test_each_browser_is_somebody(tx: Transaction, customer: Actor) -> None:
    other = new_customer(tx, "other@example.com")
    cookies = [use_link(tx, create_link(tx, who.account).link or "")[0].cookie or "" for who in (customer, other)]
    assert [customer_of(tx, cookie) for cookie in cookies] == [customer.account, other.account]


def test_what_has_ended_is_cleared_away(tx: Transaction, customer: Actor) -> None:
    create_link(tx, customer.account)
    tx.clock.advance(LINK_LIFE)
    create_link(tx, customer.account)
    assert tx.count(BrowserSession) == 1


def test_no_secret_is_shown_by_chance(tx: Transaction, customer: Actor) -> None:
    made = create_link(tx, customer.account)
    assert made.link is not None
    assert made.link not in repr(made)
