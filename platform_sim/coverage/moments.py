"""What a request to a partner was for, in the words of the checker's moments: so that its rules can look at it. Pure.

Scenes of the checker know what they send. Here a platform is watched that people use, so it is found out from the
request: who asks, about what, and what was said about that before.
"""

import base64
import binascii
import hmac
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from platform_sim.conformance.scenes.back import LATE
from platform_sim.conformance.scenes.doors import CALLS, WRONG
from platform_sim.conformance.scenes.orders import UNKNOWN_PLAN
from platform_sim.conformance.scenes.plans import AGAIN, CHANGE, MISSING, UNKNOWN
from platform_sim.conformance.scenes.sign_in import BASICS
from platform_sim.conformance.seen import Exchange
from platform_sim.core.model.sso import SALT, WINDOW, resource_token, user_scoped_token
from platform_sim.partners.contract import PartnerRequest
from platform_sim.partners.manifest import base_url, credentials, sso_target

Manifest = dict[str, Any]
ORDER, PLAN, END, LOGIN, OTHER = "POST", "PUT", "DELETE", "login", "other"
"""What is asked of a partner."""
MANIFEST = "manifest"
"""The moment of the rules that are about a manifest alone."""
ASKED = {
    ORDER: "POST to base_url: make a resource.",
    PLAN: "PUT: change a resource's plan.",
    END: "DELETE: delete a resource.",
    LOGIN: "The form of a login, at sso_url.",
}


WHOLE_ORDER = {"uuid", "plan", "region", "callback_url", "options", "oauth_grant"}
"""Fields of every order that the platform makes."""


@dataclass(frozen=True)
class Service:
    """A registered service. `manifest`: as the partner is called."""

    manifest: Manifest = field(repr=False)
    client_secret: str = field(repr=False)
    plans: tuple[str, ...]

    @property
    def slug(self) -> str:
        """Its name."""
        return str(self.manifest["id"])

    def kind(self, request: PartnerRequest) -> str | None:
        """What the request asks; None if it goes to somebody else."""
        url, base, target = request.url.partition("?")[0], base_url(self.manifest), sso_target(self.manifest, "")
        if target is not None and target.method == "post" and url == target.url:
            return LOGIN
        if url.rstrip("/") == base.rstrip("/"):
            return ORDER if request.method == "POST" else OTHER
        if not url.startswith(base.rstrip("/") + "/"):
            return None
        is_resource = "/" not in url.removeprefix(base.rstrip("/") + "/")
        return request.method if is_resource and request.method in (PLAN, END) else OTHER


@dataclass
class Life:
    """What is known of one resource so far. `ids`: by what it is named in paths."""

    uuid: str
    service: Service
    ids: set[str]
    exchanges: list[Exchange] = field(default_factory=list)
    plan: str | None = None
    changed: bool = False
    over: bool = False
    where: str = ""
    """In which test it has begun, or when."""

    def learns(self, exchange: Exchange) -> None:
        """Keep it, and what follows from it for what comes next."""
        self.exchanges.append(exchange)
        method, given = exchange.request.method, exchange.object.get("id")
        if method == "POST" and exchange.succeeded:
            self.plan = self.plan or _text(exchange.sent.get("plan"))
            self.ids |= {str(given)} if given is not None else set()
        elif exchange.moment == CHANGE and exchange.succeeded:
            self.plan, self.changed = _text(exchange.sent.get("plan")), True
        elif (
            method == "DELETE"
            and not exchange.moment.startswith(f"{CALLS[2]} ")
            and (exchange.succeeded or exchange.status in (404, 410))
        ):
            self.over = True


def stranger(request: PartnerRequest, manifest: Manifest) -> str:
    """As the checker calls who asks with wrong credentials; "" for the right ones."""
    given = next((text for name, text in request.headers.items() if name.lower() == "authorization"), "")
    bare, wrong, other, token = WRONG
    if not given:
        return bare
    if given.lower().startswith("bearer "):
        return token
    known, (user, password) = credentials(manifest), _pair(given)
    if (user, password) == known:
        return ""
    return other if password == known[1] else wrong


