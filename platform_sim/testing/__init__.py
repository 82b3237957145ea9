"""For other people's tests: a private Heroku as an object and as a fixture of pytest (docs/testing.md).

Starts platforms by `assemble` and asks them at their own doors, without a socket; knows no rows. A partner may be a
URL, a WSGI application or a scripted one. What is named here is loaded when it is first used: pytest reads this room in
every run of everybody who has the package.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from platform_sim.testing.heroku import Heroku
    from platform_sim.testing.partner import Partner
    from platform_sim.testing.questions import Refused

__all__ = ["Heroku", "Partner", "Refused"]
_PLACES = {"Heroku": "heroku", "Partner": "partner", "Refused": "questions"}


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_PLACES[name]}"), name)
