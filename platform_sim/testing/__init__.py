"""For other people's tests: a private Heroku as an object and as a fixture of pytest (docs/testing.md).

Starts platforms by `assemble` and asks them at their own doors, without a socket; knows no rows. A partner may be a
URL, an application (WSGI or ASGI), a process or a scripted one. What is named here is loaded when it is first used:
pytest reads this room in every run of everybody who has the package.
"""

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from platform_sim.stand_ins.partner import Partner
    from platform_sim.stand_ins.questions import Refused
    from platform_sim.testing.case import HerokuTestCase, with_heroku
    from platform_sim.testing.cassettes import Cassette
    from platform_sim.testing.collected import ScenarioFile
    from platform_sim.testing.covered import Tally
    from platform_sim.testing.covering import begin_covering
    from platform_sim.testing.ending import end_on_sigterm
    from platform_sim.testing.faults import FaultNeverActed
    from platform_sim.testing.heroku import Heroku
    from platform_sim.testing.heroku_cli import HerokuCli, NoHerokuCli
    from platform_sim.testing.joins import Command, Factory, Joined, Served, Service
    from platform_sim.testing.scenarios import on_private

__all__ = [
    "Cassette",
    "Command",
    "Factory",
    "FaultNeverActed",
    "Heroku",
    "HerokuCli",
    "HerokuTestCase",
    "Joined",
    "NoHerokuCli",
    "Partner",
    "Refused",
    "ScenarioFile",
    "Served",
    "Service",
    "Tally",
    "begin_covering",
    "end_on_sigterm",
    "on_private",
    "with_heroku",
]
_PLACES = {
    "Cassette": "cassettes",
    "Command": "joins",
    "Factory": "joins",
    "FaultNeverActed": "faults",
    "Heroku": "heroku",
    "HerokuCli": "heroku_cli",
    "HerokuTestCase": "case",
    "Joined": "joins",
    "NoHerokuCli": "heroku_cli",
    "Partner": ".stand_ins.partner",
    "Refused": ".stand_ins.questions",
    "ScenarioFile": "collected",
    "Served": "joins",
    "Service": "joins",
    "Tally": "covered",
    "begin_covering": "covering",
    "end_on_sigterm": "ending",
    "on_private": "scenarios",
    "with_heroku": "case",
}


@contextmanager
def _as_it_is() -> Iterator[None]:
    """pytest rewrites the assertions of each package that brings a plugin, all of it: of ours that takes a second, and
    nobody wants to see inside."""
    hooks = [each for each in sys.meta_path if type(each).__module__ == "_pytest.assertion.rewrite"]
    for each in hooks:
        sys.meta_path.remove(each)
    try:
        yield
    finally:
        sys.meta_path[:0] = hooks


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    with _as_it_is():
        return getattr(importlib.import_module(f".{_PLACES[name]}", __name__), name)
