"""App setups: an app made of a tarball and its app.json. Asked for here, carried out step by step in
`app_setup_steps.py` by a job that is woken by what happens to the app.

At Heroku, too, the app is there at once, and deleted when a step fails; the setup can be read for ever
(https://devcenter.heroku.com/articles/setting-up-apps-using-the-heroku-platform-api).
"""

from collections.abc import Mapping, Sequence

from platform_sim.core.access import Actor, customers_only, manages
from platform_sim.core.actions.apps import end_app
from platform_sim.core.actions.builds import SourceBlob, check_buildpacks
from platform_sim.core.actions.config_vars import checked
from platform_sim.core.errors import NotFound
from platform_sim.core.model.accounts import Account
from platform_sim.core.model.apps import App, Build
from platform_sim.core.model.records import Event, Job
from platform_sim.core.model.setups import END_REVIEW_APP, SETUP, AppSetup, ReviewApp
from platform_sim.core.model.values import is_uuid
from platform_sim.core.roles import role_in_app
from platform_sim.core.store import Snapshot, Transaction

WAKING = ("app", "addon", "build", "release", "dyno")
"""Kinds of events for which a setup may have been waiting."""


def create_setup(
    tx: Transaction,
    actor: Actor,
    app: App,
    source: SourceBlob,
    *,
    environment: str = "",
    env: Mapping[str, str] | None = None,
    buildpacks: Sequence[str] | None = None,
    stack: str | None = None,
) -> AppSetup:
    """Set up an app that has just been made. InvalidParams for overrides that could not be used."""
    customers_only(actor, "set up an app")
    overrides: dict[str, object] = {"env": checked({}, env or {}), "stack": stack}
    if buildpacks is not None:
        overrides["buildpacks"] = check_buildpacks(buildpacks)
    now = tx.now()
    setup = tx.insert(
        AppSetup(
            id=tx.uuid("app-setup", app.id),
            app_id=app.id,
            app_name=app.name,
            actor_id=actor.account.id,
            status="pending",
            step="source",
            source_url=source.url,
            source_checksum=source.checksum,
            source_version=source.version,
            environment=environment,
            overrides=overrides,
            manifest={},
            addon_ids=[],
            failure_message=None,
            manifest_errors=[],
            build_id=None,
            build_secret=None,
            build_status=None,
            postdeploy_dyno_id=None,
            postdeploy_tries=0,
            postdeploy_secret=None,
            postdeploy_exit=None,
            postdeploy_output=None,
            created_at=now,
            updated_at=now,
        )
    )
    tx.record("app-setup", "create", setup.id, actor.account, {"status": "pending"}, app_id=app.id)
    tx.add_job(SETUP, setup.id, {})
    return setup


def setup_named(rows: Snapshot, actor: Actor, identity: str) -> AppSetup:
    """By id: for who asked for it, and for whoever has a part in its app."""
    customers_only(actor, "see app setups")
    found = rows.find(AppSetup, id=identity) if is_uuid(identity) else None
    app = rows.find(App, id=found.app_id) if found else None
    shared = app is not None and role_in_app(rows, actor.account, app) is not None
    if found is None or not (shared or found.actor_id == actor.account.id):
        raise NotFound("app_setup", "Couldn't find that app setup.")
    return found


def build_status(rows: Snapshot, setup: AppSetup) -> str | None:
    """How its build stands; None before there is one."""
    build = rows.find(Build, id=setup.build_id) if setup.build_id else None
    return build.status if build else setup.build_status


def actor_of(rows: Snapshot, setup: AppSetup) -> Actor:
    """In whose name it acts."""
    return Actor(rows.get(Account, setup.actor_id), SETUP)


def wake(tx: Transaction, event: Event) -> None:
    """Something happened to an app: the job of its setup, or of its end as a review app, is due; a setup knows how
    the postdeploy command ended.

    In the transaction that writes the event, so that no kill can come between the two.
    """
    if event.app_id is None or event.kind not in WAKING:
        return
    ended = event.kind == "dyno" and event.action == "destroy"
    setup = tx.find(AppSetup, app_id=event.app_id, status="pending")
    if setup is not None:
        status = event.data.get("exit_status")
        if ended and event.subject_id == setup.postdeploy_dyno_id and status is not None:
            tx.update(setup, postdeploy_exit=status)
        _is_due(tx, SETUP, setup.id)
    going = tx.find(ReviewApp, app_id=event.app_id, ending="deleting") if ended else None
    if going is not None:
        _is_due(tx, END_REVIEW_APP, going.id)


def _is_due(tx: Transaction, kind: str, subject_id: str) -> None:
    job = tx.find(Job, kind=kind, subject_id=subject_id, state="todo")
    if job is not None:
        tx.update(job, run_at=tx.now())


def succeed(tx: Transaction, setup: AppSetup) -> AppSetup:
    """All is done."""
    return _ended(tx, tx.update(setup, status="succeeded"))


def fail(tx: Transaction, setup: AppSetup, message: str, errors: Sequence[str] = ()) -> AppSetup:
    """A step failed: the setup says why, and its app is deleted with all that it has."""
    setup = tx.update(
        setup,
        status="failed",
        failure_message=message,
        manifest_errors=list(errors),
        build_status=build_status(tx, setup),
    )
    _ended(tx, setup)
    app = tx.find(App, id=setup.app_id)
    if app is not None:
        actor = actor_of(tx, setup)
        if not manages(tx, actor, app):  # a member of a team may make its apps, and not delete them
            actor = Actor(tx.get(Account, app.owner_id), SETUP)
        end_app(tx, actor, app)
    return setup


def _ended(tx: Transaction, setup: AppSetup) -> AppSetup:
    actor, told = tx.get(Account, setup.actor_id), {"status": setup.status}
    before = {"status": "pending"}
    tx.record("app-setup", "update", setup.id, actor, told, app_id=setup.app_id, previous=before)
    return setup
