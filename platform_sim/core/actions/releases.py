"""Releases: the only way in which an app's slug or config changes. A new current release is the message to restart."""

from collections.abc import Mapping

from platform_sim.core.actions.causes import first_event, newest_event
from platform_sim.core.actions.dyno_rows import new_dyno, one_off_name
from platform_sim.core.actions.ownership import owned_vars
from platform_sim.core.errors import InvalidParams, NotFound
from platform_sim.core.model.accounts import Account
from platform_sim.core.model.addons import Addon, AddonService, Plan
from platform_sim.core.model.apps import App, ConfigSnapshot, Formation, Release, Slug
from platform_sim.core.model.values import is_uuid
from platform_sim.core.store import Snapshot, Transaction

_CARRIED_ON = ("succeeded", "pending")


def newest_release(rows: Snapshot, app: App) -> Release:
    """The highest version, whatever became of it; every app has one from its creation."""
    found = rows.find(Release, app_id=app.id, order_by="version", desc=True)
    assert found is not None, "an app is created with its first release"
    return found


def current_release(rows: Snapshot, app_id: str) -> Release:
    """The release that dynos should run: the highest version that succeeded."""
    found = rows.find(Release, app_id=app_id, status="succeeded", order_by="version", desc=True)
    assert found is not None, "an app is created with its first release"
    return found


def newest_deployment(rows: Snapshot, app_id: str) -> Release | None:
    """The newest release that brought another slug than the one before it; None if nothing was ever deployed."""
    found, before = None, None
    for release in rows.all(Release, app_id=app_id, order_by="version"):
        if release.slug_id != before and release.slug_id is not None:
            found = release
        before = release.slug_id
    return found


def config_of(rows: Snapshot, release: Release) -> dict[str, str]:
    """All config vars of a release."""
    return _snapshot_of(rows, release).vars


def _snapshot_of(rows: Snapshot, release: Release) -> ConfigSnapshot:
    return rows.get(ConfigSnapshot, release.id)


def app_config(rows: Snapshot, app: App) -> dict[str, str]:
    """An app's config vars: those of its newest release (platform-api §5)."""
    return config_of(rows, newest_release(rows, app))


def make_release(
    tx: Transaction,
    app: App,
    actor: Account,
    description: str,
    *,
    slug: Slug | None = None,
    config: Mapping[str, str] | None = None,
    release_phase: bool = True,
) -> Release:
    """The next version. Without `slug` or `config` it keeps those of the releases before it.

    With a `release` process type it stays `pending` until that dyno has ended (platform-api §6), unless
    `release_phase` is False (a partner's config change) and the slug has been through one before.
    InvalidParams, before anything is written, for config that grows beyond its limit.
    """
    before = tx.find(Release, app_id=app.id, order_by="version", desc=True)
    slug_id = slug.id if slug else _slug_to_carry_on(tx, app, before)
    vars_before = config_of(tx, before) if before else {}
    vars_now = dict(config) if config is not None else vars_before
    check_size(tx, app.name, vars_before, vars_now)
    command = _release_command(tx, slug_id)
    if command and not release_phase and current_release(tx, app.id).slug_id == slug_id:
        command = None
    now = tx.now()
    release = tx.insert(
        Release(
            id=tx.uuid("release", app.id),
            app_id=app.id,
            version=before.version + 1 if before else 1,
            description=description,
            status="pending" if command else "succeeded",
            actor_id=actor.id,
            actor_email=actor.email,
            slug_id=slug_id,
            addon_plan_names=_plan_names(tx, app),
            output_secret=tx.secret("release-output", app.id) if command else None,
            created_at=now,
            updated_at=now,
        )
    )
    from_addons = sorted(owned_vars(tx, app).items() & vars_now.items())
    tx.insert(ConfigSnapshot(release.id, app.id, vars_now, [name for name, _ in from_addons]))
    made = tx.record("release", "create", release.id, actor, event_data(release), app_id=app.id)
    if command:
        new_dyno(tx, release, "release", one_off_name(tx, app.id, "release"), command, cause_id=made.id)
    else:
        _make_current(tx, app, release)
    return release


def _slug_to_carry_on(tx: Transaction, app: App, before: Release | None) -> str | None:
    """A failed deploy's slug is not carried on; a failed config change's vars are (they stay set)."""
    if before and before.status not in _CARRIED_ON:
        before = tx.find(Release, app_id=app.id, status=_CARRIED_ON, order_by="version", desc=True)
    return before.slug_id if before else None


def check_size(tx: Transaction, name: str, before: Mapping[str, str], after: Mapping[str, str]) -> None:
    """InvalidParams for config vars of `name` that are too much in all.

    Whoever sets it, customer or partner; what makes it smaller is never refused (platform-api §5).
    """
    limit, size = tx.rules.config_size_limit, _size(after)
    if size > limit and size > _size(before):
        raise InvalidParams(f"Config vars are limited to {limit} bytes for an app; this would make {size} on {name}.")


