"""An exchange as commands for a shell that lead to the same answer again: what made the resource, then the request.

Secrets are variables (`$ADDON_PASSWORD`, `$ADDON_SSO_SALT`), and so is the resource's uuid: that of the run is deleted.
A login is signed anew. Pure.
"""

import base64
import hashlib
import re
import string
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, quote_plus

from platform_sim.conformance.seen import Exchange
from platform_sim.core.model.curl import shell_word
from platform_sim.partners.contract import PartnerRequest

UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
FRESH = "UUID=$(python3 -c 'import uuid; print(uuid.uuid4())')"
NOW = "NOW=$(date +%s)"
SIGNED = {
    "resource_token": ("sha1", ("resource_id", "", "timestamp")),
    "token": ("sha1", ("id", "", "timestamp")),
    "user_scoped_resource_token": ("sha256", ("resource_id", "", "timestamp", "user_id", "email")),
}
"""Of each token of a login: the digest, and the fields it is of, with the salt for "" (partner-api §5.3)."""
AROUND = 700
"""Seconds before and after a login in which it may have been signed."""
LETTERS = string.ascii_uppercase
"""The names of several resources."""
MOST = 12
"""Requests before the one that is shown."""
SKEW = 10
"""Seconds that a run may take from signing to sending."""
LONGEST = 20_000
"""Characters of a body; of a longer one the beginning is shown."""


def script(exchange: Exchange, before: Sequence[Exchange], manifest: Mapping[str, Any]) -> str:
    """The commands. `before`: all exchanges of the run as they came."""
    subject = _subject(exchange)
    steps = [*exchange.before, exchange]
    if subject is not None and not exchange.before:
        earlier = before[: _place(exchange, before)]
        made = _that_matter([each for each in earlier if _subject(each) == subject], exchange)
        steps = [*(made if len(made) <= MOST else [made[0], *made[1 - MOST :]]), exchange]
    writer = _Writer(manifest, list(dict.fromkeys(found for each in steps if (found := _subject(each)))))
    if any(_form(each.request) for each in steps):
        writer.preamble.append(NOW)
    lines = [writer.command(each) for each in steps]
    return "\n".join([*writer.preamble, *lines])


def _that_matter(earlier: Sequence[Exchange], exchange: Exchange) -> list[Exchange]:
    """Orders do; of logins only the very same one, which makes the later a replay, and before another login the first
    that was let in: some partners let in whom they know."""
    known = next((each for each in earlier if _form(each.request) and (each.status or 500) < 400), None)
    if not _form(exchange.request):
        known = None
    return [
        each
        for each in earlier
        if not _form(each.request) or each is known or each.request.body == exchange.request.body
    ]


def _place(exchange: Exchange, before: Sequence[Exchange]) -> int:
    return next((number for number, each in enumerate(before) if each is exchange), len(before))


def _subject(exchange: Exchange) -> str | None:
    """The uuid of the resource that a request is about."""
    form = _form(exchange.request)
    body = (exchange.request.body or b"")[:LONGEST].decode("utf-8", "replace") if not form else ""
    sent = str(exchange.sent.get("uuid", "")) if exchange.sent else body
    for text in (sent, form.get("resource_id", ""), exchange.request.url):
        found = UUID.search(text)
        if found:
            return found[0]
    return None


def _form(request: PartnerRequest) -> dict[str, str]:
    kind = next((value for name, value in request.headers.items() if name.lower() == "content-type"), "")
    if not kind.startswith("application/x-www-form-urlencoded"):
        return {}
    return dict(parse_qsl((request.body or b"").decode("utf-8", "replace"), keep_blank_values=True))


