"""`platform-sim doctor`: what this machine has and lacks, each with what to do. Starts no program, changes nothing."""

import importlib.util
import os
import shutil
import socket
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal, NamedTuple

import click

from platform_sim.cli.client import Client
from platform_sim.cli.failures import ApiError, EnvironmentProblem
from platform_sim.cli.find import START_ONE, find
from platform_sim.cli.options import json_option, platform_options
from platform_sim.cli.show import print_json
from platform_sim.settings import environment

OLDEST, NEWEST = (3, 11), (3, 14)
DEFAULT_PORT = 5100
HTTP_BACKEND = ("lib/git-core", "libexec/git-core", "mingw64/libexec/git-core")
"""Folders beside `bin` in which git keeps its own programs."""

COLOURS = {"ok": "green", "warn": "yellow", "fail": "red"}


class Finding(NamedTuple):
    """One line: what was looked at, how it is, what was seen, and what to do about it."""

    check: str
    result: Literal["ok", "warn", "fail"]
    seen: str
    todo: str = ""


def python(version: tuple[int, ...]) -> Finding:
    """The interpreter that runs this command; the platform will run in it too."""
    shown = ".".join(str(part) for part in version[:3])
    if version[:2] < OLDEST:
        return Finding("python", "fail", shown, f"use Python {OLDEST[0]}.{OLDEST[1]} or newer")
    if version[:2] > NEWEST:
        return Finding("python", "warn", shown, f"tested up to {NEWEST[0]}.{NEWEST[1]} only")
    return Finding("python", "ok", shown)


def git(path: str | None) -> Finding:
    """git itself, for pushes."""
    if path is None:
        return Finding("git", "fail", "not found", "install git and have it on PATH: apps are pushed with it")
    return Finding("git", "ok", path)


def git_backend(path: str | None, exec_path: str | None) -> Finding:
    """`git http-backend` receives pushes. Where git keeps it cannot be asked without starting git, so we look."""
    folders = [Path(exec_path)] if exec_path else []
    if path is not None:
        folders += [Path(path).resolve().parent.parent / folder for folder in HTTP_BACKEND]
    for folder in folders:
        for name in ("git-http-backend", "git-http-backend.exe"):
            if (folder / name).is_file():
                return Finding("git http-backend", "ok", str(folder / name))
    todo = "if `git http-backend` is unknown to git, install the full git package: pushes need it"
    return Finding("git http-backend", "warn", "not seen where git usually keeps it", todo)


def installer(uv: str | None, has_pip: bool) -> Finding:
    """What the Python buildpack installs requirements with."""
    if uv is not None:
        return Finding("uv or pip", "ok", uv)
    if has_pip:
        return Finding("uv or pip", "ok", "pip (builds are quicker with uv)")
    return Finding("uv or pip", "warn", "neither found", "install uv or pip: Python apps with requirements need one")


def port_free(port: int, running_at: str | None) -> Finding:
    """Whether `up` could listen there. A port that our own platform holds is fine."""
    name = f"port {port}"
    if running_at is not None and running_at.endswith(f":{port}"):
        return Finding(name, "ok", f"held by the platform at {running_at}")
    with socket.socket() as probe:
        if os.name == "posix":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as problem:
            todo = "stop what listens there, or use `platform-sim up --port 0`"
            return Finding(name, "fail", problem.strerror or str(problem), todo)
    return Finding(name, "ok", "free")


def data_folder(folder: Path) -> Finding:
    """Whether the folder can be written, or made where it is not there yet."""
    found = next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())
    if found.is_dir() and os.access(found, os.W_OK | os.X_OK):
        return Finding("data folder", "ok", f"{folder} can be {'written' if found == folder.absolute() else 'made'}")
    why = f"{found} cannot be written" if found.is_dir() else f"{found} is not a folder"
    return Finding("data folder", "fail", why, "choose another one: --data DIR")


def platform(client: Client | None) -> Finding:
    """Whether one runs and takes our token; none is no fault."""
    if client is None:
        return Finding("platform", "warn", "none known", START_ONE)
    try:
        found = client.get("/sim/status")
    except (EnvironmentProblem, ApiError) as problem:
        return Finding("platform", "warn", " ".join(str(problem).split()), START_ONE)
    return Finding("platform", "ok", f"{found['url']}, version {found['version']}")


def _client(now: Mapping[str, str], url: str | None, token: str | None, ready_file: Path | None) -> Client | None:
    try:
        return Client(find(now, url=url, token=token, ready_file=ready_file))
    except EnvironmentProblem:
        return None


def findings(port: int, data: Path, client: Client | None, now: Mapping[str, str]) -> Iterator[Finding]:
    """All checks, in the order they are printed."""
    git_path = shutil.which("git")
    running = platform(client)
    yield python(sys.version_info[:3])
    yield git(git_path)
    yield git_backend(git_path, now.get("GIT_EXEC_PATH"))
    yield installer(shutil.which("uv"), importlib.util.find_spec("pip") is not None)
    yield port_free(port, client.place.url if client is not None and running.result == "ok" else None)
    yield data_folder(data)
    yield running


@click.command
@click.option("--port", type=click.IntRange(1, 65535), default=DEFAULT_PORT, show_default=True, help="Port for `up`.")
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    default=Path(".platform-sim"),
    show_default=True,
    help="Folder for the platform's data.",
)
@json_option
@platform_options
def command(port: int, data: Path, as_json: bool, url: str | None, token: str | None, ready_file: Path | None) -> None:
    """Check that this machine has what a platform needs.

    Exit code 3 if a line says fail.
    """
    now = environment()
    found = list(findings(port, data, _client(now, url, token, ready_file), now))
    if as_json:
        print_json([finding._asdict() for finding in found])
    else:
        for finding in found:
            mark = click.style(finding.result.ljust(4), fg=COLOURS[finding.result])
            todo = f": {finding.todo}" if finding.todo else ""
            click.echo(f"{mark}  {finding.check}: {finding.seen}{todo}")
    if any(finding.result == "fail" for finding in found):
        raise click.exceptions.Exit(EnvironmentProblem.code)
