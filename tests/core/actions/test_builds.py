"""Sources, builds and slugs."""

from collections.abc import Callable

import pytest

from platform_sim.core.access import Actor
from platform_sim.core.actions.apps import update_app
from platform_sim.core.actions.builds import (
    BuiltSlug,
    SourceBlob,
    build_named,
    cancel_build,
    clear_cache,
    create_build,
    create_slug,
    create_source,
    fail_build,
    finish_build,
    release_slug,
    set_buildpacks,
    slug_named,
    slug_uploaded,
)
from platform_sim.core.actions.config_vars import change_config_vars
from platform_sim.core.actions.releases import newest_release
from platform_sim.core.errors import Conflict, Forbidden, InvalidParams, NotFound
from platform_sim.core.model.apps import App, Build, Slug
from platform_sim.core.model.records import Event, Job
from platform_sim.core.store import Transaction

from ...support import dump, new_addon, new_app, new_service, partner_of_addon

BUILT = BuiltSlug("slugs/1", {"web": "serve"}, "Python", ("heroku/python",), 1234, "SHA256:ab")
BLOB = SourceBlob("http://localhost/s", "SHA256:cd", "409cdef5aabbcc", "fix")


def test_a_build_is_a_row_a_job_and_an_event(tx: Transaction, customer: Actor, app: App) -> None:
    build = create_build(tx, customer, app, BLOB)
    assert (build.status, build.stack, build.source_version) == ("pending", "heroku-24", "409cdef5aabbcc")
    assert len(build.output_secret) == 32
    [job] = tx.all(Job, kind="build")
    assert job.subject_id == app.id, "builds of an app queue up"
    assert job.payload == {"build_id": build.id, "output": build.output_secret}
    [event] = tx.all(Event, kind="build")
    assert (event.action, event.data, event.app_id) == ("create", {"status": "pending"}, app.id)
    assert newest_release(tx, app).version == 2, "nothing is released yet"


def test_success_is_a_slug_a_release_and_an_event(tx: Transaction, customer: Actor, app: App) -> None:
    build, release = finish_build(tx, create_build(tx, customer, app, BLOB), BUILT)
    slug = tx.get(Slug, build.slug_id or "")
    assert (build.status, build.release_id) == ("succeeded", release.id)
    assert build.buildpacks == [{"name": "heroku/python", "url": "urn:buildpack:heroku/python"}]
    assert (slug.folder, slug.size, slug.checksum, slug.process_types) == (
        "slugs/1",
        1234,
        "SHA256:ab",
        {"web": "serve"},
    )
    assert (slug.commit_id, slug.commit_description) == ("409cdef5aabbcc", "fix")
    assert (release.description, release.slug_id) == ("Deploy 409cdef5", slug.id)
    event = tx.all(Event, kind="build", order_by="number")[-1]
    assert (event.action, event.data, event.previous) == ("update", {"status": "succeeded"}, {"status": "pending"})


def test_a_build_without_commit_is_named_after_its_slug(tx: Transaction, customer: Actor, app: App) -> None:
    build, release = finish_build(tx, create_build(tx, customer, app, SourceBlob("http://localhost/s")), BUILT)
    assert build.slug_id is not None
    assert release.description == f"Deploy {build.slug_id[:8]}"


def test_the_slug_has_the_stack_it_was_built_on(tx: Transaction, customer: Actor, app: App) -> None:
    build = create_build(tx, customer, app, BLOB)
    update_app(tx, customer, app, build_stack="heroku-22")
    build, _ = finish_build(tx, build, BUILT)
    assert tx.get(Slug, build.slug_id or "").stack == "heroku-24"


def test_a_failed_build_leaves_the_app_as_it_is(tx: Transaction, customer: Actor, app: App) -> None:
    build = create_build(tx, customer, app, BLOB)
    before = dump(tx)
    assert fail_build(tx, build).status == "failed"
    after = dump(tx)
    event = tx.all(Event, kind="build", order_by="number")[-1]
    assert (event.action, event.data, event.previous) == ("update", {"status": "failed"}, {"status": "pending"})
    for table in ("App", "Release", "Slug", "Formation", "ConfigSnapshot"):
        assert after[table] == before[table]


def test_invariant_07_a_build_ends_once(tx: Transaction, customer: Actor, app: App) -> None:
    good, bad = create_build(tx, customer, app, BLOB), create_build(tx, customer, app, BLOB)
    finish_build(tx, good, BUILT)
    fail_build(tx, bad)
    before = dump(tx)
    for ended in (good, bad):
        with pytest.raises(Conflict, match="already"):
            finish_build(tx, ended, BUILT)
        assert fail_build(tx, ended).status == tx.get(Build, ended.id).status
    assert dump(tx) == before


def test_a_slug_of_the_clients_own(tx: Transaction, customer: Actor, app: App) -> None:
    slug = create_slug(tx, customer, app, {"web": "serve"}, commit="abc", checksum="SHA256:given")
    assert (slug.folder, slug.size, slug.stack) == (None, None, "heroku-24")
    slug = slug_uploaded(tx, slug, "folder", 99, "SHA256:computed")
    assert (slug.folder, slug.size, slug.checksum) == ("folder", 99, "SHA256:given")
    assert release_slug(tx, customer, app, slug, None).slug_id == slug.id


@pytest.mark.parametrize("kind", ["", "we b", "a.b", "a/b", "a" * 129, "a\n"])
def test_process_types_of_a_slug_are_checked(tx: Transaction, customer: Actor, app: App, kind: str) -> None:
    with pytest.raises(InvalidParams, match="not a process type"):
        create_slug(tx, customer, app, {"web": "serve", kind: "x"})
    assert tx.count(Slug) == 0


