"""Which running platform a command talks to. Reads the ready file that `platform-sim up` wrote; opens no socket.

What is said first wins: `--url`, `--ready-file`, HEROKU_HOST with HEROKU_API_KEY (as `platform-sim env` sets them),
PLATFORM_SIM_READY, `./.platform-sim/ready.json`. Only addresses of this machine are taken, so that a real Heroku token
in the environment never leaves it.
"""

import json
from collections.abc import Iterator, Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import click

from platform_sim.cli.failures import EnvironmentProblem

READY_VARIABLE = "PLATFORM_SIM_READY"
DEFAULT_READY_FILE = Path(".platform-sim") / "ready.json"
START_ONE = "start one with `platform-sim up`"


class Place(NamedTuple):
    """A platform's address. `url` has no trailing slash; `ca_file` is None where the platform has no authority."""

    url: str
    token: str
    ca_file: str | None = None


def is_loopback(host: str) -> bool:
    """Whether a host name can only mean this machine."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def find(
    environment: Mapping[str, str],
    *,
    url: str | None = None,
    token: str | None = None,
    ready_file: Path | None = None,
    shell_last: bool = False,
) -> Place:
    """The platform to talk to. `shell_last` asks the ready files before HEROKU_HOST: for the command that sets it.

    Raises click.UsageError (exit 2) for an address that cannot be used, EnvironmentProblem (exit 3) if none is known.
    """
    if url is not None:
        return _given(url, token or environment.get("HEROKU_API_KEY") or _token_for(url, environment, ready_file))
    if ready_file is not None:
        return _with(_read(ready_file), token)
    named = environment.get(READY_VARIABLE)
    for source in ("files", "shell") if shell_last else ("shell", "files"):
        if source == "shell" and (host := environment.get("HEROKU_HOST", "")).startswith("http"):
            key = token or environment.get("HEROKU_API_KEY")
            if key:
                return _given(host, key)
        if source == "files" and (named or DEFAULT_READY_FILE.exists()):
            return _with(_read(Path(named) if named else DEFAULT_READY_FILE), token)
    raise EnvironmentProblem(
        f"no platform found: HEROKU_HOST with HEROKU_API_KEY is not set, {READY_VARIABLE} is not set "
        f"and {DEFAULT_READY_FILE} is not there: {START_ONE}, or name one with --url and --token"
    )


def _given(url: str, token: str | None) -> Place:
    plain = _checked(url)
    if not token:
        raise click.UsageError(f"no token for {plain}: give --token, or set HEROKU_API_KEY")
    return _with(Place(plain, ""), token)


def _with(place: Place, token: str | None) -> Place:
    if not token:
        return place
    if not (token.isascii() and token.isprintable()) or " " in token:
        raise click.UsageError("the token holds characters that no token has: check --token and HEROKU_API_KEY")
    return place._replace(token=token)


def _token_for(url: str, environment: Mapping[str, str], ready_file: Path | None) -> str | None:
    """The token of a ready file that speaks of this very address."""
    for path in _known_files(environment, ready_file):
        place = _read(path)
        if place.url == url.rstrip("/"):
            return place.token
    return None


def _known_files(environment: Mapping[str, str], ready_file: Path | None) -> Iterator[Path]:
    if ready_file is not None:
        yield ready_file
    elif named := environment.get(READY_VARIABLE):
        yield Path(named)
    elif DEFAULT_READY_FILE.exists():
        yield DEFAULT_READY_FILE


def _checked(url: str) -> str:
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and parts.port != 0 and not (parts.query or parts.fragment)
    except ValueError:
        usable = False
    if not usable or not parts.hostname or parts.path not in ("", "/") or parts.username is not None:
        raise click.UsageError(f"{url!r} is no platform's address: it must look like http://localhost:5100")
    if not is_loopback(parts.hostname):
        raise click.UsageError(f"{url} is not on this machine: platform-sim talks to local platforms only")
    return url.rstrip("/")


def _read(path: Path) -> Place:
    """A ready file: `{"url", "token", "ca_file", "pid"}` (design §1)."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        url, token, ca_file = found["url"], found["token"], found.get("ca_file")
    except FileNotFoundError:
        raise EnvironmentProblem(f"no platform found: {path} is not there: {START_ONE} --ready-file {path}") from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as problem:
        raise EnvironmentProblem(f"{path} cannot be read as a ready file ({problem!r}): {START_ONE}") from None
    if not isinstance(url, str) or not isinstance(token, str) or not token:
        raise EnvironmentProblem(f"{path} holds no url and token: {START_ONE}")
    return _with(Place(_checked(url), "", ca_file if isinstance(ca_file, str) else None), token)
