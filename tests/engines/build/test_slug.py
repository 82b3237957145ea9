"""engines/build/slug."""

import io
import tarfile
from pathlib import Path

import pytest

from platform_sim.engines.build import slug


def _tree(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name, encoding="utf-8")
    return folder


def _names(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("patterns", "left"),
    [
        ("*.psd\n# docs\n\n", {"docs/a.md", "x/docs/b.md", "test/t.py"}),
        ("docs", {"a.psd", "x/c.psd", "test/t.py"}),
        ("/docs", {"a.psd", "x/c.psd", "x/docs/b.md", "test/t.py"}),
        ("docs/  # the manual", {"a.psd", "x/c.psd", "test/t.py"}),
        ("x/*.psd\r\ntest/t.py", {"a.psd", "docs/a.md", "x/docs/b.md"}),
        ("**/b.md\nx/**.psd", {"a.psd", "docs/a.md", "test/t.py"}),
        ("/\n../*\n.", {"a.psd", "x/c.psd", "docs/a.md", "x/docs/b.md", "test/t.py"}),
    ],
)
def test_slugignore(tmp_path: Path, patterns: str, left: set[str]) -> None:
    app = _tree(tmp_path / "app", "a.psd", "x/c.psd", "docs/a.md", "x/docs/b.md", "test/t.py")
    _tree(tmp_path, "outside")
    (app / ".slugignore").write_text(patterns, encoding="utf-8")
    slug.apply_slugignore(app)
    assert _names(app) == left | {".slugignore"}
    assert (tmp_path / "outside").exists()


def test_slugignore_removes_a_link_and_not_what_it_points_to(tmp_path: Path) -> None:
    app = _tree(tmp_path / "app", "kept/file")
    (app / "way").symlink_to("kept")
    (app / ".slugignore").write_text("way", encoding="utf-8")
    assert slug.apply_slugignore(app) == 1
    assert _names(app) == {"kept/file", ".slugignore"}


def test_the_checksum_is_that_of_the_content(tmp_path: Path) -> None:
    one, two, three = (_tree(tmp_path / name, "a", "b/c") for name in ("one", "two", "three"))
    (three / "a").write_text("other", encoding="utf-8")
    assert slug.measure(one) == slug.measure(two) != slug.measure(three)
    assert slug.measure(one)[1].startswith("SHA256:")


def test_a_packed_slug_can_be_unpacked(tmp_path: Path) -> None:
    sink = io.BytesIO()
    slug.pack(_tree(tmp_path / "one", "a", "b/c"), sink)
    assert slug.measure(tmp_path / "one")[0] == len(sink.getvalue())
    with tarfile.open(fileobj=io.BytesIO(sink.getvalue())) as archive:
        assert archive.getnames() == ["./app", "./app/a", "./app/b", "./app/b/c"]


def test_a_slug_moves_across_file_systems(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = _tree(tmp_path / "work", "a")
    rename = Path.rename

    def one_file_system(self: Path, target: Path) -> Path:
        if self == made:
            raise OSError(18, "Invalid cross-device link")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", one_file_system)
    slug.move(made, tmp_path / "slugs" / "1")
    assert _names(tmp_path / "slugs") == {"1/a"}
