"""A scenario file, read and checked whole: every mistake with its line, before anything is done."""

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from platform_sim.core.model.moments import read_moment
from platform_sim.core.model.values import UUID, kind
from platform_sim.partners.manifest_check import errors
from platform_sim.scenarios import problems, source
from platform_sim.scenarios.kinds import SAVED, holds_saved
from platform_sim.scenarios.problems import BadScenario, Notes, Place, Problem, unknown
from platform_sim.scenarios.shapes import Obj
from platform_sim.scenarios.table import DOCUMENT, STEP, VERBS
from platform_sim.scenarios.verb import Verb

Json = dict[str, Any]
STORIES = Path(__file__).parent / "stories"
"""Files that come with the package."""
GIVEN = ("url", "addon", "app", "port", "ready", "folder")
"""Values that are there without being saved."""
_PART = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


@dataclass(frozen=True)
class Step:
    """One step. `given`: what stands behind its verb, as an object. `place`: of its verb. `places`: of each
    expectation."""

    number: int
    verb_name: str
    verb: Verb
    given: Json
    expect: Json
    options: Json
    """Its other fields."""
    place: Place
    places: dict[tuple[str | int, ...], Place]


@dataclass(frozen=True)
class Document:
    """A file that can be played. `file`: its name in reports."""

    file: str
    folder: Path
    content: Json
    steps: tuple[Step, ...]
    marks: dict[problems.Path, Place]

    @property
    def title(self) -> str:
        """Its title, or the name of the file."""
        return str(self.content.get("scenario") or Path(self.file).name)

    @property
    def frozen_at(self) -> datetime | None:
        """Where the clock stands first, if it does."""
        return read_moment(self.content["frozen_at"]) if "frozen_at" in self.content else None

    @property
    def later(self) -> set[str]:
        """Services that a step registers."""
        return {str(step.given["service"]) for step in self.steps if step.verb_name == "register service"}


