"""App setups step by step: each goes on when what it waits for has come, and a failure takes the app with it."""

import json
from typing import Any

import pytest

from platform_sim.core.access import Actor
from platform_sim.core.actions.addons_end import destroy_addon
from platform_sim.core.actions.addons_outcome import acknowledge, fail_provisioning, finish_provisioning
from platform_sim.core.actions.app_setup_steps import LONGEST_OUTPUT, TRIES, advance, configure
from platform_sim.core.actions.app_setups import create_setup, setup_named
from platform_sim.core.actions.apps import delete_app
from platform_sim.core.actions.builds import BuiltSlug, SourceBlob, create_source, fail_build, finish_build
from platform_sim.core.actions.dynos import report_gone
from platform_sim.core.actions.jobs import try_again
from platform_sim.core.actions.releases import app_config, finish_release_phase, newest_release
from platform_sim.core.actions.team_apps import create_team_app
from platform_sim.core.actions.teams import add_member, create_team
from platform_sim.core.errors import InvalidParams, NotFound
from platform_sim.core.model.addons import Addon, Attachment
from platform_sim.core.model.app_json import read_manifest
from platform_sim.core.model.apps import App, Build, Dyno, Formation
from platform_sim.core.model.records import Event, Job
from platform_sim.core.model.setups import SETUP, AppSetup
from platform_sim.core.store import Transaction

from ...support import AT, new_app, new_customer, new_service, partner_of_addon

WISH: dict[str, Any] = {
    "env": {"PLAIN": "5", "KEY": {"generator": "secret"}, "ASKED": {}, "MAYBE": {"required": False}},
    "addons": [{"plan": "exceptions:test", "as": "STORE", "options": {"fork": True}}],
    "buildpacks": [{"url": "heroku/python"}],
    "formation": {"worker": {"quantity": 3, "size": "standard-2x"}, "web": {}},
    "scripts": {"postdeploy": "prepare"},
    "success_url": "/welcome",
    "stack": "heroku-22",
}


def begin(tx: Transaction, actor: Actor, app: App, wish: dict[str, Any], **more: Any) -> AppSetup:
    """A setup whose app.json has been read."""
    new_service(tx)
    setup = create_setup(tx, actor, app, SourceBlob(AT.source(create_source(tx).secret), version="0a1b2c3d4e"), **more)
    return configure(tx, setup, read_manifest(json.dumps(wish).encode()))


def on(tx: Transaction, setup: AppSetup, output: str = "") -> AppSetup:
    """Let it go as far as it can."""
    return advance(tx, tx.get(AppSetup, setup.id), lambda key: output)


def provision(tx: Transaction, setup: AppSetup) -> Addon:
    """Its add-on's partner answers."""
    [addon] = tx.all(Addon, app_id=setup.app_id, state="provisioning")
    addon = acknowledge(tx, addon, "p", None, asynchronous=False)
    return finish_provisioning(tx, addon, {"EXCEPTIONS_URL": "http://x"}, partner_of_addon(tx, addon).account)


def build(tx: Transaction, setup: AppSetup, **kinds: str) -> None:
    """Its build succeeds."""
    built = BuiltSlug("slug", kinds or {"web": "serve", "worker": "work"}, "Python", ("heroku/python",), 1, "SHA256:0")
    finish_build(tx, tx.get(Build, setup.build_id or ""), built)


def ended_with(tx: Transaction, setup: AppSetup, status: int | None) -> None:
    """Its postdeploy command ends."""
    report_gone(tx, tx.get(Dyno, tx.get(AppSetup, setup.id).postdeploy_dyno_id or ""), status)


