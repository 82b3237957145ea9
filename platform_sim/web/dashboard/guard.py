"""What keeps other sites' pages out: whose form it was, what a browser may do with a page, messages nobody can forge.

Forms are bound to whom the browser is by a key that lives as long as the process; there is no session of our own.
"""

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass

from flask import Response, request

from platform_sim.core import errors
from platform_sim.core.actions.browsers import COOKIE
from platform_sim.core.model.accounts import Account

FIELD = "form"
"""Of every form, the token that only our own pages know."""
SAID = "platform_sim_said"
LONGEST = 300
"""Characters of a message that a cookie carries to the next page."""
SECONDS = 60
"""Of a message, until it is old."""


@dataclass(frozen=True)
class Guard:
    """`key`: a secret of this process."""

    key: bytes

    def token(self, account: Account) -> str:
        """What a form of a page for this account, in this browser, sends back."""
        return self._sign("form", f"{account.id} {request.cookies.get(COOKIE, '')}")

    def check_form(self, account: Account) -> None:
        """Forbidden unless a page of ours has sent this form, for whom the browser still is."""
        given = request.form.get(FIELD, "").encode("utf-8", "surrogatepass")
        if not hmac.compare_digest(self.token(account).encode(), given):
            raise errors.Forbidden("This was not sent by a form of this page. Nothing was done: open the page again.")

    def say(self, answer: Response, text: str, path: str) -> Response:
        """Carry a message to the page at `path`. Never a secret: a cookie knows no port."""
        held = base64.urlsafe_b64encode(json.dumps(text[:LONGEST]).encode()).decode()
        value = f"{held}.{self._sign('said', held)}"
        answer.set_cookie(SAID, value, path=path, max_age=SECONDS, httponly=True, samesite="Strict")
        return answer

    def said(self) -> str | None:
        """The message for this page, if it is one of ours."""
        held, _, signature = request.cookies.get(SAID, "").partition(".")
        if not held or not hmac.compare_digest(self._sign("said", held).encode(), signature.encode()):
            return None
        text: str = json.loads(base64.urlsafe_b64decode(held))
        return text

    def _sign(self, what: str, text: str) -> str:
        return hmac.new(self.key, f"{what} {text}".encode(), hashlib.sha256).hexdigest()


def fence(answer: Response) -> Response:
    """Nothing but our own style sheet and script, in no frame, kept nowhere."""
    # Both: the edge ends TLS, so that here every request looks like plain http.
    ours = " ".join(f"{scheme}://{request.host}/dashboard/static/" for scheme in ("http", "https"))
    answer.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src {ours}; script-src {ours}; connect-src 'self'; img-src data:; "
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    )
    answer.headers["X-Frame-Options"] = "DENY"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    answer.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    # Not no-referrer: the browser would not say either where a form comes from.
    answer.headers["Referrer-Policy"] = "same-origin"
    answer.headers.setdefault("Cache-Control", "no-store")
    return answer
