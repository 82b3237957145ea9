"""What of a manifest or a URL may be shown (design §8 rule 22). Pure. (Exchanges are masked in `partners`.)"""

import re
from typing import Any

HIDDEN = "[hidden]"
OTHER = "[hidden, another one]"

_USER_INFO = re.compile(r"""(?<=://)[^/\s"'<>?#]*@""")
_QUERY_SECRET = re.compile(r"""([?&][\w-]*(?:token|password|secret|key|code)=)[^&\s"'<>#]+""", re.IGNORECASE)
_SECRET_NAME = re.compile(r"password|secret|salt|token|key", re.IGNORECASE)
"""Names of fields, also of such as only this partner knows."""


def masked_url(text: str) -> str:
    """URLs in a text without user and password, and without secret-looking parameters."""
    return _QUERY_SECRET.sub(rf"\1{HIDDEN}", _USER_INFO.sub(f"{HIDDEN}@", text))


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
