"""`platform-sim up`: one platform in this process, until SIGTERM or Ctrl-C."""

import contextlib
import json
import logging
import os
import shlex
import shutil
import sys
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path

import click
from click.core import ParameterSource

from platform_sim.assemble import Platform
from platform_sim.claim import DataFolderInUse
from platform_sim.cli.coverage_on import watch_if
from platform_sim.cli.failures import EnvironmentProblem
from platform_sim.cli.find import DEFAULT_READY_FILE
from platform_sim.cli.signals import stay_until, wait_for_signal
from platform_sim.cli.up_tenants import port_range, serve
from platform_sim.core.model.snapshots import BadSnapshot
from platform_sim.demo.scene import Scene, SceneProblem
from platform_sim.options import Options, frozen_at_from
from platform_sim.services_file import BadServicesFile, ServiceSeed, read_services
from platform_sim.settings import BadSetting, environment
from platform_sim.tenants import Tenants

DEFAULT_PORT = 5100


def write_ready(file: Path, platform: Platform | Tenants) -> None:
    """What commands and tests read to find the platform; whole or not at all, for its owner only (it holds a token)."""
    file.parent.mkdir(parents=True, exist_ok=True)
    body = {"url": platform.url, "token": platform.token, "ca_file": str(platform.ca_file), "pid": os.getpid()}
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=".ready-")
    with os.fdopen(handle, "w") as part:
        json.dump(body, part)
    Path(name).replace(file)


def _moment(_context: click.Context, _option: click.Parameter, given: str | None) -> datetime | None:
    try:
        return None if given is None else frozen_at_from(given)
    except ValueError as problem:
        raise click.BadParameter(str(problem)) from None


@click.command
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=DEFAULT_PORT,
    show_default=True,
    help="Port on loopback; 0 takes a free one.",
)
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    default=DEFAULT_READY_FILE.parent,
    show_default=True,
    help="Folder that keeps everything between runs.",
)
@click.option("--memory", is_flag=True, help="Keep nothing: a temporary folder, gone at the end.")
@click.option("--seed", type=int, help="Make ids, names and tokens repeat from run to run.")
@click.option(
    "--frozen-at",
    metavar="TIME",
    callback=_moment,
    help="Start with a clock that stands at TIME, as in 2026-03-01T12:00:00Z; only with --memory.",
)
@click.option("--token", help="API token of the customer (else made, and kept in the data folder).")
@click.option(
    "--services",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Register the services of FILE (YAML or JSON) before anybody asks.",
)
@click.option(
    "--snapshot",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Begin as FILE says, which `snapshot take` wrote; in a new data folder, or with --memory.",
)
@click.option("--ready-file", type=click.Path(dir_okay=False, path_type=Path), help="Write url, token and pid here.")
@click.option("--demo", is_flag=True, help="Also start the reference partner and push the sample app with its add-on.")
@click.option("--tenants", is_flag=True, help="Many platforms behind one port, made by POST /sim/tenants; in memory.")
@click.option(
    "--tenant-ports",
    callback=port_range,
    metavar="FIRST-LAST",
    help="With --tenants: the ports that the platforms may have.",
)
@click.option(
    "--coverage", is_flag=True, help="Watch what of the partner contract is touched: `platform-sim coverage`."
)
@click.option("--verbose", is_flag=True, help="Show the simulator's own log.")
def command(
    port: int,
    data: Path,
    memory: bool,
    seed: int | None,
    frozen_at: datetime | None,
    token: str | None,
    services: Path | None,
    snapshot: Path | None,
    ready_file: Path | None,
    demo: bool,
    tenants: bool,
    tenant_ports: range | None,
    coverage: bool,
    verbose: bool,
) -> None:
    """Start a platform and stay until it is stopped (Ctrl-C or SIGTERM)."""
    logging.basicConfig(
        level=logging.INFO if verbose else logging.WARNING, format="%(levelname)s %(name)s: %(message)s"
    )
    if frozen_at is not None and not memory:
        raise click.UsageError("--frozen-at needs --memory: what is kept in a folder has a clock already")
    asked = wait_for_signal()
    if tenants or tenant_ports:
        _check_tenants(tenants)
        _serve_tenants(port, token, tenant_ports, ready_file, asked)
        return
    files = [file for file in (ready_file, None if memory else data / DEFAULT_READY_FILE.name) if file]
    seeds = _seeds(services)
    watch = watch_if(coverage)
    platform = _begun(
        Options(None if memory else data, port, seed, frozen_at, token, services=seeds, watch=watch), snapshot
    )
    try:
        _write_all(files, platform)
        platform.on_restored = partial(_write_all, files, platform)  # the token may be another one then
        _greet(platform, files)
        _stay(platform, asked, demo)
    finally:
        _remove(files)
        with contextlib.suppress(OSError):  # nobody may be reading any more; the dynos must end all the same
            click.echo("stopping")
        platform.stop()


