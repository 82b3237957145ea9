"""`platform-sim env`: what makes the real heroku CLI and git talk to the platform (heroku-cli §1.2 to §1.4).

Three ways. By address: the CLI is told where the platform is. With `--proxy`: hosts that it has built in are caught,
too. With `--intercept`: nothing is told, the platform answers in Heroku's own names; for every client and partner.

Prints text for a shell to read; changes nothing itself. The token is always the platform's own.
"""

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import click

from platform_sim.cli.client import Client
from platform_sim.cli.find import find
from platform_sim.cli.git_settings import (
    HELPER,
    LOGGED_IN,
    as_variables,
    entries,
    present,
    with_bundle,
    without_bundle,
    without_ours,
)
from platform_sim.cli.options import platform_options
from platform_sim.cli.shells import SHELLS
from platform_sim.settings import environment

QUIET = {
    "DISABLE_TELEMETRY": "true",
    "HEROKU_SKIP_NEW_VERSION_CHECK": "true",
    "HEROKU_DISABLE_AUTOUPDATE": "1",
    "HEROKU_NETRC_WRITE": "true",
}
"""No telemetry, no look-ups, no update in the background, no entry in the user's keychain (heroku-cli §1.1, §1.5)."""

ADDRESSES = (
    "HEROKU_HOST",
    "HEROKU_PARTICLEBOARD_URL",
    "HEROKU_LOGIN_HOST",
    "HEROKU_STATUS_HOST",
    "HEROKU_BUILDPACK_REGISTRY_URL",
)
"""Variables that hold the platform's URL: without them the CLI would call Heroku's own hosts (heroku-cli §1.1)."""

LOCAL_HOSTS = ("localhost", "127.0.0.1")
PROXIES = {"proxy": ("HTTP_PROXY",), "intercept": ("HTTPS_PROXY", "https_proxy")}
"""Which proxy each way sets. By address and for hosts built in, the CLI asks for `http` (heroku-cli §1.3, §1.4)."""
TRUST = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "GIT_SSL_CAINFO", "NODE_EXTRA_CA_CERTS")
"""Where programs look for the authority they trust; most of them then trust no other."""
GIT_HOST = "https://git.heroku.com"


def variables(url: str, token: str | None, ca_file: str | None) -> dict[str, str | None]:
    """What the heroku CLI reads. HEROKU_DATA_HOST is a bare name and HEROKU_ADDONS_HOST has no port: it wants it so."""
    host = urlsplit(url).hostname or "localhost"
    found: dict[str, str | None] = dict.fromkeys(ADDRESSES, url)
    found |= {"HEROKU_API_KEY": token, "HEROKU_DATA_HOST": host, "HEROKU_ADDONS_HOST": f"http://{host}"}
    if ca_file:
        found["NODE_EXTRA_CA_CERTS"] = ca_file
    return found | QUIET


def intercepting(url: str, token: str | None, ca_file: str) -> dict[str, str | None]:
    """No address of ours, Heroku's own names; the buildpack registry's client asks no proxy, and neither does the
    browser that `heroku login` opens (heroku-cli §1.4)."""
    found: dict[str, str | None] = dict.fromkeys((*ADDRESSES, "HEROKU_DATA_HOST", "HEROKU_ADDONS_HOST"))
    found |= {"HEROKU_API_KEY": token, "HEROKU_BUILDPACK_REGISTRY_URL": url, "HEROKU_LOGIN_HOST": url}
    return found | dict.fromkeys(TRUST, ca_file) | QUIET


def past_proxies(environment: Mapping[str, str]) -> dict[str, str | None]:
    """NO_PROXY with this machine in it, if a proxy is set: the CLI asks it even for 127.0.0.1 (heroku-cli §1.1)."""
    if not any(environment.get(name) for names in PROXIES.values() for name in names):
        return {}
    before = environment.get("NO_PROXY") or environment.get("no_proxy") or ""
    names = [name for name in before.split(",") if name]
    value = ",".join(names + [host for host in LOCAL_HOSTS if host not in names])
    return {"NO_PROXY": value, "no_proxy": value}


