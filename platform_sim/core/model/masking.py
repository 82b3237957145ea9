"""What of a manifest or a URL may be shown (design §8 rule 22). Pure. (Exchanges are masked in `partners`.)"""

import hashlib
import hmac
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import SplitResult, urlsplit

HIDDEN = "[hidden]"
OTHER = "[hidden, another one]"
Mark = Callable[[str], str]
"""What stands in the place of a secret."""
MARKED = re.compile(r"\[hidden:([0-9a-f]{12})\]")
"""A secret's place that tells which secret it was, and not what: the same one has the same mark."""

_USER_INFO = re.compile(r"""(?<=://)[^/\s"'<>?#]*@""")
_QUERY_SECRET = re.compile(r"""([?&][\w-]*(?:token|password|secret|key|code)=)[^&\s"'<>#]+""", re.IGNORECASE)
_SECRET_NAME = re.compile(r"password|secret|salt|token|key", re.IGNORECASE)
"""Names of fields, also of such as only this partner knows."""


def hidden(_: str) -> str:
    """All secrets look alike."""
    return HIDDEN


def marker(key: str) -> Mark:
    """Secrets are told apart, by whoever knows the key alone: `MARKED`."""

    def mark(secret: str) -> str:
        # What JSON can hold: half of a character, too.
        digest = hmac.new(key.encode(), secret.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
        return f"[hidden:{digest[:12]}]"

    return mark


def masked_url(text: str, mark: Mark = hidden) -> str:
    """URLs in a text without user and password, and without secret-looking parameters."""
    if "@" in text:
        text = _USER_INFO.sub(lambda found: f"{mark(found[0][:-1])}@", text)
    if "=" in text:
        text = _QUERY_SECRET.sub(lambda found: found[1] + mark(found[0][len(found[1]) :]), text)
    return text


def parts_of(url: str) -> SplitResult:
    """The parts of a URL, masked or not: what is masked before its @ looks to Python like the address of a host, and a
    wrong one. Its user is left out; nothing of what is no URL at all."""
    try:
        return urlsplit(_USER_INFO.sub("", url))
    except ValueError:
        return urlsplit("")


def is_secret_name(name: str) -> bool:
    """Whether a field of this name may hold a secret."""
    return _SECRET_NAME.search(name) is not None


def masked_manifest(manifest: Any) -> Any:
    """A copy to show, with `[hidden]` for secrets and without passwords in URLs. Any JSON value will do."""
    return masked_beside(manifest, manifest)


def masked_beside(manifest: Any, other: Any) -> Any:
    """The same, where a secret that `other` has not at its place is told to be another one: to show differences."""
    if isinstance(manifest, dict):
        there = other if isinstance(other, dict) else {}
        return {
            name: (HIDDEN if there.get(name) == value else OTHER)
            if value is not None and _SECRET_NAME.search(name)
            else masked_beside(value, there.get(name))
            for name, value in manifest.items()
        }
    if isinstance(manifest, list):
        others = other if isinstance(other, list) else []
        return [masked_beside(each, others[i] if i < len(others) else None) for i, each in enumerate(manifest)]
    if not isinstance(manifest, str):
        return manifest
    shown = masked_url(manifest)
    is_another = shown != manifest != other and isinstance(other, str) and masked_url(other) == shown
    return f"{shown} {OTHER}" if is_another else shown
