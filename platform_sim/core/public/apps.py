"""Apps and what belongs to them in public."""

from platform_sim.core.actions.releases import current_release
from platform_sim.core.model import places
from platform_sim.core.model.accounts import Account
from platform_sim.core.model.addresses import Addresses
from platform_sim.core.model.apps import App, Build, Dyno, Formation, LogSessionRow, Release, Slug, Source
from platform_sim.core.model.buildpacks import as_shown, hidden
from platform_sim.core.model.values import iso, iso_or_none
from platform_sim.core.roles import team_name
from platform_sim.core.store import Snapshot

Json = dict[str, object]


def app(rows: Snapshot, row: App, at: Addresses) -> Json:
    """`App`. Its URLs are ours (the schema's patterns know Heroku's hosts only)."""
    owner = rows.get(Account, row.owner_id)
    team = _team(owner)
    region, stack = places.region(row.region), places.stack(row.stack)
    assert region is not None, "checked at creation"
    assert stack is not None, "checked at creation"
    return {
        "acm": row.acm,
        "archived_at": None,
        "build_stack": {"id": stack.id, "name": stack.name},
        "buildpack_provided_description": row.buildpack_description,
        "created_at": iso(row.created_at),
        "generation": {"id": places.CEDAR.id, "name": places.CEDAR.name},
        "git_url": at.git(row.name),
        "id": row.id,
        "internal_routing": None,
        "maintenance": row.maintenance,
        "name": row.name,
        "organization": team,
        "owner": {"email": owner.email, "id": owner.id},
        "region": {"id": region.id, "name": region.name},
        "released_at": iso_or_none(row.released_at),
        "repo_size": row.repo_size,
        "slug_size": row.slug_size,
        "space": None,
        "stack": {"id": stack.id, "name": stack.name},
        "team": team,
        "updated_at": iso(row.updated_at),
        "web_url": at.web(row.name),
    }


def _team(owner: Account) -> Json | None:
    """The team of a team's app: its account has its id and name (model.accounts)."""
    name = team_name(owner)
    return None if name is None else {"id": owner.id, "name": name}


def release(row: Release, owner: App, at: Addresses, current_id: str) -> Json:
    """`Release`; `current_id` is the id of the app's current release (look it up once for a list)."""
    return {
        "addon_plan_names": row.addon_plan_names,
        "app": {"id": owner.id, "name": owner.name},
        "artifacts": [{"id": row.slug_id, "type": "slug"}] if row.slug_id else [],
        "created_at": iso(row.created_at),
        "current": row.id == current_id,
        "description": row.description,
        "eligible_for_rollback": row.status == "succeeded" and row.slug_id is not None,
        "id": row.id,
        "output_stream_url": at.output(row.output_secret) if row.output_secret else None,
        "slug": {"id": row.slug_id} if row.slug_id else None,
        "status": row.status,
        "updated_at": iso(row.updated_at),
        "user": {"email": row.actor_email, "id": row.actor_id},
        "version": row.version,
    }


def one_release(rows: Snapshot, row: Release, owner: App, at: Addresses) -> Json:
    """`release` for a single answer."""
    return release(row, owner, at, current_release(rows, owner.id).id)


def slug(row: Slug, at: Addresses, *, upload: bool = False) -> Json:
    """`Slug`; `upload` shows where to put it, otherwise where to get it."""
    stack = places.stack(row.stack)
    assert stack is not None, "an app's stack"
    return {
        "blob": {"method": "put" if upload else "get", "url": at.slug(row.upload_secret)},
        "buildpack_provided_description": row.buildpack_description,
        "checksum": row.checksum,
        "commit": row.commit_id,
        "commit_description": row.commit_description,
        "created_at": iso(row.created_at),
        "deleted_at": None,
        "id": row.id,
        "process_types": row.process_types,
        "size": row.size,
        "stack": {"id": stack.id, "name": stack.name},
        "updated_at": iso(row.updated_at),
    }


def build(rows: Snapshot, row: Build, at: Addresses) -> Json:
    """`Build`."""
    actor = rows.get(Account, row.actor_id)
    return {
        "app": {"id": row.app_id},
        "buildpacks": [hidden(pack) for pack in row.buildpacks] or None,
        "created_at": iso(row.created_at),
        "generation": places.CEDAR.name,
        "id": row.id,
        "output_stream_url": at.output(row.output_secret),
        "release": {"id": row.release_id} if row.release_id else None,
        "slug": {"id": row.slug_id} if row.slug_id else None,
        "source_blob": {
            "checksum": row.source_checksum,
            "url": row.source_url,
            "version": row.source_version,
            "version_description": row.source_description,
        },
        "stack": row.stack,
        "status": row.status,
        "updated_at": iso(row.updated_at),
        "user": {"email": actor.email, "id": actor.id},
    }


def buildpack_installation(name: str, ordinal: int) -> Json:
    """`Buildpack Installation`: whole, since clients send back what they have read."""
    return {"buildpack": as_shown(name), "ordinal": ordinal}


def source(row: Source, at: Addresses) -> Json:
    """`Source`: put the tarball at one URL, give the other to `POST /builds`."""
    return {"source_blob": {"get_url": at.source(row.secret), "put_url": at.source(row.secret)}}


def formation(row: Formation, owner: App) -> Json:
    """`Formation`."""
    size = places.dyno_size(row.size)
    assert size is not None, "checked when scaled"
    return {
        "app": {"id": owner.id, "name": owner.name},
        "command": row.command,
        "created_at": iso(row.created_at),
        "dyno_size": {"id": size.id, "name": size.name},
        "id": row.id,
        "quantity": row.quantity,
        "size": row.size,
        "type": row.type,
        "updated_at": iso(row.updated_at),
    }


def dyno(rows: Snapshot, row: Dyno, owner: App) -> Json:
    """`Dyno`. `attach_url` is a secret: only whoever starts an attached dyno is told it."""
    release = rows.get(Release, row.release_id)
    return {
        "app": {"id": owner.id, "name": owner.name},
        "attach_url": None,
        "command": row.command,
        "created_at": iso(row.created_at),
        "id": row.id,
        "name": row.name,
        "release": {"id": release.id, "version": release.version},
        "size": row.size,
        "state": row.state,
        "type": row.type,
        "updated_at": iso(row.updated_at),
    }


def log_session(row: LogSessionRow, at: Addresses) -> Json:
    """`Log Session`."""
    return {
        "created_at": iso(row.created_at),
        "id": row.id,
        "logplex_url": at.log(row.secret),
        "updated_at": iso(row.updated_at),
    }
