"""Other secrets in place of those that a snapshot does not hold: each of the form that its field wants."""

import base64
from collections.abc import Callable, Sequence

from platform_sim.core.clock import Chance
from platform_sim.core.model.passwords import NOBODYS
from platform_sim.core.model.snapshots import BadSnapshot

LEFT_OUT = "left-out-"
"""Before what takes the place of a config value: whoever meets it sees what it is."""


def _uuid(digits: str) -> str:
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


FORMS: dict[str, Callable[[str], str]] = {
    "hex": lambda digits: digits,
    "named": lambda digits: digits,
    "token": lambda digits: f"HRKU-{_uuid(digits)}",
    "drain": lambda digits: f"d.{_uuid(digits)}",
    "input": lambda digits: f"t.{_uuid(digits)}",
    "values": lambda digits: LEFT_OUT + digits,
    "pem": lambda digits: LEFT_OUT + digits,
    "password": lambda digits: NOBODYS + digits,
    "factor": lambda digits: base64.b32encode(bytes.fromhex(digits + digits[:8])).decode(),
}
"""Form -> what is made of 32 hex digits."""


def new_secrets(forms: Sequence[object], chance: Chance) -> list[str]:
    """One for each form, in order; with a seed always the same ones. BadSnapshot for a form that is not known."""
    found = []
    for number, form in enumerate(forms, start=1):
        if not isinstance(form, str) or form not in FORMS:
            raise BadSnapshot(f"{str(form)[:40]!r} is no form of secrets")
        found.append(FORMS[form](chance.secret("left-out", number)))
    return found
