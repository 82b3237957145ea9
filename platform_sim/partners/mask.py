"""What of a request or answer may be shown: no credentials, no grant, no config values (design §8 rule 22).

Pure. JSON is masked by its names; text that is no JSON loses what is known to be secret and what looks like it.
"""

import json
import re
from collections.abc import Collection, Mapping
from json.encoder import encode_basestring_ascii
from typing import Any
from urllib.parse import parse_qsl, urlencode

from platform_sim.core.model import json_text
from platform_sim.core.model.masking import HIDDEN, Mark, hidden, masked_url

BODY_LIMIT = 16_384
"""Characters of a body that are kept."""
SHORTEST = 6
"""Shorter values are not searched for in other texts: they would hide half of the words."""

_HIDDEN_HEADERS = frozenset({"authorization", "proxy-authorization", "cookie", "set-cookie"})
_HIDDEN_NAMES = frozenset(
    {
        "access_token",
        "authorization",
        "client_secret",
        "log_drain_token",
        "logplex_token",
        "password",
        "refresh_token",
        "secret",
        "sso_salt",
        "token",
    }
)
_GRANTS = frozenset({"grant", "oauth_grant"})
_QUOTED_VALUE = re.compile(r"""((?::|=>)\s*)(["'])(?:\\.|(?!\2).)*(?:\2|$)""", re.DOTALL)
_INPUT_VALUE = re.compile(r"""(<input\b[^<>]{0,2000}?\bvalue\s*=\s*)("[^"<>]*"|'[^'<>]*'|[^\s"'<>]+)""", re.IGNORECASE)
"""In a page: hidden fields hold what keeps other sites' forms out."""


def masked_text(text: str, secrets: Collection[str] = (), mark: Mark = hidden) -> str:
    """A text without the given secrets (longest first) and without passwords in URLs."""
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= SHORTEST:
            for form in (secret, encode_basestring_ascii(secret)[1:-1]):
                # A mark is dear to make, and most texts hold few of the secrets.
                if form in text:
                    text = text.replace(form, mark(secret))
    return masked_url(text, mark)


def masked_headers(headers: Mapping[str, str], secrets: Collection[str] = ()) -> dict[str, str]:
    """Headers, credentials and cookies hidden."""
    return {
        name: HIDDEN if name.lower() in _HIDDEN_HEADERS else masked_text(value, secrets)
        for name, value in headers.items()
    }


def masked_body(body: bytes, secrets: Collection[str] = (), mark: Mark = hidden) -> str:
    """A body as text of at most BODY_LIMIT characters, the rest counted."""
    text = _masked_json(body, secrets, mark)
    if text is None:
        text = masked_text(body.decode("utf-8", "replace"), secrets, mark)
        if text.lstrip()[:1] in ("{", "["):
            # Broken JSON: its names cannot be trusted any more, so every value goes.
            text = _QUOTED_VALUE.sub(rf'\1"{HIDDEN}"', text)
        text = _INPUT_VALUE.sub(rf'\1"{HIDDEN}"', text)
    if len(text) > BODY_LIMIT:
        text = f"{text[:BODY_LIMIT]}... (cut here, {len(body)} bytes in all)"
    return text


def masked_form(body: bytes, secrets: Collection[str] = (), mark: Mark = hidden) -> str:
    """A form, tokens hidden."""
    given = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)
    shown = [(name, mark(value) if _is_token(name) else masked_text(value, secrets, mark)) for name, value in given]
    return urlencode(shown, safe="[]@:")[:BODY_LIMIT]


def form_secrets(body: bytes) -> set[str]:
    """The values of a form, or of a query, that masking hides."""
    given = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)
    return {value for name, value in given if value and _is_token(name)}


def _is_token(name: str) -> bool:
    return name.endswith("token") or name in _HIDDEN_NAMES


def _masked_json(body: bytes, secrets: Collection[str], mark: Mark) -> str | None:
    try:
        shown = json.dumps(_masked(json_text.read(body), "", secrets, mark), ensure_ascii=False)
    except ValueError:
        return None
    return shown.encode("utf-8", "replace").decode()


def _masked(value: Any, name: str, secrets: Collection[str], mark: Mark, parent: str = "") -> Any:
    if value is not None and _is_secret(name, parent):
        return _marked(value, mark)
    if name == "config":
        return _masked_config(value, mark)
    if isinstance(value, dict):
        return {k: _masked(v, k, secrets, mark, name) for k, v in value.items()}
    if isinstance(value, list):
        return [_masked(item, name, secrets, mark, parent) for item in value]
    return masked_text(value, secrets, mark) if isinstance(value, str) else value


def _marked(value: Any, mark: Mark) -> str:
    return mark(value if isinstance(value, str) else json.dumps(value, sort_keys=True))


def _is_secret(name: str, parent: str) -> bool:
    return name in _HIDDEN_NAMES or (name == "code" and parent in _GRANTS)


def _masked_config(value: Any, mark: Mark) -> Any:
    """Names stay, values go: of a map, and of the partner API's list of {name, value} (partner-api §4.2)."""
    if isinstance(value, dict):
        return {name: _marked(each, mark) for name, each in value.items()}
    if isinstance(value, list):
        return [
            {**item, "value": _marked(item.get("value"), mark)} if isinstance(item, dict) else _marked(item, mark)
            for item in value
        ]
    return value if value is None else _marked(value, mark)


def secret_strings(value: Any, name: str = "", parent: str = "") -> set[str]:
    """The strings of a JSON value that masking hides by their names, so that they can be hidden elsewhere too."""
    if isinstance(value, str):
        return {value} if name == "config" or _is_secret(name, parent) else set()
    if isinstance(value, list):
        return set().union(*(secret_strings(item, name, parent) for item in value))
    if isinstance(value, dict):
        inside_config = name == "config"
        return set().union(*(secret_strings(v, name if inside_config else k, name) for k, v in value.items()))
    return set()