def test_all_steps_in_their_order(tx: Transaction, customer: Actor, app: App) -> None:
    setup = begin(tx, customer, app, WISH, env={"ASKED": "yes", "PLAIN": "6", "MORE": "7"})
    config = app_config(tx, app)
    assert (config.pop("KEY").isalnum(), config) == (True, {"PLAIN": "6", "ASKED": "yes", "MORE": "7"})
    assert len(app_config(tx, app)["KEY"]) == 64
    now = tx.get(App, app.id)
    assert (now.stack, now.buildpacks) == ("heroku-22", ["heroku/python"])
    [addon] = tx.all(Addon, app_id=app.id)
    assert (addon.state, addon.options) == ("provisioning", {"fork": "true"})
    assert tx.find(Attachment, addon_id=addon.id, name="STORE") is not None
    assert tx.find(Job, kind="provision", subject_id=addon.id) is not None

    setup = on(tx, setup)
    assert (setup.step, tx.find(Build, app_id=app.id)) == ("addons", None), "the partner has not answered"
    provision(tx, setup)
    setup = on(tx, setup)
    [made] = tx.all(Build, app_id=app.id)
    assert (setup.step, setup.build_id, made.source_version, made.stack) == (
        "build",
        made.id,
        "0a1b2c3d4e",
        "heroku-22",
    )
    assert on(tx, setup) == setup
    build(tx, setup)
    setup = on(tx, setup)
    sizes = {row.type: (row.quantity, row.size) for row in tx.all(Formation, app_id=app.id)}
    assert sizes == {"web": (1, "Basic"), "worker": (3, "Standard-2X")}
    [dyno] = tx.all(Dyno, app_id=app.id)
    assert (dyno.type, dyno.kind, dyno.command) == ("postdeploy", "run", "prepare")
    assert on(tx, setup) == setup
    ended_with(tx, setup, 0)
    setup = on(tx, setup, "x" + "y" * LONGEST_OUTPUT)
    assert (setup.status, setup.postdeploy_exit, setup.postdeploy_output) == ("succeeded", 0, "y" * LONGEST_OUTPUT)
    told = [event.data for event in tx.all(Event, kind="app-setup", subject_id=setup.id)]
    assert told == [{"status": "pending"}, {"status": "succeeded"}]
    assert tx.find(App, id=app.id) is not None


def test_what_is_not_asked_for_is_not_done(tx: Transaction, customer: Actor, app: App) -> None:
    versions = newest_release(tx, app).version
    setup = on(tx, begin(tx, customer, app, {}))
    assert setup.step == "build"
    assert newest_release(tx, app).version == versions, "no config var, no release"
    build(tx, setup)
    assert on(tx, setup).status == "succeeded"
    assert tx.all(Dyno, app_id=app.id) == []


def test_the_request_goes_before_app_json(tx: Transaction, customer: Actor, app: App) -> None:
    begin(tx, customer, app, WISH, env={"ASKED": ""}, buildpacks=["heroku/procfile"], stack="heroku-24")
    now = tx.get(App, app.id)
    assert (now.stack, now.buildpacks, app_config(tx, app)["ASKED"]) == ("heroku-24", ["heroku/procfile"], "")


def test_no_buildpacks_at_all_can_be_wanted(tx: Transaction, customer: Actor, app: App) -> None:
    begin(tx, customer, app, WISH | {"env": {}}, buildpacks=[])
    assert tx.get(App, app.id).buildpacks == []


def test_a_generated_secret_repeats_under_a_seed_and_is_another_for_each_var(
    tx: Transaction, customer: Actor, app: App
) -> None:
    begin(tx, customer, app, {"env": {name: {"generator": "secret"} for name in ("ONE", "TWO")}})
    config = app_config(tx, app)
    assert config["ONE"] != config["TWO"]
    assert len(set(config["ONE"])) > 4


@pytest.mark.parametrize("wishes", [{"env": {"a-b": "x"}}, {"env": {"HEROKU_X": "x"}}, {"buildpacks": ["nonsense"]}])
def test_overrides_that_cannot_be_are_refused_at_once(
    tx: Transaction, customer: Actor, app: App, wishes: dict[str, Any]
) -> None:
    with pytest.raises(InvalidParams):
        create_setup(tx, customer, app, SourceBlob("http://localhost/x"), **wishes)


def gone(tx: Transaction, setup: AppSetup, message: str) -> AppSetup:
    """Fails unless the setup has failed with this message and the app went with it."""
    assert (setup.status, setup.failure_message) == ("failed", message)
    assert tx.find(App, id=setup.app_id) is None
    assert tx.all(Event, kind="app-setup", subject_id=setup.id)[-1].data == {"status": "failed"}
    return setup


def test_a_var_that_nobody_has_given_is_told(tx: Transaction, customer: Actor, app: App) -> None:
    setup = gone(tx, begin(tx, customer, app, WISH), "invalid app.json")
    assert setup.manifest_errors == ["config var ASKED is required"]
    assert tx.all(Job, kind="provision") == []


def test_a_partner_that_refuses_ends_it(tx: Transaction, customer: Actor, app: App) -> None:
    setup = begin(tx, customer, app, WISH | {"env": {}})
    [addon] = tx.all(Addon, app_id=app.id)
    fail_provisioning(tx, addon, "No room.", clean_up=False)
    gone(tx, on(tx, setup), f"The add-on {addon.name} could not be provisioned: No room.")