class _Writer:
    """Knows what in a text is a variable. `preamble`: what has to be set before."""

    def __init__(self, manifest: Mapping[str, Any], subjects: Sequence[str]) -> None:
        api = manifest.get("api", {}) if isinstance(manifest, Mapping) else {}
        self._user = str(manifest.get("id", ""))
        self._salt = str(api.get("sso_salt") or "")
        self._password = str(api.get("password") or "")
        self._known = {self._password: "${ADDON_PASSWORD}", self._salt: "${ADDON_SSO_SALT}"}
        self.preamble: list[str] = []
        for number, subject in enumerate(subjects):
            name = f"UUID_{LETTERS[number]}" if len(subjects) > 1 else "UUID"
            self._known |= {subject: f"${{{name}}}", subject[:8]: f"${{{name}%%-*}}"}
            self.preamble.append(FRESH.replace("UUID", name, 1))
        self._subjects = subjects
        self._now = 0
        self._forms: list[Mapping[str, str]] = []
        """Logins that were written."""
        self._known.pop("", None)

    def command(self, exchange: Exchange) -> str:
        """One `curl`."""
        request, self._now = exchange.request, exchange.sent_at
        verb = "-I" if request.method == "HEAD" else f"-X {shell_word(request.method)}"
        words = [f"curl -sS -i {verb} {self._word(request.url)}"]
        for name, value in request.headers.items():
            if name.lower() == "authorization":
                words.append(self._credentials(value))
            elif name.lower() not in ("content-length", "host"):
                words.append(f"-H {self._word(f'{name}: {value}')}")
        given = {name.lower() for name in request.headers}
        form = _form(request)
        # What curl would add by itself is taken away.
        usual = ("Accept", "User-Agent", *(("Content-Type",) if request.body else ()))
        words += [f"-H {name}:" for name in usual if name.lower() not in given]
        if form:
            words += [f"--data-raw {self._field(name, form)}" for name in form]
            self._forms.append(form)
        elif request.body:
            body = request.body.decode("utf-8", "replace")
            shown = body if len(body) <= LONGEST else body[:LONGEST]
            words.append(f"--data-raw {self._word(_without_grant(shown))}")
        return " \\\n  ".join(words)

    def _credentials(self, value: str) -> str:
        kind, _, given = value.partition(" ")
        try:
            text = base64.b64decode(given, validate=True).decode() if kind.lower() == "basic" else ""
        except ValueError:
            text = ""
        if not text:
            return f"-H {self._word(f'Authorization: {value}')}"
        if kind == "Basic" and text.partition(":")[0] and ":" in text:
            return f"-u {self._word(text)}"
        coded = f"$(printf '%s' \"{self._inside(text)}\" | base64 | tr -d '\\n')"
        return f'-H "Authorization: {kind} {coded}"'

    def _field(self, name: str, form: Mapping[str, str]) -> str:
        """A field of a form; a login's time and tokens are made anew."""
        value = form[name]
        if name == "timestamp" and _is_time(value):
            return f'"timestamp={self._time(value)}"'
        signed = self._signed_form(name, form)
        if signed is not None:
            digest, fields = SIGNED[name]
            text = ":".join(self._of(each, signed) for each in fields)
            return f"\"{name}=$(printf '%s' \"{text}\" | openssl dgst -{digest} -r | cut -d' ' -f1)\""
        return self._word(f"{quote_plus(name)}={self._escaped(value)}")

    def _of(self, field: str, form: Mapping[str, str]) -> str:
        """A part of what a token is of; "" stands for the salt."""
        value = form.get(field, "")
        if field == "timestamp" and _is_time(value):
            return self._time(value)
        return self._inside(value) if field else "${ADDON_SSO_SALT}"

    def _signed_form(self, name: str, form: Mapping[str, str]) -> Mapping[str, str] | None:
        """What a token was signed for: mostly the form itself; else another time, or whom an earlier login named."""
        if name not in SIGNED or not form[name]:
            return None
        users = [{key: each.get(key, "") for key in ("user_id", "email")} for each in self._forms]
        candidates = [form, *({**form, **user} for user in users)]
        near = range(self._now - AROUND, self._now + AROUND)
        candidates += [{**form, "timestamp": str(moment)} for moment in near]
        return next((each for each in candidates if self._signed(name, each) == form[name]), None)

    def _escaped(self, value: str) -> str:
        return value if value in self._subjects else quote_plus(value)

    def _signed(self, name: str, form: Mapping[str, str]) -> str:
        digest, fields = SIGNED[name]
        text = ":".join(form.get(each, "") if each else self._salt for each in fields)
        return hashlib.new(digest, text.encode(), usedforsecurity=False).hexdigest()

    def _time(self, stamp: str) -> str:
        """As long ago as it was in the run; what has passed since the request was signed does not count."""
        age = self._now - int(stamp)
        return f"$((NOW - {age if abs(age) > SKEW else 0}))"

    def _word(self, text: str) -> str:
        """One word of a shell, with the variables in it."""
        parts = [
            f'"{self._known[part]}"' if part in self._known else shell_word(part) for part in self._split(text) if part
        ]
        return "".join(parts) or "''"

    def _inside(self, text: str) -> str:
        """The same between double quotes."""
        return "".join(
            self._known.get(part) or re.sub(r'([\\"$`])', r"\\\1", part) for part in self._split(text) if part
        )

    def _split(self, text: str) -> Iterable[str]:
        if not self._known:
            return [text]
        longest_first = sorted(self._known, key=len, reverse=True)
        return re.split(f"({'|'.join(map(re.escape, longest_first))})", text)


def _is_time(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 12


def _without_grant(body: str) -> str:
    """A grant is good for one exchange with the platform of the run: both are gone, as is its log input."""
    body = re.sub(r'"oauth_grant"\s*:\s*\{[^{}]*\}', '"oauth_grant":null', body)
    return re.sub(r'("log_input_url"\s*:\s*"https?://)[^"@/]*@', r"\1token:gone@", body)