def _size(config: Mapping[str, str]) -> int:
    return sum(len(name.encode()) + len(value.encode()) for name, value in config.items())


def event_data(release: Release) -> dict[str, object]:
    """What a release event tells: no config, since values are secrets."""
    return {"version": release.version, "description": release.description, "status": release.status}


def _release_command(tx: Transaction, slug_id: str | None) -> str | None:
    return tx.get(Slug, slug_id).process_types.get("release") if slug_id else None


def _plan_names(tx: Transaction, app: App) -> list[str]:
    names = []
    for addon in tx.all(Addon, app_id=app.id, state="provisioned", order_by="name"):
        service, plan = tx.get(AddonService, addon.service_id), tx.get(Plan, addon.plan_id)
        names.append(f"{service.name}:{plan.name}")
    return names


def start_release_phase(tx: Transaction, release: Release) -> None:
    """The release command runs: a release with a release phase is told of at least three times (partner-api §6.2)."""
    if release.status == "pending":
        actor = tx.get(Account, release.actor_id)
        tx.record(
            "release",
            "update",
            release.id,
            actor,
            event_data(release),
            app_id=release.app_id,
            cause_id=newest_event(tx, "release", release.id),
        )


def finish_release_phase(tx: Transaction, release: Release, succeeded: bool) -> Release:
    """The release command has ended: the release becomes current, or failed and the one before stays."""
    if release.status != "pending":
        return release
    release = tx.update(release, status="succeeded" if succeeded else "failed")
    actor = tx.get(Account, release.actor_id)
    tx.record(
        "release",
        "update",
        release.id,
        actor,
        event_data(release),
        app_id=release.app_id,
        previous={"status": "pending"},
        cause_id=first_event(tx, "release", release.id),
    )
    if succeeded:
        _make_current(tx, tx.get(App, release.app_id), release)
    return release


def _make_current(tx: Transaction, app: App, release: Release) -> None:
    if release.slug_id is None or current_release(tx, app.id).id != release.id:
        return
    slug = tx.get(Slug, release.slug_id)
    description = slug.buildpack_description
    tx.update(app, released_at=tx.now(), slug_size=slug.size, buildpack_description=description)
    _follow_process_types(tx, app, slug, newest_event(tx, "release", release.id))


def _follow_process_types(tx: Transaction, app: App, slug: Slug, cause_id: str | None) -> None:
    """First deploy: `web` gets one dyno and all others none; later ones keep quantities (platform-api §6). `release`
    is one of them, with none (heroku-cli §15, ps:scale): the CLI asks there whether an app has a release phase."""
    known = {f.type: f for f in tx.all(Formation, app_id=app.id)}
    for kind, command in sorted(slug.process_types.items()):
        if kind in known:
            row = known.pop(kind)
            if row.command != command:
                tx.update(row, command=command)
            continue
        now = tx.now()
        row = Formation(
            id=tx.uuid("formation", f"{app.id}:{kind}"),
            app_id=app.id,
            type=kind,
            quantity=1 if kind == "web" else 0,
            size="Basic",
            command=command,
            created_at=now,
            updated_at=now,
        )
        tx.insert(row)
        data = {"type": kind, "quantity": row.quantity}
        tx.record("formation", "create", row.id, None, data, app_id=app.id, cause_id=cause_id)
    for gone in known.values():
        tx.record("formation", "destroy", gone.id, None, {"type": gone.type}, app_id=app.id, cause_id=cause_id)
        tx.delete(gone)


def release_named(rows: Snapshot, app: App, identity: str) -> Release:
    """By id, `v12` or `12`."""
    if is_uuid(identity):
        found = rows.find(Release, id=identity, app_id=app.id)
    else:
        number = identity.removeprefix("v")
        found = rows.find(Release, app_id=app.id, version=int(number)) if _is_version(number) else None
    if found is None:
        raise NotFound("release")
    return found


def _is_version(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10


def rollback(tx: Transaction, app: App, actor: Account, identity: str) -> Release:
    """A new version with the slug and config of an old one; add-ons stay as they are (platform-api §5)."""
    target = release_named(tx, app, identity)
    if target.status != "succeeded" or target.slug_id is None:
        raise InvalidParams(
            f"Cannot roll back to v{target.version}: it has no slug or did not succeed. "
            "Choose a version that was deployed, see the list of releases."
        )
    slug = tx.get(Slug, target.slug_id)
    config = _config_to_restore(tx, app, target)
    return make_release(tx, app, actor, f"Rollback to v{target.version}", slug=slug, config=config)


def _config_to_restore(tx: Transaction, app: App, target: Release) -> dict[str, str]:
    """The customer's vars of then with the add-ons' vars of today: retired credentials must not come back."""
    then, today = _snapshot_of(tx, target), app_config(tx, app)
    own = {name: value for name, value in then.vars.items() if name not in then.addon_vars}
    owned = owned_vars(tx, app)
    return {name: value for name, value in own.items() if name not in owned} | {
        name: value for name, value in today.items() if name in owned
    }
