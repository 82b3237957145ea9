"""Which fields of the nouns are secrets: said beside each field, as `token: Annotated[str, TOKEN]`, and read by whoever
writes rows into a file that somebody else may get."""

from dataclasses import dataclass
from typing import get_type_hints


@dataclass(frozen=True)
class Secret:
    """`form`: what of the value is secret, and how another one is made in its place (`snapshots.hiding`)."""

    form: str


HEX = Secret("hex")
"""All of it; another one has 32 hex digits."""
TOKEN = Secret("token")
"""All of it; `HRKU-` and a uuid."""
DRAIN = Secret("drain")
"""All of it; `d.` and a uuid."""
INPUT = Secret("input")
"""All of it; `t.` and a uuid."""
PASSWORD = Secret("password")
"""A hash as `model.passwords` makes it; another one is nobody's."""
FACTOR = Secret("factor")
"""The Base32 secret of one-time passwords."""
PEM = Secret("pem")
"""A private key: there can be no other one, so what takes its place is none."""
VALUES = Secret("values")
"""JSON: each text in it, the names are not."""
NAMED = Secret("named")
"""JSON: the texts under names such as `password` or `sso_salt`, user and query of URLs."""
PLACE = Secret("place")
"""A URL: its user and its query."""
ADDRESS = Secret("address")
"""A URL: all but scheme, host and port."""
WITHIN = Secret("within")
"""A text, or JSON, in which other fields' secrets may stand."""


def secrets_of(noun: type) -> dict[str, Secret]:
    """Field -> what of it is secret, of those fields that say so."""
    hints = get_type_hints(noun, include_extras=True)
    marked = {name: getattr(hint, "__metadata__", ()) for name, hint in hints.items()}
    found = {name: next((m for m in marks if isinstance(m, Secret)), None) for name, marks in marked.items()}
    return {name: secret for name, secret in found.items() if secret is not None}
