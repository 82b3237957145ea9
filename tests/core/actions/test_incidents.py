"""Incidents: declared, told more of, over."""

import pytest

from platform_sim.core.access import Actor
from platform_sim.core.actions.incidents import declare, incident_named, open_incidents, update, worst
from platform_sim.core.errors import InvalidParams, NotFound
from platform_sim.core.model.notices import SYSTEMS
from platform_sim.core.store import Transaction


def fares(tx: Transaction) -> list[str]:
    return [worst(tx, system) for system in SYSTEMS]


def test_a_system_fares_as_its_worst_incident(tx: Transaction, customer: Actor) -> None:
    assert fares(tx) == ["green", "green", "green"]
    slow = declare(tx, customer.account, "Slow", "yellow", ["Data", "Apps"], "All is slow.")
    assert slow.systems == ["Apps", "Data"]
    down = declare(tx, customer.account, "Down", "red", ["Data"], "It is down.")
    assert fares(tx) == ["yellow", "red", "green"]
    assert open_incidents(tx) == [down, slow]
    update(tx, customer.account, down, severity="blue")
    assert fares(tx) == ["yellow", "yellow", "green"]
    update(tx, customer.account, slow, resolved=True)
    assert fares(tx) == ["green", "blue", "green"]


def test_every_word_stays_the_newest_first(tx: Transaction, customer: Actor) -> None:
    made = declare(tx, customer.account, "Slow", "yellow", ["Apps"], "We look.")
    made = update(tx, customer.account, made, contents="We have found it.")
    made = update(tx, customer.account, made, contents="Fixed.", resolved=True)
    assert [(each["update_type"], each["contents"]) for each in made.updates] == [
        ("resolved", "Fixed."),
        ("update", "We have found it."),
        ("issue", "We look."),
    ]
    assert len({each["id"] for each in made.updates}) == 3
    assert incident_named(tx, made.id) == made
    with pytest.raises(InvalidParams, match="is resolved"):
        update(tx, customer.account, made, contents="Again?")


def test_what_cannot_be_said(tx: Transaction, customer: Actor) -> None:
    for title, severity, systems, contents in (
        ("", "red", ["Apps"], "x"),
        ("x" * 1001, "red", ["Apps"], "x"),
        ("x", "green", ["Apps"], "x"),
        ("x", "red", [], "x"),
        ("x", "red", ["Apps", "Moon"], "x"),
        ("x", "red", ["Apps"], " "),
    ):
        with pytest.raises(InvalidParams):
            declare(tx, customer.account, title, severity, systems, contents)
    made = declare(tx, customer.account, "x", "red", ["Apps"], "x")
    with pytest.raises(InvalidParams, match="Nothing to say"):
        update(tx, customer.account, made)
    with pytest.raises(NotFound):
        incident_named(tx, "x")
