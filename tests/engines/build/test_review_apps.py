"""The jobs of review apps, done by a runner while the platform's time passes."""

from datetime import timedelta

from platform_sim.core.actions import review_app_config
from platform_sim.core.actions.builds import SourceBlob
from platform_sim.core.actions.pipelines import create_pipeline
from platform_sim.core.actions.review_apps import begin_ending, create_review_app, status_of
from platform_sim.core.model.apps import App
from platform_sim.core.model.setups import ReviewApp
from platform_sim.core.store import Database
from platform_sim.engines.build.review_apps import review_app_handlers
from platform_sim.engines.jobs import JobRunner

from ...support import deploy, new_customer


def made(database: Database, **wish: bool) -> ReviewApp:
    """A review app of a pipeline that is configured so."""
    with database.transaction() as tx:
        actor = new_customer(tx)
        pipeline = create_pipeline(tx, actor, "flow")
        review_app_config.enable(tx, actor, pipeline, wish)
        row = create_review_app(tx, actor, pipeline, "topic", SourceBlob("http://localhost/x.tgz"))
        deploy(tx, actor, tx.get(App, row.app_id))
        return row


def runner(database: Database) -> JobRunner:
    return JobRunner(database, "boot", review_app_handlers(database))


def status(database: Database, row: ReviewApp) -> str:
    with database.snapshot() as rows:
        return status_of(rows, rows.get(ReviewApp, row.id))


def test_the_one_that_is_asked_to_end_ends_though_its_deadline_waits(database: Database) -> None:
    row = made(database, destroy_stale_apps=True)
    with database.transaction() as tx:
        begin_ending(tx, row, None)
    assert runner(database).run_until_idle() == 1
    assert status(database, row) == "deleted"
    database.clock.advance(timedelta(days=5))
    assert runner(database).run_until_idle() == 1, "the deadline finds nothing to do"


def test_one_that_is_stale_ends_at_its_moment_and_not_before(database: Database) -> None:
    row = made(database, destroy_stale_apps=True)
    database.clock.advance(timedelta(days=4))
    with database.transaction() as tx:
        deploy(tx, new_customer(tx, "another@example.com"), tx.get(App, row.app_id), "0b1c2d")
    database.clock.advance(timedelta(days=1))
    assert runner(database).run_until_idle() == 1
    assert status(database, row) == "pending"
    database.clock.advance(timedelta(days=4) - timedelta(seconds=1))
    assert runner(database).run_until_idle() == 0
    database.clock.advance(timedelta(seconds=1))
    assert runner(database).run_until_idle() == 2
    assert status(database, row) == "deleted"
