"""Source uploads, builds and slugs: from a tarball to a release (platform-api §6)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from platform_sim.core.access import Actor, customers_only
from platform_sim.core.actions.releases import app_config, make_release
from platform_sim.core.errors import Conflict, InvalidParams, NotFound
from platform_sim.core.model.accounts import Account
from platform_sim.core.model.apps import App, Build, Release, Slug, Source
from platform_sim.core.model.buildpacks import as_shown, buildpack_problem, short
from platform_sim.core.model.values import PROCESS_TYPE, is_uuid
from platform_sim.core.store import Snapshot, Transaction

BUILDPACK_VAR = "BUILDPACK_URL"
"""A config var that names one buildpack and goes before those of the app (heroku-cli §15: buildpacks:clear warns)."""


@dataclass(frozen=True)
class SourceBlob:
    """What to build. `url` is where the tarball is; `version` usually a commit id."""

    url: str
    checksum: str | None = None
    version: str | None = None
    description: str | None = None


@dataclass(frozen=True)
class BuiltSlug:
    """What a build made. `folder` is relative to the platform's slug folder; `size` in bytes."""

    folder: str
    process_types: Mapping[str, str]
    buildpack_description: str | None
    buildpacks: tuple[str, ...]
    size: int
    checksum: str


def create_source(tx: Transaction) -> Source:
    """A place to upload a tarball to."""
    return tx.insert(Source(tx.uuid("source"), tx.secret("source"), tx.now()))


def create_build(tx: Transaction, actor: Actor, app: App, source: SourceBlob, buildpacks: Sequence[str] = ()) -> Build:
    """A pending build and the job that runs it; its output is readable at once.

    Its buildpacks: those given, else that of the config var BUILDPACK_URL, else the app's, else what fits.
    """
    customers_only(actor, "build an app")
    chosen = check_buildpacks(buildpacks) or _named_by_config(tx, app) or app.buildpacks
    now = tx.now()
    build = tx.insert(
        Build(
            id=tx.uuid("build", app.id),
            app_id=app.id,
            status="pending",
            actor_id=actor.account.id,
            source_url=source.url,
            source_checksum=source.checksum,
            source_version=source.version,
            source_description=source.description,
            buildpacks=[as_shown(name) for name in chosen],
            stack=app.stack,
            output_secret=tx.secret("build-output", app.id),
            slug_id=None,
            release_id=None,
            created_at=now,
            updated_at=now,
        )
    )
    tx.record("build", "create", build.id, actor.account, {"status": "pending"}, app_id=app.id)
    # Jobs of one subject run one after the other: an app's builds share a cache.
    tx.add_job("build", app.id, {"build_id": build.id, "output": build.output_secret})
    return build


def check_buildpacks(names: Sequence[str]) -> list[str]:
    """Short names of buildpacks; InvalidParams for what can be none."""
    for name in names:
        problem = buildpack_problem(name)
        if problem is not None:
            # The CLI sends no name at all for a short one that the registry has not.
            raise InvalidParams(f"{f'Buildpack {name[:200]!r}' if name else 'That buildpack'} {problem}.")
    return [short(name) for name in names]


def _named_by_config(rows: Snapshot, app: App) -> list[str]:
    """The older way to name a buildpack; what is wrong with it the build tells."""
    named = app_config(rows, app).get(BUILDPACK_VAR, "").strip()
    return [short(named)] if named else []


def set_buildpacks(tx: Transaction, actor: Actor, app: App, names: Sequence[str]) -> App:
    """What the app's next build uses, in this order; none: what fits. InvalidParams for what can be no buildpack."""
    customers_only(actor, "choose an app's buildpacks")
    chosen = check_buildpacks(names)
    if chosen == app.buildpacks:
        return app
    app = tx.update(app, buildpacks=chosen)
    tx.record("buildpack-installation", "update", app.id, actor.account, {"count": len(chosen)}, app_id=app.id)
    return app


def build_named(rows: Snapshot, app: App, identity: str) -> Build:
    """A build by id."""
    found = rows.find(Build, id=identity, app_id=app.id) if is_uuid(identity) else None
    if found is None:
        raise NotFound("build")
    return found


def finish_build(tx: Transaction, build: Build, built: BuiltSlug) -> tuple[Build, Release]:
    """The build succeeded: slug, release (`Deploy 409cdef5`), events. Conflict if it has ended before."""
    build = tx.get(Build, build.id)
    if build.status != "pending":
        raise Conflict(f"This build has {build.status} already: start another one.")
    app = tx.get(App, build.app_id)
    actor = tx.get(Account, build.actor_id)
    slug = _new_slug(
        tx,
        app,
        process_types=built.process_types,
        commit=build.source_version,
        commit_description=build.source_description,
        buildpack_description=built.buildpack_description,
        checksum=built.checksum,
        size=built.size,
        folder=built.folder,
        stack=build.stack,
    )
    commit = (build.source_version or slug.id)[:8]
    release = make_release(tx, app, actor, f"Deploy {commit}", slug=slug)
    packs = [as_shown(short(name)) for name in built.buildpacks]
    build = tx.update(build, status="succeeded", slug_id=slug.id, release_id=release.id, buildpacks=packs)
    _told_finished(tx, build, actor)
    return build, release


