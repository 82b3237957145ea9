"""Dataclass <-> row: one table a noun, one column a field, converters chosen once per class."""

import dataclasses
import json
import re
import types
from collections.abc import Callable, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from platform_sim.core.model import (
    accounts,
    addons,
    apps,
    domains,
    drains,
    faults,
    logins,
    notices,
    pipelines,
    records,
    setups,
    teams,
    webhooks,
)

T = TypeVar("T")

NOUNS: tuple[type, ...] = (
    accounts.Account,
    accounts.Authorization,
    accounts.AccessToken,
    accounts.OauthClient,
    accounts.BrowserSession,
    teams.Team,
    teams.TeamMember,
    teams.Collaborator,
    teams.AppTransfer,
    apps.App,
    apps.Release,
    apps.ConfigSnapshot,
    apps.Slug,
    apps.Build,
    apps.Source,
    apps.Formation,
    apps.Dyno,
    apps.LogSessionRow,
    addons.AddonService,
    addons.ManifestVersion,
    addons.Plan,
    addons.Addon,
    addons.Attachment,
    drains.LogDrain,
    drains.LogInput,
    records.Job,
    records.Event,
    records.Exchange,
    records.Sequence,
    records.ClockState,
    webhooks.Webhook,
    webhooks.WebhookDelivery,
    domains.Domain,
    domains.SniEndpoint,
    pipelines.Pipeline,
    pipelines.PipelineCoupling,
    pipelines.Promotion,
    pipelines.PromotionTarget,
    pipelines.StageConfig,
    apps.FeatureSwitch,
    accounts.SshKey,
    teams.TeamInvitation,
    setups.AppSetup,
    setups.ReviewAppConfig,
    setups.ReviewApp,
    notices.Notification,
    notices.Favorite,
    logins.Credentials,
    logins.OauthSession,
    logins.BrowserLogin,
    logins.PreAuthorization,
    notices.Incident,
    faults.Fault,
)


_dump_json = json.JSONEncoder(separators=(",", ":"), sort_keys=True).encode
_decode = json.JSONDecoder().raw_decode


def _load_json(text: str) -> Any:
    """What `_dump_json` has written, so nobody looks for blanks around it."""
    return _decode(text)[0]


def _time_out(value: datetime) -> str:
    return value.isoformat()


def _bare_type(hint: Any) -> Any:
    """`X | None` -> X; `dict[str, str]` -> dict; Literal of strings -> str."""
    if get_origin(hint) in (Union, types.UnionType):
        hint = next(arg for arg in get_args(hint) if arg is not type(None))
    origin = get_origin(hint)
    return type(get_args(hint)[0]) if origin is not None and str(origin).endswith("Literal") else origin or hint


_INTO_ROW: dict[Any, Callable[[Any], Any]] = {
    dict: _dump_json,
    list: _dump_json,
    datetime: _time_out,
    bool: int,
}
_FROM_ROW: dict[Any, Callable[[Any], Any]] = {
    dict: _load_json,
    list: _load_json,
    datetime: datetime.fromisoformat,
    bool: bool,
}
SQL_TYPES: dict[Any, type] = {
    str: str,
    int: int,
    float: float,
    bool: int,
    dict: str,
    list: str,
    datetime: str,
}


class Table:
    """How one noun is kept. Built once per class at import."""

    def __init__(self, noun: type) -> None:
        self.noun = noun
        self.name = re.sub(r"(?<!^)(?=[A-Z])", "_", noun.__name__).lower()
        hints = get_type_hints(noun)
        self.types = {f.name: _bare_type(hints[f.name]) for f in dataclasses.fields(noun)}
        self.columns = tuple(self.types)
        self.key = "number" if "number" in self.types else "id"
        listed = ", ".join(f'"{c}"' for c in self.columns)
        self.select = f'SELECT {listed} FROM "{self.name}"'
        self.by_key = f'{self.select} WHERE "{self.key}" = ?'
        self.insert = f'INSERT INTO "{self.name}" ({listed}) VALUES ({", ".join("?" * len(self.columns))})'
        self._fields = attrgetter(*self.columns)
        self._into = {c: _INTO_ROW[t] for c, t in self.types.items() if t in _INTO_ROW}
        self._to = [(i, _INTO_ROW[t]) for i, t in enumerate(self.types.values()) if t in _INTO_ROW]
        self._from = [(i, _FROM_ROW[t]) for i, t in enumerate(self.types.values()) if t in _FROM_ROW]

    def value(self, column: str, value: Any) -> Any:
        """A field's value as SQLite keeps it."""
        convert = self._into.get(column)
        return value if value is None or convert is None else convert(value)

    def into_row(self, item: object) -> list[Any]:
        """A dataclass as the values of its columns."""
        values = list(self._fields(item))
        for index, convert in self._to:
            if values[index] is not None:
                values[index] = convert(values[index])
        return values

    def from_row(self, row: tuple[Any, ...]) -> Any:
        """The values of the columns as a dataclass."""
        values = list(row)
        for index, convert in self._from:
            if values[index] is not None:
                values[index] = convert(values[index])
        # A frozen class's own __init__ sets field by field the slow way: rows are read far more often than made.
        item: Any = object.__new__(self.noun)
        item.__dict__.update(zip(self.columns, values, strict=True))
        return item

    def values_from(self, columns: Sequence[str], rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        """Rows of these columns alone, each value as its field has it."""
        converts = [_FROM_ROW.get(self.types[column]) for column in columns]
        if not any(converts):
            return rows
        return [
            tuple(value if value is None or to is None else to(value) for value, to in zip(row, converts, strict=True))
            for row in rows
        ]


TABLES: dict[type, Table] = {noun: Table(noun) for noun in NOUNS}
