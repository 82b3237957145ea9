"""A cassette's file, read and checked: a mistake is told with its place in the file. Pure."""

import json
from dataclasses import dataclass, field
from typing import Any

from platform_sim.core.model import json_text
from platform_sim.core.model.cassettes import FORMAT, PARTNER, PLATFORM, VERSION
from platform_sim.core.model.masking import parts_of
from platform_sim.core.model.values import kind

Json = dict[str, Any]
NAMES: dict[type, str] = {
    str: "a text",
    int: "a whole number",
    dict: "an object",
    list: "a list",
    bool: "true or false",
}


class BadCassette(ValueError):
    """Not a cassette that can be used; the message says where and why."""


@dataclass(frozen=True)
class Recorded:
    """One exchange. Bodies are JSON, a form's fields, text, or None; secrets in them are placeholders."""

    number: int
    by_partner: bool
    """Whether the partner has asked; else the platform has."""
    addon: str
    is_webhook: bool
    follows: int | None
    """The number of the exchange that it was caused by, as far as that is known and kept."""
    method: str
    url: str
    headers: dict[str, str] = field(repr=False)
    sent: Any = field(repr=False)
    status: int | None
    said_headers: dict[str, str] = field(repr=False)
    said: Any = field(repr=False)
    problem: str | None

    @property
    def path(self) -> str:
        """Of the URL."""
        return parts_of(self.url).path

    @property
    def how_it_ended(self) -> str:
        """For a sentence: `422`, or why there was no answer."""
        return str(self.status) if self.status is not None else f"no answer ({self.problem})"


@dataclass(frozen=True)
class Tape:
    """A whole cassette. `names`: what each add-on was called, by uuid."""

    service: str
    base_url: str
    sso_url: str | None
    config_vars: tuple[str, ...]
    missing: str | None
    names: dict[str, str]
    exchanges: tuple[Recorded, ...]

    @property
    def plans(self) -> list[str]:
        """The slugs of all plans that were ordered or changed to, in order."""
        asked = (
            each.sent.get("plan") for each in self.exchanges if isinstance(each.sent, dict) and not each.by_partner
        )
        return list(dict.fromkeys(plan for plan in asked if isinstance(plan, str)))


def written(content: Json) -> str:
    """The text of a cassette's file."""
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def read(text: str) -> Tape:
    """From the text of a file; BadCassette."""
    try:
        content = json_text.read(text)
    except ValueError as problem:
        raise BadCassette(f"it is not JSON: {problem}") from None
    return checked(content)


def checked(content: Any) -> Tape:
    """From its JSON; BadCassette."""
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise BadCassette(
            f'it is no cassette: "format" must be "{FORMAT}", as `platform-sim cassette record` writes it'
        )
    if content.get("version") != VERSION:
        found = json.dumps(content.get("version"))[:40]
        raise BadCassette(f"its version is {found}, and this program reads version {VERSION}: record it again")
    service = _part(content, "service", dict, "")
    listed = _part(content, "exchanges", list, "")
    exchanges = tuple(_recorded(each, f"exchanges[{index}]") for index, each in enumerate(listed))
    numbers = [each.number for each in exchanges]
    if len(set(numbers)) != len(numbers):
        raise BadCassette("exchanges: two of them have the same number")
    for index, each in enumerate(exchanges):
        if each.follows is not None and (each.follows >= each.number or each.follows not in numbers):
            raise BadCassette(f"exchanges[{index}].follows: no earlier exchange has the number {each.follows}")
    return Tape(
        _part(service, "name", str, "service."),
        _part(service, "base_url", str, "service."),
        _part(service, "sso_url", str, "service.", or_null=True),
        tuple(_part(service, "config_vars", list, "service.")),
        _part(content, "missing", str, "", or_null=True),
        dict(_named(each, f"addons[{index}].") for index, each in enumerate(_part(content, "addons", list, ""))),
        exchanges,
    )


def _named(content: Any, where: str) -> tuple[str, str]:
    _object(content, where[:-1])
    return _part(content, "id", str, where), _part(content, "name", str, where)


def _recorded(content: Any, where: str) -> Recorded:
    _object(content, where)
    where += "."
    request, answer = _part(content, "request", dict, where), _part(content, "answer", dict, where)
    asker = _part(content, "from", str, where)
    if asker not in (PLATFORM, PARTNER):
        raise BadCassette(f'{where}from: must be "{PLATFORM}" or "{PARTNER}", is {asker!r}')
    status = _part(answer, "status", int, f"{where}answer.", or_null=True)
    if status is not None and not 100 <= status <= 599:
        raise BadCassette(f"{where}answer.status: must be from 100 to 599, is {status}")
    problem = _part(content, "problem", str, where, or_null=True)
    if status is None and problem is None:
        problem = "nobody knows: it was still open when this was recorded"
    return Recorded(
        number=_part(content, "number", int, where),
        by_partner=asker == PARTNER,
        addon=_part(content, "addon", str, where),
        is_webhook=_part(content, "webhook", bool, where),
        follows=_part(content, "follows", int, where, or_null=True),
        method=_part(request, "method", str, f"{where}request."),
        url=_part(request, "url", str, f"{where}request."),
        headers=_headers(request, f"{where}request."),
        sent=request.get("body"),
        status=status,
        said_headers=_headers(answer, f"{where}answer."),
        said=answer.get("body"),
        problem=problem,
    )


def _headers(content: Json, where: str) -> dict[str, str]:
    headers: dict[str, str] = _part(content, "headers", dict, where)
    for name in headers:
        _part(headers, name, str, f"{where}headers.")
    return headers


def _object(content: Any, where: str) -> None:
    if not isinstance(content, dict):
        raise BadCassette(f"{where}: must be an object, is {kind(content)}")


def _part(content: Json, name: str, wanted: type, where: str, *, or_null: bool = False) -> Any:
    value = content.get(name)
    if value is None and or_null:
        return None
    if name not in content:
        raise BadCassette(f"{where}{name}: is missing")
    if not isinstance(value, wanted) or (isinstance(value, bool) and wanted is not bool):
        raise BadCassette(f"{where}{name}: must be {NAMES[wanted]}{' or null' * or_null}, is {kind(value)}")
    return value
