"""`platform-sim check --start`: the partner as a process of the checker, told where its private platform is."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from platform_sim.cli.env import LOCAL_HOSTS, setting
from platform_sim.cli.failures import EnvironmentProblem
from platform_sim.conformance.home import Home
from platform_sim.conformance.launcher import Launcher, LaunchProblem, place_of, variables
from platform_sim.conformance.run import How
from platform_sim.settings import environment


@dataclass(frozen=True)
class Starting:
    """How to start it. `url`: where it was said to listen, "" as the manifest says; `more`: variables beside those of
    the checker, which win."""

    command: str
    url: str = ""
    more: Mapping[str, str] = field(default_factory=dict, repr=False)
    intercept: bool = False


@contextmanager
def started(starting: Starting, told: Callable[[str], None]) -> Iterator[How]:
    """What `run` needs for that; each run starts it anew. EnvironmentProblem where it does not come up."""
    with Launcher(starting.command, told) as launcher:

        def ready(home: Home) -> None:
            place = place_of(home)
            if not starting.url and place[0] not in (*LOCAL_HOSTS, "::1"):
                raise LaunchProblem(
                    f"the manifest says {place[0]}, where nothing can be started: name the URL where it is to listen "
                    "on this machine after `check`"
                )
            launcher.start(place, _environment(starting, home))

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
