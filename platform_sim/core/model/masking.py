"""What of a manifest or a URL may be shown (design §8 rule 22). Pure. (Exchanges are masked in `partners`.)"""

import re
from typing import Any

HIDDEN = "[hidden]"

_USER_INFO = re.compile(r"""(?<=://)[^/\s"'<>?#]*@""")
_QUERY_SECRET = re.compile(r"""([?&][\w-]*(?:token|password|secret|key|code)=)[^&\s"'<>#]+""", re.IGNORECASE)
_SECRET_NAME = re.compile(r"password|secret|salt|token|key", re.IGNORECASE)
"""Names of fields, also of such as only this partner knows."""


def masked_url(text: str) -> str:
    """URLs in a text without user and password, and without secret-looking parameters."""
    return _QUERY_SECRET.sub(rf"\1{HIDDEN}", _USER_INFO.sub(f"{HIDDEN}@", text))


def masked_manifest(manifest: Any) -> Any:
    """A copy to show, with `[hidden]` for secrets and without passwords in URLs. Any JSON value will do."""
    if isinstance(manifest, dict):
        return {
            name: HIDDEN if value is not None and _SECRET_NAME.search(name) else masked_manifest(value)
            for name, value in manifest.items()
        }
    if isinstance(manifest, list):
        return [masked_manifest(each) for each in manifest]
    return masked_url(manifest) if isinstance(manifest, str) else manifest
