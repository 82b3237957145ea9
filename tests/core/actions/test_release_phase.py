"""The release phase: pending, failed, superseded, and what must not run before it."""

import random
from collections.abc import Callable

import pytest

from platform_sim.core.access import Actor
from platform_sim.core.actions.addon_config import update_config
from platform_sim.core.actions.config_vars import change_config_vars
from platform_sim.core.actions.dynos import report_gone, report_started
from platform_sim.core.actions.releases import (
    app_config,
    config_of,
    current_release,
    finish_release_phase,
    newest_release,
    rollback,
)
from platform_sim.core.model.apps import App, Dyno, Formation, Release, Slug
from platform_sim.core.model.records import Event
from platform_sim.core.store import Transaction

from ...support import deploy, dump, new_addon, new_service, partner_of_addon

PHASE = {"web": "serve", "release": "migrate"}


def end_phase(tx: Transaction, release: Release, exit_status: int = 0) -> None:
    """The release dyno of this release ends."""
    dyno = tx.find(Dyno, release_id=release.id, kind="release")
    assert dyno is not None
    report_gone(tx, dyno, exit_status)


def proven(tx: Transaction, customer: Actor, app: App, commit: str = "aaaaaaaa01") -> Release:
    """A deploy whose release phase has succeeded."""
    release = deploy(tx, customer, app, commit, **PHASE)
    end_phase(tx, release)
    return tx.get(Release, release.id)


def test_a_release_command_keeps_the_release_pending_and_the_old_one_current(
    tx: Transaction, customer: Actor, app: App
) -> None:
    first = deploy(tx, customer, app)
    release = deploy(tx, customer, app, "bbbbbbbb02", **PHASE)
    assert release.status == "pending"
    assert release.output_secret is not None
    assert current_release(tx, app.id) == first
    dyno = tx.find(Dyno, kind="release")
    assert dyno is not None
    assert (dyno.command, dyno.type, dyno.release_id) == ("migrate", "release", release.id)
    assert dyno.name.startswith("release.")
    formation = {f.type for f in tx.all(Formation, app_id=app.id)}
    assert formation == {"web", "worker"}, "process types follow the current release only"
    end_phase(tx, release)
    assert current_release(tx, app.id).id == release.id
    assert {f.type: f.quantity for f in tx.all(Formation, app_id=app.id)} == {"web": 1, "release": 0}
    assert tx.find(Dyno, kind="release") is None


def test_a_failed_release_phase_leaves_the_old_release_and_its_slug(tx: Transaction, customer: Actor, app: App) -> None:
    first = proven(tx, customer, app)
    failed = deploy(tx, customer, app, "bbbbbbbb02", **PHASE)
    end_phase(tx, failed, 1)
    assert tx.get(Release, failed.id).status == "failed"
    assert current_release(tx, app.id).id == first.id
    change_config_vars(tx, customer, app, {"A": "1"})
    assert newest_release(tx, app).slug_id == first.slug_id, "a failed slug is not carried on"


def test_config_of_a_failed_change_stays_set_but_does_not_run(tx: Transaction, customer: Actor, app: App) -> None:
    first = proven(tx, customer, app)
    change_config_vars(tx, customer, app, {"A": "1"})
    failed = newest_release(tx, app)
    assert failed.status == "pending"
    end_phase(tx, failed, 1)
    assert app_config(tx, app) == {"A": "1"}
    assert current_release(tx, app.id).id == first.id
    assert config_of(tx, current_release(tx, app.id)) == {}


def test_a_release_phase_that_ends_after_a_newer_one_changes_nothing(
    tx: Transaction, customer: Actor, app: App
) -> None:
    """Superseded: the newer deploy is current, whichever phase ends first."""
    older = deploy(tx, customer, app, "aaaaaaaa01", web="old", release="migrate")
    newer = deploy(tx, customer, app, "bbbbbbbb02", web="new", release="migrate")
    end_phase(tx, newer)
    end_phase(tx, older)
    assert current_release(tx, app.id).id == newer.id
    assert {f.command for f in tx.all(Formation, app_id=app.id)} == {"new", "migrate"}
    assert tx.get(App, app.id).slug_size == 1000


def test_the_end_of_a_release_phase_counts_once(tx: Transaction, customer: Actor, app: App) -> None:
    release = proven(tx, customer, app)
    before = dump(tx)
    assert finish_release_phase(tx, release, succeeded=False) == release
    assert dump(tx) == before


def test_a_partners_config_change_runs_no_release_command(tx: Transaction, customer: Actor, app: App) -> None:
    new_service(tx)
    release = proven(tx, customer, app)
    addon = new_addon(tx, customer, app)
    end_phase(tx, newest_release(tx, app))
    update_config(tx, partner_of_addon(tx, addon), addon.id, [("EXCEPTIONS_URL", "http://rotated.test")])
    newest = newest_release(tx, app)
    assert (newest.status, newest.slug_id) == ("succeeded", release.slug_id)
    assert current_release(tx, app.id) == newest


