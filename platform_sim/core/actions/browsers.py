"""Which customer a browser is: the platform's first one, until it has opened a link that an operator has made.

The link can be used once and soon; it gives the browser a cookie, which says who it is until the session ends.
"""

from datetime import timedelta

from platform_sim.core.errors import Unauthorized
from platform_sim.core.model.accounts import Account, BrowserSession
from platform_sim.core.store import Snapshot, Transaction

COOKIE = "platform_sim_customer"
"""Of the pages that a browser shows; the edge reads it too, for what is live there."""
LINK_LIFE = timedelta(minutes=5)
SESSION_LIFE = timedelta(hours=12)


def create_link(tx: Transaction, account: Account) -> BrowserSession:
    """The secret of a link with which one browser becomes this customer."""
    now = tx.now()
    for ended in tx.all(BrowserSession, account_id=account.id):
        if ended.expires_at <= now:
            tx.delete(ended)
    link = tx.secret("browser-link", account.id)
    session_id = tx.uuid("browser-session", account.id)
    return tx.insert(BrowserSession(session_id, account.id, link, None, now + LINK_LIFE, now))


def use_link(tx: Transaction, link: str) -> tuple[BrowserSession, Account]:
    """The session that a link gives, with its cookie; Unauthorized if it was used before or is too old."""
    found = tx.find(BrowserSession, link=link)
    if found is None or found.expires_at <= tx.now():
        raise Unauthorized(
            "This link was used before, or is too old. An operator makes another: platform-sim users open."
        )
    cookie = tx.secret("browser-cookie", found.id)
    found = tx.update(found, link=None, cookie=cookie, expires_at=tx.now() + SESSION_LIFE)
    return found, tx.get(Account, found.account_id)


def open_session(tx: Transaction, account: Account) -> BrowserSession:
    """Make a browser whose person has just logged in this customer, without a link."""
    session_id, cookie = tx.uuid("browser-session", account.id), tx.secret("browser-cookie", account.id)
    now = tx.now()
    return tx.insert(BrowserSession(session_id, account.id, None, cookie, now + SESSION_LIFE, now))


def customer_of(rows: Snapshot, cookie: str) -> Account:
    """Who a browser with this cookie is; Unauthorized if its session has ended."""
    found = rows.find(BrowserSession, cookie=cookie)
    if found is None or found.expires_at <= rows.now():
        raise Unauthorized(
            "This browser was a customer whose session has ended; it is the platform's first customer again now. "
            "An operator's link makes it somebody else: platform-sim users open."
        )
    return rows.get(Account, found.account_id)
