"""What is no snapshot of this version, or was meddled with: refused with a word, and nothing is changed."""

import hashlib
import io
import json
import random
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from platform_sim.core.access import Actor
from platform_sim.core.actions.apps import delete_app
from platform_sim.core.model.accounts import AccessToken, Account, Authorization
from platform_sim.core.model.addons import Addon, Attachment, Plan
from platform_sim.core.model.apps import App
from platform_sim.core.model.snapshots import BadSnapshot
from platform_sim.core.store.migrations import STEPS
from platform_sim.core.store.tables import TABLES
from platform_sim.snapshots.album import Album
from platform_sim.snapshots.container import VERSION

from ..support import dump, new_addon, new_app, new_customer, new_service
from .full import album, begin, close, put, taken

Entries = dict[str, bytes]


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Album]:
    made = album(tmp_path_factory.mktemp("source"))
    with made.database.transaction() as tx:
        begin(tx)
        customer = new_customer(tx)
        new_service(tx, "acme")
        new_addon(tx, customer, new_app(tx, customer, "shop"), "acme", {})
    yield made
    close(made)


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Album]:
    made = album(tmp_path_factory.mktemp("target"), snapshot_size_limit=2_000_000)
    with made.database.transaction() as tx:
        begin(tx)
    yield made
    close(made)


def unpacked(file: bytes) -> Entries:
    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(entries: Entries, *, digests: bool = True) -> bytes:
    """A file of these; with `digests` the head says what they are, as one says who meddles knowingly."""
    head = json.loads(entries["snapshot.json"])
    if digests and isinstance(head, dict) and "entries" in head:
        head["entries"] = {n: hashlib.sha256(c).hexdigest() for n, c in entries.items() if n != "snapshot.json"}
        entries = entries | {"snapshot.json": json.dumps(head).encode()}
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return target.getvalue()


def refused(target: Album, file: bytes, words: str) -> None:
    """Fails unless it is, and everything is as before."""
    with target.database.snapshot() as rows:
        before = dump(rows)
    folder = sorted(str(each) for each in target.layout.root.rglob("*"))
    with pytest.raises(BadSnapshot, match=words):
        put(target, file)
    with target.database.snapshot() as rows:
        assert dump(rows) == before
    assert sorted(str(each) for each in target.layout.root.rglob("*")) == folder
    assert target.database.chance.seed == 1


def head_with(**changes: Any) -> Callable[[Entries], None]:
    def change(entries: Entries) -> None:
        entries["snapshot.json"] = json.dumps(json.loads(entries["snapshot.json"]) | changes).encode()

    return change


def row_with(table: str, place: int, value: Any) -> Callable[[Entries], None]:
    """The first row of a table with another value in a column."""

    def change(entries: Entries) -> None:
        name = f"tables/{table}.jsonl"
        lines = entries[name].decode().splitlines()
        row = json.loads(lines[0])
        row[place] = value
        entries[name] = "".join(f"{line}\n" for line in [json.dumps(row), *lines[1:]]).encode()

    return change


def without(name: str) -> Callable[[Entries], None]:
    def change(entries: Entries) -> None:
        del entries[name]

    return change


HEADS = [
    (head_with(format="zip"), "does not say that it is one"),
    (head_with(version=VERSION + 1), "written by a newer platform-sim"),
    (head_with(version=0), "of which version"),
    (head_with(version="1"), "of which version"),
    (head_with(schema=len(STEPS) + 1), "newer platform-sim .tables of step"),
    (head_with(schema=0), "of which step"),
    (head_with(schema=None), "schema in snapshot.json is no int"),
    (head_with(clock={"now": "yesterday", "frozen": True}), "shows no time"),
    (head_with(clock={"now": "2026-03-01T12:00:00", "frozen": True}), "shows no time"),
    (head_with(clock={"now": "9999-03-01T12:00:00Z", "frozen": True}), "shows no time"),
    (head_with(clock=[]), "clock in snapshot.json is no dict"),
    (head_with(seed="7"), "seed is no number"),
    (head_with(seed=10**30), "seed is no number"),
    (head_with(secrets="no"), "secrets in snapshot.json is no bool"),
    (head_with(tables={}), "the table .* is missing"),
    (head_with(tables={"app": {"id": 1}}), "does not say what the table app holds"),
    (head_with(files=[{"kind": "repository"}]), "what it says of a file"),
    (head_with(entries={}), "should be there and is not, or the other way"),
    (without("tables/app.jsonl"), "does not hold the table app"),
    (without("secrets.json"), "secrets.json is no list"),
]
ROWS = [
    (row_with("app", 0, "../../etc"), "id of row 1 of app cannot be"),
    (row_with("app", 0, "a b"), "id of row 1 of app cannot be"),
    (row_with("app", 0, ".."), "id of row 1 of app cannot be"),
    (row_with("app", 0, None), "of app cannot be"),
    (row_with("sequence", 0, None), "id of row 1 of sequence cannot be"),
    (row_with("app", 1, {"a": 1}), "names no secret that there is"),
    (row_with("app", 1, [10**6]), "names no secret that there is"),
    (row_with("app", 1, [True]), "names no secret that there is"),
    (row_with("app", 1, "\ud800"), "app cannot be kept"),
    (row_with("app", 5, "perhaps"), "maintenance of a row of app is neither yes nor no"),
    (row_with("app", 13, "tomorrow"), "a row of app cannot be read|cannot be"),
    (row_with("release", 4, "splendid"), "status of row 1 of release cannot be"),
    (row_with("config_snapshot", 2, '{"A": 1}'), "vars of row 1 of config_snapshot cannot be"),
    (row_with("config_snapshot", 2, "[" * 100_000), "a row of config_snapshot cannot be read"),
    (row_with("event", 0, 10**30), "event cannot be kept"),
    (row_with("event", 0, 2), "event cannot be kept"),
]


