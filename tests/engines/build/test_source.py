"""engines/build/source."""

import gzip
import io
import os
import tarfile
from pathlib import Path

import pytest

from platform_sim.engines.build.source import SourceRefused, unpack

from .making import Files, link, tarball

ROOMY = {"max_bytes": 10_000_000, "max_files": 1_000}


def _names(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


@pytest.mark.parametrize("mode", ["w", "w:gz"])
def test_files_come_out_with_content_time_and_executable_bit(tmp_path: Path, mode: str) -> None:
    made = tarball(tmp_path / "s", {"Procfile": "web: x", "bin/run*": "#!/bin/sh"}, mode)
    unpack(made, tmp_path / "app", **ROOMY)
    assert (tmp_path / "app" / "Procfile").read_text() == "web: x"
    assert os.access(tmp_path / "app" / "bin" / "run", os.X_OK)
    assert not os.access(tmp_path / "app" / "Procfile", os.X_OK)
    assert (tmp_path / "app" / "Procfile").stat().st_mtime == 0


def test_a_single_folder_on_top_is_left_out(tmp_path: Path) -> None:
    made = tarball(tmp_path / "s", {"app-1234/Procfile": "web: x", "app-1234/app-1234/y": ""})
    unpack(made, tmp_path / "app", **ROOMY)
    assert _names(tmp_path / "app") == {"Procfile", "app-1234", "app-1234/y"}


def test_git_never_comes_along(tmp_path: Path) -> None:
    files = {"Procfile": "web: x", ".git/config": "secret", "sub/.git": "gitdir: ../.git", "sub/.gitignore": "x"}
    unpack(tarball(tmp_path / "s", files), tmp_path / "app", **ROOMY)
    assert _names(tmp_path / "app") == {"Procfile", "sub", "sub/.gitignore"}


def test_links_inside_are_made(tmp_path: Path) -> None:
    files: Files = {"a/x": "here", "l": link("b/soft", "../a/x"), "h": link("hard", "a/x", tarfile.LNKTYPE)}
    unpack(tarball(tmp_path / "s", files), tmp_path / "app", **ROOMY)
    assert (tmp_path / "app" / "b" / "soft").is_symlink()
    assert (tmp_path / "app" / "b" / "soft").read_text() == (tmp_path / "app" / "hard").read_text() == "here"


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"../out": "x"}, "'../out'"),
        ({"/tmp/out": "x"}, "'/tmp/out'"),
        ({"a/../../out": "x"}, "outside the app's folder"),
        ({"p": "", "x": link("x", "/etc/passwd")}, "a link to '/etc/passwd'"),
        ({"p": "", "x": link("x", "../secret")}, "must be relative and stay inside"),
        ({"p": "", "x": link("a", "b"), "y": link("b", "a")}, "must be relative and stay inside"),
        ({"p": "", "x": link("a", ".."), "a/out": "x"}, "'a' twice"),
        ({"p": "", "x": link("h", "../../etc/passwd", tarfile.LNKTYPE)}, "outside the app's folder"),
        ({"p": "", "x": link("h", "nowhere", tarfile.LNKTYPE)}, "which is not in it"),
        ({"p": "", "x": link("pipe", "", tarfile.FIFOTYPE)}, "a device or pipe"),
        ({"a": "file", "a/b": "below a file"}, "cannot be unpacked"),
        ({"top/a": "", "x": link("top/out", "..")}, "must be relative and stay inside"),
    ],
)
def test_nothing_gets_outside(tmp_path: Path, files: Files, said: str) -> None:
    (tmp_path / "in").mkdir()
    with pytest.raises(SourceRefused) as caught:
        unpack(tarball(tmp_path / "in" / "s", files), tmp_path / "in" / "app", **ROOMY)
    assert said in str(caught.value)
    assert not (tmp_path / "out").exists()
    assert not (tmp_path / "in" / "out").exists()


def test_two_links_that_lead_out_together_are_refused(tmp_path: Path) -> None:
    files: Files = {"p": "", "d/e/f": "", "a": link("a", "d/e"), "b": link("b", "a/../../..")}
    with pytest.raises(SourceRefused):
        unpack(tarball(tmp_path / "s", files), tmp_path / "app", **ROOMY)


def test_too_many_files_are_refused(tmp_path: Path) -> None:
    made = tarball(tmp_path / "s", {str(number): "" for number in range(4)})
    with pytest.raises(SourceRefused, match="more than 3 files"):
        unpack(made, tmp_path / "app", max_bytes=100_000, max_files=3)


def test_a_bomb_is_refused_before_it_is_on_disk(tmp_path: Path) -> None:
    made = tarball(tmp_path / "s", {"zeros": bytes(3_000_000)})
    assert made.stat().st_size < 10_000
    with pytest.raises(SourceRefused, match="larger than 1000000 bytes"):
        unpack(made, tmp_path / "app", max_bytes=1_000_000, max_files=10)
    assert (tmp_path / "app" / "zeros").stat().st_size <= 1_000_000


def _gzipped(data: bytes) -> bytes:
    sink = io.BytesIO()
    with gzip.GzipFile(fileobj=sink, mode="wb") as file:
        file.write(data)
    return sink.getvalue()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"PK\x03\x04 and more", "a zip file, not a tarball"),
        (b"BZh9", "bzip2, not a tarball"),
        (b"<html>not found</html>" * 50, "not a whole .tar"),
        (_gzipped(b"no tar " * 200), "not a whole .tar"),
        (_gzipped(bytes(20_000))[:-9], "not a whole .tar"),
        (b"\x1f\x8bgarbage", "not a whole .tar"),
    ],
    ids=["zip", "bzip2", "html", "no-tar", "cut", "garbage"],
)
def test_what_is_no_tarball_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "s").write_bytes(content)
    with pytest.raises(SourceRefused, match=said):
        unpack(tmp_path / "s", tmp_path / "app", **ROOMY)


def test_a_tarball_cut_in_the_middle_is_refused(tmp_path: Path) -> None:
    made = tarball(tmp_path / "s", {"a": bytes(100_000)}, "w")
    made.write_bytes(made.read_bytes()[:50_000])
    with pytest.raises(SourceRefused):
        unpack(made, tmp_path / "app", **ROOMY)