def _begun(options: Options, snapshot: Path | None) -> Platform:
    """A platform that runs; EnvironmentProblem if it cannot begin so."""
    try:
        with snapshot.open("rb") if snapshot else contextlib.nullcontext() as file:
            return Platform(replace(options, snapshot=file)).start()
    except BadSnapshot as problem:
        raise EnvironmentProblem(f"{snapshot}: {problem}") from None
    except (OSError, DataFolderInUse, BadSetting, RuntimeError) as problem:
        raise EnvironmentProblem(str(problem)) from None


def _check_tenants(tenants: bool) -> None:
    """UsageError for options that are of one platform."""
    if not tenants:
        raise click.UsageError("--tenant-ports goes with --tenants")
    source = click.get_current_context().get_parameter_source
    for name in ("data", "seed", "frozen_at", "services", "snapshot", "demo", "coverage"):
        if source(name) is ParameterSource.COMMANDLINE:
            raise click.UsageError(f"--{name.replace('_', '-')} is of one platform: with --tenants say it of each")


def _serve_tenants(
    port: int, token: str | None, ports: range | None, ready_file: Path | None, asked: threading.Event
) -> None:
    files = [ready_file] if ready_file else []
    try:
        serve(port, token, ports, lambda server: _write_all(files, server), asked)
    finally:
        _remove(files)


def _remove(files: Sequence[Path]) -> None:
    for file in files:
        with contextlib.suppress(OSError):
            file.unlink(missing_ok=True)


def _seeds(file: Path | None) -> list[ServiceSeed]:
    try:
        return read_services(file) if file else []
    except BadServicesFile as problem:
        raise click.ClickException(str(problem)) from None


def _write_all(files: Sequence[Path], platform: Platform | Tenants) -> None:
    for file in files:
        try:
            write_ready(file, platform)
        except OSError as problem:
            raise EnvironmentProblem(
                f"cannot write the ready file {file}: {problem.strerror}; name another with --ready-file"
            ) from None


def _greet(platform: Platform, files: Sequence[Path]) -> None:
    click.echo(f"platform_sim (a simulator, not Heroku) listens on {platform.url}")
    click.echo(env_hint(files))
    sys.stdout.flush()


def env_hint(files: Sequence[Path]) -> str:
    """How a shell that stands here is pointed at the platform with these ready files."""
    if not files:
        return "commands find it by a ready file: start it with --ready-file FILE"
    here = any(file.absolute() == DEFAULT_READY_FILE.absolute() for file in files)
    where = "" if here else f" --ready-file {shlex.quote(str(files[0]))}"
    return f'point the heroku CLI and git at it:  eval "$({own_name()} env{where})"'


def own_name() -> str:
    """What to type for this program: its name where the shell finds it, else where it lies."""
    script = Path(sys.executable).with_name("platform-sim")
    if shutil.which("platform-sim", path=environment().get("PATH", "")) or not script.exists():
        return "platform-sim"
    below = script.is_relative_to(Path.cwd())
    return shlex.quote(f"./{script.relative_to(Path.cwd())}" if below else str(script))


def _stay(platform: Platform, asked: threading.Event, demo: bool) -> None:
    if not demo:
        stay_until(asked)
        return
    with Scene(platform.url, platform.token, platform.layout.root / "demo", keep=True) as scene:
        try:
            for line in scene.set_up(asked):
                click.echo(line)
        except SceneProblem as problem:
            raise EnvironmentProblem(str(problem)) from None
        sys.stdout.flush()
        stay_until(asked)
