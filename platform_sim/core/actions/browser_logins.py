"""`heroku login`: a program waits while a person says in a browser who it is (heroku-cli §3).

Three secrets: of the page, of the path at which the program waits, and the token that it shows there. The answer is
given once; the customer's token is made only then, so that no login that nobody waited for leaves one behind.
"""

import hmac
from datetime import timedelta

from platform_sim.core.access import check_standing
from platform_sim.core.actions.accounts import add_token, authorize
from platform_sim.core.actions.logins import has_password
from platform_sim.core.actions.sessions import begin_session
from platform_sim.core.errors import Conflict, Forbidden, Gone, NotFound, RateLimited, Unauthorized
from platform_sim.core.model.accounts import Account
from platform_sim.core.model.logins import BrowserLogin
from platform_sim.core.model.scopes import GLOBAL
from platform_sim.core.store import Snapshot, Transaction

MOST_OPEN = 1000
"""Logins at once that somebody has begun: anybody may begin one."""
LONGEST_TEXT = 200
UNNAMED = "A program that says nothing about itself"
DECLINED = "The login was declined in the browser."
TOO_LATE = "The login has timed out: begin again."
USED = "This login has been used already: begin again."


def begin_login(tx: Transaction, description: str) -> BrowserLogin:
    """A new one, which waits `browser_login_life` seconds; those that are over are forgotten."""
    now = tx.now()
    for each in tx.all(BrowserLogin):
        if each.expires_at <= now:
            tx.delete(each)
    if tx.count(BrowserLogin) >= MOST_OPEN:
        raise RateLimited(f"{MOST_OPEN} logins wait for a browser already. Please wait until they have timed out.")
    text = " ".join("".join(each if each.isprintable() else " " for each in description).split())
    row_id = tx.uuid("browser-login")
    page, poll, token, form = (tx.secret(f"browser-login-{kind}", row_id) for kind in ("page", "poll", "token", "form"))
    ends = now + timedelta(seconds=tx.rules.browser_login_life)
    text = text[:LONGEST_TEXT] or UNNAMED
    return tx.insert(BrowserLogin(row_id, text, page, poll, token, form, "waiting", None, ends, now))


def login_of_page(rows: Snapshot, page: str) -> BrowserLogin:
    """The login whose page this is, while it waits; NotFound, Gone or Conflict if it does not."""
    found = rows.find(BrowserLogin, page=page)
    if found is None:
        raise NotFound("login", "There is no such login, or it has timed out: begin again in the terminal.")
    if found.state != "waiting":
        raise Conflict("This login has been answered already: go back to the terminal.")
    if found.expires_at <= rows.now():
        raise Gone(TOO_LATE)
    return found


def choices(rows: Snapshot) -> list[Account]:
    """Customers that one can be by saying so: those that have no password."""
    found = rows.all(Account, order_by="email")
    return [each for each in found if each.is_customer and not has_password(rows, each)]


def check_form(login: BrowserLogin, form: str) -> None:
    """Forbidden unless the page's own form sends this."""
    if not hmac.compare_digest(login.form.encode(), form.encode("utf-8", "surrogatepass")):
        raise Forbidden("This was not sent by the page's own form. Nothing was done: open the page again.")


def accept_login(tx: Transaction, login: BrowserLogin, account: Account) -> BrowserLogin:
    """The person is this customer, which the caller has made sure of; refused as the API would refuse it."""
    check_standing(account)
    login = tx.update(login, state="accepted", account_id=account.id)
    tx.record("browser-login", "update", login.id, account, {"state": login.state})
    return login


def decline_login(tx: Transaction, login: BrowserLogin) -> BrowserLogin:
    """The person does not want to log in: the program is told so."""
    login = tx.update(login, state="declined")
    tx.record("browser-login", "update", login.id, None, {"state": login.state})
    return login


def login_of_program(rows: Snapshot, poll: str, token: str) -> BrowserLogin:
    """The login that a program waits for; NotFound if there is none, Unauthorized without its token."""
    found = rows.find(BrowserLogin, poll=poll)
    if found is None:
        raise NotFound("login", "There is no such login, or it has timed out: begin again.")
    if not hmac.compare_digest(found.token.encode(), token.encode("utf-8", "surrogatepass")):
        raise Unauthorized("Send the token that came with this address, as Bearer.")
    return found


def is_answered(rows: Snapshot, login_id: str) -> bool:
    """Whether there is something to tell the program that waits."""
    found = rows.find(BrowserLogin, id=login_id)
    return found is None or found.state != "waiting" or found.expires_at <= rows.now()


def take_answer(tx: Transaction, login_id: str) -> dict[str, str]:
    """What the program is told: `access_token`, once, with which the session begins; or `error`."""
    found = tx.find(BrowserLogin, id=login_id)
    if found is None or (found.expires_at <= tx.now() and found.state != "taken"):
        return {"error": TOO_LATE}
    if found.state != "accepted" or found.account_id is None:
        return {"error": DECLINED if found.state == "declined" else USED}
    account = tx.get(Account, found.account_id)
    made = authorize(tx, account, found.description, [GLOBAL])
    begin_session(tx, made)
    tx.update(found, state="taken")
    told = {"description": made.description, "scope": made.scope}
    tx.record("oauth-authorization", "create", made.id, account, told)
    return {"access_token": add_token(tx, made, life=tx.rules.login_token_life).token}
