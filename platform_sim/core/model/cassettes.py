"""The form of a cassette: what platform and one partner said to each other, as one file (docs/cassettes.md). Pure."""

import re

FORMAT = "platform-sim cassette"
VERSION = 1
PLATFORM, PARTNER = "platform", "partner"
"""Who asks in an exchange."""
PLACEHOLDER = re.compile(r"\{\{([^{}]+) ([0-9]+)\}\}")
"""Stands for a secret: its field's name, and a number; the same secret has the same one wherever it stood."""
UNKNOWN = "{{hidden}}"
"""A secret of which nobody knows any more which one it was."""


def placeholder(name: str, number: int) -> str:
    """See `PLACEHOLDER`."""
    return f"{{{{{re.sub('[{}]', '', name) or 'secret'} {number}}}}}"
