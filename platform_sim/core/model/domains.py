"""Host names of apps, and the certificates that belong to them: who is reached under which name."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Literal

from platform_sim.core.model.secrecy import PEM

APP_SUFFIXES = (".localhost", ".herokuapp.com")
"""Behind an app's name: the first is shown, the router knows all."""

RESERVED = ("heroku.com", "herokuapp.com", "herokudns.com", "herokussl.com")
"""Heroku's own: no name at or below them can be an app's custom domain."""

LONGEST_HOSTNAME = 253

_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


@dataclass(frozen=True)
class Domain:
    """A host name under which an app answers. Each app has one of kind `heroku`, which follows the app's name."""

    id: str
    app_id: str
    hostname: str
    """Lower case. `*.example.com` stands for every name below example.com."""
    kind: Literal["heroku", "custom"]
    cname: str | None
    """Where a real platform wants the name's DNS to point; None for kind `heroku`."""
    sni_endpoint_id: str | None
    acm_status: str | None
    """How automatic certificate management stands; None where it is off."""
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class SniEndpoint:
    """A certificate with its key, for the domains that are linked to it."""

    id: str
    app_id: str
    name: str
    certificate_chain: str
    """PEM, the certificate itself first."""
    private_key: Annotated[str, PEM] = field(repr=False)
    """PEM; never shown."""
    certificate_id: str
    """Another one with each certificate."""
    subject: str
    issuer: str
    cert_domains: list[str]
    self_signed: bool
    starts_at: datetime
    expires_at: datetime
    created_at: datetime
    updated_at: datetime


def default_hostname(app_name: str) -> str:
    """Under which name an app answers from the beginning."""
    return app_name + APP_SUFFIXES[0]


def app_name_of(host: str) -> str | None:
    """The app's name in a default host name, or None if it is not of that form."""
    for suffix in APP_SUFFIXES:
        if host.endswith(suffix):
            return host.removesuffix(suffix)
    return None


def hostname_problem(hostname: str) -> str | None:
    """What is wrong with a custom domain's name, as the end of a sentence that begins with it; None if it is good."""
    if not hostname.isascii():
        return "must be written in ASCII: internationalized names in their form xn--..."
    labels = hostname.removeprefix("*.").split(".")
    if len(hostname) > LONGEST_HOSTNAME or not all(_LABEL.fullmatch(label) for label in labels):
        return "is not a host name: use letters, digits, dashes and dots, and * for the first part only"
    if len(labels) < 2:
        return "is not a full host name: give one with a dot, such as www.example.com"
    if labels[-1].isdigit():
        return "is an address, not a host name"
    if any(hostname == name or hostname.endswith(f".{name}") for name in RESERVED):
        return "belongs to Heroku: give a name of your own"
    if labels[-1] == "localhost" and len(labels) == 2 and not hostname.startswith("*"):
        return "has the form of an app's default name: give another one, such as www." + hostname
    return None


def wildcards_for(hostname: str) -> tuple[str, ...]:
    """The wildcard names that cover a host name, the closest first."""
    _, *above = hostname.split(".")
    return tuple("*." + ".".join(above[start:]) for start in range(len(above) - 1))
