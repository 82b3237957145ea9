"""The part of a right partner that a browser sees: the login that the gateway signs, and the page behind it."""

import hashlib
import hmac
import time
from collections.abc import Iterable
from urllib.parse import parse_qsl

from .parts import SALT, SSO, WINDOW, Answer, Held, Refusal, Request

DASHBOARD = "/dashboard"
PAGES = (SSO, DASHBOARD)
GUARDS = {
    "Content-Type": "text/html",
    "Content-Security-Policy": "frame-ancestors 'none'",
    "Cache-Control": "no-store",
}


class Entrance:
    """Each duty is a method, to be broken alone."""

    guards = GUARDS

    def __init__(self) -> None:
        self.sessions: dict[str, dict[str, str]] = {}
        self.used: set[str] = set()
        """Forms of good logins."""

    def find(self, uuid: str) -> Held:
        """A resource that lives."""
        raise NotImplementedError

    def page(self, request: Request) -> Answer:
        """What a browser asks for."""
        if request.path.partition("?")[0] == DASHBOARD:
            return self.dashboard(request)
        if request.method != "POST":
            raise Refusal(405, "Come from Heroku: `heroku addons:open`.", Allow="POST")
        return self.sign_in(dict(parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True)))

    def sign_in(self, form: dict[str, str]) -> Answer:
        """The form that a browser sends."""
        self.check_login(form)
        self.look_up(form.get("resource_id", ""))
        self.use_once(form)
        return self.enter(form)

    def look_up(self, uuid: str) -> None:
        """Whether there is something to sign in to."""
        self.find(uuid)

    def enter(self, form: dict[str, str]) -> Answer:
        """A session for this user."""
        session = self.session(form)
        self.sessions[session] = form
        return Answer(302, None, {"Location": self.way_on(form), "Set-Cookie": self.cookie(session)})

    def session(self, form: dict[str, str]) -> str:
        """What only this user's browser has."""
        return hashlib.sha256(f"{len(self.sessions)}:{form.get('user_id')}".encode()).hexdigest()[:16]

    def way_on(self, form: dict[str, str]) -> str:
        """Where the browser goes."""
        return DASHBOARD

    def cookie(self, session: str) -> str:
        """What the browser keeps."""
        return f"session={session}; Path=/; HttpOnly; SameSite=Lax; Secure"

    def dashboard(self, request: Request) -> Answer:
        """The page behind."""
        session = request.headers.get("cookie", "").partition("session=")[2].partition(";")[0]
        if session not in self.sessions:
            raise Refusal(403, "Come from Heroku: `heroku addons:open`.")
        return Answer(200, "<!doctype html><title>Zoo</title><h1>Your zoo</h1>", dict(self.guards))

    def check_login(self, form: dict[str, str]) -> None:
        """403 for what Heroku has not signed, or not now."""
        stamp = form.get("timestamp", "")
        if not self.is_fresh(self.seconds(stamp)):
            raise Refusal(403, "This link is too old: open the dashboard anew.")
        if not self.is_signed(form, stamp):
            raise Refusal(403, "This was not signed by Heroku.")

    def seconds(self, stamp: str) -> float:
        """When it was signed."""
        if not stamp.isascii() or not stamp.isdigit() or len(stamp) > 12:
            raise Refusal(403, "There is no timestamp.")
        return int(stamp)

    def is_fresh(self, stamp: float) -> bool:
        """Whether a login is of now."""
        return -60 <= time.time() - stamp <= WINDOW

    def is_signed(self, form: dict[str, str], stamp: str) -> bool:
        """Whether both tokens fit."""
        return all(
            hmac.compare_digest(form.get(given, "").encode(), expected.encode())
            for given, expected in self.tokens(form, stamp)
        )

    def tokens(self, form: dict[str, str], stamp: str) -> Iterable[tuple[str, str]]:
        """Each field with what it has to hold."""
        uuid, user = form.get("resource_id", ""), f"{form.get('user_id', '')}:{form.get('email', '')}"
        yield "resource_token", hashlib.sha1(f"{uuid}:{SALT}:{stamp}".encode()).hexdigest()
        yield "user_scoped_resource_token", hashlib.sha256(f"{uuid}:{SALT}:{stamp}:{user}".encode()).hexdigest()

    def use_once(self, form: dict[str, str]) -> None:
        """403 for a form that was used."""
        form_itself = str(sorted(form.items()))
        if form_itself in self.used:
            raise Refusal(403, "This link was used before: open the dashboard anew.")
        self.used.add(form_itself)
