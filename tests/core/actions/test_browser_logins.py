"""A program waits, a person says in a browser who it is (heroku-cli §3)."""

from datetime import timedelta

import pytest

from platform_sim.core.access import Actor
from platform_sim.core.actions import browser_logins as logins
from platform_sim.core.actions.accounts import actor_for_token, partner_account, set_standing
from platform_sim.core.actions.logins import set_password
from platform_sim.core.actions.sessions import sessions_of
from platform_sim.core.actions.teams import create_team
from platform_sim.core.errors import (
    Conflict,
    Delinquent,
    Forbidden,
    Gone,
    NotFound,
    PlatformError,
    RateLimited,
    Suspended,
    Unauthorized,
)
from platform_sim.core.model.accounts import Account, Authorization
from platform_sim.core.model.logins import BrowserLogin
from platform_sim.core.model.records import Event
from platform_sim.core.store import Transaction

from ...support import new_customer

TEXT = "Heroku CLI login from here"


def test_the_answer_is_a_token_once(tx: Transaction, customer: Actor) -> None:
    login = logins.begin_login(tx, TEXT)
    assert not logins.is_answered(tx, login.id)
    logins.accept_login(tx, logins.login_of_page(tx, login.page), customer.account)
    assert logins.is_answered(tx, login.id)
    assert sessions_of(tx, customer) == [], "nothing is made before the program asks"
    told = logins.take_answer(tx, login.id)
    actor = actor_for_token(tx, told.pop("access_token"))
    assert (told, actor.account, actor.scope) == ({}, customer.account, ("global",))
    (session,) = sessions_of(tx, customer)
    assert (session.description, session.authorization_id) == (TEXT, actor.authorization_id)
    assert logins.take_answer(tx, login.id) == {"error": logins.USED}
    assert len(sessions_of(tx, customer)) == 1


def test_the_token_ends(tx: Transaction, customer: Actor) -> None:
    login = logins.begin_login(tx, TEXT)
    logins.accept_login(tx, login, customer.account)
    token = logins.take_answer(tx, login.id)["access_token"]
    tx.clock.advance(timedelta(seconds=tx.rules.login_token_life - 1))
    actor_for_token(tx, token)
    tx.clock.advance(timedelta(seconds=1))
    with pytest.raises(Unauthorized):
        actor_for_token(tx, token)


def test_who_declines_is_nobody(tx: Transaction, customer: Actor) -> None:
    login = logins.begin_login(tx, TEXT)
    logins.decline_login(tx, login)
    assert logins.is_answered(tx, login.id)
    assert logins.take_answer(tx, login.id) == {"error": logins.DECLINED}
    with pytest.raises(Conflict):
        logins.login_of_page(tx, login.page)
    assert tx.count(Authorization, account_id=customer.account.id) == 1


@pytest.mark.parametrize("accepted", [False, True])
def test_a_login_times_out(tx: Transaction, customer: Actor, accepted: bool) -> None:
    login = logins.begin_login(tx, TEXT)
    if accepted:
        logins.accept_login(tx, login, customer.account)
    tx.clock.advance(timedelta(seconds=tx.rules.browser_login_life))
    assert logins.is_answered(tx, login.id)
    assert logins.take_answer(tx, login.id) == {"error": logins.TOO_LATE}
    with pytest.raises(Conflict if accepted else Gone):
        logins.login_of_page(tx, login.page)
    logins.begin_login(tx, TEXT)
    assert tx.count(BrowserLogin) == 1, "what is over is forgotten"
    with pytest.raises(NotFound):
        logins.login_of_page(tx, login.page)
    assert logins.take_answer(tx, login.id) == {"error": logins.TOO_LATE}
    assert logins.is_answered(tx, login.id)


def test_each_secret_opens_its_own_door_only(tx: Transaction) -> None:
    login, other = logins.begin_login(tx, TEXT), logins.begin_login(tx, TEXT)
    secrets = [getattr(each, name) for each in (login, other) for name in ("id", "page", "poll", "token", "form")]
    assert len(set(secrets)) == 10
    for secret in set(secrets) - {login.page, other.page}:
        with pytest.raises(NotFound):
            logins.login_of_page(tx, secret)
    for secret in set(secrets) - {login.poll, other.poll}:
        with pytest.raises(NotFound):
            logins.login_of_program(tx, secret, login.token)
    assert logins.login_of_program(tx, login.poll, login.token) == login
    for token in ("", other.token, login.page, "\ud800"):
        with pytest.raises(Unauthorized):
            logins.login_of_program(tx, login.poll, token)
    logins.check_form(login, login.form)
    for form in ("", other.form, login.token, "\ud800"):
        with pytest.raises(Forbidden):
            logins.check_form(login, form)
    assert not any(secret in repr(login) for secret in (login.page, login.poll, login.token, login.form))


@pytest.mark.parametrize(("wish", "error"), [({"suspended": True}, Suspended), ({"delinquent": True}, Delinquent)])
def test_who_may_do_nothing_does_not_get_in(
    tx: Transaction, customer: Actor, wish: dict[str, bool], error: type[PlatformError]
) -> None:
    account = set_standing(tx, customer.account, customer.account, **wish)
    login = logins.begin_login(tx, TEXT)
    with pytest.raises(error):
        logins.accept_login(tx, login, account)
    assert tx.get(BrowserLogin, login.id).state == "waiting"


def test_one_can_be_by_a_word_who_has_no_password(tx: Transaction, customer: Actor) -> None:
    new_customer(tx, "ann@example.com")
    partner_account(tx, "exceptions")
    create_team(tx, customer, "crew")
    assert [each.email for each in logins.choices(tx)] == ["ann@example.com", "user@example.com"]
    ann = tx.find(Account, email="ann@example.com")
    assert ann is not None
    set_password(tx, ann, ann, "correct horse")
    assert [each.email for each in logins.choices(tx)] == ["user@example.com"]


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("", logins.UNNAMED),
        (" \n\t ", logins.UNNAMED),
        ("a\nb\x1b[31mc\u202ed", "a b [31mc d"),
        ("x" * 300, "x" * 200),
    ],
)
def test_what_a_program_says_of_itself_is_one_short_line(tx: Transaction, given: str, shown: str) -> None:
    assert logins.begin_login(tx, given).description == shown


def test_so_many_logins_wait_and_no_more(tx: Transaction, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logins, "MOST_OPEN", 2)
    for _ in range(2):
        logins.begin_login(tx, TEXT)
    with pytest.raises(RateLimited):
        logins.begin_login(tx, TEXT)
    tx.clock.advance(timedelta(seconds=tx.rules.browser_login_life))
    logins.begin_login(tx, TEXT)


def test_invariant_22_the_answer_is_told_without_a_secret(tx: Transaction, customer: Actor) -> None:
    login = logins.begin_login(tx, TEXT)
    logins.accept_login(tx, login, customer.account)
    token = logins.take_answer(tx, login.id)["access_token"]
    events = tx.all(Event, subject_id=login.id)
    assert [(e.kind, e.data, e.actor_email) for e in events] == [
        ("browser-login", {"state": "accepted"}, "user@example.com")
    ]
    told = repr(tx.all(Event))
    assert not any(secret in told for secret in (token, login.page, login.poll, login.token, login.form))
