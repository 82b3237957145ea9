"""The program: `python -m addon_service` serves, `python -m addon_service manifest` prints the manifest.

It owns the socket, the signals and the terminal. Exit codes: 0 ok, 2 usage, 3 environment.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import socket
import sys
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import Never

import click
from waitress.server import create_server

from addon_service.app import create_app, service_of
from addon_service.clock import SystemClock
from addon_service.datastore.choice import choose
from addon_service.errors import EnvironmentProblem
from addon_service.folder import DataFolder, write_whole
from addon_service.identity import load_identity
from addon_service.manifest import flags, manifest
from addon_service.service import URL_FILE
from addon_service.settings import DEFAULT_URL, PRODUCTS, SettingError, Settings, load

HOST = "127.0.0.1"
THREADS = 8
# Beyond it waitress answers in plain text; below, and above ADDON_MAX_BODY, we answer in JSON.
LARGEST_READ = 64 * 1024 * 1024
DEFAULT_DATA = Path(".addon-service")


@click.group(invoke_without_command=True)
@click.option("--port", type=click.IntRange(0, 65535), default=5200, show_default=True, help="0: any free port.")
@click.option("--data", type=click.Path(path_type=Path), default=DEFAULT_DATA, show_default=True, help="Data folder.")
@click.option("--ready-file", type=click.Path(path_type=Path), help='Written once it listens: JSON {"url", "pid"}.')
@click.pass_context
def main(context: click.Context, port: int, data: Path, ready_file: Path | None) -> None:
    """The reference add-on partner. Settings come from the environment; see README.md."""
    if context.invoked_subcommand is None:
        try:
            serve(load(data=data), port, ready_file)
        except (EnvironmentProblem, SettingError) as problem:
            _end(problem)


@main.command("manifest")
@click.option("--data", type=click.Path(path_type=Path), help="Data folder, if not given before the command.")
@click.option("--url", help="Where the service is reached, if neither PUBLIC_URL nor the folder knows.")
@click.option("--product", type=click.Choice(PRODUCTS), default=PRODUCTS[0], show_default=True, help="Which add-on.")
@click.pass_context
def print_manifest(context: click.Context, data: Path | None, url: str | None, product: str) -> None:
    """Print an add-on's manifest as JSON; missing secrets are made and kept, as by the server."""
    assert context.parent is not None
    try:
        settings = load(data=data or context.parent.params["data"])
        folder = DataFolder(settings.data)
        public_url = url or settings.public_url or folder.read(URL_FILE) or DEFAULT_URL
        identity = load_identity(settings.product(product), folder, SystemClock())
        if product == "database" and (absent := choose(settings, folder, SystemClock()).absent):
            raise EnvironmentProblem(f"the add-on `{identity.slug}` is not available: {absent}")
    except (EnvironmentProblem, SettingError) as problem:
        _end(problem)
    requires = flags(product, reads_logs=settings.log_drain, writes_logs=settings.log_input)
    click.echo(json.dumps(manifest(identity, public_url.rstrip("/"), settings.regions, requires), indent=2))


def serve(settings: Settings, port: int, ready_file: Path | None) -> None:
    """Serve until SIGTERM or SIGINT. Raises EnvironmentProblem when the port or the folder cannot be had."""
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="addon_service: %(message)s")
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _stop)
    with DataFolder(settings.data).held():
        if ready_file is not None:
            # One left by a killed run would send people to a port where nobody listens.
            ready_file.unlink(missing_ok=True)
        with _listening(port) as listener:
            _serve_on(listener, settings, ready_file)


def _serve_on(listener: socket.socket, settings: Settings, ready_file: Path | None) -> None:
    url = f"http://{HOST}:{listener.getsockname()[1]}"
    app = create_app(replace(settings, public_url=settings.public_url or url))
    service = service_of(app)
    server = create_server(app, sockets=[listener], threads=THREADS, max_request_body_size=LARGEST_READ, ident=None)
    try:
        service.start()
        click.echo(f"addon_service listens on {url}")
        if ready_file is not None:
            write_whole(ready_file, json.dumps({"url": url, "pid": os.getpid()}))
        server.run()
    finally:
        server.close()
        service.close()
        if ready_file is not None:
            ready_file.unlink(missing_ok=True)


def _listening(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
        listener.listen(1024)
    except OSError as error:
        listener.close()
        raise EnvironmentProblem(
            f"cannot listen on {HOST}:{port}: {error.strerror}; choose another with --port (0: any free one)"
        ) from error
    return listener


def _stop(number: int, frame: FrameType | None) -> Never:
    # A second signal must not break the clean end that the first one began.
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, signal.SIG_IGN)
    raise SystemExit(0)


def _end(problem: Exception) -> Never:
    click.echo(f"addon_service: {problem}", err=True)
    sys.exit(3)


if __name__ == "__main__":
    main(prog_name="python -m addon_service")
