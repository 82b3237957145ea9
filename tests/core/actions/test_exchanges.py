"""The ledger of exchanges: bounded, in one order with the events, open until there is an answer."""

from typing import Any

import pytest

from platform_sim.core.access import Actor
from platform_sim.core.actions import exchanges
from platform_sim.core.actions.exchanges import CUT, Incoming
from platform_sim.core.model.accounts import Authorization
from platform_sim.core.model.apps import App
from platform_sim.core.model.records import Event, Exchange
from platform_sim.core.store import Database, Transaction

from ... import support


def begun(tx: Transaction, name: str, **more: Any) -> Exchange:
    """One that is open."""
    fields: dict[str, Any] = {
        "party": "partner",
        "addon_id": None,
        "method": "POST",
        "url": "http://x",
        "request_headers": {},
        "request_body": "",
        "status": None,
        "response_headers": {},
        "response_body": "",
        "problem": None,
        "milliseconds": 0,
        "cause_id": None,
    }
    return exchanges.begin(tx, id=name, **fields | more)


def test_the_newest_stay_whether_they_begin_or_are_answered() -> None:
    database = support.new_database(exchanges_kept=3)
    with database.transaction() as tx:
        for number in range(10):
            begun(tx, f"x{number}")
            assert tx.count(Exchange) <= 3
        exchanges.end(tx, "x7", status=200, milliseconds=5)
        exchanges.end(tx, "x0", status=200, milliseconds=5)
        assert {row.id for row in tx.all(Exchange)} <= {"x7", "x8", "x9"}
        begun(tx, "x10")
        assert {row.id for row in tx.all(Exchange)} == {"x7", "x9", "x10"}, "what was answered last is newer"
    database.close()


def test_each_change_has_a_number_of_its_own_that_rises(tx: Transaction) -> None:
    first, second = begun(tx, "a"), begun(tx, "b")
    exchanges.end(tx, "a", status=200)
    assert (first.seq, second.seq, tx.get(Exchange, "a").seq) == (1, 2, 3)


def test_an_exchange_stands_behind_the_events_that_were_there_when_it_began(tx: Transaction) -> None:
    before = begun(tx, "a").after_event
    tx.record("thing", "create", "t", None, {})
    assert begun(tx, "b").after_event == before, "it is of the transaction that tells the event"


def test_what_a_killed_platform_left_open_is_ended(tx: Transaction) -> None:
    begun(tx, "open")
    begun(tx, "answered", status=200)
    begun(tx, "failed", problem="timeout")
    exchanges.end_interrupted(tx)
    assert [row.problem for row in tx.all(Exchange)] == [CUT, None, "timeout"]
    assert not any(row.is_open for row in tx.all(Exchange))


def call(**more: Any) -> Incoming:
    """A customer's call, with its answer unless there is none yet."""
    fields: dict[str, Any] = {"party": "customer", "method": "POST", "url": "http://x/apps", "headers": {}}
    return Incoming(body=lambda: "{}", elapsed=lambda: 7, actor_email="ada@example.com", **fields | more)


def test_what_a_call_does_names_it_as_its_cause(database: Database) -> None:
    entry = call()
    with database.on_behalf_of(entry):
        with database.transaction() as tx:
            event = tx.record("thing", "create", "t", None, {}, app_id="an-app")
            job = tx.add_job("tell", "t", {})
        with database.transaction() as tx:
            later = tx.record("thing", "update", "t", None, {})
    with database.snapshot() as rows:
        [row] = rows.all(Exchange)
    assert {event.cause_id, job.cause_id, later.cause_id} == {row.id}
    assert (row.inbound, row.app_id, row.is_open) == (True, "an-app", True)
    entry.answered(201)
    with database.transaction(entry.cause_id) as tx:
        entry.write(tx)
    with database.snapshot() as rows:
        [row] = rows.all(Exchange)
    assert (row.status, row.milliseconds) == (201, 7)


def test_other_threads_and_later_work_have_other_causes(database: Database) -> None:
    entry = call()
    with database.on_behalf_of(entry), database.transaction() as tx:
        tx.record("thing", "create", "t", None, {})
    with database.transaction() as tx:
        assert tx.record("thing", "update", "t", None, {}).cause_id != entry.cause_id
    with database.transaction("a-job") as tx:
        assert tx.record("thing", "update", "t", None, {}).cause_id == "a-job"


def test_a_call_that_does_nothing_or_is_rolled_back_is_not_kept(database: Database) -> None:
    entry = call()
    with database.on_behalf_of(entry):
        with database.transaction() as tx:
            tx.find(Event, id="x")
        with pytest.raises(ValueError, match="no"), database.transaction() as tx:
            tx.record("thing", "create", "t", None, {})
            raise ValueError("no")
    with database.snapshot() as rows:
        assert rows.all(Exchange) == []


class TestCauseOfCall:
    """A partner's call belongs to the order that it works on, and to none when it acts by itself."""

    @pytest.fixture
    def authorization(self, tx: Transaction, customer: Actor, app: App) -> Authorization:
        support.new_service(tx)
        addon = support.new_addon(tx, customer, app)
        found = tx.find(Authorization, addon_id=addon.id)
        assert found is not None
        return found

    def ordered(self, tx: Transaction, authorization: Authorization, **more: Any) -> str | None:
        assert authorization.addon_id is not None
        begun(tx, "order", addon_id=authorization.addon_id, **more)
        exchanges.give_order(tx, authorization.addon_id, "order")
        return exchanges.cause_of_call(tx, tx.get(Authorization, authorization.id))

    def test_while_it_is_asked(self, tx: Transaction, authorization: Authorization) -> None:
        assert self.ordered(tx, authorization) == "order"

    def test_not_once_it_has_answered(self, tx: Transaction, authorization: Authorization) -> None:
        assert self.ordered(tx, authorization, status=200) is None

    def test_nor_without_any_order(self, tx: Transaction, authorization: Authorization) -> None:
        assert exchanges.cause_of_call(tx, authorization) is None
