"""A snapshot of an earlier version is brought up to date by the store's own migrations, or refused with a word."""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from platform_sim.core.model.accounts import Account
from platform_sim.core.model.apps import App
from platform_sim.core.model.snapshots import BadSnapshot
from platform_sim.core.store.migrations import STEPS
from platform_sim.core.store.schema import LATER
from platform_sim.snapshots.album import Album

from ..support import new_app, new_customer
from .full import album, begin, close, put, taken
from .test_refused import packed, unpacked

NAMES = [step.__name__ for step in STEPS]


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Album]:
    made = album(tmp_path_factory.mktemp("source"))
    with made.database.transaction() as tx:
        begin(tx)
        new_app(tx, new_customer(tx), "shop")
    yield made
    close(made)


def earlier(file: bytes, step: str, gone: dict[str, set[str]]) -> bytes:
    """The file as the version before `step` would have written it: without the tables of later steps, and without
    these columns."""
    entries = unpacked(file)
    head = json.loads(entries["snapshot.json"])
    head["schema"] = NAMES.index(step)
    later = {name for made in NAMES[NAMES.index(step) :] for name in LATER.get(made, ())}
    for name in later:
        del head["tables"][name], entries[f"tables/{name}.jsonl"]
    for table, columns in gone.items():
        kept = [place for place, (name, _) in enumerate(head["tables"][table]) if name not in columns]
        entries[f"tables/{table}.jsonl"] = _only(entries[f"tables/{table}.jsonl"], kept)
        head["tables"][table] = [head["tables"][table][place] for place in kept]
    return packed(entries | {"snapshot.json": json.dumps(head).encode()})


def _only(lines: bytes, kept: list[int]) -> bytes:
    rows: list[list[Any]] = [json.loads(line) for line in lines.splitlines()]
    return "".join(json.dumps([row[place] for place in kept]) + "\n" for row in rows).encode()


COLUMNS = {"exchange": {"inbound", "app_id", "actor_email", "seq", "after_event"}, "dyno": {"cause_id"}}


def test_tables_and_columns_of_later_come_to_it(source: Album, tmp_path: Path) -> None:
    old = earlier(taken(source, secrets=True), "causes", COLUMNS | {"authorization": {"cause_id"}})
    other = album(tmp_path)
    put(other, old)
    with other.database.snapshot() as rows:
        assert [app.name for app in rows.all(App)] == ["shop"]
    assert taken(other, secrets=True) == taken(source, secrets=True)
    close(other)


def test_secrets_that_were_left_out_are_made_there_too(source: Album, tmp_path: Path) -> None:
    old = earlier(taken(source), "causes", COLUMNS | {"authorization": {"cause_id"}})
    other = album(tmp_path)
    assert put(other, old).new_secrets > 0
    with other.database.snapshot() as rows:
        assert rows.find(Account, email="user@example.com") is not None
    assert taken(other) == taken(source)
    close(other)


@pytest.mark.parametrize(
    ("step", "gone", "words"),
    [
        ("people", {"app": {"name"}}, "cannot be brought to step"),
        ("causes", {"app": {"id"}}, "cannot be"),
        ("clock", {"release": {"version"}}, "cannot be"),
    ],
)
def test_what_its_version_cannot_have_written_is_refused(
    source: Album, tmp_path: Path, step: str, gone: dict[str, set[str]], words: str
) -> None:
    other = album(tmp_path)
    with pytest.raises(BadSnapshot, match=words):
        put(other, earlier(taken(source), step, gone))
    close(other)


def test_names_of_tables_are_names(source: Album, tmp_path: Path) -> None:
    entries = unpacked(taken(source))
    head = json.loads(entries["snapshot.json"])
    head["schema"] = 1
    head["tables"]['x"; DROP TABLE app; --'] = head["tables"].pop("app")
    entries['tables/x"; DROP TABLE app; --.jsonl'] = entries.pop("tables/app.jsonl")
    other = album(tmp_path)
    with (
        pytest.raises(BadSnapshot, match="is no table that an earlier version had"),
        other.ready(io.BytesIO(packed(entries | {"snapshot.json": json.dumps(head).encode()}))),
    ):
        pass
    close(other)
