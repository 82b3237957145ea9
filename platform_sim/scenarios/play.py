"""Plays a scenario: what is given, then its steps, each told when it is done. One playing is one `Player`."""

import re
import shutil
import tempfile
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from platform_sim.core.clock import Chance
from platform_sim.core.model.moments import read_length
from platform_sim.scenarios import expect, given_state
from platform_sim.scenarios.document import Document, Step
from platform_sim.scenarios.dynos import Pauses
from platform_sim.scenarios.expect import Check
from platform_sim.scenarios.http import Unreachable
from platform_sim.scenarios.matching import MISSING, TooLong, found_at, searched
from platform_sim.scenarios.problems import Place, Problem
from platform_sim.scenarios.programs import ProgramProblem, Programs
from platform_sim.scenarios.scene import Json, LeftOut, Scene, Seen, StepFailed
from platform_sim.scenarios.services import Registrar
from platform_sim.stand_ins.leaks import Service as Brought
from platform_sim.stand_ins.leaks import leaks
from platform_sim.stand_ins.questions import Questions, Refused

State = Literal["ok", "failed", "left out", "not played"]
TREES = 8
"""Newest trees of the timeline that a failure shows."""
GIVEN = "what is given"
HIDDEN = "******"
LONG = 8
"""Characters of a saved value that a report shows by its name: it may be a secret."""
OPEN = ("id", "name", "app.id", "app.name", "plan.id", "plan.name")
"""Paths of an answer to what is no secret."""
CREDENTIALS = re.compile(r"://[^/@\s]+@")
"""In a URL."""


@dataclass(frozen=True)
class Outcome:
    """What became of a step. `number`: from 1, 0 for what is given. `problem`: of one that failed, or is left out."""

    number: int
    place: Place
    title: str
    state: State
    chapter: str = ""
    said: str = ""
    checks: tuple[str, ...] = ()
    """What was claimed and holds."""
    problem: str = ""
    milliseconds: int = 0
    timeline: tuple[Json, ...] = field(default=(), repr=False)
    """Trees as `/sim/timeline` has them, of one that failed."""


