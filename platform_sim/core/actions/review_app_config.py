"""Review apps of a pipeline: enabled, changed, disabled. There is no GitHub here, so none is made by itself: what says
when that should happen (`automatic_review_apps`, `wait_for_ci`) is kept and shown.
"""

import re
from collections.abc import Mapping
from typing import Any

from platform_sim.core.access import Actor
from platform_sim.core.errors import InvalidParams, NotFound, NotSimulated
from platform_sim.core.model.pipelines import Pipeline
from platform_sim.core.model.places import region
from platform_sim.core.model.setups import ReviewAppConfig
from platform_sim.core.store import Snapshot, Transaction

STALE_DAYS = 5
"""Without a deployment, unless something else is said: the example of the schema."""
MOST_DAYS = 365
_REPO = re.compile(r"[\w.-]+/[\w.-]+", re.ASCII)
_BASE_NAME = re.compile(r"[a-z][a-z0-9-]{0,28}")


def config_of(rows: Snapshot, pipeline: Pipeline) -> ReviewAppConfig:
    """A pipeline's; NotFound where review apps are not enabled."""
    found = rows.find(ReviewAppConfig, pipeline_id=pipeline.id)
    if found is None:
        raise NotFound("review_app_config", f"Review apps are not enabled for the pipeline {pipeline.name}.")
    return found


def enable(tx: Transaction, actor: Actor, pipeline: Pipeline, wish: Mapping[str, Any]) -> ReviewAppConfig:
    """Enable review apps; where they are already, what is named changes."""
    values, repo, now = _checked(wish), wish.get("repo"), tx.now()
    if repo is not None and _REPO.fullmatch(repo) is None:
        raise InvalidParams(f"{repo[:100]!r} is no repository: write it as owner/name.")
    if tx.find(ReviewAppConfig, pipeline_id=pipeline.id) is not None:
        return change(tx, actor, pipeline, wish)
    config = tx.insert(
        ReviewAppConfig(
            id=tx.uuid("review-app-config", pipeline.id),
            pipeline_id=pipeline.id,
            repo=repo,
            repo_id=tx.dice("repo", pipeline.id).randrange(1_000_000, 1_000_000_000),
            automatic_review_apps=values.get("automatic_review_apps", False),
            wait_for_ci=values.get("wait_for_ci", False),
            destroy_stale_apps=values.get("destroy_stale_apps", False),
            stale_days=values.get("stale_days", STALE_DAYS),
            base_name=values.get("base_name"),
            deploy_target=values.get("deploy_target"),
            created_at=now,
            updated_at=now,
        )
    )
    tx.record("review-app-config", "create", config.id, actor.account, {"pipeline": pipeline.name})
    return config


def change(tx: Transaction, actor: Actor, pipeline: Pipeline, wish: Mapping[str, Any]) -> ReviewAppConfig:
    """What is named changes. For apps that are there only how soon they are stale."""
    config, values = config_of(tx, pipeline), _checked(wish)
    values = {name: value for name, value in values.items() if getattr(config, name) != value}
    if not values:
        return config
    config = tx.update(config, **values)
    tx.record("review-app-config", "update", config.id, actor.account, {"pipeline": pipeline.name})
    return config


def disable(tx: Transaction, actor: Actor, pipeline: Pipeline) -> ReviewAppConfig:
    """No new review apps; those that are there stay. -> the config as it was."""
    config = config_of(tx, pipeline)
    tx.record("review-app-config", "destroy", config.id, actor.account, {"pipeline": pipeline.name})
    tx.delete(config)
    return config


FIELDS = ("automatic_review_apps", "wait_for_ci", "destroy_stale_apps", "stale_days", "base_name", "deploy_target")


def _checked(wish: Mapping[str, Any]) -> dict[str, Any]:
    values = {name: wish[name] for name in FIELDS if name in wish}
    if not 1 <= values.get("stale_days", STALE_DAYS) <= MOST_DAYS:
        raise InvalidParams(f"stale_days must be from 1 to {MOST_DAYS}.")
    base = values.get("base_name")
    if base is not None and _BASE_NAME.fullmatch(base) is None:
        raise InvalidParams(
            "base_name can only contain lowercase letters, digits and dashes, at most 29, a letter first."
        )
    _check_target(values.get("deploy_target"))
    return values


def _check_target(target: Mapping[str, str] | None) -> None:
    if target is None:
        return
    if target["type"] == "space":
        raise NotSimulated("Private spaces are not simulated: choose a region as deploy_target.")
    if target["type"] != "region" or region(target["id"]) is None:
        raise InvalidParams("deploy_target must be a region that there is: see the list of regions.")
