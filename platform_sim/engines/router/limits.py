"""The edge's limits and time-outs, all in one value; seconds and bytes of the wall, not of the virtual clock.

Touches nothing.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class RouterLimits:
    """Limits of the edge; times in seconds, sizes in bytes. The first group is Heroku's (platform-api §7)."""

    first_byte: float = 30.0
    """H12: from the last byte of the request sent to the dyno until its first byte."""
    idle: float = 55.0
    """H15, H28 and tunnels: silence after the first byte, or of a client that is sending a body."""
    queue: float = 75.0
    """H20: how long a request waits for a starting dyno."""
    connect: float = 5.0
    """H19: how long connecting to a dyno may take."""

    refused_wait: float = 1.0
    """How long a request not yet sent is tried again while all dynos refuse (a restart), before H21."""
    let_finish: float = 1.0
    """How long a dyno that is to be stopped is left with the requests that it already has (`Edge.let_finish`)."""
    poll: float = 0.25
    """How often a waiting request asks for its route again when nobody calls `Edge.wake`."""
    handshake: float = 10.0
    """How long a TLS handshake may take."""
    terminal_idle: float = 3600.0
    """How long an attached dyno's terminal may be silent in both directions (heroku-cli §5)."""
    keep_alive: float = 75.0
    """How long a client connection may stay without a complete request head."""
    linger: float = 2.0
    """How long bytes of an unwanted request body are thrown away before the connection is closed."""
    pool_idle: float = 1.5
    """How long a connection to a backend is kept unused; below what common servers use (gunicorn: 2 s)."""
    pool_size: int = 64
    """Unused connections kept for one backend."""
    head_bytes: int = 65536
    """Request line and headers together (431 beyond), and the same for answers (H25)."""
    body_buffer: int = 65536
    """Bytes of a request body held before the client is no longer read from."""
    pipeline: int = 16
    """Requests read ahead on one connection."""