def emptied(table: str) -> Callable[[Entries], None]:
    def change(entries: Entries) -> None:
        entries[f"tables/{table}.jsonl"] = b""

    return change


def with_field(noun: type, field: str, value: str) -> Callable[[Entries], None]:
    return row_with(TABLES[noun].name, list(TABLES[noun].types).index(field), value)


REFERENCES = [
    (
        with_field(Authorization, "account_id", "nobody"),
        "of the authorization .* is nobody, .* no such account",
    ),
    (with_field(AccessToken, "authorization_id", "none"), "of the access_token .* is none, .* no such authorization"),
    (with_field(App, "owner_id", "nobody"), "owner_id of the app .* is nobody, and there is no such account"),
    (with_field(App, "stack", "heroku-99"), "stack of the app .* is heroku-99, and there is no such stack"),
    (with_field(Addon, "plan_id", "none"), "plan_id of the addon .* is none, and there is no such plan"),
    (with_field(Plan, "service_id", "none"), "service_id of the plan .* and there is no such addon_service"),
    (with_field(Attachment, "addon_id", "none"), "addon_id of the attachment .* and there is no such addon"),
    (emptied("release"), "the app .* has no release that has succeeded"),
]


@pytest.mark.parametrize(("change", "words"), HEADS + ROWS + REFERENCES)
def test_what_was_meddled_with(source: Album, target: Album, change: Callable[[Entries], None], words: str) -> None:
    entries = unpacked(taken(source))
    change(entries)
    refused(target, packed(entries, digests="entries" not in words and "should be" not in words), words)


def test_what_was_changed_without_its_digest(source: Album, target: Album) -> None:
    entries = unpacked(taken(source, secrets=True))
    entries["tables/app.jsonl"] = entries["tables/app.jsonl"].replace(b'"shop"', b'"shoq"')
    refused(target, packed(entries, digests=False), "tables/app.jsonl is not what was written")
    del entries["tables/app.jsonl"]
    refused(target, packed(entries, digests=False), "should be there and is not")


def test_what_is_no_snapshot_at_all(source: Album, target: Album) -> None:
    for file in (b"", b"hello", b"PK\x05\x06" + bytes(18), json.dumps({"format": 1}).encode(), bytes(10_000)):
        refused(target, file, "this is no snapshot")
    for head in (b"not json", b"[]", b"[" * 100_000):
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as archive:
            archive.writestr("snapshot.json", head)
        refused(target, stream.getvalue(), "this is no snapshot")


def test_any_byte_that_is_lost_or_changed_is_noticed_or_means_nothing(source: Album, target: Album) -> None:
    file = taken(source, secrets=True)
    dice = random.Random(7)
    for _ in range(15):
        place = dice.randrange(len(file))
        broken = file[:place] + bytes([file[place] ^ (1 << dice.randrange(8))]) + file[place + 1 :]
        try:
            with target.ready(io.BytesIO(broken)) as ready:
                same = ready.snapshot.still
                assert [row.name for row in same.rows.all(App)] == ["shop"]
        except BadSnapshot:
            continue
    for size in range(0, len(file), len(file) // 5):
        refused(target, file[:size], "this is no snapshot|damaged")


def test_what_grows_without_end(source: Album, target: Album) -> None:
    entries = unpacked(taken(source))
    head_with(logs=True)(entries)
    entries["logs/x.log"] = b"0" * 3_000_000
    bomb = packed(entries)
    assert len(bomb) < 50_000
    refused(target, bomb, "larger than 2000000 bytes when it is unpacked")


def test_processes_of_a_file_are_never_believed(source: Album, tmp_path: Path) -> None:
    """Else a file could have the platform end any process of this machine as one of its own."""
    made = album(tmp_path / "made")
    put(made, taken(source, secrets=True))
    from_full = unpacked(taken(made, secrets=True))
    columns = [name for name, _ in json.loads(from_full["snapshot.json"])["tables"]["dyno"]]
    known: dict[str, Any] = dict.fromkeys(columns)
    known |= {"id": "d", "app_id": "a", "release_id": "r", "name": "web.1", "type": "web", "kind": "formation"}
    known |= {"command": "x", "size": "Basic", "env": "{}", "state": "up", "wanted": 1, "crashes": 0, "tty": 0}
    known |= {"pid": 1, "pid_started": 5.0, "port": 80, "boot_id": "b"}
    known |= {"created_at": "2026-03-01T12:00:00+00:00", "updated_at": "2026-03-01T12:00:00+00:00"}
    from_full["tables/dyno.jsonl"] = (json.dumps([known[each] for each in columns]) + "\n").encode()
    put(made, packed(from_full))
    with made.database.snapshot() as rows:
        dyno = dump(rows)["Dyno"][0]
    assert [dyno[name] for name in ("pid", "pid_started", "port", "boot_id", "state")] == [None] * 4 + ["starting"]
    close(made)


def test_what_verbs_leave_behind_is_not_refused(source: Album, tmp_path: Path) -> None:
    left, other = album(tmp_path / "left"), album(tmp_path / "other")
    put(left, taken(source, secrets=True))
    with left.database.transaction() as tx:
        app = tx.all(App)[-1]
        owner = tx.get(Account, app.owner_id)
        delete_app(tx, Actor(owner, tx.all(Authorization, account_id=owner.id)[0].id), app)
    file = taken(left, secrets=True)
    put(other, file)
    assert taken(other, secrets=True) == file
    close(left, other)