def load(file: Path) -> Document:
    """The scenario in a file; BadScenario with all that is wrong, OSError if it cannot be read."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except ValueError:
        raise BadScenario(str(file), [Problem(Place(), "is not text in UTF-8")]) from None
    return parse(text, str(file), file.parent)


def parse(text: str, file: str = "scenario.yaml", folder: Path = Path()) -> Document:
    """The same from a text. `folder`: where the files are that it names."""
    found = source.read(file, text)
    notes, content = found.notes, found.value
    if not isinstance(content, dict):
        raise BadScenario(
            file, [Problem(Place(), f"must be an object with {', '.join(DOCUMENT)}, not {kind(content)}")]
        )
    Obj(DOCUMENT, what="section").check(content, (), notes)
    steps = _steps(content.get("steps"), notes)
    _check_services(content.get("services"), notes)
    _check_references(content, notes)
    _check_saved(content, steps, notes)
    if notes.problems:
        raise BadScenario(file, notes.problems)
    return Document(file, folder.resolve(), content, tuple(steps), notes.marks)


def _steps(given: Any, notes: Notes) -> list[Step]:
    if given is None:
        return []
    if not isinstance(given, list):
        notes.add(("steps",), f"must be a list of steps, not {kind(given)}")
        return []
    found = [_step(each, number, notes) for number, each in enumerate(given)]
    return [each for each in found if each is not None]


def _step(given: Any, number: int, notes: Notes) -> Step | None:
    at: problems.Path = ("steps", number)
    if not isinstance(given, dict):
        notes.add(at, f"a step is an object with a verb, as in `create app: shop`, not {kind(given)}")
        return None
    verbs = [name for name in given if name in VERBS]
    for name in given:
        if name not in VERBS and name not in STEP:
            notes.add((*at, name), unknown("verb", name, list(VERBS), list(STEP)), key=True)
    Obj(STEP).check({key: value for key, value in given.items() if key in STEP}, at, notes)
    if len(verbs) != 1:
        if len(verbs) > 1 or all(name in STEP for name in given):
            notes.add(at, f"a step has exactly one verb; this one has {', '.join(verbs) or 'none'}")
        return None
    name = verbs[0]
    VERBS[name].kind.check(given[name], (*at, name), notes)
    options = {key: value for key, value in given.items() if key in STEP and key != "expect"}
    expect = given.get("expect") if isinstance(given.get("expect"), dict) else {}
    places = {path[2:]: place for path, place in notes.keys.items() if path[:3] == (*at, "expect")}
    place = notes.place((*at, name), key=True)
    return Step(number, name, VERBS[name], VERBS[name].given(given[name]), expect or {}, options, place, places)


def _check_services(given: Any, notes: Notes) -> None:
    """What no field alone can tell: a manifest that cannot be registered, a partner that nobody describes."""
    for name, wanted in given.items() if isinstance(given, dict) else ():
        if not isinstance(wanted, dict):
            continue
        at: problems.Path = ("services", name)
        manifest, partner = wanted.get("manifest"), wanted.get("partner")
        scripted = partner == "scripted" or (isinstance(partner, dict) and "scripted" in partner)
        if manifest is None and not scripted:
            notes.add(at, "'manifest' is missing: only a scripted partner has one of its own", key=True)
        if isinstance(manifest, dict) and "command" not in manifest:
            _check_manifest(name, manifest, (*at, "manifest"), notes)
        elif manifest is not None and not isinstance(manifest, dict | str):
            notes.add((*at, "manifest"), f"must be an object, or the name of a file, not {kind(manifest)}")


def _check_manifest(name: str, manifest: Json, at: problems.Path, notes: Notes) -> None:
    for finding in errors(manifest):
        below = tuple(part or int(number) for part, number in _PART.findall(finding.path))
        notes.add((*at, *below), f"cannot be registered: {finding.sentence.rstrip('.')} ({finding.id})")
    if isinstance(manifest.get("id"), str) and manifest["id"] != name:
        notes.add((*at, "id"), f"must be {name}, the name of the service here")


def _check_references(content: Json, notes: Notes) -> None:
    for noun, name, at in notes.used:
        if holds_saved(name) or UUID.fullmatch(name):
            continue
        key = at in notes.keys and noun in ("app", "add-on") and "expect" in at
        if noun == "plan":
            _check_plan(content, name, at, notes)
        elif name not in notes.named.get(noun, ()):
            notes.add(
                at, f"{unknown(noun, name, sorted(notes.named.get(noun, ())))} (`uses` says what is there)", key=key
            )


def _check_plan(content: Json, name: str, at: problems.Path, notes: Notes) -> None:
    service, colon, plan = name.partition(":")
    known = notes.named.get("service", set())
    if service not in known:
        notes.add(at, f"{unknown('service', service, sorted(known))} (`uses` says what is there)")
        return
    wanted = content.get("services")
    described = wanted.get(service) if isinstance(wanted, dict) else None
    given = described.get("plans") if isinstance(described, dict) else None
    sold = [each for each in given if isinstance(each, str | dict)] if isinstance(given, list) else []
    plans = [each.partition("=")[0] if isinstance(each, str) else str(each.get("name")) for each in sold]
    if colon and described is not None and plan not in [*plans, "test"]:
        notes.add(at, unknown(f"plan of {service}", plan, plans))


def _check_saved(content: Json, steps: list[Step], notes: Notes) -> None:
    """`${name}` is a value of the file, or what an earlier step has saved."""
    values = content.get("values")
    known = {*GIVEN, *(values if isinstance(values, dict) else ())}
    for section in ("environment", "services", "apps", "faults"):
        _look(content.get(section), (section,), known, notes)
    by_number = {step.number: step for step in steps}
    raw = content.get("steps")
    for number, each in enumerate(raw if isinstance(raw, list) else ()):
        step = by_number.get(number)
        saves = step.options.get("save") if step else None
        own = {key: value for key, value in each.items() if key != "expect"} if isinstance(each, dict) else each
        _look(own, ("steps", number), known, notes)
        known |= set(saves) if isinstance(saves, dict) else set()
        if isinstance(each, dict) and "expect" in each:
            _look(each["expect"], ("steps", number, "expect"), known, notes)


def _look(value: Any, at: problems.Path, known: set[str], notes: Notes) -> None:
    if isinstance(value, dict):
        for name, each in value.items():
            _look(name, (*at, name), known, notes)
            _look(each, (*at, name), known, notes)
    elif isinstance(value, list):
        for number, each in enumerate(value):
            _look(each, (*at, number), known, notes)
    elif isinstance(value, str):
        for name in SAVED.findall(value):
            if re.split(r"[.\[]", name)[0] not in known:
                notes.add(at, f"${{{name}}} is not known here: " + unknown("saved value", name, sorted(known)))
