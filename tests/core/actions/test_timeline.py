"""Rows as trees: parents as recorded, what begins, filters, and what a growing timeline tells."""

from typing import Any

import pytest

from platform_sim.core.access import Actor
from platform_sim.core.actions import exchanges
from platform_sim.core.actions.timeline import (
    WINDOW,
    Followed,
    Wish,
    chosen,
    cursor_of,
    newest_place,
    newest_steps,
    part,
    trees,
    wish_for,
)
from platform_sim.core.errors import InvalidParams, NotFound
from platform_sim.core.model.apps import App
from platform_sim.core.model.steps import Step, Tree
from platform_sim.core.store import Transaction

from ... import support


def step(name: str, parent: str | None = None, **more: Any) -> Step:
    """A step of the platform with itself."""
    fields: dict[str, Any] = {
        "kind": "event",
        "sender": "platform",
        "receiver": "platform",
        "title": name,
        "sentence": "",
        "section": "",
        "started": support.START,
        "milliseconds": None,
        "app_id": None,
        "addon_id": None,
        "place": (0, 0, 0),
    }
    return Step(id=name, parent=parent, **fields | more)


def names(tree: Tree) -> Any:
    """`(name, [children])`."""
    return (tree.step.id, [names(child) for child in tree.children]) if tree.children else tree.step.id


def test_a_step_stands_below_what_its_row_names() -> None:
    found = trees([step("call"), step("post", "call"), step("event", "call"), step("back", "post")])
    assert [names(tree) for tree in found] == [("call", [("post", ["back"]), "event"])]


def test_of_a_cause_that_is_no_step_the_first_is_the_beginning() -> None:
    found = trees([step("a", "gone"), step("b", "gone"), step("c", "other"), step("d", "b")])
    assert [names(tree) for tree in found] == [("a", [("b", ["d"])]), "c"]


@pytest.mark.parametrize(
    ("start", "most", "kept"),
    [
        (0, 9, ("a", [("b", ["c", "d"]), "e"])),
        (0, 2, ("a", ["b"])),
        (3, 1, ("a", [("b", ["d"])])),
        (3, 9, ("a", [("b", ["d"]), "e"])),
        (9, 1, "a"),
    ],
)
def test_a_part_of_a_tree_holds_what_its_steps_follow_from(start: int, most: int, kept: Any) -> None:
    [tree] = trees([step("a"), step("b", "a"), step("c", "b"), step("d", "b"), step("e", "a")])
    assert names(part(tree, start, most)) == kept


def test_the_newest_trees_that_fit() -> None:
    found = trees(
        [
            step("one", app_id="acme"),
            step("two", app_id="acme"),
            step("below-two", "two", addon_id="db", sender="partner"),
            step("three", app_id="other"),
        ]
    )

    def kept(wish: Wish, limit: int | None = None) -> list[str]:
        return [tree.step.id for tree in chosen(found, wish, limit)]

    assert kept(Wish()) == ["one", "two", "three"]
    assert kept(Wish(app_id="acme")) == ["one", "two"]
    assert kept(Wish(app_id="acme"), 1) == ["two"]
    assert kept(Wish(addon_id="db")) == kept(Wish(party="partner")) == ["two"]
    assert kept(Wish(app_id="other", addon_id="db")) == []


def test_a_growing_tree_is_told_whole_once_it_fits() -> None:
    followed = Followed(Wish(addon_id="db"))
    assert followed.fitting([step("call"), step("other")]) == []
    assert followed.fitting([step("event", "call")]) == []
    told = followed.fitting([step("post", "call", addon_id="db"), step("elsewhere", "other")])
    assert [each.id for each in told] == ["call", "event", "post"]
    assert [each.id for each in followed.fitting([step("back", "post"), step("more", "elsewhere")])] == ["back"]


def test_what_a_growing_timeline_remembers_has_an_end() -> None:
    followed = Followed(Wish(addon_id="db"))
    followed.fitting(step(str(number)) for number in range(5 * WINDOW))
    assert len(followed._head) == len(followed._trees) == 4 * WINDOW


def test_steps_come_in_the_order_in_which_they_were_written(tx: Transaction) -> None:
    tx.events.clear()
    for number in range(3):
        tx.record("thing", "create", f"thing-{number}", None, {})
        tx.events.clear()
        exchanges.begin(
            tx,
            id=f"exchange-{number}",
            party="partner",
            addon_id=None,
            method="POST",
            url="http://partner/heroku/resources",
            request_headers={},
            request_body="",
            status=None,
            response_headers={},
            response_body="",
            problem=None,
            milliseconds=0,
            cause_id=None,
        )
    exchanges.end(tx, "exchange-0", status=200, milliseconds=4)
    steps = newest_steps(tx)
    assert [each.kind for each in steps] == ["event", "exchange"] * 3, "an answer moves nothing"
    assert [each.is_open for each in steps if each.kind == "exchange"] == [False, True, True]
    seen = cursor_of(steps)
    assert seen == newest_place(tx) == (steps[-2].cursor[0], 4)
    assert newest_steps(tx, since=seen) == []
    exchanges.end(tx, "exchange-1", status=201, milliseconds=5)
    assert [(each.id, each.milliseconds) for each in newest_steps(tx, since=seen)] == [("exchange-1", 5)]
    assert len(newest_steps(tx, window=1)) == 2


def test_an_app_or_add_on_by_name_or_id(tx: Transaction, customer: Actor, app: App) -> None:
    gone = "3f2a9c1e-0000-4000-8000-00000000d0ad"
    assert wish_for(tx, "acme", None, None) == Wish(app_id=app.id)
    assert wish_for(tx, gone, "", "partner") == Wish(gone, None, "partner")
    with pytest.raises(NotFound):
        wish_for(tx, "nope", None, None)
    with pytest.raises(NotFound):
        wish_for(tx, None, "nope", None)
    with pytest.raises(InvalidParams):
        wish_for(tx, None, None, "nobody")
