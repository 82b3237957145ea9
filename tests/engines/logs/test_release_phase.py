"""What a release phase writes: lines in the app's log, and an output that is open until the command has ended."""

import pytest

from platform_sim.core.actions.dynos import report_gone, report_started
from platform_sim.core.model.apps import Dyno
from platform_sim.core.model.records import Event
from platform_sim.core.store import Database
from platform_sim.engines.logs.api_lines import lines_of
from platform_sim.engines.logs.release_output import ReleaseOutput

from ...support import deploy, new_app, new_customer


class Outputs:
    """Notes what it is told."""

    def __init__(self) -> None:
        self.said: list[tuple[str, str]] = []

    def start(self, key: str) -> None:
        self.said.append(("start", key))

    def append(self, key: str, text: str) -> None:
        self.said.append((text, key))

    def finish(self, key: str) -> None:
        self.said.append(("finish", key))

    def read(self, key: str) -> str:
        raise LookupError(key)


@pytest.mark.parametrize(("status", "end"), [(0, "command executed"), (1, "command failed")])
def test_the_output_ends_with_the_command_and_each_step_is_one_line(database: Database, status: int, end: str) -> None:
    outputs = Outputs()
    logged: list[str] = []
    sink = ReleaseOutput(database, lambda app, source, dyno, text: logged.append(text), outputs)
    with database.transaction() as tx:
        customer = new_customer(tx)
        app = new_app(tx, customer, "acme")
        release = deploy(tx, customer, app, web="serve", release="migrate")
        [dyno] = tx.all(Dyno)
    database.on_commit(sink.committed)
    with database.transaction() as tx:
        report_started(tx, dyno, pid=1, pid_started=1.0, port=None, boot_id="b")
    sink(app.id, "app", dyno.name, "migrating")
    with database.transaction() as tx:
        report_gone(tx, tx.get(Dyno, dyno.id), status)
    assert outputs.said == [("migrating\n", release.output_secret), ("finish", release.output_secret)]
    assert logged == ["migrating"]
    with database.snapshot() as rows:
        events = rows.all(Event, kind="release", subject_id=release.id, order_by="number")
    who = "by user user@example.com"
    assert [lines_of(event) for event in events] == [
        [f"Release v3 created {who}", f"Deploy 409cdef5 {who}", f"Running release v3 commands {who}"],
        [],
        [f"Release v3 {end}"],
    ]
