"""Platforms to take snapshots of: one with everything in it, a row of every noun by its types, nothing but rows."""

import io
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from pathlib import Path
from types import NoneType, UnionType
from typing import IO, Any, Literal, Union, get_args, get_origin, get_type_hints

from platform_sim.core.actions.first_rows import FirstRows, first_rows
from platform_sim.core.actions.logins import set_password
from platform_sim.core.model.accounts import Account
from platform_sim.core.model.apps import App, Release
from platform_sim.core.model.layout import Layout
from platform_sim.core.model.snapshots import Restored, Wanted
from platform_sim.core.store import Database, Transaction
from platform_sim.core.store.tables import NOUNS
from platform_sim.engines.logs.hub import LogHub
from platform_sim.engines.logs.outputs import OutputStore
from platform_sim.snapshots.album import Album
from platform_sim.snapshots.references import KEPT

from ..core.public.samples import samples
from ..support import START, new_database


def album(
    folder: Path, *, seed: int | None = 1, at: datetime | None = START, path: Path | None = None, **settings: Any
) -> Album:
    """Of a database that is empty. Close it."""
    database = new_database(path, seed=seed, at=at, **settings)
    folder.mkdir(parents=True, exist_ok=True)
    return Album(database, Layout(folder), LogHub(database.clock.now), OutputStore())


def begin(tx: Transaction) -> FirstRows:
    """What a start writes."""
    return first_rows(tx, None, ())


def fill(database: Database) -> None:
    """Rows in every state, as their verbs make them, and one more of each noun in which all fields say something."""
    with database.transaction() as tx:
        first = begin(tx)
        samples(tx)
        customer = tx.get(Account, first.customer_id)
        set_password(tx, customer, customer, "correct horse")
        for noun in NOUNS:
            if noun.__name__ not in ("ClockState", "Sequence"):
                tx.insert(made(noun))


def made(noun: type, mark: str = "made") -> Any:
    """A row by the types of its fields; each text names its field. A process's own fields are as at rest."""
    hints = get_type_hints(noun)
    values = {each.name: _value(hints[each.name], f"{mark}-{noun.__name__}-{each.name}") for each in fields(noun)}
    values |= {name: f"{mark}-{target.__name__}-id" for (of, name), target in KEPT.items() if of is noun}
    values |= {App: {"stack": "heroku-24"}, Release: {"status": "succeeded"}}.get(noun, {})
    return noun(**values | {name: None for name in ("pid", "pid_started", "port", "boot_id") if name in values})


def _value(hint: Any, name: str) -> Any:
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return _value(next(each for each in inner if each is not NoneType), name)
    if origin is Literal:
        return inner[-1]
    if origin is dict:
        return {"password": _value(inner[1], name)}
    if origin is list:
        return [_value(inner[0], name)]
    plain = {int: 1_000_000, float: 0.5, bool: True, datetime: START + timedelta(seconds=1)}
    return plain.get(hint, name)


def taken(source: Album, **wanted: bool) -> bytes:
    """A snapshot of now."""
    target = io.BytesIO()
    source.take(target, Wanted(**wanted))
    return target.getvalue()


def put(target: Album, file: bytes | IO[bytes], token: str | None = None) -> Restored:
    """In place of all."""
    source = io.BytesIO(file) if isinstance(file, bytes) else file
    with target.ready(source) as ready:
        return ready.put(token, begin)[1]


@dataclass(frozen=True)
class Keeper:
    """A platform of rows alone, as doors ask it (`Snapshots`)."""

    album: Album

    def take(self, target: IO[bytes], wanted: Wanted) -> None:
        self.album.take(target, wanted)

    def restore(self, source: IO[bytes]) -> Restored:
        return put(self.album, source)


def close(*albums: Album) -> None:
    """Let go of their rows."""
    for each in albums:
        each.database.close()


def all_texts(value: Any) -> Iterator[str]:
    """Every text in a value, names in dicts left out."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from all_texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from all_texts(each)