class Player:
    """Plays one document on one platform. A context manager: at the end nothing of it runs but what was made there.

    `environment`: of the programs that are started. `stopped`: asked now and then whether it has to end. `brought`:
    services that are there for this playing alone, and whose partners somebody has chosen.
    """

    def __init__(
        self,
        document: Document,
        platform: Questions,
        environment: Mapping[str, str],
        stopped: Callable[[], bool] = lambda: False,
        *,
        brought: Collection[Brought] = (),
    ) -> None:
        self._document = document
        scratch = Path(tempfile.mkdtemp(prefix="platform-sim-scenario-"))
        programs = Programs(scratch, stopped)
        self.scene = Scene(platform, document.folder, scratch, programs, environment, stopped=stopped)
        self.scene.chance = Chance(document.content.get("seed"))
        self.scene.held = brought
        self._told = {"url", "folder"}
        """Saved values that a report may show."""
        wanted = document.content.get("services", {})
        self._registrar = Registrar(self.scene, wanted, {each.slug for each in brought})
        self.scene.register = self._registrar.register

    def __enter__(self) -> "Player":
        return self

    def __exit__(self, *_: object) -> None:
        self._registrar.end()
        self.scene.programs.end()
        shutil.rmtree(self.scene.scratch, ignore_errors=True)

    def play(self) -> Iterator[Outcome]:
        """Each outcome when it is there; after one that failed the rest is not played."""
        first = self._given()
        yield first
        failed = first.state == "failed"
        for step in self._document.steps:
            if failed or self.scene.stopped():
                yield self._outcome(step, "not played", 0)
                continue
            outcome = self._step(step)
            failed = outcome.state == "failed"
            yield outcome

    def _given(self) -> Outcome:
        scene, document = self.scene, self._document
        scene.saved |= {"url": scene.platform.url, "folder": str(scene.scratch)}
        begun, told, place = time.monotonic(), GIVEN, Place()
        made: list[str] = []
        try:
            given_state.values(scene, document.content.get("values", {}))
            scene.environment = {**scene.environment, **scene.filled(document.content.get("environment", {}))}
            scene.owed_before = {each.uuid for each in leaks(scene.platform, ())}
            if refused := self._registrar.refused():
                return self._refused(refused, begun)
            if document.frozen_at is not None:
                self._freeze(document.frozen_at)
            for told in given_state.put_in_place(scene, document.content, self._registrar, document.later):
                made.append(told)
        except (StepFailed, ProgramProblem, Refused, Unreachable, LeftOut) as problem:
            section, _, name = told.removeprefix("partner of ").rpartition(" ")
            section = section or "service"
            place = document.marks.get((f"{section}s", name), place)
            return self._failed(
                Outcome(0, place, told, "failed", problem=self._masked(str(problem)), milliseconds=_since(begun))
            )
        return Outcome(
            0, place, GIVEN, "ok", checks=tuple(f"{each} is there" for each in made), milliseconds=_since(begun)
        )

    def _refused(self, refused: Mapping[str, str], begun: float) -> Outcome:
        """Each with its place; nothing has been done."""
        marks, file = self._document.marks, self._document.file
        places = {name: marks.get(("services", name), Place()) for name in refused}
        told = [self._masked(Problem(places[name], why).at(file)) for name, why in refused.items()]
        title, place = f"service {next(iter(refused))}", next(iter(places.values()))
        return Outcome(0, place, title, "failed", problem="\n".join(told), milliseconds=_since(begun))

    def _freeze(self, at: datetime) -> None:
        """Unless the clock stands there already, as that of a platform of its own does."""
        clock = self.scene.must("GET", "/sim/clock")
        if not clock["frozen"] or datetime.fromisoformat(clock["now"]) != at:
            self.scene.must("POST", "/sim/clock/freeze", {"at": at.isoformat()})

    def _step(self, step: Step) -> Outcome:
        scene, begun = self.scene, time.monotonic()
        try:
            scene.who = scene.filled(step.options.get("as", ""))
            if step.options.get("for") in scene.missing:
                raise LeftOut(scene.missing[step.options["for"]])
            seen, found = self._done(step)
        except LeftOut as problem:
            return self._outcome(step, "left out", _since(begun), problem=str(problem))
        except (StepFailed, ProgramProblem, Refused, Unreachable, TooLong) as problem:
            return self._failed(self._outcome(step, "failed", _since(begun), problem=str(problem)))
        finally:
            scene.who = ""
        wrong = [each for each in found if each.instead]
        held = tuple(each.claim for each in found if not each.instead)
        if not wrong:
            return self._outcome(step, "ok", _since(begun), checks=held, said=seen.note)
        lines = [f"{self._place(step, each)}expected that {each.claim}; it is {each.instead}" for each in wrong]
        return self._failed(self._outcome(step, "failed", _since(begun), checks=held, problem="\n".join(lines)))

    def _done(self, step: Step) -> tuple[Seen, list[Check]]:
        """Do it, and look; again and again if it may take a while, and a step that changes something only once."""
        scene, end, pauses = self.scene, time.monotonic(), Pauses()
        if "within" in step.options:
            end += read_length(step.options["within"]).total_seconds()
        was = expect.before(scene, step.expect)
        seen: Seen | None = None
        while True:
            late = time.monotonic() >= end or scene.stopped()
            try:
                if seen is None or step.verb.looks:
                    seen = step.verb.act(scene, scene.filled(step.given))
                self._save(step, seen)
                found = list(expect.checks(scene, scene.filled(step.expect), seen, was))
                if late or not any(each.instead for each in found):
                    return seen, found
            except StepFailed:
                if late or not step.verb.looks:
                    raise
            pauses.wait()

    def _save(self, step: Step, seen: Seen) -> None:
        for name, path in step.options.get("save", {}).items():
            found = found_at(seen.json, path if isinstance(path, str) else path["path"])
            if isinstance(path, dict):
                part = searched(path["find"], found) if isinstance(found, str) else None
                found = part[part.re.groups and 1] if part else MISSING
            if found is not MISSING:
                self.scene.saved[name] = found
                (self._told.add if path in OPEN else self._told.discard)(name)

    def _place(self, step: Step, check: Check) -> str:
        place = step.places.get(("expect", *check.path))
        return f"{self._document.file}:{place.line}:{place.column}: " if place else ""

    def _outcome(self, step: Step, state: State, milliseconds: int, **more: Any) -> Outcome:
        title = step.options.get("say") or words(step)
        chapter = step.options.get("chapter", "")
        checks = tuple(map(self._masked, more.pop("checks", ())))
        more = {name: self._masked(text) for name, text in more.items()}
        known = {"chapter": chapter, "checks": checks, "milliseconds": milliseconds}
        return Outcome(step.number + 1, step.place, title, state, **known, **more)

    def _masked(self, text: str) -> str:
        """Without what only the two sides may know."""
        for secret in self.scene.secrets():
            text = text.replace(secret, HIDDEN)
        for name, value in self.scene.saved.items():
            if isinstance(value, str) and len(value) >= LONG and name not in self._told:
                text = text.replace(value, f"${{{name}}}")
        return CREDENTIALS.sub(f"://{HIDDEN}@", text)

    def _failed(self, outcome: Outcome) -> Outcome:
        """With the newest of the timeline."""
        path = f"/sim/timeline?limit={TREES}"
        try:
            trees = tuple(self.scene.platform.ask("GET", path)["trees"])
        except (Refused, Unreachable):
            trees = ()
        return Outcome(**{**vars(outcome), "timeline": trees})


def words(step: Step) -> str:
    """A step in a line: its verb, and what it is about."""
    about = [str(value) for value in step.given.values() if isinstance(value, str | int)]
    return " ".join([step.verb_name, *about])[:120]


def is_platforms_own(document: Document) -> list[str]:
    """What the file says that only a platform of its own can have, and one that runs already cannot."""
    return [name for name in ("seed", "settings") if name in document.content]


def _since(begun: float) -> int:
    return int((time.monotonic() - begun) * 1000)
