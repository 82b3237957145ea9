"""Scaling."""

import pytest

from platform_sim.core.access import Actor
from platform_sim.core.actions.dynos import report_gone
from platform_sim.core.actions.formation import Scaling, process_type, scale
from platform_sim.core.errors import Forbidden, InvalidParams, NotFound
from platform_sim.core.model.apps import App, Dyno, Formation
from platform_sim.core.model.records import Event
from platform_sim.core.store import Database, Transaction

from ...support import deploy, dump, new_addon, new_app, new_customer, new_service, partner_of_addon


@pytest.fixture
def deployed(tx: Transaction, customer: Actor, app: App) -> App:
    deploy(tx, customer, app)
    return app


def test_the_release_command_is_a_type_with_a_size_and_never_a_dyno_of_the_formation(
    tx: Transaction, customer: Actor, app: App
) -> None:
    """heroku-cli §15, ps:scale and releases:retry."""
    deploy(tx, customer, app, web="w", release="migrate")
    report_gone(tx, tx.all(Dyno, kind="release")[0], 0)
    with pytest.raises(InvalidParams, match="runs by itself"):
        scale(tx, customer, app, [Scaling("release", "1")])
    [row] = scale(tx, customer, app, [Scaling("release", "0", "standard-2x")])
    assert (row.quantity, row.size) == (0, "Standard-2X")


@pytest.mark.parametrize(("text", "result"), [("2", 2), ("+1", 2), ("+0", 1), ("-1", 0), ("0", 0), ("100", 100)])
def test_quantities_are_absolute_or_relative(
    tx: Transaction, customer: Actor, deployed: App, text: str, result: int
) -> None:
    [row] = scale(tx, customer, deployed, [Scaling("web", text)])
    assert row.quantity == result
    assert process_type(tx, deployed, "web").quantity == result


@pytest.mark.parametrize(
    "text", ["", "two", "1.5", "101", "-2", "+100", "1_0", "٢", " 2", "2 ", "+", "++1", "1e3", "9" * 5000]
)
def test_bad_quantities_are_refused(tx: Transaction, customer: Actor, deployed: App, text: str) -> None:
    before = dump(tx)
    with pytest.raises(InvalidParams):
        scale(tx, customer, deployed, [Scaling("web", text)])
    assert dump(tx) == before


def test_sizes_are_known_by_any_spelling(tx: Transaction, customer: Actor, deployed: App) -> None:
    [row] = scale(tx, customer, deployed, [Scaling("web", size="standard-1x")])
    assert (row.size, row.quantity) == ("Standard-1X", 1)
    with pytest.raises(InvalidParams, match="No such dyno size: huge"):
        scale(tx, customer, deployed, [Scaling("web", size="huge")])


def test_a_change_is_told_once_and_an_unchanged_wish_is_not(tx: Transaction, customer: Actor, deployed: App) -> None:
    scale(tx, customer, deployed, [Scaling("worker", "2")])
    before = dump(tx)
    [event] = [e for e in tx.all(Event, kind="formation") if e.action == "update"]
    assert event.data == {"type": "worker", "quantity": 2, "size": "Basic"}
    assert event.previous == {"quantity": 0, "size": "Basic"}
    assert (event.app_id, event.actor_email) == (deployed.id, customer.account.email)
    scale(tx, customer, deployed, [Scaling("worker", "2"), Scaling("web")])
    assert dump(tx) == before


def test_all_wishes_or_none(database: Database) -> None:
    with database.transaction() as tx:
        actor = new_customer(tx)
        app = new_app(tx, actor)
        deploy(tx, actor, app)
        before = dump(tx)
    with pytest.raises(InvalidParams), database.transaction() as tx:
        scale(tx, actor, app, [Scaling("web", "2"), Scaling("worker", "many")])
    with database.snapshot() as rows:
        assert dump(rows) == before


def test_process_types_are_found_by_name_or_id_within_the_app(tx: Transaction, customer: Actor, deployed: App) -> None:
    web = tx.find(Formation, app_id=deployed.id, type="web")
    assert web is not None
    assert process_type(tx, deployed, "web") == process_type(tx, deployed, web.id) == web
    other = new_app(tx, customer, "other")
    for identity in ("web", web.id, "release", ""):
        with pytest.raises(NotFound):
            process_type(tx, other, identity)


def test_partners_do_not_scale(tx: Transaction, customer: Actor, deployed: App) -> None:
    new_service(tx)
    partner = partner_of_addon(tx, new_addon(tx, customer, deployed))
    with pytest.raises(Forbidden):
        scale(tx, partner, deployed, [Scaling("web", "0")])
