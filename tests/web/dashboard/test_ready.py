"""What one platform's pages have compiled, those of the next one use."""

from pathlib import Path
from typing import NoReturn

import jinja2
import pytest
from werkzeug.routing import Rule

from ..world import World, new_world
from .browser import Browser

PAGE = "/dashboard/apps"


def test_the_next_platforms_pages_compile_nothing(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def compiled(*_: object, **__: object) -> NoReturn:
        raise AssertionError("compiled again")

    first = Browser(world).get(PAGE)
    monkeypatch.setattr(jinja2.Environment, "compile", compiled)
    monkeypatch.setattr(Rule, "_compile_builder", compiled)
    other = new_world(tmp_path)
    try:
        second = Browser(other).get(PAGE)
    finally:
        other.database.close()
    assert (second.text, second.links()) == (first.text, first.links())
