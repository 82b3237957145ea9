"""A build from tarball to slug, telling it in the words of Heroku's push output (platform-api §6).

Conducts the other files of this room; see `request` for what goes in and comes out.
"""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from platform_sim.core.model.buildpacks import NAMES
from platform_sim.engines.build import procfile, slug, source
from platform_sim.engines.build.buildpacks import (
    Buildpack,
    BuildpackFailed,
    Scripts,
    fetch,
    write_config,
)
from platform_sim.engines.build.output import Output, Write, human_size, masked
from platform_sim.engines.build.processes import Commands
from platform_sim.engines.build.request import BuildCancelled, BuildFailed, BuildRequest, BuiltSlug, UsedBuildpack

# What a build script may need of the platform's own environment: programs, certificates, proxies, package indexes.
# Nothing of Python's or Node's own switches, no config vars, no platform settings.
_PASSED = {"PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "SHELL"}
_PASSED_CERTIFICATES = {"SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"}
_PASSED_PREFIXES = ("PIP_", "UV_", "NPM_CONFIG_", "XDG_", "GIT_SSL_")
_PROXIES = {"HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY"}


def build_environment(outer: Mapping[str, str]) -> dict[str, str]:
    """The part of the platform's environment that a build may see, for `BuildRequest.environment`."""
    return {
        name: value
        for name, value in outer.items()
        if name in _PASSED | _PASSED_CERTIFICATES
        or name.upper() in _PROXIES
        or name.upper().startswith(_PASSED_PREFIXES)
    }


def build(request: BuildRequest, write: Write) -> BuiltSlug:
    """Build a slug, giving each line of output, without its line end, to `write`.

    Blocks until done. Raises BuildFailed (BuildCancelled, BuildTimedOut) after the reason has been written as
    ` !     ...` lines. In every case no process of the build runs on, `work_dir` is gone, and `slug_dir` exists only
    on success. Builds with the same `cache_dir` must not run at the same time. Raises ValueError for a `work_dir`
    that is in use or a `slug_dir` that exists.
    """
    if request.slug_dir.exists():
        raise ValueError(f"{request.slug_dir} exists: give each slug a folder of its own.")
    if request.work_dir.exists() and any(request.work_dir.iterdir()):
        raise ValueError(f"{request.work_dir} is not empty: give each build a folder of its own.")
    out = Output(write)
    commands = Commands(str(request.work_dir), request.timeout, request.cancelled)
    try:
        request.work_dir.mkdir(parents=True, exist_ok=True)
        request.cache_dir.mkdir(parents=True, exist_ok=True)
        return _Build(request, out, commands).run()
    except (BuildFailed, BuildpackFailed, procfile.BadProcfile, source.SourceRefused, OSError) as error:
        reason = masked(str(error))
        out.problem(reason)
        out.line()
        out.problem("Build canceled" if isinstance(error, BuildCancelled) else "Push failed")
        kind = type(error) if isinstance(error, BuildFailed) else BuildFailed
        raise kind(reason) from error
    finally:
        commands.end_strays()
        shutil.rmtree(request.work_dir, ignore_errors=True)


@dataclass
class _Build:
    request: BuildRequest
    out: Output
    commands: Commands

    @property
    def app(self) -> Path:
        return self.request.work_dir / "app"

    def run(self) -> BuiltSlug:
        self.out.step(f"Building on the {self.request.stack.capitalize()} stack")
        limits = self.request.limits
        source.unpack(self.request.source, self.app, max_bytes=limits.source_bytes, max_files=limits.source_files)
        if ignored := slug.apply_slugignore(self.app):
            self.out.step(f"Deleting {ignored} files matching .slugignore patterns.")
        scripts = self._scripts()
        packs = self._packs(scripts)
        if self.request.fails_on_purpose:
            raise BuildFailed("The build fails on purpose: an operator has asked for the fault build-failed.")
        used = self._compile(packs, scripts)
        process_types = self._process_types(packs[-1], used[-1], scripts)
        return self._finish(process_types, used)

    def _scripts(self) -> Scripts:
        request = self.request
        home, scratch, config = (request.work_dir / name for name in ("home", "tmp", "env"))
        home.mkdir()
        scratch.mkdir()
        write_config(config, request.config_vars, self.out)
        env = {
            "HOME": str(home),
            **request.environment,
            "TMPDIR": str(scratch),  # what a killed script leaves there goes with the work folder
            "STACK": request.stack,
            "SOURCE_VERSION": request.source_version,
            "PLATFORM_SIM_PYTHON": str(request.python),
        }
        return Scripts(self.commands, env, self.app, request.cache_dir, config)

    def _packs(self, scripts: Scripts) -> tuple[Buildpack, ...]:
        names = self.request.buildpacks
        if not names:
            return self._detected(scripts)
        if len(names) == 1:
            self.out.step(f"Using buildpack: {names[0]}")
        else:
            self.out.step("Using buildpacks:")
            for number, name in enumerate(names, start=1):
                self.out.detail(f"{number}. {name}")
        return tuple(self._fetch(name, scripts) for name in names)

    def _fetch(self, name: str, scripts: Scripts) -> Buildpack:
        folder = self.request.work_dir / "buildpacks"
        folder.mkdir(exist_ok=True)
        return fetch(name, folder / str(len(list(folder.iterdir()))), self.commands, scripts.env)

    def _detected(self, scripts: Scripts) -> tuple[Buildpack, ...]:
        if self.request.first_build:
            self.out.step("Determining which buildpack to use for this app")
        packs = [self._fetch(name, scripts) for name in NAMES]
        fitting = [pack for pack in packs if scripts.detect(pack)]
        if not fitting:
            raise BuildFailed(
                "No buildpack fits this app: there is no requirements.txt, pyproject.toml, package.json or Procfile.\n"
                "Add a Procfile with a line like 'web: python web.py', or name a buildpack with "
                "'heroku buildpacks:set URL'."
            )
        languages = [pack.name for pack in fitting if pack.name != "heroku/procfile"]
        if len(languages) > 1:
            self.out.problem(f"Warning: more than one buildpack fits: {', '.join(languages)}. The first is used.")
            self.out.problem("Choose with 'heroku buildpacks:set' or 'heroku buildpacks:add'.")
        if not self.request.first_build:
            self.out.step(f"Using buildpack: {fitting[0].name}")
        return (fitting[0],)

    def _compile(self, packs: tuple[Buildpack, ...], scripts: Scripts) -> tuple[UsedBuildpack, ...]:
        used: list[UsedBuildpack] = []
        for number, pack in enumerate(packs):
            name = scripts.detect(pack)
            if name is None:
                raise BuildFailed(
                    f"App not compatible with buildpack: {pack.name}\n"
                    "Its bin/detect did not find what it needs. Choose another with 'heroku buildpacks:set'."
                )
            self.out.step(f"{name} app detected")
            if scripts.compile(pack, packs[:number], self.out):
                raise BuildFailed(f"Push rejected, failed to compile {name} app.")
            used.append(UsedBuildpack(masked(pack.name), masked(name)))
        return tuple(used)

    def _process_types(self, last: Buildpack, used: UsedBuildpack, scripts: Scripts) -> dict[str, str]:
        """The Procfile's types, and the defaults of the last buildpack for what it does not declare."""
        defaults = scripts.release(last, self.out)
        self.out.step("Discovering process types")
        file = self.app / "Procfile"
        declared: dict[str, str] = {}
        if file.is_file():
            declared = procfile.parse(file.read_text(encoding="utf-8", errors="replace"))
        self.out.detail(f"Procfile declares types -> {', '.join(declared) or '(none)'}")
        if added := [name for name in defaults if name not in declared]:
            self.out.detail(f"Default types for buildpack -> {', '.join(added)}")
        self.out.line()
        types = {**declared, **{name: defaults[name] for name in added}}
        if not types:
            what = "The Procfile is empty" if file.is_file() else "There is no Procfile"
            raise BuildFailed(
                f"{what}, and {used.description} apps have no default process types: nothing could be started.\n"
                "Add a file 'Procfile' at the root with a line like 'web: python web.py', commit it and push again."
            )
        return types

    def _finish(self, process_types: dict[str, str], used: tuple[UsedBuildpack, ...]) -> BuiltSlug:
        self.out.step("Compressing...")
        source.remove_git(self.app)
        size, checksum = slug.measure(self.app)
        self.commands.check()
        if size > self.request.limits.slug_bytes:
            largest = human_size(self.request.limits.slug_bytes)
            raise BuildFailed(
                f"Compiled slug size: {human_size(size)} is too large (max is {largest}).\n"
                "Leave files out with .slugignore, or use fewer dependencies."
            )
        self.commands.end_strays()
        slug.move(self.app, self.request.slug_dir)
        self.out.detail(f"Done: {human_size(size)}")
        return BuiltSlug(self.request.slug_dir, process_types, used, size, checksum)
