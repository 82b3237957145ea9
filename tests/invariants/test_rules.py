"""Rules that no broken platform was made for in test_can_fail: shown what they must not let pass."""

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from platform_sim.core.model.addons import Addon, Attachment
from platform_sim.core.model.apps import Release

from .. import support
from .at_rest import one_resource_a_uuid
from .fold import AppLog, Change, follow
from .partner import Partner
from .picture import Picture
from .platform import Reply
from .rule import RULES
from .witness import (
    a_dead_uuid_never_lives_again,
    completion_makes_one_release_for_each_attached_app,
    config_while_provisioning_makes_no_release,
    states_only_move_forward,
)

NOW = support.START


def addon(state: Any = "provisioned", **config: str) -> Addon:
    """`first`, of the service `alpha`."""
    return Addon(
        id="uuid",
        name="first",
        app_id="app",
        service_id="service",
        plan_id="plan",
        state=state,
        provider_id=None,
        provision_message=None,
        config=config,
        namespaces={},
        options={},
        region="us",
        actor_id="actor",
        acknowledged_at=NOW,
        deadline_at=None,
        created_at=NOW,
        updated_at=NOW,
    )


def picture(held: Addon, *attached: str) -> Picture:
    """With this add-on, attached to `app` under these names."""
    rows = {name: Attachment(name, "app", held.id, name, None, NOW, NOW) for name in attached}
    return Picture({held.id: held}, rows, {"service": "alpha"})


def release(version: int, description: str) -> Release:
    """Of `app`."""
    return Release("r", "app", version, description, "succeeded", "actor", "a@b", None, [], None, NOW, NOW)


def change(
    description: str, before: Picture, after: Picture, old: dict[str, str], new: dict[str, str], version: int = 1
) -> Change:
    """A release that changes an app's vars."""
    return Change(release(version, description), old, new, before, after, AppLog())


def test_states_go_back_or_rows_vanish() -> None:
    was, now = picture(addon("deprovisioning")), picture(addon("provisioned"))
    assert states_only_move_forward(was, now) == [
        "7 states_only_move_forward: first was deprovisioning, is provisioned"
    ]
    assert states_only_move_forward(was, Picture()) != []
    assert states_only_move_forward(now, was) == []


def test_the_dead_have_config_or_are_attached() -> None:
    dead = picture(addon("deprovisioned"))
    assert a_dead_uuid_never_lives_again(dead, picture(addon("deprovisioned", ALPHA_URL="x"))) != []
    assert a_dead_uuid_never_lives_again(dead, picture(addon("deprovisioned"), "ALPHA")) != []
    assert a_dead_uuid_never_lives_again(dead, dead) == []


def test_config_makes_a_release_too_early() -> None:
    before, after = picture(addon("provisioning"), "ALPHA"), picture(addon("provisioning", ALPHA_URL="x"), "ALPHA")
    early = change("Update ALPHA by alpha", before, after, {}, {"ALPHA_URL": "x"})
    assert config_while_provisioning_makes_no_release(before, after, [early]) != []
    assert config_while_provisioning_makes_no_release(before, after, []) == []


@pytest.mark.parametrize("times", [0, 2])
def test_completion_makes_no_release_or_two(times: int) -> None:
    before, after = picture(addon("provisioning"), "ALPHA"), picture(addon("provisioned"), "ALPHA")
    one = change("@ref:first completed provisioning.", before, after, {}, {})
    assert completion_makes_one_release_for_each_attached_app(before, after, [one] * times) != []
    assert completion_makes_one_release_for_each_attached_app(before, after, [one]) == []


def test_a_uuid_is_made_twice() -> None:
    partner = Partner("alpha", set())
    partner.made["uuid"] = 2
    assert one_resource_a_uuid(SimpleNamespace(partners={"alpha": partner}), None) != []


OWN, ITS = {"ALPHA_URL": "mine"}, {"ALPHA_URL": "its"}


@pytest.mark.parametrize(
    ("description", "old", "new"),
    [
        ("Initial release", {}, {"A": "1"}),
        ("Set A config vars", {}, {"A": "1", "B": "2"}),
        ("Remove A config vars", {"A": "1"}, {"A": "2"}),
        ("Attach ALPHA (@ref:first)", {}, {}),
        ("Detach ALPHA (@ref:first)", OWN, {}),
        ("Detach ALPHA (@ref:first)", ITS, ITS),
        ("@ref:first completed provisioning, setting ALPHA_URL.", {}, {}),
        ("Update ALPHA by alpha", ITS, {}),
        ("Nobody knows", {}, {}),
    ],
)
def test_a_release_changes_what_its_kind_may_not(description: str, old: dict[str, str], new: dict[str, str]) -> None:
    held = picture(addon(ALPHA_URL="its"), "ALPHA")
    found = follow(change(description, held, held, old, new))
    assert any("app_config_is_the_fold" in each for each in found)


def test_a_version_is_left_out() -> None:
    held = picture(addon())
    assert follow(change("Initial release", held, held, {}, {}, version=2)) != []


def test_a_customers_value_is_taken() -> None:
    """By a partner that removes the var."""
    before, after = picture(addon(ALPHA_URL="its"), "ALPHA"), picture(addon(), "ALPHA")
    log = AppLog(own=dict(OWN))
    taking = replace(change("Update ALPHA by alpha", before, after, OWN, {}), log=log)
    assert any("a_customers_own_value" in each for each in follow(taking))


def test_every_rule_says_what_it_is() -> None:
    assert [rule.name for rule in RULES.values() if not rule.find.__doc__] == []
    assert {rule.number for rule in RULES.values()} <= set(range(25))


def test_a_complaint_begins_with_number_and_name() -> None:
    reply = Reply(500, None)
    assert RULES["no_door_breaks"]("GET", "/x", reply) == ["0 no_door_breaks: GET /x answered 500"]
    assert RULES["all_ends_in_finite_time"](timedelta(hours=1), ["provision"])[0].startswith(
        "5 all_ends_in_finite_time:"
    )
