"""Logs out of and into the platform: log drains, log input, and which addresses a drain may have (partner-api §7)."""

import ipaddress
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from urllib.parse import SplitResult, urlsplit

from platform_sim.core.model.secrecy import ADDRESS, DRAIN, INPUT

LONGEST_URL = 2048
"""Characters of a drain's URL."""

_PLAIN = re.compile(r"[!-~]+")
_PORTS = {"http": 80, "https": 443, "syslog": 514, "syslog+tls": 6514}
"""Schemes that a drain can have, with the port of a URL that names none."""


@dataclass(frozen=True)
class LogDrain:
    """Where an app's lines go. `token` tells the receiver which drain is speaking; it never changes.

    A drain of an add-on is written when the add-on is attached to the app, since the partner is told its token
    before it answers with a URL. Only an active drain is shown and used.
    """

    id: str
    app_id: str
    addon_id: str | None
    """The add-on that owns it; None for a customer's own drain."""
    token: Annotated[str, DRAIN]
    """`d.<uuid>`, sent as `Logplex-Drain-Token`."""
    url: Annotated[str | None, ADDRESS]
    """None until the add-on's partner has named one."""
    active: bool
    """False without a URL, and while the add-on is not attached to the app."""
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class LogInput:
    """A permission to write into an app's log, for the partner of an add-on that is attached to it."""

    id: str
    app_id: str
    addon_id: str
    token: Annotated[str, INPUT]
    """`t.<uuid>`, the password of `log_input_url`."""
    created_at: datetime


def drain_url_problem(url: str) -> str | None:
    """What is wrong with a drain's URL, as the end of a sentence that begins with it; None if it can be used.

    https anywhere, http on loopback only, syslog over TCP with or without TLS (partner-api §7.1).
    """
    if len(url) > LONGEST_URL:
        return f"is longer than {LONGEST_URL} characters"
    if _PLAIN.fullmatch(url) is None:
        return "must be a URL of visible ASCII characters"
    parts = _parts(url)
    if parts is None or parts.scheme not in _PORTS:
        return "must be a URL with https, syslog or syslog+tls and a host"
    if parts.fragment:
        return "must not have a part after #"
    if parts.scheme == "http" and not is_loopback(parts.hostname or ""):
        return "must be https; plain http is for receivers on this machine"
    return None


def _parts(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        usable = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return None
    return parts if usable else None


def is_loopback(host: str) -> bool:
    """Whether a host of a URL is this machine by its very name."""
    name = host.lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def drain_port(url: str) -> int:
    """The port of a good URL."""
    parts = urlsplit(url)
    return parts.port or _PORTS[parts.scheme]


def shown_address(url: str) -> str:
    """Scheme, host and port of a good URL: paths, queries and user parts of drains hold secrets."""
    parts = urlsplit(url)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return f"{parts.scheme}://{host}:{drain_port(url)}"
