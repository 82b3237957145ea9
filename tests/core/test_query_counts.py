"""Hot paths ask the database a fixed number of questions, however much there is to find."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from platform_sim.core.access import Actor, app_named
from platform_sim.core.actions.accounts import actor_for_token, issue_token
from platform_sim.core.actions.config_vars import change_config_vars
from platform_sim.core.actions.releases import app_config, current_release
from platform_sim.core.model.apps import App, Release
from platform_sim.core.public import apps as public
from platform_sim.core.store import Snapshot, Transaction

from ..support import AT, deploy, new_addon, new_app, new_service


@contextmanager
def asked(rows: Snapshot) -> Iterator[list[str]]:
    """The statements that are run meanwhile."""
    heard: list[str] = []
    rows._connection.set_trace_callback(heard.append)
    try:
        yield heard
    finally:
        rows._connection.set_trace_callback(None)


def show_app(rows: Snapshot, actor: Actor) -> None:
    public.app(rows, app_named(rows, actor, "acme"), AT)


def show_releases(rows: Snapshot, actor: Actor) -> None:
    app = app_named(rows, actor, "acme")
    current = current_release(rows, app.id).id
    for row in rows.all(Release, app_id=app.id, order_by="version"):
        public.release(row, app, AT, current)


def show_config(rows: Snapshot, actor: Actor) -> None:
    app_config(rows, app_named(rows, actor, "acme"))


@pytest.mark.parametrize(("path", "most"), [(show_app, 2), (show_releases, 3), (show_config, 3)])
def test_the_number_of_questions_is_small_and_does_not_grow(
    tx: Transaction, customer: Actor, app: App, path: Callable[[Snapshot, Actor], None], most: int
) -> None:
    with asked(tx) as few:
        path(tx, customer)
    new_service(tx)
    new_addon(tx, customer, app)
    for number in range(20):
        change_config_vars(tx, customer, app, {"A": str(number)})
        deploy(tx, customer, app, f"{number:08d}")
    for _ in range(20):
        new_app(tx, customer)
    with asked(tx) as many:
        path(tx, customer)
    assert len(many) == len(few) <= most, many


def test_every_question_of_a_hot_path_is_answered_by_an_index(tx: Transaction, customer: Actor, app: App) -> None:
    token = issue_token(tx, customer.account, "laptop").token
    with asked(tx) as heard:
        for path in (show_app, show_releases, show_config):
            path(tx, customer)
        actor_for_token(tx, token)
    for sql in set(heard):
        plan = [row[3] for row in tx._connection.execute("EXPLAIN QUERY PLAN " + sql)]
        assert all(step.startswith("SEARCH") for step in plan), (sql, plan)
