"""What a Python app asks to be installed, and a key that changes when that does. Reads the app's files only."""

import hashlib
import json
import os
import platform
import re
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_FORMAT = "1"  # part of the key: raise it when an environment made by older code must not be used again
_INCLUDE = re.compile(r"(?:-r|-c|--requirement|--constraint)[ =]?\s*(\S+)")
_NOT_OURS = {".heroku", ".git"}


class CannotInstall(Exception):
    """The app asks for something this buildpack does not do; the message says what to do instead."""


@dataclass(frozen=True)
class Plan:
    """What to install.

    `title`: the file that says so. `requirements`: lines for pip, or None if `title` is itself a requirements file.
    `constraints`: versions to hold. `project`: install the app as a package too. `locked`: uv.lock is there.
    `files`: what the key covers; `whole_app`: it covers everything, as something is installed out of the app.
    """

    title: str
    files: tuple[Path, ...]
    requirements: tuple[str, ...] | None = None
    constraints: tuple[str, ...] = ()
    project: bool = False
    locked: bool = False
    whole_app: bool = False

    @property
    def nothing(self) -> bool:
        """Whether there is nothing to install."""
        return self.requirements == () and not self.project


def read(app: Path) -> Plan:
    """The plan for the app in this folder. Raises CannotInstall."""
    if (app / "requirements.txt").is_file():
        return _from_requirements(app)
    if (app / "pyproject.toml").is_file():
        return _from_pyproject(app)
    if (app / "setup.py").is_file():
        return Plan("setup.py", (app / "setup.py",), (), project=True, whole_app=True)
    raise CannotInstall(
        "A Pipfile alone is not supported.\n"
        "Write the requirements to requirements.txt ('pipenv requirements > requirements.txt') and commit it."
    )


def key(plan: Plan, app: Path) -> str:
    """A name for the environment this plan leads to, with this interpreter on this machine."""
    digest = hashlib.sha256()
    for fact in (_FORMAT, sys.version, sys.base_prefix, platform.machine(), plan.title):
        digest.update(fact.encode() + b"\0")
    for path in _all_files(app.resolve()) if plan.whole_app else plan.files:
        digest.update(
            os.fsencode(os.path.relpath(path, app.resolve())) + b"\0" + hashlib.sha256(path.read_bytes()).digest()
        )
    return digest.hexdigest()[:32]


def _from_requirements(app: Path) -> Plan:
    files: list[Path] = []
    lines = _lines(app / "requirements.txt", app, files)
    whole_app = any(_points_into_app(line, app) for line in lines)
    return Plan("requirements.txt", tuple(files), None if lines else (), whole_app=whole_app)


def _lines(file: Path, app: Path, seen: list[Path]) -> list[str]:
    """The lines of a requirements file and of those it includes; the files are added to `seen`."""
    file = file.resolve()  # files may include each other by many spellings
    if file in seen or not file.is_file() or not file.is_relative_to(app.resolve()):
        return []
    seen.append(file)
    found: list[str] = []
    for raw in file.read_text(encoding="utf-8", errors="replace").splitlines():
        line = re.sub(r"(^|\s)#.*", "", raw).strip()
        if included := _INCLUDE.match(line):
            found += _lines(file.parent / included[1], app, seen)
        elif line:
            found.append(line)
    return found


def _points_into_app(line: str, app: Path) -> bool:
    """Whether a line names something in the app's folder: '.', '-e ./lib', '--find-links wheels', 'x @ file:...'."""
    words = re.split(r"[\s=@\[\]]+|file:(?://)?", line)
    return any(word and not word.startswith(("-", "/")) and (app / word).exists() for word in words)


def _from_pyproject(app: Path) -> Plan:
    tables = _toml(app / "pyproject.toml")
    project = tables.get("project")
    if project is None and "poetry" in tables.get("tool", {}):
        raise CannotInstall(
            "pyproject.toml holds dependencies in Poetry's own tables, which are not supported.\n"
            "Move them to [project], or write them to requirements.txt ('poetry export') and commit it."
        )
    wanted = (project or {}).get("dependencies", [])
    if not isinstance(wanted, list) or not all(isinstance(line, str) for line in wanted):
        raise CannotInstall("pyproject.toml: [project] dependencies must be a list of strings.")
    lock = app / "uv.lock"
    files = [path for path in (app / "pyproject.toml", lock) if path.is_file()]
    packaged = project is not None and "build-system" in tables
    return Plan(
        "uv.lock" if lock in files else "pyproject.toml",
        tuple(files),
        tuple(wanted),
        constraints=_locked_versions(lock) if lock in files else (),
        project=packaged,
        locked=lock in files,
        whole_app=packaged,
    )


def _locked_versions(lock: Path) -> tuple[str, ...]:
    """What uv.lock holds as constraints for pip. A package locked to several versions, by platform, is left open."""
    versions: dict[str, set[str]] = {}
    for package in _toml(lock).get("package", []):
        if "registry" in package.get("source", {}):
            versions.setdefault(package["name"], set()).add(package["version"])
    return tuple(f"{name}=={min(found)}" for name, found in sorted(versions.items()) if len(found) == 1)


def _toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CannotInstall(f"{file.name} cannot be read: {json.dumps(str(error))}.") from None


def _all_files(app: Path) -> list[Path]:
    found: list[Path] = []
    for root, folders, files in os.walk(app):
        folders[:] = sorted(name for name in folders if name not in _NOT_OURS)
        found += [Path(root, name) for name in sorted(files) if Path(root, name).is_file()]
    return found
