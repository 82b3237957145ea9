"""Buildpacks by Heroku's classic interface: bin/detect, bin/compile, bin/release (platform-api §6 shows their output).

Fetches them into the build's own folder and runs their scripts; starts processes only through `Commands`.
"""

import shlex
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

import yaml

from platform_sim.core.model.buildpacks import ARCHIVES, GIT_ADDRESS, NAMES, REGISTRY_NAME, short
from platform_sim.engines.build.output import Output, masked
from platform_sim.engines.build.processes import Commands, script_command
from platform_sim.engines.build.procfile import is_process_type

BUILT_IN_FOLDER = Path(__file__).parent / "packs"

Line = Callable[[str], object]


class BuildpackFailed(Exception):
    """A buildpack that cannot be found, does not fit or did not work; the message is for the customer."""


@dataclass(frozen=True)
class Buildpack:
    """One buildpack, ready to run. `name` is what was asked for, `folder` this build's own copy."""

    name: str
    folder: Path

    @property
    def export(self) -> Path:
        """The shell file a buildpack may write for the ones after it."""
        return self.folder / "export"


@dataclass(frozen=True)
class Scripts:
    """Runs the scripts of buildpacks on one app. `env` is their whole environment."""

    commands: Commands
    env: Mapping[str, str]
    app: Path
    cache: Path
    config: Path

    def detect(self, pack: Buildpack) -> str | None:
        """What the buildpack calls the app ("Python"), or None if the app is not for it."""
        said: list[str] = []
        status = self._run(pack, "detect", [self.app], said, errors=False)
        name = next((line.strip() for line in said if line.strip()), pack.name)
        return name if status == 0 else None

    def compile(self, pack: Buildpack, before: tuple[Buildpack, ...], out: Output) -> int:
        """Build the app in place, with what the buildpacks `before` exported; returns the exit status."""
        exports = [earlier.export for earlier in before if earlier.export.is_file()]
        command = self._command(pack, "compile", [self.app, self.cache, self.config])
        if exports:
            sourced = " && ".join(f". {shlex.quote(str(path))}" for path in exports)
            command = [_shell(self.env), "-c", f'{sourced} && exec "$@"', "buildpack", *command]
        return self._start(pack, "compile", command, out.line)

    def release(self, pack: Buildpack, out: Output) -> dict[str, str]:
        """The default process types a buildpack declares. Add-ons and config vars it declares are not set."""
        if not (pack.folder / "bin" / "release").is_file():
            return {}
        said: list[str] = []
        if status := self._run(pack, "release", [self.app], said, errors=False):
            raise BuildpackFailed(f"bin/release of {pack.name} ended with exit status {status}.")
        declared = _mapping(pack, "\n".join(said))
        for key in ("addons", "config_vars"):
            if declared.get(key):
                out.detail(f"Note: {key} declared by {masked(pack.name)} are not applied.")
        return _process_types(pack, declared)

    def _run(self, pack: Buildpack, script: str, args: list[Path], said: list[str], errors: bool) -> int:
        return self._start(pack, script, self._command(pack, script, args), said.append, errors)

    def _command(self, pack: Buildpack, script: str, args: list[Path]) -> list[str]:
        path = pack.folder / "bin" / script
        if not path.is_file():
            raise BuildpackFailed(f"{pack.name} is no buildpack: it has no bin/{script}.")
        return [*script_command(path, self.env.get("PATH", "")), *map(str, args)]

    def _start(self, pack: Buildpack, script: str, command: list[str], line: Line, errors: bool = True) -> int:
        try:
            return self.commands.run(command, env=self.env, cwd=self.app, line=line, errors=errors)
        except OSError as error:
            raise BuildpackFailed(f"bin/{script} of {pack.name} cannot be started: {error.strerror}.") from None


def write_config(folder: Path, config_vars: Mapping[str, str], out: Output) -> None:
    """Write ENV_DIR: a file per config var, readable by this user only. A name no file can have is left out."""
    folder.mkdir(mode=0o700)
    for name, value in config_vars.items():
        if not name or "/" in name or "\0" in name or name in (".", ".."):
            out.detail(f"Note: buildpacks do not see the config var {name!r}: it cannot be the name of a file.")
            continue
        file = folder / name
        file.touch(mode=0o600)
        file.write_text(value, encoding="utf-8")