def asked_service(request: PartnerRequest, services: Sequence[Service]) -> Service | None:
    """Whose partner is asked: by the URL, and where several have one in common by the user's name."""
    fits = [each for each in services if each.kind(request) is not None]
    given = next((text for name, text in request.headers.items() if name.lower() == "authorization"), "")
    return next((each for each in fits if each.slug == _pair(given)[0]), fits[0] if fits else None)


def basic_user(authorization: str) -> str:
    """Whose credentials these are, "" where they are none."""
    return _pair(authorization)[0]


def _pair(authorization: str) -> tuple[str, str]:
    try:
        pair = base64.b64decode(authorization.partition(" ")[2], validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    user, _, password = pair.partition(":")
    return user, password


def moment_of(kind: str, exchange: Exchange, service: Service, life: Life | None) -> str:
    """The checker's name of the moment, "" for one that no rule is about."""
    if kind == LOGIN:
        return login_moment(exchange.form, exchange.sent_at, str(service.manifest["api"].get(SALT)), life)
    call = dict(zip((ORDER, PLAN, END), CALLS, strict=True)).get(kind)
    if call is None:
        return ""
    if who := stranger(exchange.request, service.manifest):
        about_one = kind == ORDER or (life is not None and not life.over)
        return f"{call} {who}" if about_one else ""
    plan = _text(exchange.sent.get("plan"))
    if kind == ORDER:
        return _order_moment(exchange, plan, service.plans, life)
    if life is None:
        return f"{call} of an unknown uuid"
    if life.over:
        return "plan change after the end" if kind == PLAN else "deprovision again"
    if kind == PLAN:
        return _plan_moment(plan, life)
    may_be_late = "?" in exchange.request.url or any(name.lower() == "prefer" for name in exchange.request.headers)
    return f"{LATE} deprovision" if may_be_late else "deprovision"


def _order_moment(exchange: Exchange, plan: str | None, plans: Collection[str], life: Life | None) -> str:
    if life is None:
        # Others are made by hand: what they lack, or have too much, is what their answer is about.
        is_whole = exchange.sent.keys() >= WHOLE_ORDER
        return ("provision" if plan in plans else UNKNOWN_PLAN) if is_whole else ""
    if life.over:
        return "provision after the end"
    is_repeat = not life.changed and any(each.sent == exchange.sent for each in life.exchanges)
    return "provision again" if is_repeat else ""


def _plan_moment(plan: str | None, life: Life) -> str:
    if plan is None:
        return MISSING
    if plan not in life.service.plans:
        return UNKNOWN
    return AGAIN if life.changed and plan == life.plan else CHANGE


def login_moment(form: Mapping[str, str], now: int, salt: str, life: Life | None) -> str:
    """Of a login by its form: rightly signed, and of when. `now`: Unix seconds, when it was sent."""
    good, wrong, bare, empty, stale, _, timeless = BASICS
    if life is None or life.over:
        return ""
    given = [form[name] for name in ("user_scoped_resource_token", "resource_token", "token") if name in form]
    if not given:
        return bare
    if not any(given):
        return empty
    stamp = form.get("timestamp", "")
    if not stamp:
        return timeless
    right = _signed(form, salt, stamp)
    if not all(right):
        # Of several tokens partners read the one or the other: which is right with one that is wrong is no matter.
        return "" if any(right) else wrong
    return good if stamp.isdecimal() and abs(now - int(stamp)) <= WINDOW else stale


def _signed(form: Mapping[str, str], salt: str, stamp: str) -> list[bool]:
    """Of each token that is given, whether it is right."""
    uuid, own, user, email = (form.get(name, "") for name in ("resource_id", "id", "user_id", "email"))
    wanted = {
        "user_scoped_resource_token": user_scoped_token(uuid, salt, stamp, user, email),
        "resource_token": resource_token(uuid, salt, stamp),
        "token": resource_token(own, salt, stamp),
    }
    return [hmac.compare_digest(form[name].encode(), right.encode()) for name, right in wanted.items() if name in form]


def named(request: PartnerRequest, exchange: Exchange, kind: str) -> str:
    """How a request names its resource: by uuid, or by the partner's own id."""
    if kind == ORDER:
        return str(exchange.sent.get("uuid", "")).lower()
    if kind == LOGIN:
        return exchange.form.get("resource_id", exchange.form.get("id", ""))
    return unquote(request.url.partition("?")[0].rpartition("/")[2])


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None
