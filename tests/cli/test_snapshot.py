"""`platform-sim snapshot`: what is sent, written and shown."""

import io
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from platform_sim.core.model.snapshots import Wanted
from platform_sim.core.store import Database
from platform_sim.snapshots.album import Album

from ..snapshots.full import album, begin, close, taken
from .conftest import Run
from .fake_api import FakeApi

RESTORED: dict[str, Any] = {
    "now": "2026-03-01T12:00:00+00:00",
    "apps": 1,
    "addons": 2,
    "new_secrets": 0,
    "token": "token-of-the-fake",
}


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Any:
    made = album(tmp_path_factory.mktemp("album"))
    _first(made.database)
    yield made
    close(made)


def _first(database: Database) -> None:
    with database.transaction() as tx:
        begin(tx)


def test_it_is_taken_whole_or_not_at_all(api: FakeApi, run: Run, tmp_path: Path) -> None:
    asked = "GET /sim/snapshot?secrets=true&files=false&logs=true"
    api.on(asked, b"bytes of a file")
    file = tmp_path / "kept"
    result = run("snapshot", "take", str(file), "--secrets", "--logs")
    assert result.stdout == f"{file}: 15 bytes, with all secrets: keep it to yourself.\n"
    assert (file.read_bytes(), file.stat().st_mode & 0o777) == (b"bytes of a file", 0o600)
    api.fails("GET /sim/snapshot?secrets=false&files=true&logs=false", 422, "invalid_params", "No snapshot was taken.")
    failed = run("snapshot", "take", str(file), "--files", "--force")
    assert (failed.exit_code, "No snapshot was taken." in failed.stderr) == (1, True)
    assert file.read_bytes() == b"bytes of a file"
    assert [each.name for each in tmp_path.iterdir() if each.name.startswith(".kept")] == []
    assert run("snapshot", "take", str(tmp_path / "no" / "where")).exit_code == 3
    told = json.loads(run("snapshot", "take", str(file), "--secrets", "--logs", "--force", "--json").stdout)
    assert told == {"file": str(file), "bytes": 15, "secrets": True, "files": False, "logs": True}


def test_one_that_is_there_is_replaced_by_force_only(api: FakeApi, run: Run, tmp_path: Path) -> None:
    (tmp_path / "kept").write_bytes(b"the only one")
    refused = run("snapshot", "take", str(tmp_path / "kept"))
    assert (refused.exit_code, "add --force" in refused.stderr, api.asked) == (2, True, [])
    assert (tmp_path / "kept").read_bytes() == b"the only one"


def test_it_goes_to_stdout_whole_or_not_at_all(
    api: FakeApi, run: Run, alone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = "GET /sim/snapshot?secrets=false&files=false&logs=false"
    api.on(asked, b"\x00bytes\xff")
    result = run("snapshot", "take", "-")
    assert (result.stdout_bytes, result.stderr) == (b"\x00bytes\xff", "-: 7 bytes, without secrets.\n")
    assert list(alone.iterdir()) == []
    assert run("snapshot", "take", "-", "--json").exit_code == 2
    api.fails(asked, 422, "invalid_params", "No snapshot was taken.")
    run("snapshot", "take", "-")
    failed = run("snapshot", "take", "-")
    assert (failed.exit_code, failed.stdout) == (1, "")
    monkeypatch.setattr("platform_sim.cli.snapshot.take.sys", SimpleNamespace(stdout=Terminal()))
    refused = run("snapshot", "take", "-")
    assert (refused.exit_code, "no text for a terminal" in refused.stderr) == (2, True)


class Terminal(io.BytesIO):
    """Somebody who looks."""

    def isatty(self) -> bool:
        """They do."""
        return True


def test_it_is_restored_and_says_what_is_not_as_it_was(api: FakeApi, run: Run, tmp_path: Path) -> None:
    file = tmp_path / "kept"
    file.write_bytes(b'"a file"')
    api.on("POST /sim/snapshot", RESTORED)
    assert run("snapshot", "restore", str(file), "--yes").stdout == (
        "Restored: 1 app, 2 add-ons; it is 2026-03-01T12:00:00+00:00.\n"
    )
    sent = api.last("POST /sim/snapshot")
    assert (sent.body, sent.headers["content-type"]) == ("a file", "application/zip")
    api.on("POST /sim/snapshot", RESTORED | {"new_secrets": 3, "token": "another"})
    words = run("snapshot", "restore", str(file), "--yes").stdout
    words = run("snapshot", "restore", str(file), "--yes").stdout
    assert "3 secrets made anew" in words
    assert "The token has changed" in words
    assert "another" not in words
    assert json.loads(run("snapshot", "restore", str(file), "--yes", "--json").stdout)["new_secrets"] == 3
    assert run("snapshot", "restore", str(tmp_path / "none"), "--yes").exit_code == 3


def test_nobody_restores_by_a_slip(api: FakeApi, run: Run, tmp_path: Path) -> None:
    (tmp_path / "kept").write_bytes(b"x")
    result = run("snapshot", "restore", str(tmp_path / "kept"))
    assert (result.exit_code, api.asked) == (1, [])


def test_what_is_in_a_file_is_shown_without_a_platform(source: Album, run: Run, tmp_path: Path) -> None:
    file = tmp_path / "kept"
    file.write_bytes(taken(source))
    lines = run("snapshot", "show", str(file)).stdout.splitlines()
    assert lines[:2] == ["2026-03-01T12:00:00+00:00, frozen, seed 1", "without secrets and logs"]
    assert "1 customer" in lines[2]
    found = json.loads(run("snapshot", "show", str(file), "--json").stdout)
    assert (found["secrets"], found["rows"]["customer"], found["files"]) == (False, 1, [])
    file.write_bytes(taken(source)[:-30])
    broken = run("snapshot", "show", str(file))
    assert (broken.exit_code, str(file) in broken.stderr, "no snapshot" in broken.stderr) == (1, True, True)


def test_two_files_are_compared_and_one_with_the_platform(
    source: Album, api: FakeApi, run: Run, tmp_path: Path
) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    one.write_bytes(taken(source, secrets=True))
    same = run("snapshot", "diff", str(one), str(one))
    assert (same.exit_code, same.stdout) == (0, "No difference.\n")
    from_platform = io.BytesIO()
    with source.database.transaction() as tx:
        tx.add_job("provision", "somebody", {})
    source.take(from_platform, Wanted(secrets=True))
    other.write_bytes(from_platform.getvalue())
    told = run("snapshot", "diff", str(one), str(other))
    assert (told.exit_code, told.stdout) == (
        1,
        "platform: job provision of somebody new, due 2026-03-01T12:00:00+00:00\n",
    )
    api.on("GET /sim/snapshot?secrets=true&files=false&logs=false", from_platform.getvalue())
    found = run("snapshot", "diff", str(one), "--json")
    assert (found.exit_code, json.loads(found.stdout)["subjects"][0]["subject"]) == (1, "platform")
