"""The doors of the platform that the request in hand is for.

Views are made once in a process and serve all its platforms (a table of rules takes longer to make than a platform):
each platform answers with a copy of the one application, and the copy knows whose it is. No request: no doors.
"""

from typing import Any, cast

from flask import Flask, current_app, has_app_context

from platform_sim.web.context import Doors

_NAME = "platform_sim.doors"


class _Here:
    """Stands in views for the doors of whoever is asked; RuntimeError where nobody is."""

    def __getattr__(self, name: str) -> Any:
        return getattr(doors_here(), name)


HERE = cast(Doors, _Here())


def doors_here() -> Doors:
    """Those doors themselves: for what is done after the answer."""
    if not has_app_context():
        raise RuntimeError("nobody is asked: look at `doors` inside the view, not where the blueprint is made")
    found: Doors = current_app.extensions[_NAME]
    return found


def belongs_to(app: Flask, doors: Doors) -> None:
    """From now on requests to this application find these doors."""
    app.extensions = {_NAME: doors}
