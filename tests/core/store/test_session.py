"""Reading and writing rows, events and jobs."""

import sqlite3
from datetime import timedelta
from typing import Any

import pytest

from platform_sim.core.access import Actor
from platform_sim.core.model.accounts import Account
from platform_sim.core.model.apps import App, Dyno, Formation
from platform_sim.core.model.records import Event, Job, Sequence
from platform_sim.core.store import Database, Transaction

from ...support import START, dump, new_customer, new_database


def account(tx: Transaction, email: str, name: str | None = None) -> Account:
    return tx.insert(Account(tx.uuid("account"), email, name, tx.now(), tx.now()))


def test_get_needs_the_row_and_find_does_not(tx: Transaction) -> None:
    made = account(tx, "a@example.com")
    assert tx.get(Account, made.id) == made == tx.find(Account, email="a@example.com")
    assert tx.find(Account, email="b@example.com") is None
    with pytest.raises(KeyError, match="no Account with key 'nobody'"):
        tx.get(Account, "nobody")


def test_conditions_are_equal_one_of_or_nothing(tx: Transaction) -> None:
    a, b, c = (account(tx, f"{n}@example.com", name) for n, name in (("a", "x"), ("b", "y"), ("c", None)))
    assert tx.all(Account, name="x") == [a]
    assert tx.all(Account, name=("x", "y")) == [a, b]
    assert tx.all(Account, name=["y"]) == [b]
    assert tx.all(Account, name=None) == [c]
    assert tx.all(Account, name=[]) == []
    assert tx.all(Account, name="x", email="b@example.com") == []
    assert tx.count(Account) == 3
    assert tx.count(Account, name=("x", None, "y")) == 2, "a list asks for equality, and nothing equals NULL"


def test_values_are_those_of_the_rows_without_the_rest(tx: Transaction) -> None:
    b, a = (account(tx, f"{n}@example.com", name) for n, name in (("b", None), ("a", "x")))
    assert tx.values(Account, "email") == [("b@example.com",), ("a@example.com",)]
    assert tx.values(Account, "id", "name", order_by="email") == [(a.id, "x"), (b.id, None)]
    assert tx.values(Account, "email", "suspended_at", "created_at", name="x") == [
        ("a@example.com", None, a.created_at)
    ]
    assert tx.values(Account, "id", name=["y"]) == []
    with pytest.raises(ValueError, match="account has no column 'nothing'"):
        tx.values(Account, "nothing")


def test_rows_come_as_written_or_as_ordered(tx: Transaction) -> None:
    b, a, c = (account(tx, f"{n}@example.com") for n in "bac")
    assert tx.all(Account) == [b, a, c]
    assert tx.all(Account, desc=True) == [c, a, b]
    assert tx.all(Account, order_by="email") == [a, b, c]
    assert tx.all(Account, order_by="email", desc=True, limit=2) == [c, b]
    assert tx.find(Account, order_by="email", desc=True) == c


def test_names_of_columns_are_checked_so_that_no_input_becomes_sql(tx: Transaction) -> None:
    bad: Any = 'email" OR 1=1 --'
    condition: dict[str, Any] = {bad: "x"}
    with pytest.raises(ValueError, match="has no column"):
        tx.all(Account, **condition)
    with pytest.raises(ValueError, match="has no column"):
        tx.all(Account, order_by=bad)
    with pytest.raises(ValueError, match="has no column"):
        tx.update(account(tx, "a@example.com"), **{bad: "x"})


def test_values_cannot_become_sql(tx: Transaction) -> None:
    nasty = "x'; DROP TABLE account; --"
    made = account(tx, nasty, nasty)
    assert tx.find(Account, email=nasty) == made


def test_update_writes_the_named_columns_only_and_touches_updated_at(database: Database) -> None:
    with database.transaction() as tx:
        made = account(tx, "a@example.com", "before")
        other = account(tx, "b@example.com", "before")
    database.clock.advance(timedelta(minutes=5))
    with database.transaction() as tx:
        changed = tx.update(made, name="after")
        assert (changed.name, changed.email) == ("after", "a@example.com")
        assert changed.updated_at == START + timedelta(minutes=5)
        assert changed.created_at == START
        assert tx.get(Account, made.id) == changed
        assert tx.get(Account, other.id) == other
        assert tx.update(made, updated_at=START).updated_at == START


def test_a_stale_row_does_not_bring_other_columns_back(tx: Transaction) -> None:
    stale = account(tx, "a@example.com", "old")
    tx.update(stale, name="new")
    tx.update(stale, email="b@example.com")
    now = tx.get(Account, stale.id)
    assert (now.name, now.email) == ("new", "b@example.com")


def test_an_update_of_a_row_that_is_gone_is_an_error(tx: Transaction) -> None:
    made = account(tx, "a@example.com")
    tx.delete(made)
    with pytest.raises(KeyError, match="no Account"):
        tx.update(made, name="ghost")
    assert tx.count(Account) == 0


