"""Passwords and second factors: how a customer proves itself where it has no token (heroku-cli §3).

Until a customer has a password, a token of its own stands for one.
"""

from datetime import timedelta

from platform_sim.core.access import Actor, app_named, customers_only
from platform_sim.core.actions.accounts import actor_for_token
from platform_sim.core.errors import InvalidParams, TwoFactor, Unauthorized
from platform_sim.core.model.accounts import Account
from platform_sim.core.model.apps import App
from platform_sim.core.model.logins import Credentials, PreAuthorization
from platform_sim.core.model.one_time import is_code, secret_from
from platform_sim.core.model.passwords import LONGEST, NOBODYS, SHORTEST, hashed, is_password
from platform_sim.core.model.scopes import GLOBAL
from platform_sim.core.store import Snapshot, Transaction

WRONG = "Invalid credentials provided."


def set_password(tx: Transaction, operator: Account, account: Account, password: str) -> None:
    """Give a customer a password, or another one; InvalidParams if it is too short or too long."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise InvalidParams(f"A password has {SHORTEST} to {LONGEST} characters.")
    known, now = tx.find(Credentials, id=account.id), tx.now()
    kept = hashed(password, tx.secret("password", account.id))
    if known is None:
        tx.insert(Credentials(account.id, kept, None, now, now))
    else:
        tx.update(known, password=kept)
    tx.record("account", "update", account.id, operator, {"has_password": True})


def remove_password(tx: Transaction, operator: Account, account: Account) -> None:
    """Back to no password; InvalidParams while there is a second factor, which is nothing without the first."""
    known = tx.find(Credentials, id=account.id)
    if known is None:
        return
    if known.factor is not None:
        raise InvalidParams(f"{account.email} has a second factor: take that away first.")
    tx.delete(known)
    tx.record("account", "update", account.id, operator, {"has_password": False})


def set_second_factor(tx: Transaction, operator: Account, account: Account) -> str:
    """From now on the password alone does not let the customer in. The secret of its codes: a new one each time."""
    known = tx.find(Credentials, id=account.id)
    if known is None:
        raise InvalidParams(f"{account.email} has no password: give it one first, for this is the second factor.")
    seed = tx.secret("second-factor", account.id) + tx.secret("second-factor", account.id)
    secret = secret_from(bytes.fromhex(seed)[:20])
    tx.update(known, factor=secret)
    _switch(tx, operator, account, True)
    return secret


def remove_second_factor(tx: Transaction, operator: Account, account: Account) -> None:
    """The password is enough again."""
    known = tx.find(Credentials, id=account.id)
    if known is not None and known.factor is not None:
        tx.update(known, factor=None)
        _switch(tx, operator, account, False)


def _switch(tx: Transaction, operator: Account, account: Account, on: bool) -> None:
    tx.update(tx.get(Account, account.id), two_factor=on)
    tx.record("account", "update", account.id, operator, {"two_factor": on})


def second_factor_of(rows: Snapshot, account: Account) -> str:
    """The secret of a customer's codes; InvalidParams if it has no second factor."""
    known = rows.find(Credentials, id=account.id)
    if known is None or known.factor is None:
        raise InvalidParams(f"{account.email} has no second factor.")
    return known.factor


def has_password(rows: Snapshot, account: Account) -> bool:
    """Whether a customer has been given one."""
    return rows.find(Credentials, id=account.id) is not None


def who_logs_in(rows: Snapshot, email: str, password: str, code: str | None) -> Actor:
    """The customer of an e-mail and a password; Unauthorized if they are wrong, TwoFactor while its code is missing
    or wrong."""
    account = rows.find(Account, email=email.strip().lower())
    if account is not None and not account.is_customer:
        account = None
    if not is_proven(rows, account, password) or account is None:
        raise Unauthorized(WRONG)
    check_code(rows, account, code)
    return Actor(account, authorization_id="", logs_in=True)


def is_proven(rows: Snapshot, account: Account | None, given: str) -> bool:
    """Whether this is the customer's password; while it has none, whether it is a token of its own. Of nobody: no."""
    known = rows.find(Credentials, id=account.id) if account else None
    if is_password(known.password if known else NOBODYS, given) and known is not None:
        return True
    if known is not None or account is None:
        return False
    try:
        actor = actor_for_token(rows, given)
    except Unauthorized:
        return False
    return not actor.is_partner and actor.account.id == account.id and GLOBAL in actor.scope


def check_code(rows: Snapshot, account: Account, code: str | None, **extra: object) -> None:
    """TwoFactor if the customer has a second factor and this is not its code now; `extra` goes into the answer."""
    if not account.two_factor:
        return
    if not code:
        raise TwoFactor("A second authentication factor or pre-authorization is required for this request.", **extra)
    if not is_code(second_factor_of(rows, account), code, rows.now()):
        raise TwoFactor("The two-factor code is wrong, or too old.", **extra)


def check_app(rows: Snapshot, actor: Actor, identity: str, code: str | None) -> None:
    """TwoFactor, with the app's name, unless a change of an app has a code or was authorized before.

    Only where the setting `two_factor_for_apps` is on, and for customers with a second factor.
    """
    if not actor.account.two_factor:
        return
    app = app_named(rows, actor, identity)
    known = rows.find(PreAuthorization, authorization_id=actor.authorization_id, app_id=app.id, desc=True)
    if known is None or known.expires_at <= rows.now():
        check_code(rows, actor.account, code, app={"name": app.name})


def pre_authorize(tx: Transaction, actor: Actor, app: App, code: str | None) -> PreAuthorization:
    """For a while this token changes the app without another code; TwoFactor unless this one is right."""
    customers_only(actor, "authorize anything with a second factor")
    check_code(tx, actor.account, code)
    tx.delete_where(PreAuthorization, authorization_id=actor.authorization_id, app_id=app.id)
    now = tx.now()
    ends = now + timedelta(seconds=tx.rules.pre_authorization_life)
    row_id = tx.uuid("pre-authorization", app.id)
    return tx.insert(PreAuthorization(row_id, actor.authorization_id, app.id, ends, now))
