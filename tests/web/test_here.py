"""One application serves many platforms, and each request finds the doors of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from platform_sim.web.here import HERE

from .world import World, new_world


@pytest.fixture
def two(tmp_path: Path) -> Iterator[tuple[World, World]]:
    made = new_world(tmp_path / "one"), new_world(tmp_path / "two")
    yield made
    for each in made:
        each.database.close()


def test_views_are_made_once(two: tuple[World, World]) -> None:
    first, second = (each.client.application for each in two)
    assert first is not second
    assert first.view_functions is second.view_functions
    assert first.url_map is second.url_map


def test_what_one_is_asked_the_other_knows_nothing_of(two: tuple[World, World]) -> None:
    """In turns: nothing of the one who was asked last is left."""
    first, second = two
    for number in range(3):
        assert first.call("POST", "/apps", {"name": f"mine-{number}"}).status_code == 201
        assert second.call("POST", "/sim/users", {"email": f"you-{number}@example.com"}).status_code == 201
    assert [app["name"] for app in first.get("/apps")] == ["mine-0", "mine-1", "mine-2"]
    assert second.get("/apps") == []
    assert len(second.get("/sim/users")) == len(first.get("/sim/users")) + 3
    assert first.call("GET", "/apps/mine-0", token=second.token).status_code == 200, "the same seed: the same token"


def test_a_call_inside_a_call_comes_back_to_its_own_doors(two: tuple[World, World]) -> None:
    """A partner without a socket may ask another platform while this one waits for its answer."""
    first, second = two

    def problems(manifest: dict[str, object]) -> list[str]:
        assert second.call("POST", "/apps", {"name": "inner"}).status_code == 201
        return []

    first.doors.manifest_problems = problems
    manifest = {"id": "acme", "api": {"password": "p" * 20, "sso_salt": "s" * 20}}
    first.call("POST", "/api/v3/addons/acme/manifests", {"contents": manifest})
    assert [app["name"] for app in second.get("/apps")] == ["inner"]
    assert first.get("/apps") == []


def test_nobody_is_asked_nobody_answers() -> None:
    with pytest.raises(RuntimeError, match="inside the view"):
        _ = HERE.database