def setting(
    url: str, token: str | None, ca_file: str | None, environment: Mapping[str, str], way: str = "address"
) -> dict[str, str | None]:
    """All changes that point a shell with `environment` at a platform; the same twice over as once.

    `way`: `address`, `proxy` or `intercept`. Without a token the CLI asks for a login. click.UsageError where the way
    wants an authority and there is none.
    """
    helper = HELPER if token else LOGGED_IN
    if way != "address" and (ca_file is None or not url.startswith("http://")):
        raise click.UsageError(f"--{way} needs the platform's http address and its authority's file: use --ready-file")
    host = GIT_HOST if way == "intercept" else url
    others, bundle = with_bundle(without_ours(present(environment), host), ca_file, environment)
    git = as_variables(others + entries(host, ca_file, helper), environment)
    if way == "address":
        return variables(url, token, ca_file) | past_proxies(environment) | bundle | git
    proxies: dict[str, str | None] = dict.fromkeys(PROXIES[way], url)
    if way == "proxy":
        # The CLI must ask the proxy for 127.0.0.1, too, for that is where it thinks the built-in hosts' port is.
        proxies |= {"NO_PROXY": None, "no_proxy": None}
        return variables(url, token, ca_file) | proxies | bundle | git
    assert ca_file is not None, "asked above"
    return bundle | intercepting(url, token, ca_file) | proxies | git


def unsetting(environment: Mapping[str, str]) -> dict[str, str | None]:
    """The way back, from what the environment says itself. NO_PROXY stays: naming this machine there harms nobody."""
    changes: dict[str, str | None] = dict.fromkeys(variables("", "", "any"))
    ours = environment.get("NODE_EXTRA_CA_CERTS")
    changes |= {name: None for name in TRUST if ours and environment.get(name) == ours}
    url = environment.get("HEROKU_HOST") or environment.get("HEROKU_BUILDPACK_REGISTRY_URL") or ""
    changes |= {name: None for names in PROXIES.values() for name in names if url and environment.get(name) == url}
    git = present(environment)
    for host in (url, GIT_HOST):
        git = without_ours(git, host) if host.startswith("http") else git
    git, bundle = without_bundle(git) if url else (git, {})
    changes |= bundle
    return changes | (as_variables(git, environment) if git != present(environment) else {})


@click.command
@click.option("--shell", type=click.Choice(list(SHELLS)), default="sh", show_default=True, help="Whose words to print.")
@click.option("--json", "as_json", is_flag=True, help="The same as --shell json.")
@click.option("--proxy", "way", flag_value="proxy", help="Also catch the hosts that the CLI has built in.")
@click.option(
    "--intercept", "way", flag_value="intercept", help="Answer in Heroku's own names, for any client or partner."
)
@click.option("--login", is_flag=True, help="Leave the token out: `heroku login` then asks who you are.")
@click.option("--unset", is_flag=True, help="Print what takes the variables away again.")
@platform_options
def command(
    shell: str,
    as_json: bool,
    way: str | None,
    login: bool,
    unset: bool,
    url: str | None,
    token: str | None,
    ready_file: Path | None,
) -> None:
    """Print the variables that point the heroku CLI and git at the platform.

    Use it as: eval "$(platform-sim env)"; fish: platform-sim env --shell fish | source;
    PowerShell: platform-sim env --shell powershell | Out-String | Invoke-Expression.
    """
    now = environment()
    if unset:
        changes = unsetting(now)
    else:
        place = find(now, url=url, token=token, ready_file=ready_file, shell_last=True)
        Client(place).get("/account")
        changes = setting(place.url, None if login else place.token, place.ca_file, now, way or "address")
    click.echo(SHELLS["json" if as_json else shell](changes))
