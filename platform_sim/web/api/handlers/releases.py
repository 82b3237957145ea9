"""Releases, slugs, builds and sources."""

from platform_sim.core.access import app_named, customers_only
from platform_sim.core.actions import builds, releases
from platform_sim.core.errors import InvalidParams
from platform_sim.core.model.apps import Build, Release
from platform_sim.core.public import apps as public
from platform_sim.core.store import Snapshot, Transaction
from platform_sim.web.api.bodies import identity, list_of, part, string_map, text
from platform_sim.web.api.call import Call, Json

CREATE = {"slug": identity, "release": identity, "description": text}
SLUG = {
    "process_types": string_map,
    "commit": text,
    "commit_description": text,
    "checksum": text,
    "buildpack_provided_description": text,
}
BUILD = {
    "source_blob": part({"url": text, "checksum": text, "version": text, "version_description": text}, ("url",)),
    "buildpacks": list_of(part({"url": text, "name": text})),
}


def listing(call: Call, rows: Snapshot) -> Json:
    """GET /apps/:app/releases, ascending by version."""
    customers_only(call.actor, "list releases", unless="app_operations")
    app = app_named(rows, call.actor, call.path["app"])
    current = releases.current_release(rows, app.id).id
    found = rows.all(Release, app_id=app.id, order_by="version")
    return [public.release(each, app, call.at, current) for each in found]


def info(call: Call, rows: Snapshot) -> Json:
    """GET /apps/:app/releases/:release (id, number or `vN`)."""
    customers_only(call.actor, "read releases", unless="app_operations")
    app = app_named(rows, call.actor, call.path["app"])
    return public.one_release(rows, releases.release_named(rows, app, call.path["release"]), app, call.at)


def create(call: Call, tx: Transaction) -> Json:
    """POST /apps/:app/releases: with `release` a rollback, with `slug` a new release (platform-api §1 quirk 16)."""
    customers_only(call.actor, "make a release")
    app = app_named(tx, call.actor, call.path["app"])
    if "release" in call.body:
        made = releases.rollback(tx, app, call.actor.account, call.body["release"])
    elif "slug" in call.body:
        slug = builds.slug_named(tx, app, call.body["slug"])
        made = builds.release_slug(tx, call.actor, app, slug, call.body.get("description"))
    else:
        raise InvalidParams("Missing parameter: slug (for a new release) or release (for a rollback).")
    return public.one_release(tx, made, app, call.at)


def create_slug(call: Call, tx: Transaction) -> Json:
    """POST /apps/:app/slugs: put the tarball at `blob.url` next."""
    app = app_named(tx, call.actor, call.path["app"])
    wish = call.body
    slug = builds.create_slug(
        tx,
        call.actor,
        app,
        wish["process_types"],
        commit=wish.get("commit"),
        commit_description=wish.get("commit_description"),
        checksum=wish.get("checksum"),
        buildpack_description=wish.get("buildpack_provided_description"),
    )
    return public.slug(slug, call.at, upload=True)


def slug_info(call: Call, rows: Snapshot) -> Json:
    """GET /apps/:app/slugs/:slug."""
    customers_only(call.actor, "read slugs")
    app = app_named(rows, call.actor, call.path["app"])
    return public.slug(builds.slug_named(rows, app, call.path["slug"]), call.at)


def create_source(call: Call, tx: Transaction) -> Json:
    """POST /sources."""
    customers_only(call.actor, "upload sources")
    return public.source(builds.create_source(tx), call.at)


def create_app_source(call: Call, tx: Transaction) -> Json:
    """POST /apps/:app/sources, the older spelling."""
    app_named(tx, call.actor, call.path["app"])
    return create_source(call, tx)


def list_builds(call: Call, rows: Snapshot) -> Json:
    """GET /apps/:app/builds."""
    customers_only(call.actor, "list builds", unless="app_operations")
    app = app_named(rows, call.actor, call.path["app"])
    return [public.build(rows, each, call.at) for each in rows.all(Build, app_id=app.id)]


def create_build(call: Call, tx: Transaction) -> Json:
    """POST /apps/:app/builds: pending; its output streams at once."""
    app = app_named(tx, call.actor, call.path["app"])
    wish = call.body["source_blob"]
    blob = builds.SourceBlob(wish["url"], wish.get("checksum"), wish.get("version"), wish.get("version_description"))
    named = [pack.get("url") or pack.get("name", "") for pack in call.body.get("buildpacks", [])]
    return public.build(tx, builds.create_build(tx, call.actor, app, blob, named), call.at)


def build_info(call: Call, rows: Snapshot) -> Json:
    """GET /apps/:app/builds/:build."""
    customers_only(call.actor, "read builds", unless="app_operations")
    app = app_named(rows, call.actor, call.path["app"])
    return public.build(rows, builds.build_named(rows, app, call.path["build"]), call.at)


def cancel_build(call: Call, tx: Transaction) -> Json:
    """DELETE /apps/:app/builds/:build: it has failed, and what runs of it is stopped."""
    customers_only(call.actor, "cancel a build")
    app = app_named(tx, call.actor, call.path["app"])
    found = builds.build_named(tx, app, call.path["build"])
    return public.build(tx, builds.cancel_build(tx, call.actor, found), call.at)


def clear_cache(call: Call, tx: Transaction) -> Json:
    """DELETE /apps/:app/build-cache: gone before the next build begins."""
    builds.clear_cache(tx, call.actor, app_named(tx, call.actor, call.path["app"]))
    return {}