def fetch(name: str, folder: Path, commands: Commands, env: Mapping[str, str]) -> Buildpack:
    """Bring a buildpack into `folder`, which must be missing.

    `name`: a built-in one (heroku/python), a folder, or a git URL with an optional `#branch`, `#tag` or `#commit`.
    Raises BuildpackFailed with what can be used instead.
    """
    bare = short(name)
    address, _, ref = bare.partition("#")
    if bare in NAMES:
        own = BUILT_IN_FOLDER / bare.removeprefix("heroku/")
        shutil.copytree(own, folder, ignore=shutil.ignore_patterns("__pycache__"))
    elif (local := _local_folder(address)) and not ref and (local / "bin").is_dir():
        shutil.copytree(local, folder, symlinks=True, ignore=shutil.ignore_patterns(".git"))
    elif local or GIT_ADDRESS.fullmatch(address):
        _clone(address, ref, folder, commands, env)
    else:
        known = ", ".join(NAMES)
        what = "is not built in" if REGISTRY_NAME.fullmatch(bare) else "is no name, folder or git URL"
        raise BuildpackFailed(f"Buildpack {name} {what}.\nUse one of {known}, a folder with bin/detect, or a git URL.")
    return Buildpack(name, folder)


def _local_folder(address: str) -> Path | None:
    parts = urlsplit(address)
    path = Path(unquote(parts.path) if parts.scheme == "file" else address)
    return path if path.is_absolute() and path.is_dir() else None


def _clone(address: str, ref: str, folder: Path, commands: Commands, env: Mapping[str, str]) -> None:
    if address.endswith(ARCHIVES):
        raise BuildpackFailed(f"Buildpack {address} is an archive.\nUse its git URL, or a folder with bin/detect.")
    if ref.startswith("-"):
        raise BuildpackFailed(f"'{ref}' is no branch, tag or commit of a buildpack.")
    quiet = {**env, "GIT_TERMINAL_PROMPT": "0"}
    said: list[str] = []

    def git(*args: str) -> bool:
        command = ["git", "-c", "advice.detachedHead=false", *args]
        return commands.run(command, env=quiet, cwd=folder.parent, line=said.append) == 0

    try:
        branch = ("--branch", ref) if ref else ()
        done = git("clone", "--quiet", "--depth", "1", *branch, "--", address, str(folder))
        if not done and ref:  # a commit is no --branch: fetch all of it and look there
            done = git("clone", "--quiet", "--", address, str(folder)) and git("-C", str(folder), "checkout", "-q", ref)
    except OSError as error:
        raise BuildpackFailed(f"git, which fetches {address}, cannot be started: {error.strerror}.") from None
    if not done:
        reason = "\n".join(said[-5:])
        raise BuildpackFailed(
            f"Buildpack {address} cannot be fetched:\n{reason}\nCheck the URL and the part after '#'."
        )


def _mapping(pack: Buildpack, text: str) -> Mapping[str, object]:
    try:
        declared = yaml.safe_load(text)
    except yaml.YAMLError:
        raise BuildpackFailed(f"bin/release of {pack.name} did not write YAML.") from None
    if declared is None:
        return {}
    if not isinstance(declared, dict):
        raise BuildpackFailed(f"bin/release of {pack.name} wrote YAML that is no mapping.")
    return declared


def _process_types(pack: Buildpack, declared: Mapping[str, object]) -> dict[str, str]:
    types = declared.get("default_process_types") or {}
    if not isinstance(types, dict):
        raise BuildpackFailed(f"bin/release of {pack.name}: default_process_types is no mapping.")
    for name, command in types.items():
        if not isinstance(command, str) or not is_process_type(str(name)):
            raise BuildpackFailed(f"bin/release of {pack.name}: {name!r} is no process type with a command.")
    return {str(name): command for name, command in types.items()}


def _shell(env: Mapping[str, str]) -> str:
    path = env.get("PATH", "")
    return shutil.which("bash", path=path) or shutil.which("sh", path=path) or "/bin/sh"
