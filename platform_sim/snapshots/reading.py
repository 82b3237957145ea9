"""A file as a still: everything is checked before anybody may use it, whatever the file says of itself."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from platform_sim.core.clock import Chance
from platform_sim.core.model import json_text
from platform_sim.core.model.snapshots import BadSnapshot
from platform_sim.core.store.still import SCHEMA, CannotBeKept, Raw, Still, staged
from platform_sim.snapshots.checks import check_rows
from platform_sim.snapshots.container import Reader
from platform_sim.snapshots.files import Named, pieces_of
from platform_sim.snapshots.making import new_secrets
from platform_sim.snapshots.packing import KINDS
from platform_sim.snapshots.references import check_references
from platform_sim.snapshots.settle import settle

LARGEST_SEED = 1 << 62


@dataclass(frozen=True)
class Opened:
    """A snapshot that can be used. `made`: the secrets that stand in place of those that it did not hold."""

    still: Still
    files: Sequence[Named]
    content: Callable[[Named], Iterator[bytes]]
    logs: Mapping[str, str] | None
    has_secrets: bool
    made: Sequence[str] = field(repr=False)


@contextmanager
def opened(source: IO[bytes], limit: int) -> Iterator[Opened]:
    """A snapshot, while it is open; BadSnapshot if it cannot be used. `limit`: bytes that may come out of it."""
    reader = Reader(source, limit)
    seed, now, stands = _seed(reader), *_clock(reader)
    made = [] if reader.part("secrets", bool) else new_secrets(_forms(reader), Chance(seed))
    still = _still(reader, made, seed=seed, now=now, stands=stands)
    try:
        check_rows(still)
        check_references(still)
        settle(still)
        files = [_named(each) for each in reader.part("files", list)]
        logs = _logs(reader) if reader.part("logs", bool) else None
        yield Opened(still, files, lambda named: _content(reader, named), logs, reader.head["secrets"], made)
    finally:
        still.close()


def _still(reader: Reader, made: Sequence[str], *, seed: int | None, now: datetime, stands: bool) -> Still:
    schema = reader.part("schema", int)
    if not 0 < schema <= SCHEMA:
        raise BadSnapshot(
            f"the snapshot was written by a newer platform-sim (tables of step {schema}, this one knows {SCHEMA}): "
            "use the newer one"
            if schema > SCHEMA
            else "the snapshot is damaged: it does not say of which step its tables are"
        )
    tables = {name: _columns(reader, name, told) for name, told in reader.part("tables", dict).items()}

    def rows(name: str) -> Iterator[Raw]:
        return _rows(reader, name, len(tables[name]), made)

    try:
        return staged(tables, rows, schema, now=now, stands=stands, seed=seed)
    except CannotBeKept as problem:
        raise BadSnapshot(f"the snapshot cannot be used: {problem}") from None


def _columns(reader: Reader, table: str, told: object) -> dict[str, str]:
    """The columns of a table with their kinds, in the order of a line."""
    found = {}
    for pair in told if isinstance(told, list) else [None]:
        if not isinstance(pair, list) or len(pair) != 2 or not all(isinstance(each, str) for each in pair):
            raise BadSnapshot(f"the snapshot is damaged: it does not say what the table {table[:60]} holds")
        found[pair[0]] = pair[1]
    if f"tables/{table}.jsonl" not in reader.entries:
        raise BadSnapshot(f"the snapshot is damaged: it does not hold the table {table[:60]}")
    return found


def _rows(reader: Reader, name: str, width: int, made: Sequence[str]) -> Iterator[Raw]:
    entry = f"tables/{name}.jsonl"
    for number, line in enumerate(reader.lines(entry), start=1):
        try:
            row = json_text.read(line)
        except ValueError:
            row = None
        if not isinstance(row, list) or len(row) != width:
            raise BadSnapshot(f"the snapshot is damaged: line {number} of {entry} is no row")
        yield [_filled(value, made, entry, number) if isinstance(value, (list, dict)) else value for value in row]


def _filled(value: Any, made: Sequence[str], entry: str, number: int) -> str:
    """Text and numbers with secrets in the place of numbers."""
    parts = value if isinstance(value, list) else [None]
    found = []
    for part in parts:
        if isinstance(part, str):
            found.append(part)
        elif type(part) is int and 0 < part <= len(made):
            found.append(made[part - 1])
        else:
            raise BadSnapshot(f"the snapshot is damaged: line {number} of {entry} names no secret that there is")
    return "".join(found)


def _forms(reader: Reader) -> list[object]:
    return _listed(reader, "secrets.json")


def _listed(reader: Reader, entry: str) -> list[object]:
    try:
        found = json_text.read(reader.text(entry)) if entry in reader.entries else None
    except ValueError as problem:
        if isinstance(problem, BadSnapshot):
            raise
        found = None
    if not isinstance(found, list):
        raise BadSnapshot(f"the snapshot is damaged: {entry} is no list")
    return found


def _seed(reader: Reader) -> int | None:
    seed = reader.head.get("seed")
    if seed is not None and (type(seed) is not int or abs(seed) > LARGEST_SEED):
        raise BadSnapshot("the snapshot is damaged: its seed is no number")
    return seed


def _clock(reader: Reader) -> tuple[datetime, bool]:
    told = reader.part("clock", dict)
    try:
        now = datetime.fromisoformat(told["now"])
    except (KeyError, TypeError, ValueError):
        now = None
    if now is None or now.tzinfo is None or not 1970 <= now.year < 3000 or type(told.get("frozen")) is not bool:
        raise BadSnapshot("the snapshot is damaged: its clock shows no time")
    return now, told["frozen"]


def _named(told: object) -> Named:
    if isinstance(told, dict) and told.keys() == {"kind", "id", "digest", "size", "where"}:
        texts = all(isinstance(told[name], str) for name in ("kind", "id", "digest", "where"))
        if texts and told["kind"] in KINDS and type(told["size"]) is int:
            return Named(**told)
    raise BadSnapshot("the snapshot is damaged: what it says of a file cannot be read")


def _content(reader: Reader, named: Named) -> Iterator[bytes]:
    entry = f"files/{named.digest}"
    if entry in reader.entries:
        if reader.entries[entry] != named.digest:
            raise BadSnapshot(f"the snapshot is damaged: {entry} is something else")
        return reader.pieces(entry)
    where = Path(named.where)
    if not named.where or not where.is_absolute() or not where.is_file() or where.stat().st_size != named.size:
        raise BadSnapshot(
            f"the {named.kind} of {named.id} is not in the snapshot, and no longer where it was "
            f"({named.where or 'nowhere'}): take it with --files, where it still is"
        )
    return pieces_of(named.where)


def _logs(reader: Reader) -> dict[str, str]:
    names = [name for name in reader.entries if name.startswith(("logs/", "outputs/"))]
    return {name: reader.text(name) for name in names}
