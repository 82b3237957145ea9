"""What may be kept of a call that came in (design §8 rule 22): names of fields, and values only where they are known
to be no secret. Pure. (What goes out is masked in `partners`, where the shape of each body is known.)
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote, unquote

from platform_sim.core.model.masking import HIDDEN, Mark, hidden

_NAMES = """addon addon_service app attachment commit confirm email force include kind level maintenance name order
pipeline plan quantity region release size slug stack stage state status time_to_live type updates version"""
_PLAIN = frozenset(_NAMES.split())
"""Fields whose values are names, numbers and states."""
_OPEN = frozenset({"addon", "app", "attachment", "config", "pipeline", "plan", "release", "slug", "updates"})
"""Fields in whose values one may look on; in any other place names may be a customer's own, and values secrets."""
_HIDDEN_SEGMENTS = frozenset(
    {"log-drain.query_identity", "oauth-token", "oauth-authorization", "team-invitation.token", "team-invitation"}
)
_SEGMENT = re.compile(r"[\w.:@~+-]{1,120}")
_HEADERS = ("accept", "content-type", "user-agent")
BODY_LIMIT = 4_096
"""Characters that are kept of a body."""


def outlined_body(content: Any, *, only_names: bool = False, mark: Mark = hidden) -> str:
    """A JSON body as text. `only_names`: its fields are a customer's own names, such as config vars. `mark`: what
    stands for a value that is hidden, where that is a text."""
    if content in (None, {}, b""):
        return ""
    shown = _names(content, mark) if only_names else _outlined(content, "", mark)
    text = json.dumps(shown, ensure_ascii=False)
    return text if len(text) <= BODY_LIMIT else f"{text[:BODY_LIMIT]}... (cut here)"


def _names(value: Any, mark: Mark) -> Any:
    return {name: _marked(each, mark) for name, each in value.items()} if isinstance(value, dict) else HIDDEN


def _marked(value: Any, mark: Mark) -> str:
    return mark(value) if isinstance(value, str) else HIDDEN


def _outlined(value: Any, name: str, mark: Mark) -> Any:
    if isinstance(value, dict):
        looks_on = name in _OPEN - {"config"} or not name
        return {k: _outlined(v, k, mark) for k, v in value.items()} if looks_on else _names(value, mark)
    if isinstance(value, list):
        return [_outlined_item(item, name, mark) for item in value]
    if value is None or isinstance(value, bool | int | float) or name in _PLAIN:
        return value
    return _marked(value, mark)


def _outlined_item(item: Any, name: str, mark: Mark) -> Any:
    """Of a list, such as a partner's config: a name, and a value that is none of our business (partner-api §4.2)."""
    if isinstance(item, dict) and name in _OPEN:
        return {k: v if k in _PLAIN and isinstance(v, str | int) else _marked(v, mark) for k, v in item.items()}
    return _outlined(item, name, mark) if not isinstance(item, dict) else _names(item, mark)


def outlined_path(template: str, values: Mapping[str, str]) -> str:
    """A path of the API with the values of its variables, but for those that are secrets or may hold them."""
    return re.sub(r"\{([^}]*)\}", lambda match: _segment(match[1], values), template)


def _segment(variable: str, values: Mapping[str, str]) -> str:
    value = unquote(values.get(variable, ""))
    if variable in _HIDDEN_SEGMENTS or _SEGMENT.fullmatch(value) is None:
        return HIDDEN
    return quote(value)


def outlined_headers(get: Callable[[str], str | None]) -> dict[str, str]:
    """The few headers that say how somebody asked, never with what right."""
    return {name: value[:200] for name in _HEADERS if (value := get(name))}
