"""A cassette as JSON: the ledger's exchanges with one partner, both directions, its secrets as placeholders."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from platform_sim.core.actions.exchanges import PARTNER as WITH_PARTNER
from platform_sim.core.model import cassettes, json_text
from platform_sim.core.model.addons import Addon, AddonService, as_called
from platform_sim.core.model.cassettes import FORMAT, PARTNER, PLATFORM, UNKNOWN, VERSION
from platform_sim.core.model.masking import HIDDEN, MARKED, parts_of
from platform_sim.core.model.records import Exchange
from platform_sim.core.model.values import iso
from platform_sim.core.store import Snapshot

Json = dict[str, Any]
WITH = (WITH_PARTNER, "webhook")
"""Parties of the ledger that a partner may be."""


def cassette(
    rows: Snapshot, service: AddonService, since: datetime | None, kept: int, addon_ids: Collection[str] | None = None
) -> Json:
    """All exchanges with this partner that are kept and began at `since` or later, as they began. `kept`: how many
    the ledger keeps at most; `missing` is a sentence if some of these may be gone. `addon_ids`: about these
    alone."""
    addons = {each.id: each for each in rows.all(Addon, service_id=service.id)}
    if addon_ids is not None:
        addons = {id: each for id, each in addons.items() if id in addon_ids}
    found = [each for each in rows.all(Exchange, party=WITH) if each.addon_id in addons]
    wanted = [each for each in found if since is None or each.created_at >= since]
    numbers = {each.id: number for number, each in enumerate(wanted, start=1)}
    secrets = Secrets()
    return {
        "format": FORMAT,
        "version": VERSION,
        "service": _service(service),
        "recorded_at": iso(rows.now()),
        "since": iso(since) if since else None,
        "missing": _missing(rows, since or service.created_at, kept),
        "addons": _named(addons[id] for id in dict.fromkeys(each.addon_id or "" for each in wanted)),
        "exchanges": [_exchange(each, numbers, secrets) for each in wanted],
    }


def _service(service: AddonService) -> Json:
    api = as_called(service)["api"]
    place = api.get("test") or api["production"]
    declared = sorted(api.get("config_vars") or [])
    return {
        "name": service.name,
        "base_url": place if isinstance(place, str) else place["base_url"],
        "sso_url": None if isinstance(place, str) else place.get("sso_url"),
        "config_vars": declared,
    }


def _named(addons: Iterable[Addon]) -> list[Json]:
    return [{"id": each.id, "name": each.name} for each in addons]


def _missing(rows: Snapshot, begun: datetime, kept: int) -> str | None:
    oldest = rows.find(Exchange)
    if oldest is None or rows.highest(Exchange, "seq") <= kept or oldest.created_at <= begun:
        return None
    return (
        f"exchanges from before {iso(oldest.created_at)} are gone: the platform keeps about the newest {kept} of all "
        "(PLATFORM_SIM_EXCHANGES_KEPT)"
    )


class Secrets:
    """Gives each secret its placeholder, called after the field in which it is met first."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}
        self._counts: dict[str, int] = {}

    def placed(self, value: Any, name: str = "secret") -> Any:
        """The same JSON value with placeholders in place of marks."""
        if isinstance(value, dict):
            # A partner's list of config vars says the name beside the value.
            beside = str(value["name"]) if set(value) == {"name", "value"} else ""
            return {key: self.placed(each, beside if beside and key == "value" else key) for key, each in value.items()}
        if isinstance(value, list):
            return [self.placed(each, name) for each in value]
        if not isinstance(value, str):
            return value
        return MARKED.sub(lambda found: self._placeholder(found[1], name), value).replace(HIDDEN, UNKNOWN)

    def _placeholder(self, mark: str, name: str) -> str:
        if mark not in self._known:
            self._counts[name] = number = self._counts.get(name, 0) + 1
            self._known[mark] = cassettes.placeholder(name, number)
        return self._known[mark]


def _exchange(row: Exchange, numbers: dict[str, int], secrets: Secrets) -> Json:
    told = {"status": row.status, "headers": row.response_headers, "body": _body(row, "response_body")}
    return {
        "number": numbers[row.id],
        "at": row.created_at.isoformat(),
        "from": PARTNER if row.inbound else PLATFORM,
        "addon": row.addon_id,
        "webhook": row.party != WITH_PARTNER,
        "follows": numbers.get(row.cause_id or ""),
        "request": {
            "method": row.method,
            "url": secrets.placed(_marked(row, "url"), "url"),
            "headers": secrets.placed(row.request_headers, "header"),
            "body": secrets.placed(_body(row, "request_body")),
        },
        "answer": secrets.placed(told),
        "problem": row.problem if row.status is None else None,
        "milliseconds": row.milliseconds,
    }


def _body(row: Exchange, name: str) -> Any:
    """JSON as it is, a form as its fields, anything else as text; None without a body."""
    text = _marked(row, name)
    if not text:
        return None
    if name == "request_body" and (parts_of(row.url).path.startswith("/oauth/token") or _is_form(row)):
        return dict(parse_qsl(text, keep_blank_values=True))
    try:
        return json_text.read(text)
    except ValueError:
        return text


def _marked(row: Exchange, name: str) -> str:
    """With marks, if they belong to it: of one that was cut, or was in a snapshot without secrets, they do not."""
    shown: str = getattr(row, name)
    marked = row.marked.get(name, shown)
    return marked if MARKED.sub(HIDDEN, marked) == shown else shown


def _is_form(row: Exchange) -> bool:
    kind = next((value for name, value in row.request_headers.items() if name.lower() == "content-type"), "")
    return kind.startswith("application/x-www-form-urlencoded")
