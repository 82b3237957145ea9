"""Dataclass <-> row for every noun: the way there and back is the identity."""

from dataclasses import FrozenInstanceError, fields
from datetime import UTC, datetime
from typing import Any, get_type_hints

import pytest

from platform_sim.core.model import (
    accounts,
    addons,
    apps,
    domains,
    drains,
    faults,
    logins,
    notices,
    pipelines,
    records,
    setups,
    teams,
    webhooks,
)
from platform_sim.core.store import Transaction
from platform_sim.core.store.tables import NOUNS, TABLES, Table

MOMENT = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
FULL: dict[Any, Any] = {
    str: "täxt 'quoted'\n",
    int: 7,
    float: 1.25,
    bool: True,
    dict: {"b": {"deep": ["ü", None, 1.5]}, "a": "x"},
    list: ["z", "a"],
    datetime: MOMENT,
}


def filled(table: Table, *, empty: bool) -> Any:
    """An instance with every field set, or with None wherever that is allowed."""
    hints = get_type_hints(table.noun)
    return table.noun(
        **{name: None if empty and "None" in str(hints[name]) else FULL[kind] for name, kind in table.types.items()}
    )


def test_invariant_20_every_noun_comes_back_from_its_row_as_it_was(tx: Transaction) -> None:
    for noun in NOUNS:
        for empty in (False, True):
            item = filled(TABLES[noun], empty=empty)
            tx.insert(item)
            found: Any = tx.get(noun, getattr(item, TABLES[noun].key))
            assert found == item
            for field in fields(noun):
                assert type(getattr(found, field.name)) is type(getattr(item, field.name)), field.name
            tx.delete(item)


def test_every_noun_of_the_model_has_a_table() -> None:
    modules = (accounts, apps, addons, domains, drains, faults, logins, notices, pipelines, records)
    modules += (setups, teams, webhooks)
    defined = {
        value
        for module in modules
        for value in vars(module).values()
        if isinstance(value, type) and value.__module__ == module.__name__
    }
    assert defined == set(NOUNS)


@pytest.mark.parametrize("noun", NOUNS)
def test_a_row_in_the_hand_cannot_be_changed(noun: type) -> None:
    item = filled(TABLES[noun], empty=False)
    with pytest.raises(FrozenInstanceError):
        setattr(item, TABLES[noun].key, "other")


@pytest.mark.parametrize("noun", NOUNS)
def test_columns_are_the_fields_in_their_order(noun: type) -> None:
    assert TABLES[noun].columns == tuple(f.name for f in fields(noun))


def test_names_of_tables_are_the_nouns_in_lower_case() -> None:
    assert TABLES[addons.AddonService].name == "addon_service"
    assert TABLES[apps.LogSessionRow].name == "log_session_row"
    assert TABLES[apps.App].name == "app"


def test_rows_are_found_by_values_of_every_kind(tx: Transaction) -> None:
    item = filled(TABLES[apps.Dyno], empty=False)
    tx.insert(item)
    for column in TABLES[apps.Dyno].columns:
        assert tx.find(apps.Dyno, **{column: getattr(item, column)}) == item, column
