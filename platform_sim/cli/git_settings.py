"""Settings for git that live in the environment only: no file of the user's is touched, nothing asks for a password.

git reads `GIT_CONFIG_COUNT`, `GIT_CONFIG_KEY_n` and `GIT_CONFIG_VALUE_n` after its files, so what stands there wins
(heroku-cli §6). The platform takes Basic with any user and the token as password.
"""

from collections.abc import Mapping
from urllib.parse import urlsplit

Entry = tuple[str, str]

HELPER = '!f() { test "$1" = get && printf "username=platform-sim\\npassword=%s\\n" "$HEROKU_API_KEY"; }; f'
"""A credential helper that answers with the variable, so that the token stands in one place."""
LOGGED_IN = "!heroku git:credentials"
"""The heroku CLI's own, which answers with the token of `heroku login`, for https only."""

BUNDLE = "http.sslCAInfo"
"""Whom git trusts at addresses that have no entry of their own."""


def entries(url: str, ca_file: str | None, helper: str = HELPER) -> list[Entry]:
    """What git needs to push to the platform at `url`, over http and over the https that the heroku CLI writes.

    With an authority's file git trusts the https address; without one https is turned into the http of the same port.
    The empty helper first: no helper of the user's may see or store our token.
    """
    host = urlsplit(url).netloc
    made = []
    for scheme in ("http", "https"):
        made += [(f"credential.{scheme}://{host}.helper", ""), (f"credential.{scheme}://{host}.helper", helper)]
    if ca_file:
        made.append((f"http.https://{host}/.sslCAInfo", ca_file))
    elif url.startswith("http://"):
        made.append((f"url.http://{host}/.insteadOf", f"https://{host}/"))
    return made


def present(environment: Mapping[str, str]) -> list[Entry]:
    """What the environment holds already; a count or pair that git would not take counts as the end."""
    found = []
    count = environment.get("GIT_CONFIG_COUNT", "")
    for number in range(int(count) if count.isdecimal() else 0):
        key, value = (environment.get(f"GIT_CONFIG_{part}_{number}") for part in ("KEY", "VALUE"))
        if key is None or value is None:
            break
        found.append((key, value))
    return found


def as_variables(wanted: list[Entry], environment: Mapping[str, str]) -> dict[str, str | None]:
    """The variables that say `wanted`; those of a longer list before it are taken away."""
    before = len(present(environment))
    changes: dict[str, str | None] = {}
    if wanted or before:
        changes["GIT_CONFIG_COUNT"] = str(len(wanted)) if wanted else None
    for number in range(max(len(wanted), before)):
        key, value = wanted[number] if number < len(wanted) else (None, None)
        changes[f"GIT_CONFIG_KEY_{number}"] = key
        changes[f"GIT_CONFIG_VALUE_{number}"] = value
    return changes


def without_ours(found: list[Entry], url: str) -> list[Entry]:
    """The entries that are not about the platform at `url`."""
    ours = {key for key, _ in entries(url, ca_file="any") + entries(url, ca_file=None)}
    return [entry for entry in found if entry[0] not in ours]


def with_bundle(
    others: list[Entry], ca_file: str | None, environment: Mapping[str, str]
) -> tuple[list[Entry], dict[str, str | None]]:
    """`others`, and what becomes of GIT_SSL_CAINFO: it would outrank what is said of the platform's address alone
    (heroku-cli §6), so the file that it names goes where it does not."""
    before = environment.get("GIT_SSL_CAINFO")
    if not before or ca_file is None:
        return others, {}
    if before != ca_file:
        others = [entry for entry in others if entry[0] != BUNDLE] + [(BUNDLE, before)]
    return others, {"GIT_SSL_CAINFO": None}


def without_bundle(found: list[Entry]) -> tuple[list[Entry], dict[str, str | None]]:
    """The way back."""
    bundle = next((value for key, value in found if key == BUNDLE), None)
    rest = [entry for entry in found if entry[0] != BUNDLE]
    return rest, {} if bundle is None else {"GIT_SSL_CAINFO": bundle}
