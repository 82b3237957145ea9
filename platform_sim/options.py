"""How a platform is started: what whoever starts one may say."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from platform_sim import settings
from platform_sim.core.model.catalog import ServiceSeed
from platform_sim.core.model.moments import check_start, read_start
from platform_sim.core.model.seams import Watching
from platform_sim.partners.contract import Send


@dataclass(frozen=True)
class Options:
    """How a platform is started. `data` None: in memory, with a temporary folder that goes at the end."""

    data: Path | None = None
    port: int = 0
    seed: int | None = None
    frozen_at: datetime | None = None
    token: str | None = None
    environment: Mapping[str, str] = field(default_factory=settings.environment)
    rules: Mapping[str, Any] = field(default_factory=dict)
    """Settings that override defaults and environment."""
    services: Sequence[ServiceSeed] = ()
    """What has to be registered before anybody asks; `services_file.read_services` reads them."""
    snapshot: IO[bytes] | None = None
    """A snapshot to begin with, in place of a platform that is empty."""
    send: Send | None = None
    """How partners are called; None: over HTTP."""
    watch: Watching | None = None
    """Hears what of the contract is touched. A `send` that is given tells it by itself."""
    around: Callable[[Any], Any] | None = None
    """Put around the WSGI application of all doors: hears every call that comes in, and its answer."""
    open_to_browsers: bool = True
    """Whether a browser on this machine is the customer before anybody has logged in with it."""

    def __post_init__(self) -> None:
        """ValueError for a time that no clock begins at."""
        if self.frozen_at is not None:
            check_start(self.frozen_at, self.frozen_at.isoformat())


def frozen_at_from(text: str) -> datetime:
    """`frozen_at` as people write it; ValueError, a sentence, for what is no time, or none for a clock."""
    return read_start(text)