def test_a_partners_config_change_does_not_smuggle_a_deploy_past_its_release_phase(
    tx: Transaction, customer: Actor, app: App
) -> None:
    new_service(tx)
    proven(tx, customer, app)
    addon = new_addon(tx, customer, app)
    end_phase(tx, newest_release(tx, app))
    running = current_release(tx, app.id)
    deployed = deploy(tx, customer, app, "bbbbbbbb02", **PHASE)
    update_config(tx, partner_of_addon(tx, addon), addon.id, [("EXCEPTIONS_URL", "http://rotated.test")])
    rotated = newest_release(tx, app)
    assert current_release(tx, app.id) == running, "the new slug waits for its release command"
    assert (rotated.status, rotated.slug_id) == ("pending", deployed.slug_id)
    end_phase(tx, deployed)
    end_phase(tx, rotated)
    assert current_release(tx, app.id).id == rotated.id
    assert config_of(tx, rotated)["EXCEPTIONS_URL"] == "http://rotated.test"


def test_every_release_is_told_without_config(tx: Transaction, customer: Actor, app: App) -> None:
    release = proven(tx, customer, app)
    told = tx.all(Event, kind="release", subject_id=release.id, order_by="number")
    assert [(e.action, e.data["status"]) for e in told] == [("create", "pending"), ("update", "succeeded")]
    assert told[1].previous == {"status": "pending"}
    assert set(told[0].data) == {"version", "description", "status"}
    assert all(e.app_id == app.id for e in told)


@pytest.mark.parametrize("status", [0, 1])
def test_a_release_with_a_release_phase_is_told_of_three_times(
    tx: Transaction, customer: Actor, app: App, status: int
) -> None:
    """Made, its command runs, its command has ended (partner-api §6.2)."""
    release = deploy(tx, customer, app, **PHASE)
    [dyno] = tx.all(Dyno, kind="release")
    report_started(tx, dyno, pid=1, pid_started=1.0, port=None, boot_id="b")
    end_phase(tx, release, status)
    told = tx.all(Event, kind="release", subject_id=release.id, order_by="number")
    ended = "failed" if status else "succeeded"
    assert [e.data["status"] for e in told] == ["pending", "pending", ended]
    assert [e.action for e in told] == ["create", "update", "update"]
    assert [e.previous for e in told] == [{}, {}, {"status": "pending"}]
    assert {e.actor_id for e in told} == {customer.account.id}


def test_a_release_that_was_given_up_before_its_command_runs_is_not_told_of_again(
    tx: Transaction, customer: Actor, app: App
) -> None:
    release = deploy(tx, customer, app, **PHASE)
    [dyno] = tx.all(Dyno, kind="release")
    finish_release_phase(tx, release, succeeded=False)
    before = tx.count(Event, kind="release")
    report_started(tx, dyno, pid=1, pid_started=1.0, port=None, boot_id="b")
    assert tx.count(Event, kind="release") == before


def moves(tx: Transaction, customer: Actor, app: App) -> list[Callable[[random.Random], None]]:
    """What can happen to an app, each drawn from the dice."""

    def set_one(dice: random.Random) -> None:
        change_config_vars(tx, customer, app, {dice.choice("ABC"): str(dice.randrange(5))})

    def remove_one(dice: random.Random) -> None:
        change_config_vars(tx, customer, app, {dice.choice("ABC"): None})

    def push(dice: random.Random) -> None:
        deploy(tx, customer, app, f"{dice.randrange(10**8):08d}", **(PHASE if dice.random() < 0.5 else {}))

    def end_a_phase(dice: random.Random) -> None:
        waiting = tx.all(Dyno, kind="release")
        if waiting:
            report_gone(tx, dice.choice(waiting), dice.randrange(2))

    def go_back(dice: random.Random) -> None:
        good = [r for r in tx.all(Release, app_id=app.id, status="succeeded") if r.slug_id]
        if good:
            rollback(tx, app, customer.account, dice.choice(good).id)

    return [set_one, remove_one, push, end_a_phase, go_back]


@pytest.mark.parametrize("seed", range(8))
def test_invariant_08_config_is_the_fold_of_the_log_and_versions_have_no_gaps(
    tx: Transaction, customer: Actor, app: App, seed: int
) -> None:
    """After any history: the log alone gives versions, config and the one current release."""
    dice = random.Random(seed)
    acts = moves(tx, customer, app)
    seen: dict[str, tuple[object, ...]] = {}
    for _ in range(60):
        dice.choice(acts)(dice)
        log = tx.all(Release, app_id=app.id, order_by="version")
        assert [r.version for r in log] == list(range(1, len(log) + 1))
        assert app_config(tx, app) == config_of(tx, log[-1])
        assert current_release(tx, app.id) == [r for r in log if r.status == "succeeded"][-1]
        for release in log:
            fixed = (release.version, release.slug_id, release.description, config_of(tx, release))
            assert seen.setdefault(release.id, fixed) == fixed, "a release never changes"
        slug = tx.find(Slug, id=current_release(tx, app.id).slug_id)
        if slug is not None and "release" in slug.process_types:
            proofs = [r for r in log if r.slug_id == slug.id and r.status == "succeeded" and r.output_secret]
            assert proofs, "no slug runs before a release command of it has succeeded"


def test_a_new_version_is_one_more_than_the_newest_even_if_that_failed(
    tx: Transaction, customer: Actor, app: App
) -> None:
    failed = deploy(tx, customer, app, **PHASE)
    end_phase(tx, failed, 1)
    change_config_vars(tx, customer, app, {"A": "1"})
    assert newest_release(tx, app).version == failed.version + 1
