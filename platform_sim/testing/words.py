"""What a test says in words of its own, as the platform takes it: settings, plans."""

from collections.abc import Mapping
from typing import Any

from platform_sim.settings import SETTINGS, BadSetting, environment

__tracebackhide__ = True
Json = dict[str, Any]
PREFIX = "platform_sim_"


def environment_of(given: Mapping[str, Any]) -> dict[str, str]:
    """Of a platform with these settings: that of the process, for what builds and dynos need of it; what it says of a
    platform holds for no test. BadSetting for a name that there is not."""
    known = {each.name: each.variable for each in SETTINGS}
    named = {name.lower().removeprefix(PREFIX): str(value) for name, value in given.items()}
    if unknown := sorted(named.keys() - known.keys()):
        raise BadSetting(f"no setting is named {', '.join(unknown)}; see docs/settings.md")
    outer = {name: value for name, value in environment().items() if not name.lower().startswith(PREFIX)}
    return outer | {known[name]: value for name, value in named.items()}


def plan_of(words: str) -> Json:
    """`NAME` or `NAME=CENTS` as `/sim/services` takes it."""
    name, _, cents = words.partition("=")
    return {"name": name, "cents": int(cents or "0")}
