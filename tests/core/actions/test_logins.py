"""Passwords and second factors (heroku-cli §2, §3)."""

from datetime import timedelta

import pytest

from platform_sim.core.access import Actor
from platform_sim.core.actions import logins
from platform_sim.core.actions.accounts import issue_token, partner_account
from platform_sim.core.actions.authorizations import create_authorization, token_of
from platform_sim.core.errors import Forbidden, InvalidParams, TwoFactor, Unauthorized
from platform_sim.core.model.accounts import Account
from platform_sim.core.model.apps import App
from platform_sim.core.model.logins import Credentials
from platform_sim.core.model.one_time import code_at
from platform_sim.core.model.records import Event
from platform_sim.core.store import Database, Transaction

from ...support import new_addon, new_app, new_customer, new_service, partner_of_addon

PASSWORD = "correct horse"


def give(tx: Transaction, who: Actor) -> None:
    logins.set_password(tx, who.account, who.account, PASSWORD)


def give_factor(tx: Transaction, who: Actor) -> tuple[Actor, str]:
    """The actor as it now is, and the secret."""
    give(tx, who)
    secret = logins.set_second_factor(tx, who.account, who.account)
    return Actor(tx.get(Account, who.account.id), who.authorization_id), secret


def test_a_password_lets_its_customer_in(tx: Transaction, customer: Actor) -> None:
    give(tx, customer)
    for email in ("user@example.com", "USER@Example.com", " user@example.com "):
        actor = logins.who_logs_in(tx, email, PASSWORD, None)
        assert (actor.account, actor.logs_in, actor.is_partner) == (customer.account, True, False)


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("user@example.com", "wrong horse"),
        ("user@example.com", ""),
        ("user@example.com", PASSWORD + " "),
        ("nobody@example.com", PASSWORD),
        ("", PASSWORD),
        ("other@example.com", PASSWORD),
        ("other@example.com", ""),
        ("exceptions@addons.heroku.com", PASSWORD),
    ],
)
def test_anything_else_does_not(tx: Transaction, customer: Actor, email: str, password: str) -> None:
    give(tx, customer)
    new_customer(tx, "other@example.com")
    logins.set_password(tx, customer.account, partner_account(tx, "exceptions"), PASSWORD)
    with pytest.raises(Unauthorized, match=r"^Invalid credentials provided\.$"):
        logins.who_logs_in(tx, email, password, None)


@pytest.mark.parametrize(
    "email", ["user@example.com", "other@example.com", "nobody@example.com", "crew@herokumanager.com"]
)
def test_a_refusal_does_as_much_work_whoever_is_named(
    tx: Transaction, customer: Actor, monkeypatch: pytest.MonkeyPatch, email: str
) -> None:
    """Else its time would tell whom there is."""
    give(tx, customer)
    new_customer(tx, "other@example.com")
    looked: list[str] = []
    monkeypatch.setattr(logins, "is_password", lambda kept, given: bool(looked.append(kept)))
    with pytest.raises(Unauthorized):
        logins.who_logs_in(tx, email, "wrong horse", None)
    assert len(looked) == 1


def test_until_there_is_a_password_a_token_stands_for_it(tx: Transaction, customer: Actor) -> None:
    account = customer.account
    own = issue_token(tx, account, "mine").token
    other = issue_token(tx, new_customer(tx, "other@example.com").account, "theirs").token
    narrow = token_of(tx, create_authorization(tx, customer, scope=["read"]))
    assert narrow is not None
    assert logins.is_proven(tx, account, own)
    for given in (other, narrow.token, "", "x"):
        assert not logins.is_proven(tx, account, given)
    give(tx, customer)
    assert not logins.is_proven(tx, account, own)
    logins.remove_password(tx, account, account)
    assert not logins.is_proven(tx, account, PASSWORD)
    assert logins.is_proven(tx, account, own)
    logins.remove_password(tx, account, account)


@pytest.mark.parametrize("length", [0, 7, 257])
def test_a_password_has_a_length(tx: Transaction, customer: Actor, length: int) -> None:
    with pytest.raises(InvalidParams, match="8 to 256"):
        logins.set_password(tx, customer.account, customer.account, "x" * length)
    assert not logins.has_password(tx, customer.account)


def test_another_password_ends_the_first(tx: Transaction, customer: Actor) -> None:
    give(tx, customer)
    logins.set_password(tx, customer.account, customer.account, "another horse")
    assert logins.is_proven(tx, customer.account, "another horse")
    assert not logins.is_proven(tx, customer.account, PASSWORD)


