"""A browser's part of single sign-on: read the self-posting form, post it, follow the redirect on loopback."""

import hashlib
import time
from dataclasses import dataclass, replace
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import requests

from platform_sim.demo.programs import SceneProblem


@dataclass(frozen=True)
class Form:
    """An HTML form as a browser would post it."""

    action: str
    fields: dict[str, str]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.action = ""
        self.fields: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.action = found.get("action", "")
        if tag == "input" and found.get("type") == "hidden":
            self.fields[found.get("name", "")] = found.get("value", "")


def fresh_form(session: requests.Session, link: str) -> Form:
    """Open an SSO link; -> the signed form of its page."""
    answer = session.get(link, timeout=30)
    reader = _Reader()
    reader.feed(answer.text)
    if not reader.action:
        raise SceneProblem(f"no form at {link}: {answer.status_code} {answer.text[:300]}")
    return Form(reader.action, reader.fields)


def stale_form(form: Form, salt: str) -> Form:
    """The same login signed six minutes ago: every token is right, only the time is old (partner-api §5.3)."""
    fields = dict(form.fields)
    fields["timestamp"] = old = str(int(time.time()) - 360)
    plain = f"{fields['resource_id']}:{salt}:{old}"
    fields["resource_token"] = hashlib.sha1(plain.encode()).hexdigest()
    fields["token"] = hashlib.sha1(f"{fields['id']}:{salt}:{old}".encode()).hexdigest()
    user = f"{plain}:{fields['user_id']}:{fields['email']}"
    fields["user_scoped_resource_token"] = hashlib.sha256(user.encode()).hexdigest()
    return replace(form, fields=fields)


def post_form(form: Form) -> requests.Response:
    """Post as a browser without history; a redirect is followed on this machine only."""
    with requests.Session() as browser:
        browser.trust_env = False
        answer = browser.post(form.action, form.fields, timeout=30, allow_redirects=False)
        if answer.is_redirect:
            target = urljoin(form.action, answer.headers["Location"])
            if urlsplit(target).hostname in ("localhost", "127.0.0.1", "::1"):
                return browser.get(target, timeout=30)
        return answer
