"""Log sessions."""

from datetime import timedelta

import pytest

from platform_sim.core.access import Actor
from platform_sim.core.actions.log_sessions import create_log_session
from platform_sim.core.errors import Forbidden, InvalidParams
from platform_sim.core.model.apps import App, LogSessionRow
from platform_sim.core.store import Transaction

from ...support import START, dump, new_addon, new_service, partner_of_addon


def test_a_session_is_a_secret_url_for_a_while(tx: Transaction, customer: Actor, app: App) -> None:
    row = create_log_session(tx, customer, app)
    assert (row.app_id, row.lines, row.tail, row.dyno, row.source) == (app.id, 100, False, None, None)
    assert row.expires_at == START + timedelta(minutes=5)
    assert len(row.secret) == 32
    assert row.secret not in row.id
    assert tx.get(LogSessionRow, row.id) == row


def test_wishes_are_kept_and_lines_are_what_the_buffer_holds(tx: Transaction, customer: Actor, app: App) -> None:
    row = create_log_session(tx, customer, app, lines=10**9, tail=True, dyno="web.1", source="app")
    assert (row.lines, row.tail, row.dyno, row.source) == (1500, True, "web.1", "app")
    assert create_log_session(tx, customer, app, lines=0).lines == 0


def test_two_sessions_have_two_secrets(tx: Transaction, customer: Actor, app: App) -> None:
    assert create_log_session(tx, customer, app).secret != create_log_session(tx, customer, app).secret


def test_a_negative_number_of_lines_is_refused(tx: Transaction, customer: Actor, app: App) -> None:
    before = dump(tx)
    with pytest.raises(InvalidParams):
        create_log_session(tx, customer, app, lines=-1)
    assert dump(tx) == before


def test_partners_read_no_logs(tx: Transaction, customer: Actor, app: App) -> None:
    new_service(tx)
    partner = partner_of_addon(tx, new_addon(tx, customer, app))
    with pytest.raises(Forbidden):
        create_log_session(tx, partner, app)
