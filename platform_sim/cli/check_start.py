"""`platform-sim check --start`: the partner as a process of the checker, told where its private platform is."""

import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from platform_sim.cli.env import setting
from platform_sim.cli.failures import EnvironmentProblem
from platform_sim.conformance.home import Home
from platform_sim.conformance.launcher import Launcher, LaunchProblem, place_of, variables
from platform_sim.conformance.run import How
from platform_sim.settings import environment


@dataclass(frozen=True)
class Starting:
    """How to start it. `more`: variables beside those of the checker, which win."""

    command: str
    more: Mapping[str, str] = field(default_factory=dict, repr=False)
    intercept: bool = False


@contextmanager
def started(starting: Starting, told: Callable[[str], None]) -> Iterator[How]:
    """What `run` needs for that; each run starts it anew. EnvironmentProblem where it does not come up."""
    with _sigterm_as_ctrl_c(), Launcher(starting.command, told) as launcher:

        def ready(home: Home) -> None:
            launcher.start(place_of(home), _environment(starting, home))

        try:
            yield {"ready": ready, "restart": launcher.restart}
        except LaunchProblem as problem:
            raise EnvironmentProblem(str(problem)) from None


def _environment(starting: Starting, home: Home) -> dict[str, str]:
    found = environment() | dict(starting.more)
    if starting.intercept:
        changes = setting(home.platform.url, None, str(home.platform.ca_file), found, "intercept")
        kept = {name: value for name, value in found.items() if name not in changes}
        found = kept | {name: value for name, value in changes.items() if value is not None}
    return found | variables(home)


@contextmanager
def _sigterm_as_ctrl_c() -> Iterator[None]:
    """A run that is ended by another program, a CI service mostly, leaves no partner behind either."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