def test_deleting_one_and_many(tx: Transaction) -> None:
    a, _, _ = (account(tx, f"{n}@example.com", n) for n in "abc")
    tx.delete(a)
    assert [r.email for r in tx.all(Account)] == ["b@example.com", "c@example.com"]
    assert tx.delete_where(Account, name=("b", "c", "d")) == 2
    with pytest.raises(ValueError, match="would empty the table"):
        tx.delete_where(Account)


@pytest.mark.parametrize("same", ["id", "email"])
def test_keys_and_unique_columns_are_held_by_the_database(tx: Transaction, same: str) -> None:
    first = account(tx, "a@example.com")
    second = Account("other" if same == "email" else first.id, "b@example.com", None, START, START)
    if same == "email":
        second = Account("other", first.email, None, START, START)
    with pytest.raises(sqlite3.IntegrityError):
        tx.insert(second)


def test_a_version_or_a_process_type_exists_once_in_an_app(tx: Transaction, app: App) -> None:
    first = Formation("1", app.id, "web", 1, "Basic", "serve", START, START)
    tx.insert(first)
    with pytest.raises(sqlite3.IntegrityError):
        tx.insert(Formation("2", app.id, "web", 1, "Basic", "serve", START, START))


def test_events_are_numbered_in_all_and_within_their_subject(tx: Transaction, customer: Actor) -> None:
    before = tx.count(Event)
    made = [tx.record("thing", "create", s, customer.account, {"n": s}) for s in ("a", "b", "a")]
    assert [e.seq for e in made] == [1, 1, 2]
    assert [e.number for e in made] == [before + 1, before + 2, before + 3]
    assert tx.record("other", "create", "a", None, {}).seq == 1, "kinds count for themselves"
    assert tx.all(Event, kind="thing", order_by="number") == made
    assert (made[0].actor_id, made[0].actor_email) == (customer.account.id, customer.account.email)
    assert made[0].previous == {}
    assert len({e.id for e in made}) == 3


def test_events_and_jobs_name_their_cause(database: Database) -> None:
    with database.transaction("request-7") as tx:
        assert tx.record("thing", "create", "a", None, {}).cause_id == "request-7"
        assert tx.add_job("tell", "a", {}).cause_id == "request-7"
    with database.transaction() as tx:
        cause = tx.record("thing", "update", "a", None, {}).cause_id
        assert cause not in (None, "request-7")
        assert tx.add_job("tell", "a", {}).cause_id == cause
    with database.transaction() as tx:
        assert tx.record("thing", "update", "a", None, {}).cause_id not in (cause, "request-7")


def test_a_transaction_lists_its_events_for_the_listeners(tx: Transaction) -> None:
    event = tx.record("thing", "create", "a", None, {})
    assert tx.events[-1] is event


def test_a_job_is_due_now_or_when_said(tx: Transaction) -> None:
    job = tx.add_job("tell", "a", {"n": 1})
    assert (job.state, job.attempts, job.boot_id, job.run_at) == ("todo", 0, None, START)
    later = tx.add_job("tell", "a", {}, run_at=START + timedelta(hours=12))
    assert tx.get(Job, later.id).run_at == START + timedelta(hours=12)


def test_seeded_streams_run_on_in_the_rows_and_do_not_disturb_each_other(database: Database) -> None:
    def walk(order: str) -> dict[str, list[str]]:
        fresh = new_database(seed=5)
        made: dict[str, list[str]] = {"a": [], "b": []}
        for scope in order:
            with fresh.transaction() as tx:
                made[scope].append(tx.uuid("thing", scope))
        fresh.close()
        return made

    assert walk("aabb") == walk("abab")
    values = walk("aabb")
    assert len(set(values["a"] + values["b"])) == 4


def test_seeded_secrets_and_dice_are_streams_of_their_own(tx: Transaction) -> None:
    assert len({tx.secret("thing"), tx.secret("thing"), tx.uuid("thing"), tx.uuid("thing")}) == 4
    assert tx.dice("thing").random() != tx.dice("thing").random()


def test_without_a_seed_no_stream_is_kept() -> None:
    fresh = new_database(seed=None)
    with fresh.transaction() as tx:
        assert tx.uuid("a") != tx.uuid("a")
        new_customer(tx)
        assert tx.count(Sequence) == 0
        assert dump(tx)["Sequence"] == []
    fresh.close()


def test_none_and_big_values_pass(tx: Transaction, app: App) -> None:
    formation = Formation("1", app.id, "web", 2**40, "Basic", "x" * 100_000, START, START)
    tx.insert(formation)
    assert tx.get(Formation, "1") == formation
    assert tx.all(Dyno, retry_at=None) == []