def test_an_addon_that_is_destroyed_meanwhile_ends_it(tx: Transaction, customer: Actor, app: App) -> None:
    setup = begin(tx, customer, app, WISH | {"env": {}})
    [addon] = tx.all(Addon, app_id=app.id)
    destroy_addon(tx, customer, addon)
    gone(tx, on(tx, setup), f"The add-on {addon.name} could not be provisioned: it was destroyed")


def test_a_build_that_fails_ends_it_and_can_still_be_told(tx: Transaction, customer: Actor, app: App) -> None:
    setup = on(tx, begin(tx, customer, app, {}))
    fail_build(tx, tx.get(Build, setup.build_id or ""))
    setup = gone(tx, on(tx, setup), "Build failed.")
    assert setup.build_status == "failed"


@pytest.mark.parametrize("succeeds", [True, False])
def test_a_release_command_is_waited_for(tx: Transaction, customer: Actor, app: App, succeeds: bool) -> None:
    setup = on(tx, begin(tx, customer, app, {}))
    build(tx, setup, web="serve", release="migrate")
    setup = on(tx, setup)
    assert setup.status == "pending"
    finish_release_phase(tx, newest_release(tx, app), succeeded=succeeds)
    setup = on(tx, setup)
    if succeeds:
        assert setup.status == "succeeded"
    else:
        gone(tx, setup, "Release command failed.")


def test_a_process_type_that_the_app_does_not_have_is_told(tx: Transaction, customer: Actor, app: App) -> None:
    setup = on(tx, begin(tx, customer, app, {"formation": {"clock": {"quantity": 1}}}))
    build(tx, setup)
    with pytest.raises(NotFound, match="process type .clock."):
        on(tx, setup)


def test_a_command_that_fails_ends_it(tx: Transaction, customer: Actor, app: App) -> None:
    setup = on(tx, begin(tx, customer, app, {"scripts": {"postdeploy": "prepare"}}))
    build(tx, setup)
    on(tx, setup)
    ended_with(tx, setup, 3)
    setup = gone(tx, on(tx, setup, "no table"), "Postdeploy exit code was not 0.")
    assert (setup.postdeploy_exit, setup.postdeploy_output) == (3, "no table")


def test_a_command_that_ended_with_the_platform_runs_again_a_few_times(
    tx: Transaction, customer: Actor, app: App
) -> None:
    setup = on(tx, begin(tx, customer, app, {"scripts": {"postdeploy": "prepare"}}))
    build(tx, setup)
    secrets = set()
    for _ in range(TRIES):
        setup = on(tx, setup)
        secrets.add(setup.postdeploy_secret)
        ended_with(tx, setup, None)
    assert len(secrets) == TRIES, "what an interrupted one has said is no part of it"
    gone(tx, on(tx, setup), f"The postdeploy command was interrupted {TRIES} times.")


def test_an_app_that_is_deleted_meanwhile_ends_it(tx: Transaction, customer: Actor, app: App) -> None:
    setup = on(tx, begin(tx, customer, app, WISH | {"env": {}}))
    delete_app(tx, customer, app)
    gone(tx, on(tx, setup), "The app was deleted during its setup.")


def test_a_members_failed_setup_deletes_the_app_of_the_team(tx: Transaction, customer: Actor) -> None:
    """A member may make the team's apps and may not delete them."""
    team = create_team(tx, customer, "crew")
    member = new_customer(tx, "member@example.com")
    add_member(tx, customer.account, team, member.account, "member")
    app = create_team_app(tx, member, team, name="theirs")
    gone(tx, begin(tx, member, app, WISH), "invalid app.json")


def job_of(tx: Transaction, setup: AppSetup) -> Job:
    [job] = tx.all(Job, kind=SETUP, subject_id=setup.id)
    return job


def test_what_happens_to_the_app_wakes_its_job(tx: Transaction, customer: Actor, app: App) -> None:
    setup = on(tx, begin(tx, customer, app, WISH | {"env": {}}))
    try_again(tx, job_of(tx, setup), 1000)
    new_app(tx, customer, "another")
    assert job_of(tx, setup).run_at > tx.now()
    provision(tx, setup)
    assert job_of(tx, setup).run_at == tx.now()


def test_it_is_seen_by_who_asked_and_by_who_has_the_app(tx: Transaction, customer: Actor, app: App) -> None:
    stranger = new_customer(tx, "stranger@example.com")
    setup = begin(tx, customer, app, WISH)
    assert setup_named(tx, customer, setup.id) == setup
    for identity in (setup.id, "x", app.id):
        with pytest.raises(NotFound):
            setup_named(tx, stranger, identity)
