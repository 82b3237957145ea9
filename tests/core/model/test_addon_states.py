"""The table of an add-on's states and ways: what the actions can do, neither more nor less."""

import ast
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import pytest

from platform_sim.core import actions
from platform_sim.core.model.addon_states import NOTHING, STATES, TRANSITIONS, transition
from platform_sim.core.model.addons import AddonState
from platform_sim.core.model.records import Event
from platform_sim.testing import Heroku, Partner, Refused

Story = Callable[[Heroku, Partner], None]


def _lived(heroku: Heroku, partner: Partner) -> None:
    addon = heroku.app("lived").addons.create("stated:free")
    addon.change_plan("stated:pro")
    addon.destroy()


def _reported(heroku: Heroku, partner: Partner) -> None:
    partner.answer("POST", 202)
    addon = heroku.app("reported").addons.create("stated:free")
    partner.finish(addon.uuid)
    heroku.app("reported").destroy()
    heroku.settle()


def _refused(heroku: Heroku, partner: Partner) -> None:
    partner.answer("POST", 422, {"message": "No."})
    with pytest.raises(Refused):
        heroku.app("refused").addons.create("stated:free")


def _late(heroku: Heroku, partner: Partner) -> None:
    partner.answer("POST", 202)
    heroku.app("late").addons.create("stated:free")
    heroku.clock.advance(hours=13)
    heroku.settle()


def _called_off(heroku: Heroku, partner: Partner) -> None:
    partner.answer("POST", 202)
    heroku.app("off").addons.create("stated:free").destroy()


def _unwilling(heroku: Heroku, partner: Partner) -> None:
    addon = heroku.app("kept").addons.create("stated:free")
    partner.answer("PUT", 422, {"message": "No."})
    with pytest.raises(Refused):
        addon.change_plan("stated:pro")
    partner.answer("DELETE", 422, {"message": "Not now."})
    with pytest.raises(Refused):
        addon.destroy()
    addon.destroy()


STORIES: dict[Story, dict[str, bool]] = {
    _lived: {},
    _reported: {},
    _refused: {},
    _late: {},
    _called_off: {},
    _unwilling: {"refused_delete_keeps_addon": True},
}


def ways(events: list[Event]) -> set[tuple[str, str]]:
    """What happened to the states of add-ons, by the event log."""
    found = set[tuple[str, str]]()
    for event in events:
        if event.kind != "addon":
            continue
        after = event.data["state"]
        before = NOTHING if event.action == "create" else event.previous.get("state", after)
        if before != after or "plan" in event.previous:
            found.add((before, after))
    return found


def test_all_ways_are_gone_and_no_others() -> None:
    found = set[tuple[str, str]]()
    for story, settings in STORIES.items():
        with Heroku(settings=settings) as heroku:
            heroku.clock.freeze()
            partner = Partner("stated")
            heroku.register(partner.manifest, plans=("free", "pro"), partner=partner)
            story(heroku, partner)
            with heroku._platform.database.snapshot() as rows:
                found |= ways(rows.all(Event))
    assert found == {(each.before, each.after) for each in TRANSITIONS}


def states_written() -> set[str]:
    """Every state that an action gives to an add-on: `tx.update(addon, state=...)`, `Addon(state=...)`."""
    found = set[str]()
    for file in Path(actions.__file__).parent.glob("*.py"):
        text = file.read_text()
        for node in ast.walk(ast.parse(text)) if "addon, state=" in text or "Addon(" in text else ():
            if not isinstance(node, ast.Call):
                continue
            names = [ast.unparse(each) for each in (node.func, *node.args[:1])]
            if names == ["tx.update", "addon"] or names[:1] == ["Addon"]:
                given = [each.value for each in node.keywords if each.arg == "state"]
                found |= {each.value for each in given if isinstance(each, ast.Constant)}
    return found


def test_what_is_written_somewhere_is_the_end_of_a_way() -> None:
    assert states_written() == {each.after for each in TRANSITIONS} == set(STATES) == set(get_args(AddonState))


def test_a_way_is_found_by_its_ends() -> None:
    assert transition("provisioning", "provisioned") is TRANSITIONS[1]
    assert transition("deprovisioned", "provisioned") is None
    assert len({each.id for each in TRANSITIONS}) == len(TRANSITIONS)