def test_builds_and_slugs_are_found_by_id_within_their_app(tx: Transaction, customer: Actor, app: App) -> None:
    build, slug = create_build(tx, customer, app, BLOB), create_slug(tx, customer, app, {})
    assert build_named(tx, app, build.id) == build
    assert slug_named(tx, app, slug.id) == slug
    other = new_app(tx, customer, "other")
    for where, identity in [(other, build.id), (other, slug.id), (app, ""), (app, "x"), (app, app.id)]:
        with pytest.raises(NotFound):
            build_named(tx, where, identity)
        with pytest.raises(NotFound):
            slug_named(tx, where, identity)


def test_sources_have_secret_addresses(tx: Transaction) -> None:
    first, second = create_source(tx), create_source(tx)
    assert first.secret != second.secret
    assert len(first.secret) == 32


def test_partners_neither_build_nor_release(tx: Transaction, customer: Actor, app: App) -> None:
    new_service(tx)
    partner = partner_of_addon(tx, new_addon(tx, customer, app))
    slug = slug_uploaded(tx, create_slug(tx, customer, app, {}), "folder", 1, "x")
    attempts: list[Callable[[], object]] = [
        lambda: create_build(tx, partner, app, BLOB),
        lambda: create_slug(tx, partner, app, {}),
        lambda: release_slug(tx, partner, app, slug, None),
    ]
    before = dump(tx)
    for attempt in attempts:
        with pytest.raises(Forbidden):
            attempt()
    assert dump(tx) == before


def packs(build: Build) -> list[str]:
    return [pack["name"] for pack in build.buildpacks]


def test_buildpacks_are_those_asked_for_or_the_config_var_s_or_the_app_s(
    tx: Transaction, customer: Actor, app: App
) -> None:
    assert packs(create_build(tx, customer, app, BLOB)) == []
    app = set_buildpacks(tx, customer, app, ["urn:buildpack:heroku/python", "https://example.com/pack#v1"])
    assert app.buildpacks == ["heroku/python", "https://example.com/pack#v1"]
    assert packs(create_build(tx, customer, app, BLOB)) == app.buildpacks
    change_config_vars(tx, customer, app, {"BUILDPACK_URL": " https://example.com/older "})
    assert packs(create_build(tx, customer, app, BLOB)) == ["https://example.com/older"]
    assert packs(create_build(tx, customer, app, BLOB, ["heroku/nodejs"])) == ["heroku/nodejs"]
    change_config_vars(tx, customer, app, {"BUILDPACK_URL": None})
    app = set_buildpacks(tx, customer, app, [])
    assert packs(create_build(tx, customer, app, BLOB)) == []


def test_what_can_be_no_buildpack_is_refused(tx: Transaction, customer: Actor, app: App) -> None:
    before = dump(tx)
    with pytest.raises(InvalidParams, match="'heroku/ruby' is not built in"):
        set_buildpacks(tx, customer, app, ["heroku/python", "heroku/ruby"])
    with pytest.raises(InvalidParams, match="archive"):
        create_build(tx, customer, app, BLOB, ["https://example.com/x.tgz"])
    assert dump(tx) == before


def test_choosing_buildpacks_is_told_without_their_names(tx: Transaction, customer: Actor, app: App) -> None:
    app = set_buildpacks(tx, customer, app, ["https://user:token@example.com/pack"])
    assert set_buildpacks(tx, customer, app, app.buildpacks) is app, "nothing changes"
    [event] = tx.all(Event, kind="buildpack-installation")
    assert (event.app_id, event.data) == (app.id, {"count": 1})
    create_build(tx, customer, app, BLOB)
    assert "token" not in str([event.data for event in tx.all(Event)])


def test_only_a_pending_build_can_be_cancelled(tx: Transaction, customer: Actor, app: App) -> None:
    build = cancel_build(tx, customer, create_build(tx, customer, app, BLOB))
    assert build.status == "failed"
    event = tx.all(Event, kind="build", order_by="number")[-1]
    assert (event.data, event.previous) == ({"status": "failed"}, {"status": "pending"})
    done, _ = finish_build(tx, create_build(tx, customer, app, BLOB), BUILT)
    for ended, word in ((build, "failed"), (done, "succeeded")):
        with pytest.raises(Conflict, match=f"has {word} already"):
            cancel_build(tx, customer, ended)
    with pytest.raises(Conflict):
        finish_build(tx, build, BUILT)


def test_a_cache_is_cleared_in_turn_with_the_app_s_builds(tx: Transaction, customer: Actor, app: App) -> None:
    create_build(tx, customer, app, BLOB)
    clear_cache(tx, customer, app)
    assert [(job.kind, job.subject_id) for job in tx.all(Job)] == [
        ("build", app.id),
        ("clear_build_cache", app.id),
    ]


def test_a_partner_has_no_hand_in_buildpacks_cancelling_and_caches(tx: Transaction, customer: Actor, app: App) -> None:
    new_service(tx)
    partner = partner_of_addon(tx, new_addon(tx, customer, app))
    build = create_build(tx, customer, app, BLOB)
    with pytest.raises(Forbidden):
        set_buildpacks(tx, partner, app, [])
    with pytest.raises(Forbidden):
        cancel_build(tx, partner, build)
    with pytest.raises(Forbidden):
        clear_cache(tx, partner, app)
