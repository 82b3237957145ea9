"""Services that are there before a scenario is played: they stay as they are, and what it borrows is put back.

Told apart before anything is done: a service that the file may use as it is, and one that it would have to change.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from platform_sim.core.model.addresses import is_this_machine
from platform_sim.partners.manifest import base_url
from platform_sim.scenarios.http import Unreachable
from platform_sim.scenarios.programs import listens
from platform_sim.scenarios.scene import Json, Scene, StepFailed
from platform_sim.stand_ins.questions import route

log = logging.getLogger(__name__)

ADVICE = (
    "A scenario leaves what is there as it is: give the service here another name, only use the one that is there "
    "(`uses`), or play the file on a platform of its own"
)
SAME = ("cents", "human_name", "description", "state")
"""Of a plan: what has to be as the file says, if it says it."""


class NotHere(StepFailed):
    """A service cannot be played with here; nothing has been done. The message says why, and what else can be."""


@dataclass(frozen=True)
class Standing:
    """A service that was there already. `local`: where its partner is called, "" for where its manifest says."""

    name: str
    shown: Json
    client_secret: str = field(repr=False)

    @property
    def local(self) -> str:
        """See above."""
        return str(self.shown["local"] or "")

    @property
    def place(self) -> str:
        """Scheme, host and port of its partner now."""
        return place_of(str(self.shown["calls"]["base_url"]))

    def check(self, scene: Scene, wanted: Json, manifest: Json, place: str | None) -> None:
        """NotHere unless it can be used as it stands. `place`: of the partner that the file has, "" for one that it
        starts, None for whoever is there."""
        for what in self._differences(scene, wanted, manifest):
            raise NotHere(f"{self.name} is there already, with {what}. {ADVICE}")
        if place is None or place == self.place:
            return
        if count := self.shown["addons"]:
            lives = "1 add-on of it lives" if count == 1 else f"{count} add-ons of it live"
            raise NotHere(f"{self.name} is there already, and {lives} with its partner at {self.place}. {ADVICE}")
        if not is_here(self.place) or listens(self.place):
            raise NotHere(f"{self.name} is there already, with another partner, at {self.place}. {ADVICE}")

    def _differences(self, scene: Scene, wanted: Json, manifest: Json) -> Iterator[str]:
        path = f"{route('sim', 'services', self.name)}/manifests/differences"
        if scene.must("POST", path, {"contents": manifest}):
            yield "another manifest"
        yield from self._other_plans([plan_of(each) for each in wanted.get("plans", ())])
        if wanted.get("state") not in (None, self.shown["state"]):
            yield f"the state {self.shown['state']}"
        if "abilities" in wanted and set(wanted["abilities"]) != set(self.shown["abilities"]):
            yield "other abilities"
        if wanted.get("client_secret") not in (None, self.client_secret):
            yield "another client secret"

    def _other_plans(self, wanted: list[Json]) -> Iterator[str]:
        sold = {each["name"]: each for each in self.shown["plans"]}
        for plan in wanted:
            there = sold.get(plan["name"])
            if there is None:
                yield f"no plan {plan['name']}"
            elif any(plan.get(key, there[key]) != there[key] for key in SAME):
                yield f"another plan {plan['name']}"
            elif sorted(plan.get("passes", there["passes"])) != sorted(there["passes"]):
                yield f"other invitations to the plan {plan['name']}"
            elif "actions" in plan and [each.get("label") for each in plan["actions"]] != [
                each["label"] for each in there["actions"]
            ]:
                yield f"other actions of the plan {plan['name']}"
        chosen = next((each["name"] for each in wanted if each.get("default")), wanted[0]["name"] if wanted else None)
        if chosen is not None and not sold[chosen]["default"]:
            yield "another plan as the default"


def standing(scene: Scene, name: str) -> Standing | None:
    """The service of this name, if there is one."""
    path = route("sim", "services", name)
    seen = scene.seen("GET", path)
    if seen.status == 404:
        return None
    return Standing(name, scene.must("GET", path), str(scene.must("GET", f"{path}/client-secret")["client_secret"]))


def check_reach(name: str, place: str, wanted: Json) -> None:
    """NotHere for a partner on another machine, unless the file says so."""
    if not is_here(place) and not wanted.get("elsewhere"):
        raise NotHere(
            f"the partner of {name} is at {place}, which is not this machine, and would be asked there: give it a "
            "`partner` here, as `partner: scripted`, or say `elsewhere: true` if that is meant"
        )


def set_local(scene: Scene, name: str, local: str) -> None:
    """Where its partner is called from now on; what cannot be put back is logged, as the playing has ended."""
    try:
        scene.must("PUT", route("sim", "services", name), {"local": local})
    except (StepFailed, Unreachable) as problem:
        log.warning("the address of %s is not what it was before the scenario: %s", name, problem)


def place_of(url: str) -> str:
    """Scheme, host and port."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2].lower()}"


def own_place(manifest: Json) -> str:
    """Where the partner is by its manifest."""
    return place_of(base_url(manifest))


def is_here(place: str) -> bool:
    """Whether it is of this machine."""
    return is_this_machine((urlsplit(place).hostname or "").lower())


def plan_of(given: str | Json) -> Json:
    """A plan as it stands in the file: `pro=900`, or an object."""
    if not isinstance(given, str):
        return given
    name, _, cents = given.partition("=")
    return {"name": name, "cents": int(cents or "0")}
