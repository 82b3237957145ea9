"""Ports on loopback for programs that are told theirs. May bind a socket for a moment; opens none that stays open."""

import os
import socket
from contextlib import suppress
from itertools import count, islice

HOST = "127.0.0.1"
FIRST, MANY = 20_000, 5_000
"""Below the ports that systems give to connections and to whoever binds port 0 (Linux from 32768, macOS from 49152):
one of those could be given away before the program that was told it listens."""
_steps = count(os.getpid() * 1511)
"""Processes that start one after another, such as workers of a test run, begin far from each other."""


def free_port() -> int:
    """A port at which nobody listens now, never one that this process got a moment ago. OSError if there is none."""
    for step in islice(_steps, MANY):
        port = FIRST + step % MANY
        with suppress(OSError), socket.socket() as probe:
            probe.bind((HOST, port))
            return port
    raise OSError(f"all ports from {FIRST} to {FIRST + MANY - 1} are taken")
