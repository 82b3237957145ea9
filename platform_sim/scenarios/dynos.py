"""Looks at dynos, and waits for them and for partners."""

import threading
import time
from collections import Counter
from collections.abc import Callable

from platform_sim.scenarios.scene import Scene, StepFailed
from platform_sim.stand_ins.questions import route

SECONDS = 60.0
"""Wall seconds for which something that others do is waited for."""
FIRST, LONGEST = 0.02, 0.4
"""Wall seconds of the first pause between two looks, and of the longest: each is half as long again."""


def up(scene: Scene, app: str) -> dict[str, int]:
    """How many dynos of each type are up on the newest release; what still has to end is counted as `leaving`."""
    newest = scene.must("GET", f"{route('apps', app)}/releases")[-1]["version"]
    found: Counter[str] = Counter()
    for each in scene.must("GET", f"{route('apps', app)}/dynos"):
        if each["type"] in ("run", "release"):
            continue
        fine = each["state"] == "up" and each["release"]["version"] == newest
        found[each["type"] if fine else "leaving"] += 1
    return dict(found)


def wait_up(scene: Scene, app: str, wanted: dict[str, int]) -> None:
    """Until exactly these are up; StepFailed after a minute."""
    needed = {kind: count for kind, count in wanted.items() if count}
    if not waited(scene, lambda: up(scene, app) == needed):
        raise StepFailed(f"after {SECONDS:g} s the dynos of {app} are {up(scene, app)}, not {needed}")


def waited(scene: Scene, is_so: Callable[[], bool], seconds: float = SECONDS) -> bool:
    """Look again and again; whether it has become so in time."""
    end, pauses = time.monotonic() + seconds, Pauses()
    while not is_so():
        if time.monotonic() > end or scene.stopped():
            return False
        pauses.wait()
    return True


class Pauses:
    """Between looks: short ones first, since most is there at once."""

    def __init__(self) -> None:
        self._next, self._event = FIRST, threading.Event()

    def wait(self) -> None:
        """The next one."""
        self._event.wait(self._next)
        self._next = min(LONGEST, self._next * 1.5)
