"""What a partner's answer to a login is, and what of it may be kept and shown (partner-api §5.4). Pure.

A login gives a session away: values of cookies, and of what stands in the query of a redirect, are kept nowhere.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

from platform_sim.core.model.drains import is_loopback
from platform_sim.core.model.masking import HIDDEN, masked_url
from platform_sim.partners.contract import PartnerAnswer, PartnerRequest
from platform_sim.partners.wire import MaskedExchange, masked_exchange
from platform_sim.partners.words import reason

BODY = 1_500
"""Characters of a body that are shown."""
HEADERS = 12
COOKIES = 5
LONGEST = 120
"""Characters of a header or of a cookie's flags; of an address twice as many."""
SENT_ON = (301, 302, 303)
"""Redirects that a browser follows with a GET."""
_NEXT_COOKIE = re.compile(r",\s*(?=[^;,=\s]+=)")
"""Several headers come as one; the comma in a date is followed by no name."""
_GUARDS = ("HttpOnly", "Secure", "SameSite")


@dataclass(frozen=True)
class Cookie:
    """One that the answer sets. `flags` as they were sent."""

    name: str
    value: str = field(repr=False)
    flags: tuple[str, ...]


def cookies(answer: PartnerAnswer) -> list[Cookie]:
    """Those that an answer sets, in order."""
    found = []
    for each in filter(None, _NEXT_COOKIE.split(answer.headers.get("set-cookie", ""))):
        first, *flags = [part.strip() for part in each.split(";")]
        name, _, value = first.partition("=")
        found.append(Cookie(name.strip(), value.strip(), tuple(filter(None, flags))))
    return found


def cookie_header(answer: PartnerAnswer) -> str:
    """What a browser sends back, that has just got these."""
    return "; ".join(f"{each.name}={each.value}" for each in cookies(answer))


def led_to(request: PartnerRequest, answer: PartnerAnswer) -> str | None:
    """The whole URL to which a browser would go on with a GET, or None."""
    if answer.status not in SENT_ON or not answer.headers.get("location"):
        return None
    try:
        whole = urljoin(request.url, answer.headers["location"])
        return whole if urlsplit(whole).hostname else None
    except ValueError:
        return None


def stays_here(request: PartnerRequest, url: str) -> bool:
    """Whether both are programs of this machine: nothing elsewhere is asked for more than the login itself, and
    nobody elsewhere says what is asked for here."""
    hosts = [urlsplit(each).hostname or "" for each in (request.url, url)]
    return urlsplit(url).scheme in ("http", "https") and all(is_loopback(each) for each in hosts)


def bare(url: str) -> str:
    """A URL to show: of what is in its query only the names."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return HIDDEN
    query = "&".join(f"{name}={HIDDEN}" for name, _ in parse_qsl(parts.query, keep_blank_values=True))
    shown = parts._replace(query=query, fragment=HIDDEN if parts.fragment else "").geturl()
    return masked_url(shown)[: 2 * LONGEST]


def masked_login(request: PartnerRequest, answer: PartnerAnswer, known: Collection[str]) -> MaskedExchange:
    """The exchange as it may be kept; `known`: secrets of the add-on and its service."""
    secrets = {*known, *(each.value for each in cookies(answer))}
    shown = masked_exchange(request, answer, secrets)
    place = shown.response_headers.get("location")
    if place is None:
        return shown
    return replace(shown, response_headers=shown.response_headers | {"location": bare(place)})


def masked_look(request: PartnerRequest, answer: PartnerAnswer, known: Collection[str]) -> MaskedExchange:
    """The same of the page to which it has led: that is a customer's, and none of it is kept."""
    shown = masked_login(request, answer, known)
    size = f"(a page of {len(answer.body)} bytes, not kept)" if answer.body else ""
    return replace(shown, url=bare(request.url), response_body=size)


def told(answer: PartnerAnswer, shown: MaskedExchange) -> dict[str, Any]:
    """An answer for people, as JSON; nothing in it is secret. `shown`: the same, masked."""
    hidden = ("location", "set-cookie")
    headers = [[name, value[:LONGEST]] for name, value in shown.response_headers.items() if name not in hidden]
    return {
        "status": answer.status,
        "problem": _problem(answer),
        "milliseconds": answer.milliseconds,
        "location": shown.response_headers.get("location", ""),
        "cookies": [_told_cookie(each) for each in cookies(answer)[:COOKIES]],
        "headers": headers[:HEADERS],
        "body": shown.response_body[:BODY],
        "is_cut": len(shown.response_body) > BODY,
        "size": len(answer.body),
    }


def judged_status(answer: PartnerAnswer) -> int | None:
    """The status of an answer that can be judged: a whole one, or one that is merely too long."""
    return answer.status if answer.problem in (None, "too_large") else None


def _problem(answer: PartnerAnswer) -> str:
    """Completes "The partner ..."; empty if all was well."""
    if answer.problem == "too_large":
        return f"sent more than the {len(answer.body)} bytes that are read of it"
    return reason(answer) if answer.problem else ""


def _told_cookie(cookie: Cookie) -> dict[str, str]:
    given = {flag.partition("=")[0].strip().lower() for flag in cookie.flags}
    return {
        "name": cookie.name[:LONGEST],
        "flags": ", ".join(cookie.flags)[:LONGEST],
        "lacks": ", ".join(each for each in _GUARDS if each.lower() not in given),
    }
