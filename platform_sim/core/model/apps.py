"""Apps and what runs in them: releases, config, slugs, builds, formation, dynos, log sessions."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from platform_sim.core.model.secrecy import HEX, PLACE, VALUES

ReleaseStatus = Literal["pending", "succeeded", "failed", "expired"]
BuildStatus = Literal["pending", "succeeded", "failed"]
HEROKU_ID_HOST = "heroku.com"
DynoState = Literal["starting", "up", "crashed", "down", "idle"]


@dataclass(frozen=True)
class App:
    """An application. `name` is unique and may change; `id` never does."""

    id: str
    name: str
    owner_id: str
    region: str
    stack: str
    maintenance: bool
    acm: bool
    """Whether certificates of custom domains are managed automatically."""
    buildpacks: list[str]
    """What the next build uses, in order; empty: what fits the source."""
    buildpack_description: str | None
    slug_size: int | None
    repo_size: int | None
    legacy_number: int
    """The number in `app123@heroku.com`, by which partners of version 1 know the app; unique (partner-api §8.1)."""
    released_at: datetime | None
    created_at: datetime
    updated_at: datetime
    locked: bool = False
    """Of an app that a team owns: whether members who have not joined it may only look at it."""


def heroku_id(app: App) -> str:
    """What partners of version 1 call the app, for ever (partner-api §8.1)."""
    return f"app{app.legacy_number}@{HEROKU_ID_HOST}"


def legacy_number(identity: str) -> int | None:
    """The number in a `heroku_id`, None if it is none."""
    name, _, host = identity.partition("@")
    digits = name.removeprefix("app")
    is_one = host == HEROKU_ID_HOST and name != digits and digits.isascii() and digits.isdigit() and len(digits) < 16
    return int(digits) if is_one else None


@dataclass(frozen=True)
class Release:
    """One version of an app = slug + config. Versions rise by one, nothing is ever changed but the status."""

    id: str
    app_id: str
    version: int
    description: str
    status: ReleaseStatus
    actor_id: str
    actor_email: str
    slug_id: str | None
    addon_plan_names: list[str]
    output_secret: Annotated[str | None, HEX]
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class ConfigSnapshot:
    """All config vars of a release; an app's config is the snapshot of its newest release."""

    id: str
    """The release's id."""
    app_id: str
    vars: Annotated[dict[str, str], VALUES]
    addon_vars: list[str]
    """Names of those that held an add-on's value then: a rollback leaves them as they are now."""


@dataclass(frozen=True)
class Slug:
    """A built app: `folder` is relative to the platform's slug folder, None until it is uploaded."""

    id: str
    app_id: str
    process_types: dict[str, str]
    commit_id: str | None
    commit_description: str | None
    checksum: str | None
    size: int | None
    stack: str
    buildpack_description: str | None
    folder: str | None
    upload_secret: Annotated[str, HEX]
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class Build:
    """A build, asked for by `git push` or `POST /apps/:app/builds`."""

    id: str
    app_id: str
    status: BuildStatus
    actor_id: str
    source_url: Annotated[str, PLACE]
    source_checksum: str | None
    source_version: str | None
    source_description: str | None
    buildpacks: list[dict[str, str]]
    """Those that are asked for, and once it is built, those that were used."""
    stack: str
    output_secret: Annotated[str, HEX]
    slug_id: str | None
    release_id: str | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class Source:
    """A place to upload a source tarball to (`POST /sources`); `secret` is part of its two URLs."""

    id: str
    secret: Annotated[str, HEX]
    created_at: datetime


@dataclass(frozen=True)
class Formation:
    """How many dynos of a process type are wanted."""

    id: str
    app_id: str
    type: str
    quantity: int
    size: str
    command: str
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class Dyno:
    """A dyno as the platform knows it.

    `kind`: `formation` dynos are kept alive by the supervisor; `run` and `release` ones end once.
    `wanted`: False asks the supervisor to stop it. `pid` + `pid_started` find a killed platform's orphans.
    """

    id: str
    app_id: str
    release_id: str
    name: str
    type: str
    kind: Literal["formation", "run", "release"]
    command: str
    size: str
    env: Annotated[dict[str, str], VALUES]
    state: DynoState
    wanted: bool
    crashes: int
    retry_at: datetime | None
    pid: int | None
    pid_started: float | None
    port: int | None
    boot_id: str | None
    exit_status: int | None
    attach_secret: Annotated[str | None, HEX]
    """Set for a one-off dyno whose input and output go to a customer (`heroku run`); part of its URL."""
    tty: bool
    """Whether an attached dyno gets a pseudo-terminal."""
    created_at: datetime
    updated_at: datetime
    inside_id: str | None = None
    """The dyno in which a one-off command runs (`heroku run:inside`), as long as that one does."""
    expires_at: datetime | None = None
    """When a one-off dyno is stopped, if it was given a time to live."""
    cause_id: str | None = None
    """The event for which it was started and, once it is not wanted any more, for which it is stopped."""


@dataclass(frozen=True)
class LogSessionRow:
    """A permission to read an app's log at a secret URL, for a while."""

    id: str
    app_id: str
    secret: Annotated[str, HEX]
    lines: int
    tail: bool
    dyno: str | None
    source: str | None
    expires_at: datetime
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class FeatureSwitch:
    """A feature that somebody has switched on or off; without a row it is off."""

    id: str
    owner_id: str
    """An app's id, or an account's."""
    name: str
    enabled: bool
    created_at: datetime
    updated_at: datetime
