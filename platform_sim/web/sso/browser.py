"""Which customer a browser is: a cookie says so once it has opened an operator's link, else it is the first one.

Cookies do not know ports: the cookie is sent on the gateway's own paths and on those of our dashboard only, so that
other programs on this machine, the partner's `/dashboard` above all, do not get it.
"""

from flask import Response, request

from platform_sim.core.actions.browsers import COOKIE, customer_of
from platform_sim.core.model.accounts import Account
from platform_sim.core.store import Snapshot
from platform_sim.web.context import Doors

PAGES = ("apps", "marketplace", "timeline", "operator", "learn")
"""The parts of the dashboard."""
PATHS = ("/sso/apps", "/myapps", *(f"/dashboard/{page}" for page in PAGES))


def browsing_customer(doors: Doors, rows: Snapshot) -> Account:
    """Who the browser is; Unauthorized if it was somebody whose session has ended."""
    cookie = request.cookies.get(COOKIE)
    return customer_of(rows, cookie) if cookie else rows.get(Account, doors.browsers_customer())


def remember(answer: Response, cookie: str) -> Response:
    """From now on the browser is whom the cookie stands for, until it is closed or the session ends."""
    for path in PATHS:
        answer.set_cookie(COOKIE, cookie, path=path, httponly=True, samesite="Lax")
    return answer


def forget(answer: Response) -> Response:
    """From now on it is the first customer again."""
    for path in PATHS:
        answer.delete_cookie(COOKIE, path=path, httponly=True, samesite="Lax")
    return answer
