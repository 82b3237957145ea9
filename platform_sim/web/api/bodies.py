"""Request bodies: a small description a route, checked before any handler runs. Unknown keys pass (platform-api §5)."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from platform_sim.core.errors import BadRequest, InvalidParams, TooLarge
from platform_sim.core.model import json_text
from platform_sim.core.model.values import kind

LARGEST = 2**53 - 1
"""Of whole numbers, and of negative ones: what JavaScript keeps exact."""
WHOLE = re.compile(r"-?[0-9]{1,14}")

Check = Callable[[str, Any], Any]
"""(field name, value as sent) -> value as the handler wants it; raises InvalidParams."""


DEEPEST = 32
"""Levels of nesting that are read, the innermost value counted; what clients send has five."""


def read_json(raw: bytes, limit: int) -> dict[str, Any]:
    """A body as an object; an empty one is `{}`. BadRequest for broken JSON, TooLarge beyond `limit` bytes.

    Text in it can be stored and sent on: half characters (`\\ud800` alone) are refused as broken, wherever they are.
    """
    if len(raw) > limit:
        raise TooLarge(f"The request body is longer than {limit} bytes, which is what is read.")
    if not raw.strip():
        return {}
    try:
        words = raw.decode("utf-8-sig")
        body = json_text.read(words, DEEPEST - 1, constant=_no_constant)
    except json_text.TooDeep:
        raise BadRequest(f"The request body is nested too deeply: at most {DEEPEST} levels are read.") from None
    except ValueError:
        raise BadRequest(
            "The request body is not valid JSON. Send a JSON object with Content-Type application/json."
        ) from None
    if not isinstance(body, dict):
        raise BadRequest(f"The request body must be a JSON object, not {kind(body)}.")
    if "\\u" in words and not _is_text(json.dumps(body, ensure_ascii=False)):
        raise BadRequest("The request body is not valid Unicode: it has half a character (a lone surrogate).")
    return body


def _no_constant(text: str) -> None:
    raise ValueError(text)


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def check(
    body: Mapping[str, Any], fields: Mapping[str, Check], required: tuple[str, ...] = (), within: str = ""
) -> dict[str, Any]:
    """The described fields that were sent and are not null, each checked and converted. Messages name a field
    with `within` before it."""
    for name in required:
        if body.get(name) is None:
            raise InvalidParams(f"Missing parameter: {within}{name}.")
    return {
        name: read(within + name, body[name])
        for name, read in fields.items()
        if body.get(name) is not None or (name in body and isinstance(read, OrNull))
    }


class OrNull:
    """A field that null empties; for all others null means that nothing was sent."""

    def __init__(self, item: Check) -> None:
        self._item = item

    def __call__(self, name: str, value: Any) -> Any:
        """See `Check`."""
        return None if value is None else self._item(name, value)


def _wrong(name: str, value: Any, wanted: str) -> InvalidParams:
    return InvalidParams(f"{name[:128]} must be {wanted}, not {kind(value)}.")


def text(name: str, value: Any) -> str:
    """A string without NUL; that it is valid Unicode, `read_json` has checked."""
    if not isinstance(value, str):
        raise _wrong(name, value, "a string")
    if "\x00" in value:
        raise InvalidParams(f"{name[:128]} must not contain NUL characters.")
    return value


def flag(name: str, value: Any) -> bool:
    """true or false; clients also send 0 and 1 (platform-api §5)."""
    if value is True or value is False or value in (0, 1):
        return bool(value)
    raise _wrong(name, value, "true or false")


def whole(name: str, value: Any) -> int:
    """A whole number, or one written as a string."""
    too_large = isinstance(value, int) and not isinstance(value, bool) and abs(value) > LARGEST
    if isinstance(value, int) and not isinstance(value, bool) and not too_large:
        return value
    if isinstance(value, str) and WHOLE.fullmatch(value):
        return int(value)
    raise _wrong(name, value, f"a whole number from -{LARGEST} to {LARGEST}" if too_large else "a whole number")


def amount(name: str, value: Any) -> str:
    """A quantity as text: 2, "2", "+1" or "-1" (platform-api §5)."""
    if isinstance(value, str):
        return text(name, value)
    return str(whole(name, value))


def identity(name: str, value: Any) -> str:
    """A name or id, plain or in an object: `"x"`, `{"name": "x"}`, `{"id": "..."}`."""
    if isinstance(value, dict):
        value = value.get("id") or value.get("name")
    return text(name, value)


def user(name: str, value: Any) -> str:
    """An e-mail or id, plain or in an object: `"x@example.com"`, `{"email": "..."}`, `{"id": "..."}`."""
    if isinstance(value, dict):
        value = value.get("id") or value.get("email")
    return text(name, value)


def map_of(item: Check) -> Check:
    """An object with any names, whose values are all checked."""

    def read(name: str, value: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise _wrong(name, value, "an object")
        return {text(f"a name in {name}", k): item(f"{name}.{k}", v) for k, v in value.items()}

    return read


string_map = map_of(text)
"""An object with string values."""


def options(name: str, value: Any) -> dict[str, str]:
    """Add-on options: strings, or scalars as the CLI sends them: `true` becomes "true" (partner-api §2.2)."""
    if not isinstance(value, dict):
        raise _wrong(name, value, "an object")
    return {text(f"a name in {name}", k): _option(f"{name}.{k}", v) for k, v in value.items() if v is not None}


def _option(name: str, value: Any) -> str:
    return json.dumps(value) if isinstance(value, bool | int | float) else text(name, value)


def part(fields: Mapping[str, Check], required: tuple[str, ...] = ()) -> Check:
    """A nested object with its own description."""

    def read(name: str, value: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise _wrong(name, value, "an object")
        return check(value, fields, required, f"{name}.")

    return read


def list_of(item: Check) -> Check:
    """A list whose items are all checked."""

    def read(name: str, value: Any) -> list[Any]:
        if not isinstance(value, list):
            raise _wrong(name, value, "a list")
        return [item(f"{name}[{index}]", each) for index, each in enumerate(value)]

    return read


def read_changes(body: Mapping[str, Any], name_form: re.Pattern[str]) -> dict[str, str | None]:
    """A body that is itself a map of names to strings or null, such as config vars."""
    changes: dict[str, str | None] = {}
    for name, value in body.items():
        if name_form.fullmatch(name) is None:
            raise InvalidParams(f"{name[:128]!r} is not a config var name: use letters, digits and underscores.")
        changes[name] = None if value is None else text(name, value)
    return changes
