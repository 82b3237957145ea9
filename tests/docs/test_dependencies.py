"""docs/dependencies.md argues for each dependency of pyproject.toml, and for no other."""

import re
import tomllib

from .pages import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
PAGE = (ROOT / "docs" / "dependencies.md").read_text()
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in PAGE.splitlines() if line.startswith("| `")]


def name(requirement: str) -> str:
    """The package of a requirement, as package indexes compare names."""
    found = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert found is not None
    return re.sub(r"[-_.]+", "-", found.group()).lower()


def required() -> set[str]:
    """All packages: runtime and every extra; an extra that names another one of ours is not a package."""
    found = [*PROJECT["dependencies"], *(each for extra in PROJECT["optional-dependencies"].values() for each in extra)]
    return {name(each) for each in found} - {name(PROJECT["name"])}


def test_page_and_project_name_the_same_packages() -> None:
    told = [name(package) for row in ROWS for package in re.findall(r"`([^`]+)`", row[0])]
    assert set(told) == required()
    assert len(told) == len(set(told))


def test_each_is_argued_for() -> None:
    assert [row[0] for row in ROWS if len(row[1]) < 20] == []


def test_every_dependency_has_a_lower_bound_or_brings_only_types() -> None:
    every = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["dev"]]
    ours = name(PROJECT["name"])
    assert [each for each in every if not re.search(r"[>=]=", each) and not each.startswith("types-")] == [
        each for each in every if name(each) == ours
    ]
