"""What the supervisor remembers of a dyno that the runtime runs for it. Values only."""

from dataclasses import dataclass

from platform_sim.core.model.apps import Dyno


@dataclass
class Live:
    """A dyno that runs, and its row as it was when that began."""

    key: str
    dyno: Dyno
    port: int | None
    stopping: bool = False
    signalled: bool = False
    """Whether it has been told; it may have had something to finish before."""
    ends_at: float | None = None
    """Wall clock (monotonic) by which a release-phase dyno must have ended."""
