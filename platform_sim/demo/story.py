""" "How Add-ons Work", told by doing it: each step acts over HTTP, shows what was said, and checks what it claims."""

import contextlib
import sys
import tempfile
from pathlib import Path

from platform_sim.demo.narrator import Narrator
from platform_sim.demo.programs import Program, is_alive, pids_below
from platform_sim.demo.scene import Scene, SceneProblem
from platform_sim.demo.story_database import QUICK_PARTNER, DatabaseChapter
from platform_sim.demo.story_exceptions import ExceptionsChapter
from platform_sim.demo.talk import wait_until
from platform_sim.settings import environment

END_SECONDS = 30.0


class Story:
    """One telling. `run` starts everything and cleans up, whatever happens."""

    def __init__(self, seed: int | None = None) -> None:
        self.seed = seed
        self.narrator = Narrator()
        self.scene: Scene

    def run(self) -> None:
        """Tell it all; StoryFailed or SceneProblem if something is not as it should be."""
        with tempfile.TemporaryDirectory(prefix="platform-sim-demo-") as name:
            folder = Path(name)
            seed = [] if self.seed is None else ["--seed", str(self.seed)]
            arguments = [sys.executable, "-m", "platform_sim", "up", "--port", "0", "--data", str(folder / "platform")]
            platform = Program("platform_sim", [*arguments, *seed], folder, environment())
            try:
                ready = platform.ready()
                with Scene(ready["url"], ready["token"], folder / "scene", partner=QUICK_PARTNER) as self.scene:
                    self._tell_all()
                    pids = [platform.process.pid, self.scene.partner.process.pid if self.scene.partner else 0]
                    dynos = pids_below(folder)
            finally:
                platform.stop()
            self._nothing_left(pids, dynos)
        self.narrator.end()

    def _tell_all(self) -> None:
        self._three_programs()
        ExceptionsChapter(self.scene, self.narrator).tell()
        DatabaseChapter(self.scene, self.narrator).tell()

    def _three_programs(self) -> None:
        tell = self.narrator
        tell.step("Two servers start and know each other only by URL; the app comes as the third program")
        tell.tell(f"platform_sim  (the fake Heroku)       {self.scene.url}")
        tell.tell(f"addon_service (the reference partner) {self.scene.start_partner()}")
        services = self.scene.talk.api("GET", "/addon-services")
        tell.check("the marketplace is empty", services == [], services)

    def _nothing_left(self, pids: list[int], dynos: list[int]) -> None:
        tell = self.narrator
        tell.step("The platform stops")

        def alive() -> list[int]:
            return [pid for pid in pids + dynos if pid and is_alive(pid)]

        with contextlib.suppress(SceneProblem):
            wait_until("the last of them ends", lambda: not alive(), END_SECONDS)
        tell.check(f"none of the {len(pids) + len(dynos)} processes is left", alive() == [], alive())