def fail_build(tx: Transaction, build: Build) -> Build:
    """The build failed: the app stays as it is. What has ended before stays too."""
    build = tx.get(Build, build.id)
    if build.status != "pending":
        return build
    build = tx.update(build, status="failed")
    _told_finished(tx, build, tx.get(Account, build.actor_id))
    return build


def cancel_build(tx: Transaction, actor: Actor, build: Build) -> Build:
    """A build that waits or runs has failed from now on; what builds it sees that and stops. Conflict for others."""
    customers_only(actor, "cancel a build")
    if build.status != "pending":
        raise Conflict(f"This build has {build.status} already: only one that is pending can be cancelled.")
    build = tx.update(build, status="failed")
    _told_finished(tx, build, actor.account)
    return build


def clear_cache(tx: Transaction, actor: Actor, app: App) -> None:
    """Owe the removal of what buildpacks have kept; after the builds that are asked for already."""
    customers_only(actor, "clear an app's build cache")
    tx.add_job("clear_build_cache", app.id, {})


def _told_finished(tx: Transaction, build: Build, actor: Account) -> None:
    data = {"status": build.status}
    tx.record("build", "update", build.id, actor, data, app_id=build.app_id, previous={"status": "pending"})


def _new_slug(
    tx: Transaction,
    app: App,
    *,
    process_types: Mapping[str, str],
    commit: str | None,
    commit_description: str | None = None,
    buildpack_description: str | None = None,
    checksum: str | None = None,
    size: int | None = None,
    folder: str | None = None,
    stack: str | None = None,
) -> Slug:
    now = tx.now()
    return tx.insert(
        Slug(
            id=tx.uuid("slug", app.id),
            app_id=app.id,
            process_types=dict(process_types),
            commit_id=commit,
            commit_description=commit_description,
            checksum=checksum,
            size=size,
            stack=stack or app.stack,
            buildpack_description=buildpack_description,
            folder=folder,
            upload_secret=tx.secret("slug", app.id),
            created_at=now,
            updated_at=now,
        )
    )


def copy_slug(tx: Transaction, slug: Slug, app: App) -> Slug:
    """The same slug for another app: its files are there once, its row for each app."""
    return _new_slug(
        tx,
        app,
        process_types=slug.process_types,
        commit=slug.commit_id,
        commit_description=slug.commit_description,
        buildpack_description=slug.buildpack_description,
        checksum=slug.checksum,
        size=slug.size,
        folder=slug.folder,
        stack=slug.stack,
    )


def create_slug(
    tx: Transaction,
    actor: Actor,
    app: App,
    process_types: Mapping[str, str],
    *,
    commit: str | None = None,
    commit_description: str | None = None,
    checksum: str | None = None,
    buildpack_description: str | None = None,
) -> Slug:
    """A slug to be uploaded by the client (`blob.url`), then released."""
    customers_only(actor, "create a slug")
    for kind in process_types:
        if PROCESS_TYPE.fullmatch(kind) is None:
            raise InvalidParams(f"{kind[:128]!r} is not a process type: use letters, digits, - and _.")
    return _new_slug(
        tx,
        app,
        process_types=process_types,
        commit=commit,
        commit_description=commit_description,
        checksum=checksum,
        buildpack_description=buildpack_description,
    )


def slug_named(rows: Snapshot, app: App, identity: str) -> Slug:
    """A slug of the app by id."""
    found = rows.find(Slug, id=identity, app_id=app.id) if is_uuid(identity) else None
    if found is None:
        raise NotFound("slug")
    return found


def slug_uploaded(tx: Transaction, slug: Slug, folder: str, size: int, checksum: str) -> Slug:
    """The client has put the slug's tarball."""
    return tx.update(slug, folder=folder, size=size, checksum=slug.checksum or checksum)


def release_slug(tx: Transaction, actor: Actor, app: App, slug: Slug, description: str | None) -> Release:
    """A release of an uploaded slug."""
    customers_only(actor, "release a slug")
    if slug.folder is None:
        raise InvalidParams("This slug has not been uploaded: PUT its tarball to blob.url first.")
    text = description or f"Deploy {(slug.commit_id or slug.id)[:8]}"
    return make_release(tx, app, actor.account, text, slug=slug)
