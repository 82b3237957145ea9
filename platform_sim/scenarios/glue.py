"""What a platform itself knows of scenario files, for its doors and its engine: `assemble` hands it to them.

All of it is loaded when somebody first has a file: most platforms never see one, and each start would wait for it.
"""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

from platform_sim.core.model.seams import ScenarioLanguage


def _of(module: str, name: str) -> Callable[..., Any]:
    """A function of this room that is found at its first call."""

    def call(*given: Any, **named: Any) -> Any:
        return getattr(import_module(f"platform_sim.scenarios.{module}"), name)(*given, **named)

    return call


def play(
    text: str,
    name: str,
    url: str,
    token: str,
    told: Callable[[dict[str, Any]], None],
    stopped: Callable[[], bool],
    *,
    environment: Mapping[str, str],
) -> None:
    """Play a file on the platform at that address, as the customer of that token; `told` hears each step's outcome."""
    _of("for_platforms", "play")(text, name, url, token, told, stopped, environment=environment)


LANGUAGE = ScenarioLanguage(
    read=_of("for_platforms", "read"),
    schema=_of("schema", "schema"),
    write=_of("write", "written"),
    stories=_of("for_platforms", "story_names"),
    story=_of("for_platforms", "story"),
)
