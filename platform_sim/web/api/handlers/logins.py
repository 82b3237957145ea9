"""Sessions, second factors, and the end of an account (heroku-cli §2, §3)."""

import base64
import binascii

from platform_sim.core import access
from platform_sim.core.actions import logins, sessions
from platform_sim.core.actions.account_end import delete_account
from platform_sim.core.errors import BadRequest, InvalidParams
from platform_sim.core.public import accounts as public_accounts
from platform_sim.core.public import authorizations as public
from platform_sim.core.store import Snapshot, Transaction
from platform_sim.web.api.call import Call, Json


def list_sessions(call: Call, rows: Snapshot) -> Json:
    """GET /oauth/sessions."""
    return [public.session(rows, each) for each in sessions.sessions_of(rows, call.actor)]


def end_session(call: Call, tx: Transaction) -> Json:
    """DELETE /oauth/sessions/:id, or `~`, answers with the session as it was."""
    found = sessions.session_named(tx, call.actor, call.path["oauth-session"])
    body = public.session(tx, found)
    sessions.end_session(tx, call.actor, found)
    return body


def pre_authorize(call: Call, tx: Transaction) -> Json:
    """PUT /apps/:app/pre-authorizations with a code in `Heroku-Two-Factor-Code`."""
    app = access.app_named(tx, call.actor, call.path["app"])
    return public.pre_authorization(app, logins.pre_authorize(tx, call.actor, app, call.second_factor))


def delete(call: Call, tx: Transaction) -> Json:
    """DELETE /account answers with the account as it was."""
    account = call.actor.account
    if account.id == call.doors.customer_id:
        raise InvalidParams(
            f"{account.email} is the platform's own customer, for whom browsers and operators act: it stays."
        )
    delete_account(tx, call.actor, _password(call))
    return public_accounts.account(account)


def delete_user(call: Call, tx: Transaction) -> Json:
    """DELETE /users/:account, of `~` and the caller itself."""
    access.user_named(tx, call.actor, call.path["account"])
    return delete(call, tx)


def _password(call: Call) -> str | None:
    """Headers hold Latin-1 only: what has other characters comes in Base64."""
    coded = call.headers.get("Heroku-Password-Base64")
    if coded is None:
        return call.headers.get("Heroku-Password")
    try:
        return base64.b64decode(coded, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        raise BadRequest("Heroku-Password-Base64 cannot be read: send Base64 of text.") from None
