"""Takes secrets out of values: what is left is text with numbers, a number standing for a secret wherever it occurs.

The numbers go by the order in which secrets first come, so that the same rows with other secrets leave the same.
"""

import json
import re
from collections.abc import Callable
from typing import Any

from platform_sim.core.model.secrecy import Secret

Part = str | int
Parts = list[Part]
Texts = Callable[[str, bool], Parts]
"""Cuts one text of a JSON value; True if the name above it says that it is a secret."""

SHORTEST = 8
"""Characters of a secret that is looked for inside other texts."""
LATER = ("within", "place", "named")
"""Forms in which others' secrets are looked for: after all others."""
SHAPED = ("password", "factor", "pem", "drain", "input")
"""Forms that another secret could not take the place of, were it the same by chance."""
MASKED = "[hidden"
"""How it begins what the ledger has kept in place of user and password."""
SECRET_NAME = re.compile(r"password|secret|salt|token|key|^body$|^answers$|^output$", re.IGNORECASE)

_URL = re.compile(r"([a-zA-Z][\w+.-]*://)(?:([^/?#]*)@)?([^/?#]*)([^?#]*)(?:\?([^#]*))?(#.*)?", re.DOTALL)
_PIECES = (re.compile(r"([^\s\"'<>]+)"), re.compile(r"([\w-]+(?:\.[\w-]+)*)"))
_quoted = json.JSONEncoder().encode


class Numbers:
    """The secrets of one snapshot. `of` gives each its number; machine-made ones are found inside texts, too."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, str], int] = {}
        self._findable: dict[str, int] = {}
        self.forms: list[str] = []
        """Of secret n the form of the field in which it came first, at n - 1."""

    def of(self, secret: str, form: str) -> int:
        """The number of a secret."""
        key = (form if form in SHAPED else "", secret)
        number = self._numbers.get(key)
        if number is None:
            self.forms.append(form)
            number = self._numbers[key] = len(self.forms)
        if form != "values" and len(secret) >= SHORTEST:
            self._findable.setdefault(secret, number)
        return number

    def known(self, text: str) -> int | None:
        """The number of a text that is a secret as a whole, None for any other."""
        return self._findable.get(text)

    def within(self, text: str, level: int = 0) -> Parts:
        """A text in which known secrets are numbers."""
        known = self._findable.get(text)
        if known is not None:
            return [known]
        if level == len(_PIECES):
            return [text]
        return [part for piece in _PIECES[level].split(text) for part in self.within(piece, level + 1)]


def cut(secret: Secret, is_json: bool, raw: str, numbers: Numbers) -> Parts:
    """A column's value as text and numbers. `raw`: as SQLite keeps it."""
    form = secret.form
    if not is_json:
        return joined(_cut_text(form, raw, numbers))
    parts: Parts = []
    _write(json.loads(raw), lambda text, named: _cut_leaf(form, text, named, numbers), parts)
    return joined(parts)


def joined(parts: Parts) -> Parts:
    """Without empty texts, and texts beside each other as one."""
    found: Parts = []
    for part in parts:
        if isinstance(part, str) and found and isinstance(found[-1], str):
            found[-1] += part
        elif part != "":
            found.append(part)
    return found


def _cut_text(form: str, text: str, numbers: Numbers) -> Parts:
    if not text:
        return []
    if form == "within":
        return numbers.within(text)
    if form in ("place", "address"):
        return _cut_url(form, text, numbers)
    return [numbers.of(text, form)]


def _cut_leaf(form: str, text: str, named: bool, numbers: Numbers) -> Parts:
    if form == "values" or (named and form == "named"):
        return [numbers.of(text, form)] if text else []
    return _cut_url("place", text, numbers) if form == "named" and "://" in text else numbers.within(text)


def _cut_url(form: str, text: str, numbers: Numbers) -> Parts:
    match = _URL.fullmatch(text)
    if match is None:
        return numbers.within(text) if form == "place" else [numbers.of(text, "hex")]
    scheme, user, host, path, query, rest = match.groups()
    who: Parts = [user if user.startswith(MASKED) else numbers.of(user, "hex"), "@"] if user else []
    parts: Parts = [scheme, *who, host]
    if form == "address":
        beyond = text[match.start(4) :]
        return [*parts, "/", numbers.of(beyond[1:], "hex")] if len(beyond) > 1 else [*parts, beyond]
    whole = numbers.known(text[match.start(4) + 1 :])
    if whole is not None:
        return [*parts, "/", whole]
    asked: Parts = ["?", numbers.of(query, "hex")] if query else ["?"] if query == "" else []
    return [*parts, *numbers.within(path), *asked, *numbers.within(rest or "")]


def _write(value: Any, texts: Texts, parts: Parts, named: bool = False) -> None:
    """JSON as the store writes it, its texts cut."""
    if isinstance(value, str):
        parts.append('"')
        parts += [part if isinstance(part, int) else _quoted(part)[1:-1] for part in texts(value, named)]
        parts.append('"')
    elif isinstance(value, dict):
        parts.append("{")
        for place, (name, each) in enumerate(sorted(value.items())):
            parts.append(f"{',' if place else ''}{_quoted(name)}:")
            _write(each, texts, parts, named or SECRET_NAME.search(name) is not None)
        parts.append("}")
    elif isinstance(value, list):
        parts.append("[")
        for place, each in enumerate(value):
            parts.append("," if place else "")
            _write(each, texts, parts, named)
        parts.append("]")
    else:
        parts.append(json.dumps(value))
