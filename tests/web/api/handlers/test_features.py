"""Features over the API, as `heroku features` and `heroku labs` use them (heroku-cli §15)."""

import pytest

from ...world import Populated

PATH = "/apps/acme/features"


@pytest.mark.parametrize(("owner", "name"), [(PATH, "preboot"), ("/account/features", "dashboard-repositories-api")])
def test_a_feature_is_switched_on_and_off(full: Populated, owner: str, name: str) -> None:
    world = full.world
    shown = world.get(f"{owner}/{name}")
    assert shown["enabled"] is False
    assert world.get(f"{owner}/{shown['id']}") == shown
    for enabled in (True, False):
        changed = world.call("PATCH", f"{owner}/{name}", {"enabled": enabled})
        assert (changed.status_code, changed.json["enabled"]) == (200, enabled)
        assert [each["enabled"] for each in world.get(owner) if each["name"] == name] == [enabled]


def test_who_looks_for_an_app_s_feature_among_the_account_s_finds_none(full: Populated) -> None:
    answer = full.world.call("GET", "/account/features/preboot")
    assert (answer.status_code, answer.json["resource"]) == (404, "feature")


def test_an_app_s_switches_are_its_own(full: Populated) -> None:
    full.world.call("PATCH", f"{PATH}/preboot", {"enabled": True})
    assert full.world.get("/apps/other/features/preboot")["enabled"] is False
