"""docs/limits.md is as honest as the code: what it says is missing is missing, what lies on disk is told."""

import re
from pathlib import Path

import pytest

from platform_sim.cli.heroku.group import COMMANDS as CUSTOMERS
from platform_sim.cli.main import COMMANDS
from platform_sim.core.model.layout import Layout
from platform_sim.web.api.routes import table

from .pages import ROOT

PAGE = (ROOT / "docs" / "limits.md").read_text()
MISSING = PAGE.partition("## Not simulated yet")[2].partition("\n## ")[0]
SIMULATED = {(row.method, row.path): row.simulated for row in table()}
METHODS = "GET|POST|PUT|PATCH|DELETE"


@pytest.mark.parametrize("link", re.findall(rf"`((?:{METHODS}) /[^`]*)`", MISSING))
def test_a_link_that_is_told_to_be_missing_is(link: str) -> None:
    method, path = link.split()
    assert SIMULATED[method, path] is False, "it is simulated now: take it off the page"


def test_commands_that_are_told_to_be_missing_are() -> None:
    named = re.findall(r"`platform-sim (\w+)`", MISSING)
    assert set(named) == {"prune"}
    assert set(named) & set(COMMANDS) == set()
    assert "run" not in CUSTOMERS


def test_every_place_on_disk_is_told() -> None:
    root = Path("root")
    layout = Layout(root)
    found = [getattr(layout, name) for name, kind in vars(Layout).items() if isinstance(kind, property)]
    places = [path for each in found for path in (each if isinstance(each, tuple) else (each,))]
    places += [layout.source("x"), layout.slug_upload("x"), layout.build_work("x"), layout.build_cache("x")]
    rows = [line for line in PAGE.splitlines() if line.startswith("| `")]
    names = {path.relative_to(root).parts[0] for path in places}
    assert {name for name in names if not re.search(rf"`{name}/?`", "\n".join(rows))} == set()
