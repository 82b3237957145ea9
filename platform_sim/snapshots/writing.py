"""A still as a file: its head, a file of lines for each table, and what the platform has in files.

A line is a row: the values of its columns as the store keeps them, and a list of text and numbers where secrets are
left out.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import IO, Any

from platform_sim.core.model.secrecy import Secret, secrets_of
from platform_sim.core.store.still import SCHEMA, Raw, Still, kinds_of
from platform_sim.core.store.tables import TABLES, Table
from platform_sim.snapshots.container import FORMAT, VERSION, Writer
from platform_sim.snapshots.files import Named, pieces_of
from platform_sim.snapshots.hiding import LATER, Numbers, cut

_encode = json.JSONEncoder(separators=(",", ":"), ensure_ascii=True, check_circular=False).encode


def write(
    still: Still,
    target: IO[bytes],
    *,
    secrets: bool,
    files: Iterable[Named],
    files_inside: bool,
    logs: Mapping[str, str] | None,
) -> None:
    """The whole file. `still` has been settled; `logs`: name of the entry -> its text, None without any."""
    head: dict[str, Any] = {
        "format": FORMAT,
        "version": VERSION,
        "schema": SCHEMA,
        "secrets": secrets,
        "logs": logs is not None,
        "seed": still.seed,
        "clock": {"now": still.now.isoformat(), "frozen": still.stands},
        "tables": {table.name: list(kinds_of(table).items()) for table in TABLES.values()},
    }
    writer = Writer(head)
    tables = Tables(still, secrets)
    for noun, table in TABLES.items():
        writer.add_text(f"tables/{table.name}.jsonl", tables.text(noun))
    if not secrets:
        writer.add_text("secrets.json", _encode(tables.numbers.forms))
    head["files"] = [_shown(each, files_inside) for each in files]
    for digest, where in {each.digest: each.where for each in files}.items() if files_inside else ():
        writer.add(f"files/{digest}", partial(pieces_of, where), digest)
    for name, text in (logs or {}).items():
        writer.add_text(name, text)
    writer.write(target)


def _shown(named: Named, inside: bool) -> dict[str, Any]:
    shown = {"kind": named.kind, "id": named.id, "digest": named.digest, "size": named.size}
    return shown | {"where": "" if inside else named.where}


class Tables:
    """The lines of all tables, secrets left out or not."""

    def __init__(self, still: Still, secrets: bool) -> None:
        self._still = still
        self.numbers = Numbers()
        self._cut: dict[type, dict[int, tuple[Secret, bool]]] = {}
        if not secrets:
            self._cut = {noun: found for noun, table in TABLES.items() if (found := _hidden(noun, table))}
        self._rows = {noun: [list(row) for row in still.raw(noun)] for noun in self._cut}
        for later in (False, True):
            for noun, rows in self._rows.items():
                columns = [(i, s, j) for i, (s, j) in self._cut[noun].items() if (s.form in LATER) == later]
                self._hide(rows, columns)

    def _hide(self, rows: Sequence[list[Any]], columns: Sequence[tuple[int, Secret, bool]]) -> None:
        for row in rows:
            for index, secret, is_json in columns:
                if isinstance(row[index], str):
                    row[index] = cut(secret, is_json, row[index], self.numbers)

    def text(self, noun: type) -> str:
        """All lines of a noun."""
        rows: Iterable[Raw] = self._rows[noun] if noun in self._rows else self._still.raw(noun)
        return "".join(_lines(rows))


def _lines(rows: Iterable[Raw]) -> Iterator[str]:
    return (f"{_encode(list(row))}\n" for row in rows)


def _hidden(noun: type, table: Table) -> dict[int, tuple[Secret, bool]]:
    """Place of a column -> what of it is secret, and whether it is JSON."""
    found = secrets_of(noun)
    return {
        index: (found[column], kind in (dict, list))
        for index, (column, kind) in enumerate(table.types.items())
        if column in found
    }
