"""A dyno's own folder."""

from pathlib import Path

import pytest

from platform_sim.engines.dynos.workdir import make_home, remove_home


@pytest.fixture
def slug(tmp_path: Path) -> Path:
    slug = tmp_path / "slug"
    for name in (".heroku/python/bin", "node_modules/left", "lib/node_modules"):
        (slug / name).mkdir(parents=True)
    (slug / "Procfile").write_text("web: run")
    (slug / "lib" / "a.py").write_text("1")
    (slug / "current").symlink_to("lib")
    return slug


def test_files_are_copied_and_dependencies_linked(tmp_path: Path, slug: Path) -> None:
    home = tmp_path / "dynos" / "k1"
    make_home(home, slug)
    assert (home / "lib" / "a.py").read_text() == "1"
    assert (home / ".heroku").resolve() == slug / ".heroku"
    assert (home / "node_modules" / "left").is_dir()
    assert (home / "node_modules").is_symlink()
    assert not (home / "lib" / "node_modules").is_symlink()
    assert (home / "current").readlink() == Path("lib")
    assert (home / "lib" / "a.py").stat().st_mtime_ns == (slug / "lib" / "a.py").stat().st_mtime_ns


def test_what_a_dyno_writes_is_its_own_and_ends_with_it(tmp_path: Path, slug: Path) -> None:
    home = tmp_path / "k1"
    make_home(home, slug)
    (home / "Procfile").write_text("changed")
    (home / "upload").write_text("x")
    remove_home(home)
    assert not home.exists()
    assert (slug / "Procfile").read_text() == "web: run"
    assert (slug / ".heroku" / "python" / "bin").is_dir()


def test_without_a_slug_there_is_an_empty_folder(tmp_path: Path) -> None:
    make_home(tmp_path / "dynos" / "k1", None)
    assert list((tmp_path / "dynos" / "k1").iterdir()) == []
