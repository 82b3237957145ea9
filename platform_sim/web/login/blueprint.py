"""`POST /auth`, and the page on which a person says who it is. Also under the name `cli-auth.heroku.com`."""

from functools import partial

from flask import Blueprint, Response, request

from platform_sim.core import errors
from platform_sim.core.actions import browser_logins as logins
from platform_sim.core.actions.browsers import open_session
from platform_sim.core.actions.logins import who_logs_in
from platform_sim.core.model.accounts import Account
from platform_sim.core.model.addresses import LOGIN_PAGE, LOGIN_POLL
from platform_sim.core.model.logins import BrowserLogin
from platform_sim.core.store import Snapshot
from platform_sim.web.answers import (
    check_origin,
    error_response,
    errors_as,
    json_response,
    only_local_names,
    read_body,
)
from platform_sim.web.api.bodies import check, read_json, text
from platform_sim.web.context import Doors
from platform_sim.web.pages import html_page
from platform_sim.web.sso.browser import remember

HOST = "cli-auth.heroku.com"
MOST_SHOWN = 20
"""Customers with a button of their own; others write their e-mail."""
FIELDS = {"description": text}
LOUD = (
    '<p class="loud">This is Platform Sim, a simulator. It is not Heroku: never type a real Heroku password here.</p>'
)
ASK = (
    LOUD
    + """
<p><b>{{ login.description }}</b> wants to act for you. Go on only if you have just asked for that yourself.</p>
{% if wrong %}<p class="wrong" role="alert">{{ wrong }}</p>
{% endif %}{% for account in accounts %}<form method="post"><input type="hidden" name="form" value="{{ login.form }}">
<input type="hidden" name="email" value="{{ account.email }}">
<button type="submit">Log in as {{ account.email }}</button></form>
{% endfor %}<form method="post"><input type="hidden" name="form" value="{{ login.form }}">
<label>E-mail <input name="email" type="text" autocomplete="off" value="{{ email }}"></label>
<label>Password of the simulator; for a customer that has none, its token
<input name="password" type="password" autocomplete="off"></label>
<label>Two-factor code, if the customer has a second factor
<input name="code" type="text" inputmode="numeric" autocomplete="off"></label>
<button type="submit">Log in</button></form>
<form method="post"><input type="hidden" name="form" value="{{ login.form }}">
<button class="second" type="submit" name="act" value="decline">Decline</button></form>
"""
)
DONE = LOUD + "<p>You are logged in as {{ email }}. Close this page and go back to the terminal.</p>"
NO = LOUD + "<p>The login was declined, and nobody is logged in. Close this page and go back to the terminal.</p>"
PROBLEM = LOUD + "<p>{{ message }}</p>"


def login_blueprint(doors: Doors) -> Blueprint:
    """The login host's routes. Pages of other sites cannot use them by a name of their own."""
    blueprint = Blueprint("login", __name__)
    errors_as(blueprint, partial(_problem, doors))
    blueprint.before_request(lambda: only_local_names(HOST))

    @blueprint.post("/auth")
    def begin() -> Response:
        limit = doors.database.rules.body_size_limit
        wish = check(read_json(read_body(request, limit), limit), FIELDS)
        with doors.database.transaction() as tx:
            made = logins.begin_login(tx, wish.get("description", ""))
        paths = {"browser_url": LOGIN_PAGE + made.page, "cli_url": LOGIN_POLL + made.poll}
        return json_response(paths | {"token": made.token})

    @blueprint.get(f"{LOGIN_PAGE}<page>")
    def ask(page: str) -> Response:
        with doors.database.snapshot() as rows:
            return _ask(doors, rows, logins.login_of_page(rows, page))

    @blueprint.post(f"{LOGIN_PAGE}<page>")
    def said(page: str) -> Response:
        return _said(doors, page)

    return blueprint


def _ask(doors: Doors, rows: Snapshot, login: BrowserLogin, wrong: errors.PlatformError | None = None) -> Response:
    shown = {
        "login": login,
        "accounts": _choices(doors, rows)[:MOST_SHOWN],
        "wrong": wrong.message if wrong else "",
        "email": request.form.get("email", "") if wrong else "",
    }
    answer = html_page(doors, "Who are you?", ASK, shown, wrong.status if wrong else 200)
    # Else the browser would not say either where the form comes from when it is sent.
    answer.headers["Referrer-Policy"] = "same-origin"
    answer.headers["Content-Security-Policy"] += "; form-action 'self'"
    return answer


def _said(doors: Doors, page: str) -> Response:
    check_origin()
    given = request.form  # read first: nothing may wait for a client's bytes while it holds rows
    with doors.database.snapshot() as rows:
        login = logins.login_of_page(rows, page)
        logins.check_form(login, given.get("form", ""))
        try:
            account = None if given.get("act") == "decline" else _who(doors, rows)
        except (errors.Unauthorized, errors.TwoFactor) as problem:
            return _ask(doors, rows, login, problem)
    with doors.database.transaction() as tx:
        login = logins.login_of_page(tx, page)
        if account is None:
            logins.decline_login(tx, login)
            return html_page(doors, "Declined", NO)
        logins.accept_login(tx, login, account)
        session = open_session(tx, account)
    assert session.cookie is not None, "opened without a link"
    return remember(html_page(doors, "Logged in", DONE, {"email": account.email}), session.cookie)


def _who(doors: Doors, rows: Snapshot) -> Account:
    """Whom the form names, once that is proven as far as it has to be."""
    email, password = request.form.get("email", ""), request.form.get("password", "")
    if password:
        return who_logs_in(rows, email, password, request.form.get("code")).account
    for each in _choices(doors, rows):
        if each.email == email.strip().lower():
            return each
    raise errors.Unauthorized("To be this customer takes a password, or a token of the customer's in its place.")


def _choices(doors: Doors, rows: Snapshot) -> list[Account]:
    return logins.choices(rows) if doors.database.rules.login_by_choice else []


def _problem(doors: Doors, problem: errors.PlatformError) -> Response:
    if request.path == "/auth":
        return error_response(problem)
    return html_page(doors, "Cannot log in", PROBLEM, {"message": problem.message}, problem.status)
