"""The config that a partner gives: in its answers, by PATCH, in version 1 by PUT. Pure."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import SplitResult, unquote, urlsplit

from platform_sim.conformance.scenes.life import CALLED
from platform_sim.conformance.scenes.plans import CHANGE
from platform_sim.conformance.seen import Exchange, Heard, NotSeen, Seen

T = TypeVar("T")
FIRST_ORDER, SECOND_ORDER = "provision", "second provision"
CONFIG_CALL = re.compile(r"/addons/([^/]+)/config")
SECRET_NAME = re.compile(r"(?<!PUBLIC)_(KEY|TOKEN|SECRET|PASS|PASSWORD|PWD)$")


@dataclass(frozen=True)
class Given:
    """A config as it came; `where` says how, `uuid` for which add-on. `exchange` None: the partner has called."""

    where: str
    uuid: str
    config: Any
    exchange: Exchange | None


@dataclass(frozen=True)
class Value:
    """One string of it."""

    name: str
    text: str
    of: Given

    @property
    def url(self) -> SplitResult | None:
        """If it is to be a URL and can be read as one."""
        try:
            return urlsplit(self.text) if self.is_url else None
        except ValueError:
            return None

    @property
    def is_url(self) -> bool:
        """By its name, as kensa has it (partner-api §9)."""
        return self.name.endswith("_URL")

    @property
    def secret(self) -> str | None:
        """What opens something: a password in a URL, or all of a value whose name says so."""
        if SECRET_NAME.search(self.name):
            return self.text
        return self.url.password if self.url else None


def answered(seen: Seen) -> list[Given]:
    """What came in answers to POST, at least one; NotSeen if there is none."""
    seen.readable(FIRST_ORDER)
    return _some(list(_answers(seen, FIRST_ORDER, SECOND_ORDER)))


def given(seen: Seen) -> list[Given]:
    """What came with provisioning, in answers or by PATCH, at least one; NotSeen if there is none."""
    seen.readable(FIRST_ORDER)
    return _some([*_answers(seen, FIRST_ORDER, SECOND_ORDER), *_calls(seen)])


def objects(found: Iterable[Given]) -> list[tuple[Given, dict[str, Any]]]:
    """Those that are names and values, at least one."""
    return _some([(each, each.config) for each in found if isinstance(each.config, dict)])


def shown(name: str) -> str:
    """A name as a sentence can hold it, whatever a partner has called its var."""
    return name if name.isascii() and name.isidentifier() and len(name) < 80 else ascii(name)[:80]


def _some(found: list[T]) -> list[T]:
    if not found:
        raise NotSeen("the partner has given no config that can be read")
    return found


def values(seen: Seen) -> list[Value]:
    """Every string of a config that came, also with plan changes."""
    return [
        Value(name, text, each)
        for each in (*given(seen), *_answers(seen, CHANGE))
        if isinstance(each.config, dict)
        for name, text in sorted(each.config.items())
        if isinstance(text, str)
    ]


def of_order(seen: Seen, moment: str) -> dict[str, Value]:
    """All that one add-on got with its provisioning."""
    uuid = seen.readable(moment).sent.get("uuid")
    provisioning = [each for each in values(seen) if each.of.uuid == uuid and each.of.where != _where(CHANGE)]
    return {each.name: each for each in provisioning}


def _where(moment: str) -> str:
    return "The answer to PUT" if moment == CHANGE else "The answer to POST"


def _answers(seen: Seen, *moments: str) -> Iterator[Given]:
    for moment in moments:
        for found in seen.exchanges.get(moment, ()):
            if found.succeeded and found.status != 202 and found.object.get("config") is not None:
                uuid = found.sent.get("uuid") or found.request.url.rpartition("/")[2]
                yield Given(_where(moment), str(uuid), found.object["config"], found)


def _calls(seen: Seen) -> Iterator[Given]:
    orders = [found.sent for moment in (FIRST_ORDER, SECOND_ORDER) for found in seen.exchanges.get(moment, ())]
    known = {str(sent.get(name)): str(sent.get("uuid")) for sent in orders for name in ("uuid", "name")}
    places = {unquote(urlsplit(str(sent.get("callback_url"))).path): str(sent.get("uuid")) for sent in orders}
    for call in seen.fact(CALLED):
        if call.method == "PUT" and isinstance(call.json, dict) and (uuid := places.get(unquote(call.place))):
            yield Given("A PUT of config", uuid, call.json.get("config"), None)
        about = CONFIG_CALL.fullmatch(call.place) if call.method == "PATCH" else None
        if about and about[1] in known:
            yield Given("A PATCH of config", known[about[1]], _listed(call), None)


def _listed(call: Heard) -> Any:
    """As names and values, None if it is no list; what is taken away is not given."""
    listed = call.json.get("config") if isinstance(call.json, dict) else None
    if not isinstance(listed, list):
        return None
    pairs = [each for each in listed if isinstance(each, dict) and isinstance(each.get("name"), str)]
    return {each["name"]: each.get("value") for each in pairs if each.get("value") is not None}
