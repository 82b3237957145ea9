"""Whether what came is what was expected: each expectation with its place, what was wanted and what was."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from platform_sim.scenarios import dynos
from platform_sim.scenarios.matching import MISSING, TooLong, found_at, mismatch, told
from platform_sim.scenarios.scene import Json, Scene, Seen
from platform_sim.stand_ins.leaks import Service as Held
from platform_sim.stand_ins.leaks import is_busy, leaks
from platform_sim.stand_ins.questions import route

Path = tuple[str | int, ...]
SETTLED = 5.0
"""Wall seconds for which partners are waited for that are just being asked."""


@dataclass(frozen=True)
class Check:
    """One expectation. `claim`: as the report tells it. `instead`: "" if it holds, else what was instead."""

    path: Path
    claim: str
    instead: str = ""


@dataclass
class Before:
    """How things were before the step, of what its expectations compare."""

    config: dict[str, Json] = field(default_factory=dict, repr=False)
    releases: dict[str, int] = field(default_factory=dict)


def before(scene: Scene, expect: Json) -> Before:
    """Look at what the expectations of a step compare with, as they stand in the file: what the step will have saved
    is not there yet."""
    found = Before()
    for app, wanted in expect.get("config", {}).items():
        if any(each in ("changed", "unchanged") for each in wanted.values()):
            app = scene.filled(app)
            seen = scene.seen("GET", f"{route('apps', app)}/config-vars")
            found.config[app] = {} if seen.is_error else seen.json
    for app in map(scene.filled, expect.get("new releases", {})):
        found.releases[app] = _releases(scene, app)
    return found


def checks(scene: Scene, expect: Json, seen: Seen, was: Before) -> Iterator[Check]:
    """Each expectation, in the order of the table. Without `status` and `error`, that it is no error."""
    if "status" not in expect and "error" not in expect and seen.is_error:
        instead = f"{seen.status} {seen.id}: {seen.message or seen.text[:300]}".replace(" : ", ": ")
        yield Check((), "it is not refused", instead)
        return
    for name, look in _LOOKS.items():
        if name in expect:
            try:
                yield from look(scene, expect[name], seen, was)
            except TooLong as problem:
                yield Check((name,), f"the {name} is as told", f"not known: {problem}")


def _status(scene: Scene, wanted: int, seen: Seen, was: Before) -> Iterator[Check]:
    instead = "" if seen.status == wanted else f"{seen.status}" + (f", {seen.message}" if seen.message else "")
    yield Check(("status",), f"the status is {wanted}", instead)


def _error(scene: Scene, wanted: str, seen: Seen, was: Before) -> Iterator[Check]:
    instead = (
        ""
        if seen.is_error and seen.id == wanted
        else (f"{seen.status} {seen.id}".strip() if seen.is_error else "no error")
    )
    yield Check(("error",), f"it is refused with {wanted}", instead)


def _message(scene: Scene, wanted: Any, seen: Seen, was: Before) -> Iterator[Check]:
    wish = mismatch(seen.message, wanted, "contains")
    yield Check(("message",), f"the message is {_wish(wanted, 'contains')}", told(seen.message) if wish else "")


def _text(scene: Scene, wanted: Any, seen: Seen, was: Before) -> Iterator[Check]:
    wish = mismatch(seen.text, wanted, "contains")
    yield Check(("text",), f"the text is {_wish(wanted, 'contains')}", told(seen.text[-1500:]) if wish else "")


def _json(scene: Scene, wanted: Json, seen: Seen, was: Before) -> Iterator[Check]:
    for path, each in wanted.items():
        found = found_at(seen.json, path)
        yield Check(("json", path), f"{path} is {_wish(each)}", told(found) if mismatch(found, each) else "")


def _config(scene: Scene, wanted: Json, seen: Seen, was: Before) -> Iterator[Check]:
    """Values are not told: they may be secrets."""
    for app, names in wanted.items():
        now = scene.seen("GET", f"{route('apps', app)}/config-vars")
        held: Json = {} if now.is_error or now.json is None else now.json
        for name, each in names.items():
            value, old = held.get(name, MISSING), was.config.get(app, {}).get(name, MISSING)
            known = {
                "set": value is not MISSING,
                "unset": value is MISSING,
                "changed": value != old,
                "unchanged": value == old,
            }
            if isinstance(each, str) and each in known:
                instead = "" if known[each] else _how(value, old)
                yield Check(("config", app, name), f"{name} of {app} is {each}", instead)
            else:
                instead = "" if not mismatch(value, each) else "not there" if value is MISSING else "another value"
                yield Check(("config", app, name), f"{name} of {app} is as expected", instead)


def _how(value: Any, old: Any) -> str:
    if value is MISSING:
        return "not there"
    return "as it was before the step" if value == old else "there, with another value than before the step"


def _addons(scene: Scene, wanted: Json, seen: Seen, was: Before) -> Iterator[Check]:
    for name, each in wanted.items():
        found = scene.seen("GET", route("addons", name))
        gone = found.status in (404, 410)
        state = "gone" if gone else (found.json or {}).get("state")
        plan = "none" if gone or found.is_error else found.json["plan"]["name"]
        for what, wish in ({"state": each} if isinstance(each, str) else each).items():
            now = state if what == "state" else plan
            path = ("addons", name) if isinstance(each, str) else ("addons", name, what)
            yield Check(
                path, f"{name} {'is' if what == 'state' else 'has the plan'} {wish}", "" if now == wish else str(now)
            )


def _releases(scene: Scene, app: str) -> int:
    seen = scene.seen("GET", f"{route('apps', app)}/releases", headers={"Range": "version ..; max=1000"})
    return 0 if seen.is_error else len(seen.json)


def _all_releases(scene: Scene, wanted: Json, seen: Seen, was: Before) -> Iterator[Check]:
    for app, count in wanted.items():
        now = _releases(scene, app)
        yield Check(("releases", app), f"{app} has {_count(count, 'release')}", "" if now == count else str(now))


def _new_releases(scene: Scene, wanted: Json, seen: Seen, was: Before) -> Iterator[Check]:
    for app, count in wanted.items():
        now = _releases(scene, app) - was.releases.get(app, 0)
        yield Check(
            ("new releases", app), f"{app} has {_count(count, 'new release')}", "" if now == count else str(now)
        )


def _count(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _dynos(scene: Scene, wanted: Json, seen: Seen, was: Before) -> Iterator[Check]:
    for app, counts in wanted.items():
        needed = {kind: count for kind, count in counts.items() if count}
        now = dynos.up(scene, app)
        yield Check(("dynos", app), f"the dynos of {app} are {needed or 'none'}", "" if now == needed else str(now))


def _leaks(scene: Scene, wanted: str, seen: Seen, was: Before) -> Iterator[Check]:
    """When no partner is just being asked; of what the playing has made."""
    dynos.waited(scene, lambda: not is_busy(scene.platform.ask("GET", "/sim/status")), SETTLED)
    held = list(scene.held)
    for each in scene.services.values():
        partner = each.scripted
        holds = None if partner is None else (lambda partner=partner: set(partner.resources))
        held.append(Held(each.name, str(each.manifest["api"].get("password")), holds))
    found = [each for each in leaks(scene.platform, held) if each.uuid not in scene.owed_before]
    yield Check(("leaks",), "nothing leaks", "; ".join(map(str, found)))


def _wish(wanted: Any, default: str = "is") -> str:
    wishes = wanted if isinstance(wanted, dict) else {default: wanted}
    said = {"is": "", "contains": "something with ", "lacks": "something without ", "matches": "a text like "}
    return ", ".join(f"{said.get(name, name + ' ')}{told(each)}" for name, each in wishes.items())


_LOOKS: dict[str, Callable[[Scene, Any, Seen, Before], Iterator[Check]]] = {
    "status": _status,
    "error": _error,
    "message": _message,
    "json": _json,
    "text": _text,
    "config": _config,
    "addons": _addons,
    "releases": _all_releases,
    "new releases": _new_releases,
    "dynos": _dynos,
    "leaks": _leaks,
}
"""Name of an expectation -> how it is looked at; the same names as in the table."""
