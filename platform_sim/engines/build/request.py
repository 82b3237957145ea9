"""What goes into a build, what comes out, and how it fails. Values only: touches nothing."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol


class Signal(Protocol):
    """Something that is said once; a `threading.Event` is one."""

    def is_set(self) -> bool:
        """Whether it has been said."""
        ...


@dataclass(frozen=True)
class BuildLimits:
    """Sizes beyond which a build is refused. `slug_bytes` is the packed size (platform-api §6: at most 500M)."""

    source_bytes: int = 1024**3
    source_files: int = 100_000
    slug_bytes: int = 500 * 1024**2


@dataclass(frozen=True)
class BuildRequest:
    """One build.

    `source`: a .tar or .tar.gz of the app. `work_dir`: scratch space of this build alone, missing or empty, removed
    at the end. `cache_dir`: kept between the builds of one app. `slug_dir`: where the slug goes; must not exist
    before, exists only after success. `environment`: the whole environment of buildpack scripts (PATH, PIP_*, ...);
    config vars are not in it, they reach buildpacks as files. `python`: the interpreter that runs built-in packs and
    that Python apps get. `timeout`: seconds of wall clock. `cancelled`: set it to end the build. `fails_on_purpose`:
    once its buildpacks are known (docs/faults.md).
    """

    source: Path
    work_dir: Path
    cache_dir: Path
    slug_dir: Path
    python: Path
    environment: Mapping[str, str]
    config_vars: Mapping[str, str] = field(default_factory=dict)
    buildpacks: tuple[str, ...] = ()
    stack: str = "heroku-24"
    source_version: str = ""
    first_build: bool = True
    timeout: float = 900.0
    limits: BuildLimits = field(default_factory=BuildLimits)
    cancelled: Signal = field(default_factory=threading.Event)
    fails_on_purpose: bool = False


@dataclass(frozen=True)
class UsedBuildpack:
    """A buildpack that took part: its name or URL as asked for, and what its detect script said ("Python")."""

    name: str
    description: str


@dataclass(frozen=True)
class BuiltSlug:
    """A finished slug. `size`: bytes when packed; `checksum`: "SHA256:<hex>" of the packed form."""

    folder: Path
    process_types: Mapping[str, str]
    buildpacks: tuple[UsedBuildpack, ...]
    size: int
    checksum: str


class BuildFailed(Exception):
    """The build made no slug; str() says why, and the customer has read all of it already."""


class BuildCancelled(BuildFailed):
    """Somebody set `cancelled`."""


class BuildTimedOut(BuildFailed):
    """The build ran longer than `timeout`."""
