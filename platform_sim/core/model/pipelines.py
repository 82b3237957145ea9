"""Pipelines: apps in stages, and slugs that move from one to the next."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from platform_sim.core.model.secrecy import VALUES

Stage = Literal["test", "review", "development", "staging", "production"]

STAGES: tuple[Stage, ...] = ("test", "review", "development", "staging", "production")
"""In the order in which a change passes them."""

PIPELINE_NAME = re.compile(r"[a-z][a-z0-9-]{2,29}")

TargetStatus = Literal["pending", "succeeded", "failed"]


@dataclass(frozen=True)
class Pipeline:
    """A group of apps that share code. `name` is unique and may change."""

    id: str
    name: str
    owner_id: str
    owner_type: Literal["user", "team"]
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class PipelineCoupling:
    """An app's place in a pipeline; an app has one at most."""

    id: str
    pipeline_id: str
    app_id: str
    stage: Stage
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class Promotion:
    """A slug of one app was given to others of its pipeline. How each fares is told by the release it got."""

    id: str
    pipeline_id: str
    source_app_id: str
    source_release_id: str
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class PromotionTarget:
    """One app that a slug was promoted to, and the release that this made there."""

    id: str
    promotion_id: str
    app_id: str
    release_id: str
    created_at: datetime


@dataclass(frozen=True)
class StageConfig:
    """Config vars of a pipeline's stage, for apps that are made in it."""

    id: str
    pipeline_id: str
    stage: Stage
    vars: Annotated[dict[str, str], VALUES]
    created_at: datetime
    updated_at: datetime
