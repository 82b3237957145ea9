"""A browser's part of single sign-on: reads a signed form, sends it, follows where it leads on this machine."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode, urljoin

from platform_sim.scenarios.http import Unreachable, visit
from platform_sim.stand_ins.wsgi import Answer

HEADERS = {"Accept": "text/html"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
MOST = 5
"""Redirects that are followed."""


@dataclass(frozen=True)
class Form:
    """A form as a browser would send it."""

    method: str
    action: str
    fields: dict[str, str] = field(repr=False)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.method, self.action = "get", ""
        self.fields: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.method, self.action = found.get("method", "get").lower(), found.get("action", "")
        if tag == "input" and found.get("type") == "hidden":
            self.fields[found.get("name", "")] = found.get("value", "")


def form_at(url: str) -> Form:
    """The form of a page that sends itself; Unreachable if there is none."""
    answer = visit("GET", url, HEADERS)
    reader = _Reader()
    reader.feed(answer.text)
    if not reader.action:
        raise Unreachable(f"the page of single sign-on has no form; it answers {answer.status}")
    return Form(reader.method, urljoin(url, reader.action), reader.fields)


def sent(form: Form) -> Answer:
    """What comes of a form at last, in a browser without history that keeps its cookies."""
    encoded = urlencode(form.fields)
    if form.method == "get":
        url, answer = form.action, visit("GET", f"{form.action}?{encoded}", HEADERS)
    else:
        url, answer = form.action, visit("POST", form.action, HEADERS | FORM, encoded.encode())
    cookies: dict[str, str] = {}
    for _ in range(MOST):
        for part in answer.headers.get("set-cookie", "").split(", "):
            name, _, value = part.split(";")[0].strip().partition("=")
            if value:
                cookies[name] = value
        if not 300 <= answer.status < 400:
            break
        url = urljoin(url, answer.headers.get("location", ""))
        cookie = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())} if cookies else {}
        answer = visit("GET", url, HEADERS | cookie)
    return answer
