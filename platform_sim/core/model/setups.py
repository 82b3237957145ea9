"""App setups and review apps: an app that is made of a tarball, as its `app.json` says."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal

from platform_sim.core.model.secrecy import HEX, PLACE, VALUES, WITHIN

SETUP = "app_setup"
"""The kind of the job that moves a setup forward; its subject is the setup."""
END_REVIEW_APP = "end_review_app"
REVIEW_APP_DEADLINE = "review_app_deadline"
"""By its name a deadline: it waits for days and holds up no other job of its review app."""

POSTDEPLOY = "postdeploy"
"""The type of the dyno that runs the command, and its name before the number."""

PREDESTROY = "pr-predestroy"
"""The same for what runs before a review app goes."""

SetupStatus = Literal["pending", "succeeded", "failed"]
SetupStep = Literal["source", "addons", "build", "postdeploy"]
ReviewAppStatus = Literal["pending", "creating", "created", "deleting", "deleted", "errored"]


@dataclass(frozen=True)
class AppSetup:
    """An app on its way. `step`: what it waits for; `app_name` stays readable when a failure has deleted the app."""

    id: str
    app_id: str
    app_name: str
    actor_id: str
    status: SetupStatus
    step: SetupStep
    source_url: Annotated[str, PLACE]
    source_checksum: str | None
    source_version: str | None
    environment: str
    """The section of `environments` in app.json that goes before the rest of it, or empty."""
    overrides: Annotated[dict[str, Any], VALUES]
    """What the request wants otherwise than app.json: `env`, `buildpacks`, `stack`."""
    manifest: dict[str, Any]
    """What app.json wants for later: `formation`, `postdeploy`, `predestroy`, `success_url`."""
    addon_ids: list[str]
    """The add-ons that it waits for."""
    failure_message: str | None
    manifest_errors: list[str]
    build_id: str | None
    build_secret: Annotated[str | None, HEX]
    build_status: str | None
    """How the build stood when a failure took its row away."""
    postdeploy_dyno_id: str | None
    postdeploy_tries: int
    postdeploy_secret: Annotated[str | None, HEX]
    """Of what the command says."""
    postdeploy_exit: int | None
    postdeploy_output: Annotated[str | None, WITHIN]
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class ReviewAppConfig:
    """Review apps are enabled for a pipeline."""

    id: str
    pipeline_id: str
    repo: str | None
    """`owner/name`, as it was given: there is no GitHub here."""
    repo_id: int
    """Made up, since the schema wants one."""
    automatic_review_apps: bool
    wait_for_ci: bool
    destroy_stale_apps: bool
    stale_days: int
    base_name: str | None
    deploy_target: dict[str, Any] | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class ReviewApp:
    """An app that shows a branch. How far it is, its setup says, until it ends."""

    id: str
    pipeline_id: str
    app_id: str
    setup_id: str
    creator_id: str
    branch: str
    pr_number: int | None
    fork_repo_id: int | None
    ending: Literal["", "deleting", "deleted"]
    created_at: datetime
    updated_at: datetime
