"""What a login opens: the session and its cookie, and the page to which it leads (partner-api §5.4)."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from platform_sim.conformance.rule import ADVICE, MUST, SHOULD, Found, RuleBook
from platform_sim.conformance.rules.logins import ANOTHER, let_in
from platform_sim.conformance.scenes.sign_in import BEHIND, NAMES
from platform_sim.conformance.seen import Exchange, NotSeen, Seen
from platform_sim.partners.sso_answer import Cookie, cookies, led_to

RULES = RuleBook("sessions", "partner-api §5.4", "sso")
rule = RULES.rule
FOR_SCRIPTS = "heroku-nav-data"
"""A cookie of the old header, which a script reads (partner-api §5.4)."""


def _cookies(seen: Seen) -> tuple[Exchange, list[Cookie]]:
    found = let_in(seen)
    own = [each for each in cookies(found.answer) if each.name != FOR_SCRIPTS]
    if not own:
        raise NotSeen("the login set no cookie")
    return found, own


def _flag(cookie: Cookie, name: str) -> str | None:
    """The value of a flag, "" for one without; None where it is not set."""
    given = {key.strip().lower(): value.strip() for key, _, value in (each.partition("=") for each in cookie.flags)}
    return given.get(name)


def _page(seen: Seen) -> Exchange:
    """What the user sees: the page to which the login leads, or its own."""
    login = let_in(seen)
    found = login if login.status == 200 else seen.one(BEHIND)
    if not found.succeeded:
        raise NotSeen(f"it needs a page, which was answered with {found.said}")
    return found


@rule("S30", SHOULD, "The session's cookie is HttpOnly.",
      why="A script that somebody has brought into your page could take the session away.", mark="INF",
      fix="Set the session's cookie with HttpOnly.", source="-")  # fmt: skip
def _http_only(seen: Seen) -> Iterator[Found]:
    login, found = _cookies(seen)
    if all(_flag(each, "httponly") is None for each in found):
        yield "No cookie of the login is HttpOnly.", login


@rule("S31", ADVICE, "The session's cookie says SameSite.",
      why="Browsers differ in what they take for granted; without it other sites may act in the user's name.",
      fix="Set the session's cookie with SameSite=Lax.", source="-", mark="INF")  # fmt: skip
def _same_site(seen: Seen) -> Iterator[Found]:
    login, found = _cookies(seen)
    if all(_flag(each, "samesite") is None for each in found):
        yield "No cookie of the login says SameSite.", login


@rule("S32", SHOULD, "The session's cookie is not SameSite=Strict.",
      why="The login comes from Heroku's site, so the page after it would not get the cookie.",
      fix="Use SameSite=Lax.", source="partner-api §5.1", mark="INF")  # fmt: skip
def _not_strict(seen: Seen) -> Iterator[Found]:
    login, found = _cookies(seen)
    if all((_flag(each, "samesite") or "").lower() == "strict" for each in found):
        yield "Each cookie of the login is SameSite=Strict.", login


@rule("S33", SHOULD, "The session's cookie is Secure where the sso_url is https.",
      why="Else browsers send it over plain HTTP too, where anybody on the way reads it.",
      fix="Set the session's cookie with Secure.", source="-", mark="INF")  # fmt: skip
def _secure(seen: Seen) -> Iterator[Found]:
    login, found = _cookies(seen)
    if not login.request.url.startswith("https:"):
        raise NotSeen("the sso_url is plain HTTP here")
    if all(_flag(each, "secure") is None for each in found):
        yield "No cookie of the login is Secure.", login


@rule("S34", SHOULD, "Two users have two sessions.",
      why="What one of them does would be the other's; an instance is used by many, who come and go.",
      fix="Make a session for each login, and keep user_id in it.", source="partner-api §5.5, §12",
      mark="INF")  # fmt: skip
def _two(seen: Seen) -> Iterator[Found]:
    _, first = _cookies(seen)
    other = let_in(seen, ANOTHER)
    values = {each.name: each.value for each in cookies(other.answer)}
    if all(values.get(each.name) == each.value for each in first):
        yield "Another user's login set the very same cookies.", other


@rule("S35", SHOULD, "A redirect says where to.",
      why="A browser stays where it is, on an empty page.",
      fix="Send Location with each redirect: the dashboard's address.")  # fmt: skip
def _location(seen: Seen) -> Iterator[Found]:
    login = let_in(seen)
    if login.status != 200 and led_to(login.request, login.answer) is None:
        yield "The redirect has no Location that a browser could follow.", login


@rule("S36", ADVICE, "The login leads to the host that was asked.",
      why="A session's cookie is of the host that set it; on another host it may not be there.",
      fix="Keep sso_url and dashboard on one host, or be sure that the cookie is of both.", mark="INF")  # fmt: skip
def _host(seen: Seen) -> Iterator[Found]:
    login = let_in(seen)
    url = led_to(login.request, login.answer)
    if url is not None and urlsplit(url).hostname != urlsplit(login.request.url).hostname:
        yield "The redirect leads to another host.", login


@rule("S37", MUST, "The page to which the login leads opens with its session.",
      why="The customer is let in, and stands before a closed door.",
      fix="Set the session before you redirect, for the path and host of the dashboard.")  # fmt: skip
def _opens(seen: Seen) -> Iterator[Found]:
    let_in(seen)
    found = seen.one(BEHIND)
    if found.status is None or found.status >= 400:
        yield f"The page was answered with {found.said}.", found


@rule("S38", SHOULD, "No token of the login is repeated in its answer.",
      why="Addresses and pages are kept in histories and logs, and a token is good for five minutes.",
      fix="Redirect to an address without the fields of the form.", source="-", mark="INF")  # fmt: skip
def _no_tokens(seen: Seen) -> Iterator[Found]:
    login = let_in(seen)
    said = f"{login.text} {' '.join(login.header.values())}"
    for name in NAMES:
        if (token := login.form.get(name)) and token in said:
            yield f"The answer repeats `{name}`.", login


@rule("S39", ADVICE, "Other sites cannot put the dashboard into a frame.",
      why="They could make the user click what he does not see.",
      fix="Send `Content-Security-Policy: frame-ancestors 'none'`, or X-Frame-Options.", source="-",
      mark="INF")  # fmt: skip
def _frames(seen: Seen) -> Iterator[Found]:
    page = _page(seen)
    policy = page.header.get("content-security-policy", "")
    if "frame-ancestors" not in policy and "x-frame-options" not in page.header:
        yield "The page says nothing about frames.", page


@rule("S40", ADVICE, "The dashboard is not kept in caches.",
      why="It shows credentials, and the next user of that browser could go back to it.",
      fix="Send `Cache-Control: no-store`, or private.", source="-", mark="INF")  # fmt: skip
def _caches(seen: Seen) -> Iterator[Found]:
    page = _page(seen)
    said = page.header.get("cache-control", "").lower()
    if not any(word in said for word in ("no-store", "private", "no-cache")):
        yield "The page says nothing about caches.", page
