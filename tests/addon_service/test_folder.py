"""The data folder's promises."""

import stat
from pathlib import Path

import pytest

from addon_service.errors import EnvironmentProblem
from addon_service.folder import DataFolder, write_whole


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_what_is_kept_is_made_once_and_private(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "a" / "b")
    assert folder.keep("password", lambda: "one") == "one"
    assert folder.keep("password", lambda: "two") == "one"
    assert DataFolder(tmp_path / "a" / "b").read("password") == "one"
    assert _mode(folder.path) == 0o700
    assert _mode(folder.path / "password") == 0o600
    assert [p.name for p in folder.path.iterdir()] == ["password"], "drafts must not stay behind"


def test_of_two_that_begin_together_the_first_wins(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)

    def slow() -> str:
        write_whole(tmp_path / "salt", "of-the-other")
        return "mine"

    assert folder.keep("salt", slow) == "of-the-other"


def test_an_absent_or_empty_file_reads_as_nothing(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    assert folder.read("client-secret") is None
    (tmp_path / "client-secret").write_text(" \n")
    assert folder.read("client-secret") is None
    (tmp_path / "client-secret").write_text("s3cret\n")
    assert folder.read("client-secret") == "s3cret"


def test_a_kept_file_that_is_empty_is_not_replaced_in_silence(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("")
    with pytest.raises(EnvironmentProblem, match="is empty"):
        DataFolder(tmp_path).keep("key", lambda: "new")


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(b"\xff\xfe")
    with pytest.raises(EnvironmentProblem, match="cannot read .*key"):
        DataFolder(tmp_path).read("key")


def test_a_path_that_is_no_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(EnvironmentProblem, match="--data"):
        DataFolder(tmp_path / "file")


def test_only_one_server_holds_the_folder(tmp_path: Path) -> None:
    first, second = DataFolder(tmp_path), DataFolder(tmp_path)
    with first.held(), pytest.raises(EnvironmentProblem, match="another addon_service"), second.held():
        pytest.fail("held twice")
    with second.held():
        pass


def test_writing_where_there_is_no_folder_is_explained(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblem, match="cannot write"):
        write_whole(tmp_path / "missing" / "ready.json", "{}")
