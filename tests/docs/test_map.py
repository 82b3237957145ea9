"""platform_sim/README.md is the map of what is really there."""

import re

import pytest

from .pages import ROOT

PROGRAM = ROOT / "platform_sim"
PAGE = (PROGRAM / "README.md").read_text()
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in PAGE.splitlines() if line.startswith("|")]
NAMED = {name for cells in ROWS for name in re.findall(r"`([\w.]+/?)`", cells[0])}


def members(folder: str) -> set[str]:
    """What lies in a room: folders with a slash, Python files but the room's own sentence."""
    found = set()
    for path in (PROGRAM / folder).iterdir():
        if path.is_dir() and (path / "__init__.py").exists():
            found.add(f"{path.name}/")
        elif path.suffix == ".py" and path.name != "__init__.py":
            found.add(path.name)
    return found


def test_every_room_is_on_the_map() -> None:
    assert members(".") - NAMED == set()


@pytest.mark.parametrize("room", ["core", "engines"])
def test_every_part_of_a_room_is_on_the_map(room: str) -> None:
    assert members(room) - NAMED == set()


def test_every_door_is_on_the_map() -> None:
    assert {name for name in members("web") if name.endswith("/")} - NAMED == set()


def test_nothing_on_the_map_is_gone() -> None:
    places = {folder.name + "/" for folder in PROGRAM.rglob("*") if folder.is_dir()}
    files = {path.name for path in PROGRAM.rglob("*.py")}
    assert NAMED - places - files == set()


def test_every_path_in_the_text_is_there() -> None:
    paths = re.findall(r"`((?:core|web|engines|partners|cli|demo)/[\w/.]+)`", PAGE)
    assert len(paths) > 10
    assert [path for path in paths if not (PROGRAM / path).exists()] == []
