"""Faults: asked for, counted down, told; free without any; by chance only with a profile, by its seed alone."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from platform_sim.core.actions import faults
from platform_sim.core.actions.accounts import create_account
from platform_sim.core.errors import InvalidParams, NotFound
from platform_sim.core.model.fault_kinds import KINDS
from platform_sim.core.model.faults import Fault
from platform_sim.core.model.records import Event
from platform_sim.core.store import Database, Transaction

from ...support import new_database

STATUS = ("partner-status",)
POST: Mapping[str, Any] = {"service": "acme", "addon": ("acme-1", "id-1"), "app": ("shop", "id-2"), "method": "POST"}
DELETE = {**POST, "method": "DELETE"}


@pytest.fixture
def database() -> Iterator[Database]:
    made = new_database()
    yield made
    made.close()


def add(database: Database, kind: str = "partner-status", **more: Any) -> Fault:
    with database.transaction() as tx:
        return faults.add(tx, operator(tx), kind, **({"match": {}} | more))


def operator(tx: Transaction) -> Any:
    return create_account(tx, f"operator-{tx.uuid('who')}@example.com")


def taken(database: Database, facts: Mapping[str, Any] = POST) -> str | None:
    found = faults.take(database, STATUS, facts)
    return found.id if found else None


def told(database: Database) -> list[tuple[str, str]]:
    with database.snapshot() as rows:
        return [(e.action, e.subject_id) for e in rows.all(Event, kind="fault")]


def test_the_next_n_that_match_go_wrong_and_no_more(database: Database) -> None:
    fault = add(database, match={"service": "ac*", "method": "post", "app": "shop"}, times=2)
    assert taken(database, DELETE) is None
    assert [taken(database) for _ in range(3)] == [fault.id, fault.id, None]
    with database.snapshot() as rows:
        after = rows.get(Fault, fault.id)
        acted = rows.all(Event, kind="fault", action="update")
    assert (after.left, after.acted) == (0, 2)
    assert acted[0].data["on"] == {"service": "acme", "addon": "acme-1", "app": "shop", "method": "POST"}
    assert [each.data["left"] for each in acted] == [1, 0]


def test_the_first_that_was_made_goes_first_and_one_without_end_goes_on(database: Database) -> None:
    first = add(database)
    endless = add(database, times=None)
    assert [taken(database) for _ in range(4)] == [first.id, endless.id, endless.id, endless.id]


@pytest.mark.parametrize("wanted", ["id-1", "acme-1", "acme-?"])
def test_a_name_and_an_id_are_as_good(database: Database, wanted: str) -> None:
    add(database, match={"addon": wanted})
    assert taken(database) is not None


def test_brackets_mean_themselves_and_what_is_not_known_fits_nothing(database: Database) -> None:
    add(database, match={"path": "/[a]"}, times=None)
    assert [taken(database, {"path": path}) is not None for path in ("/[a]", "/a")] == [True, False]
    assert taken(database, {}) is None


def test_what_was_removed_acts_no_more(database: Database) -> None:
    one, other = add(database), add(database)
    with database.transaction() as tx:
        faults.remove(tx, operator(tx), faults.fault_named(tx, one.id[:8]))
    assert taken(database) == other.id
    add(database)
    with database.transaction() as tx:
        assert faults.clear(tx, operator(tx)) == 2
    assert database.faults == frozenset()
    assert [action for action, _ in told(database)].count("destroy") == 3


class _Asked(Exception):
    """Nobody is to ask the rows."""


def test_without_faults_of_its_kind_nobody_asks_the_rows(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    def asked(*_: object) -> None:
        raise _Asked

    add(database, "partner-html")
    before = database.version
    with monkeypatch.context() as patch:
        patch.setattr(database, "snapshot", asked)
        patch.setattr(database, "transaction", asked)
        assert taken(database) is None
    assert database.version == before
    add(database)
    with monkeypatch.context() as patch, pytest.raises(_Asked):
        patch.setattr(database, "snapshot", asked)
        taken(database)


def test_one_that_matches_nothing_writes_nothing(database: Database) -> None:
    add(database, match={"service": "other"})
    before = database.version
    assert taken(database) is None
    assert database.version == before


def test_what_waits_is_known_in_memory_after_commit_rollback_and_restart(tmp_path: Path) -> None:
    path = tmp_path / "rows.db"
    database = new_database(path)
    with pytest.raises(ZeroDivisionError), database.transaction() as tx:
        faults.add(tx, operator(tx), "partner-status", {})
        raise ZeroDivisionError
    assert database.faults == frozenset()
    add(database)
    assert database.faults == {"partner-status"}
    database.close()
    again = new_database(path)
    assert again.faults == {"partner-status"}
    assert taken(again) is not None
    assert again.faults == frozenset()
    again.close()


def test_in_a_transaction_it_acts_with_it_or_not_at_all(database: Database) -> None:
    fault = add(database)
    with pytest.raises(ZeroDivisionError), database.transaction() as tx:
        assert faults.take_in(tx, STATUS, POST) is not None
        raise ZeroDivisionError
    with database.transaction() as tx:
        found = faults.take_in(tx, STATUS, POST)
        assert found is not None
        assert found.id == fault.id
        assert faults.take_in(tx, STATUS, POST) is None


@pytest.mark.parametrize(
    ("wish", "why"),
    [
        ({"kind": "partner-statis"}, "Did you mean partner-status"),
        ({"match": {"servce": "x"}}, "it takes service"),
        ({"match": {"service": ""}}, "1 to 200 characters"),
        ({"kind": "partner-status", "match": {"path": ""}}, "1 to 200 characters: the path of the request"),
        ({"match": {"service": "x" * 201}}, "1 to 200 characters"),
        ({"times": 0}, "times must be 1 to"),
        ({"times": -1}, "times must be 1 to"),
        ({"amount": 422}, "whole number of status from 500 to 599"),
        ({"amount": 503.5}, "whole number"),
        ({"kind": "partner-html", "amount": 3}, "partner-html has no amount"),
    ],
)
def test_what_cannot_be_is_refused(database: Database, wish: dict[str, Any], why: str) -> None:
    with pytest.raises(InvalidParams, match=why):
        add(database, **wish)
    assert told(database) == []


def test_an_id_is_found_by_its_beginning_if_that_says_which(database: Database) -> None:
    one = add(database)
    with database.snapshot() as rows:
        assert faults.fault_named(rows, one.id[:4]) == one
        for beginning in ("", one.id[:3], "none-of-them"):
            with pytest.raises(NotFound, match="fault list"):
                faults.fault_named(rows, beginning)


def test_spent_ones_go_when_there_are_too_many(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(faults, "KEPT", 2)
    spent = add(database)
    taken(database)
    waiting = [add(database), add(database)]
    with database.snapshot() as rows:
        assert [each.id for each in rows.all(Fault)] == [each.id for each in waiting]
        assert rows.find(Fault, id=spent.id) is None
    with pytest.raises(InvalidParams, match="There are 2 faults already"):
        add(database)


def rolled(seed: int | None, *shops: str, name: str = "rough") -> list[tuple[str, bool]]:
    """Which calls for these apps go wrong, asked one after the other on a platform of its own."""
    database = new_database(seed=None)
    with database.transaction() as tx:
        faults.use_profile(tx, operator(tx), name, seed)
    found = [(shop, taken(database, {**POST, "app": shop}) is not None) for shop in shops]
    database.close()
    return found


def test_a_profile_goes_by_its_seed_and_by_nothing_else() -> None:
    shops = ["one", "other"] * 40
    first = rolled(7, *shops)
    assert rolled(7, *shops) == first
    assert 0 < sum(wrong for _, wrong in first) < 40
    assert rolled(8, *shops) != first
    assert sorted(rolled(7, *sorted(shops))) == sorted(first), "who is quicker changes nothing for the other"


def test_a_profile_is_in_place_of_the_one_before_and_scripts_go_first(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.transaction() as tx:
        faults.use_profile(tx, operator(tx), "rough", 1)
    script = add(database)
    with database.transaction() as tx:
        made = faults.use_profile(tx, operator(tx), "gentle")
    with database.snapshot() as rows:
        assert rows.all(Fault) == [script, *made]
    assert {each.origin for each in made} == {"gentle"}
    assert {each.kind for each in made} == {kind.name for kind in KINDS.values() if kind.gentle}
    assert len({each.seed for each in made}) == 1
    assert made[0].seed is not None
    with monkeypatch.context() as patch, database.transaction() as tx:
        patch.setattr(faults, "chance_of", lambda *_: 1.0)
        certain = faults.use_profile(tx, operator(tx), "rough", 1)
    other = add(database)
    expected = [script.id, other.id, next(each.id for each in certain if each.kind == "partner-status")]
    assert [taken(database) for _ in range(3)] == expected


def test_a_profile_begun_again_with_its_seed_does_the_same_again(database: Database) -> None:
    runs = []
    for _ in range(2):
        with database.transaction() as tx:
            faults.use_profile(tx, operator(tx), "rough", 5)
        runs.append([taken(database) is not None for _ in range(30)])
    assert runs[0] == runs[1]


@pytest.mark.parametrize(("name", "seed"), [("rogh", 1), ("rough", -1), ("rough", 2**63)])
def test_a_profile_that_there_is_not_is_refused(database: Database, name: str, seed: int) -> None:
    with database.transaction() as tx, pytest.raises(InvalidParams):
        faults.use_profile(tx, operator(tx), name, seed)


def test_a_profile_is_told_once_with_its_seed_and_so_is_its_end(database: Database) -> None:
    with database.transaction() as tx:
        faults.add(tx, operator(tx), "partner-html", {})
        faults.use_profile(tx, operator(tx), "rough", 5)
        faults.use_profile(tx, operator(tx), "gentle", 6)
        assert faults.clear(tx, operator(tx)) > 2
    with database.snapshot() as rows:
        told = [(each.action, each.data["fault"]) for each in rows.all(Event) if each.kind == "fault"]
    assert told == [
        ("create", "partner-html"),
        ("create", "profile rough, seed 5"),
        ("destroy", "profile rough, seed 5"),
        ("create", "profile gentle, seed 6"),
        ("destroy", "profile gentle, seed 6"),
        ("destroy", "partner-html"),
    ]


@pytest.mark.parametrize(
    ("kind", "method"), [("partner-html", "Get"), ("partner-html", "PATCH"), ("api-slow", "FETCH")]
)
def test_a_method_that_is_never_used_is_refused(database: Database, kind: str, method: str) -> None:
    with database.transaction() as tx:
        with pytest.raises(InvalidParams, match=f"'{method.upper()}' is never used: .* asked by .*POST"):
            faults.add(tx, operator(tx), kind, {"method": method})
        assert faults.add(tx, operator(tx), kind, {"method": "p*"}).match == {"method": "P*"}
