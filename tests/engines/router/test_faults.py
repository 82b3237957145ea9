"""Faults between a dyno and a visitor: the dyno has done its part, the visitor gets the router's page."""

from collections.abc import Iterator
from functools import partial

import pytest

from platform_sim.core.actions import faults
from platform_sim.core.model.faults import Fault
from platform_sim.core.model.records import Event
from platform_sim.core.store import Database
from platform_sim.engines.router.faults import fault_of

from ...support import new_app, new_customer, new_database
from .conftest import Connect, MakeEdge, Serve
from .test_dyno_route import error, timings
from .world import Log, Table, Talk, always, plain


@pytest.fixture
def database() -> Iterator[Database]:
    made = new_database()
    yield made
    made.close()


def prepare(database: Database, *kinds: str, **match: str) -> str:
    """An app `shop` and faults; the app's id."""
    with database.transaction() as tx:
        customer = new_customer(tx)
        for kind in kinds:
            faults.add(tx, customer.account, kind, match, 1)
        return new_app(tx, customer, "shop").id


@pytest.mark.parametrize(
    ("kind", "code", "desc"),
    [("router-h12", "H12", "Request timeout"), ("router-h13", "H13", "Connection closed without response")],
)
def test_the_answer_of_a_dyno_is_lost(
    make_edge: MakeEdge,
    serve: Serve,
    table: Table,
    connect: Connect,
    log: Log,
    database: Database,
    kind: str,
    code: str,
    desc: str,
) -> None:
    asked: list[str] = []

    def script(talk: Talk) -> None:
        while True:
            asked.append(talk.request()[0].split("\r\n")[0])
            talk.send(plain())

    app_id = prepare(database, kind, app="shop", method="GET", path="/buy")
    table.up(serve(script), app_id=app_id)
    edge = make_edge(fault=partial(fault_of, database))
    talk = connect(edge)
    talk.get("/look")
    assert talk.answer().body == b"hello"
    assert log.fields()["at"] == "info"
    talk.get("/buy?secret=1")
    line = error(talk, log, code)
    assert (line["desc"], line["path"]) == (desc, "/buy?secret=1")
    assert timings(line) == ("web.1", True, True, "0")
    talk.get("/buy")
    assert talk.answer().status == 200, "the client's connection stays, and it was once"
    assert [line.split(" ")[1] for line in asked] == ["/look", "/buy?secret=1", "/buy"]
    with database.snapshot() as rows:
        [event] = rows.all(Event, kind="fault", action="update")
    assert (event.app_id, event.data["on"]) == (app_id, {"app": "shop", "method": "GET", "path": "/buy"})


def test_faults_that_match_nothing_change_no_byte(
    make_edge: MakeEdge, serve: Serve, table: Table, connect: Connect, database: Database
) -> None:
    app_id = prepare(database, "router-h12", "router-h13", app="other")
    table.up(serve(always(plain(headers=b"X-Own: 1\r\n"))), app_id=app_id)
    said = []
    for edge in (make_edge(), make_edge(fault=partial(fault_of, database))):
        talk = connect(edge)
        talk.get("/?x=1")
        answer = talk.answer()
        said.append((answer.line, answer.headers, answer.body))
    assert said[0] == said[1]
    with database.snapshot() as rows:
        assert {each.acted for each in rows.all(Fault)} == {0}