def test_invariant_22_nothing_secret_is_told_or_readable(tx: Transaction, customer: Actor) -> None:
    operator = new_customer(tx, "operator@example.com").account
    logins.set_password(tx, operator, customer.account, PASSWORD)
    secret = logins.set_second_factor(tx, operator, customer.account)
    logins.remove_second_factor(tx, operator, customer.account)
    logins.remove_password(tx, operator, customer.account)
    told = [(e.data, e.actor_email) for e in tx.all(Event, subject_id=customer.account.id, action="update")]
    assert [data for data, _ in told] == [
        {"has_password": True},
        {"two_factor": True},
        {"two_factor": False},
        {"has_password": False},
    ]
    assert {email for _, email in told} == {"operator@example.com"}
    give(tx, customer)
    kept = tx.get(Credentials, customer.account.id)
    assert PASSWORD not in str(kept.password)
    assert kept.password not in repr(kept)
    assert secret not in repr(tx.all(Event))


def test_a_second_factor_takes_its_code(tx: Transaction, customer: Actor) -> None:
    actor, secret = give_factor(tx, customer)
    good = code_at(secret, tx.now())
    with pytest.raises(TwoFactor, match="second authentication factor") as missing:
        logins.who_logs_in(tx, "user@example.com", PASSWORD, None)
    assert (missing.value.status, missing.value.body()["id"]) == (403, "two_factor")
    with pytest.raises(TwoFactor, match="wrong, or too old"):
        logins.who_logs_in(tx, "user@example.com", PASSWORD, "000000")
    assert logins.who_logs_in(tx, "user@example.com", PASSWORD, good).account == actor.account
    with pytest.raises(Unauthorized):
        logins.who_logs_in(tx, "user@example.com", "wrong horse", good)
    tx.clock.advance(timedelta(seconds=90))
    with pytest.raises(TwoFactor):
        logins.who_logs_in(tx, "user@example.com", PASSWORD, good)


def test_a_new_secret_ends_the_old_one(tx: Transaction, customer: Actor) -> None:
    actor, first = give_factor(tx, customer)
    second = logins.set_second_factor(tx, actor.account, actor.account)
    assert first != second
    assert logins.second_factor_of(tx, actor.account) == second
    with pytest.raises(TwoFactor):
        logins.check_code(tx, actor.account, code_at(first, tx.now()))


def test_a_second_factor_stands_on_a_password(tx: Transaction, customer: Actor) -> None:
    account = customer.account
    with pytest.raises(InvalidParams, match="has no password"):
        logins.set_second_factor(tx, account, account)
    with pytest.raises(InvalidParams, match="has no second factor"):
        logins.second_factor_of(tx, account)
    actor, _ = give_factor(tx, customer)
    with pytest.raises(InvalidParams, match="take that away first"):
        logins.remove_password(tx, account, actor.account)
    logins.remove_second_factor(tx, account, actor.account)
    assert not tx.get(Account, account.id).two_factor
    assert logins.who_logs_in(tx, "user@example.com", PASSWORD, None)
    with pytest.raises(InvalidParams, match="has no second factor"):
        logins.second_factor_of(tx, account)


def test_an_app_is_changed_with_a_code_or_after_one(tx: Transaction, customer: Actor, app: App) -> None:
    actor, secret = give_factor(tx, customer)
    with pytest.raises(TwoFactor) as refused:
        logins.check_app(tx, actor, "acme", None)
    assert refused.value.body()["app"] == {"name": "acme"}
    logins.check_app(tx, actor, app.id, code_at(secret, tx.now()))
    with pytest.raises(TwoFactor):
        logins.pre_authorize(tx, actor, app, None)
    made = logins.pre_authorize(tx, actor, app, code_at(secret, tx.now()))
    assert made.expires_at == tx.now() + timedelta(seconds=tx.rules.pre_authorization_life)
    logins.check_app(tx, actor, "acme", None)


def test_an_authorization_is_for_one_app_one_token_and_a_while(tx: Transaction, customer: Actor, app: App) -> None:
    actor, secret = give_factor(tx, customer)
    new_app(tx, actor, "other")
    logins.pre_authorize(tx, actor, app, code_at(secret, tx.now()))
    another = Actor(actor.account, create_authorization(tx, actor).id)
    for who, name in ((actor, "other"), (another, "acme")):
        with pytest.raises(TwoFactor):
            logins.check_app(tx, who, name, None)
    tx.clock.advance(timedelta(seconds=tx.rules.pre_authorization_life))
    with pytest.raises(TwoFactor):
        logins.check_app(tx, actor, "acme", None)


def test_who_has_no_second_factor_is_not_asked(tx: Transaction, customer: Actor, app: App) -> None:
    logins.check_app(tx, customer, "acme", None)
    assert logins.pre_authorize(tx, customer, app, None).app_id == app.id


def test_partners_authorize_nothing(tx: Transaction, customer: Actor, app: App) -> None:
    new_service(tx)
    with pytest.raises(Forbidden):
        logins.pre_authorize(tx, partner_of_addon(tx, new_addon(tx, customer, app)), app, None)


def test_the_same_seed_gives_the_same_secret(database: Database) -> None:
    with database.transaction() as tx:
        actor, secret = give_factor(tx, new_customer(tx))
        assert len(secret) == 32
        assert actor.account.two_factor
        kept = tx.get(Credentials, actor.account.id)
        assert kept.factor == secret
