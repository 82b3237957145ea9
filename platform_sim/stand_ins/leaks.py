"""What is left over: resources that a partner holds and the platform has not, and what partners still owe an answer."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from platform_sim.stand_ins.questions import Questions, Refused, basic, route

__tracebackhide__ = True
Json = dict[str, Any]
Holds = Callable[[], Collection[str]]
OWED = {
    "provision": "was ordered, and the partner has given no clear answer",
    "change_plan": "was to change its plan, and the partner has given no clear answer",
    "deprovision": "was to be deleted, and the partner has not acknowledged it",
}
"""Kind of job -> what it means that it is still to be done."""
PROMISED = {
    "provision_deadline": ("provisioning", "was accepted with 202, and the partner has not said that it is there"),
    "deprovision_deadline": ("deprovisioning", "was to be deleted, and after its 202 the partner has said no more"),
}


@dataclass(frozen=True)
class Leak:
    """`uuid`: the add-on. `what`: a sentence's end. `name`: the add-on's, "" if none was known."""

    uuid: str
    what: str
    name: str = ""

    def __str__(self) -> str:
        return f"{self.uuid} ({self.name}) {self.what}" if self.name else f"{self.uuid} {self.what}"


@dataclass(frozen=True)
class Service:
    """A registered service. `holds`: uuids that its partner has now, if that can be asked."""

    slug: str
    password: str
    holds: Holds | None


def is_busy(status: Json) -> bool:
    """Whether a partner is being asked, or is about to be: what is tried again later does not count."""
    now = status["clock"]["now"]
    return any(each["kind"] in OWED and each["due"] <= now for each in status["waiting"])


def leaks(questions: Questions, services: Collection[Service]) -> list[Leak]:
    """All that can be known now, an add-on once."""
    found: dict[str, Leak] = {}
    for each in questions.ask("GET", "/sim/status")["waiting"]:
        what = _owed(questions, each)
        if what:
            found.setdefault(each["subject"], Leak(each["subject"], what))
    for service in services:
        for leak in _compared(questions, service):
            found.setdefault(leak.uuid, leak)
    return _named(questions, found.values()) if found else []


def _named(questions: Questions, found: Iterable[Leak]) -> list[Leak]:
    """With the names that their add-ons have, or had."""
    trees = questions.ask("GET", "/sim/timeline?limit=1000")["trees"]
    names = {each["addon"]: str(name) for each in _all(trees) if (name := _addon_name(each))}
    return [replace(each, name=names.get(each.uuid) or _name_now(questions, each.uuid)) for each in found]


def _all(trees: Iterable[Json]) -> Iterator[Json]:
    for each in trees:
        yield each
        yield from _all(each["children"])


def _addon_name(node: Json) -> Any:
    details = node["details"]
    return details["data"].get("name") if node["addon"] and details.get("kind") == "addon" else None


def _name_now(questions: Questions, uuid: str) -> str:
    try:
        return str(questions.ask("GET", route("addons", uuid))["name"])
    except Refused:
        return ""


def _owed(questions: Questions, job: Json) -> str | None:
    if job["kind"] in OWED:
        tries = "asked once" if job["attempts"] == 1 else f"asked {job['attempts']} times"
        return f"{OWED[job['kind']]} ({tries})"
    state, what = PROMISED.get(job["kind"], ("", ""))
    if not state:
        return None
    try:
        return what if questions.ask("GET", route("addons", job["subject"]))["state"] == state else None
    except Refused:
        return None


def _compared(questions: Questions, service: Service) -> list[Leak]:
    if service.holds is None:
        return []
    held, there = set(service.holds()), _installs(questions, service)
    orphans = [
        Leak(uuid, f"is held by the partner of {service.slug}, and the platform has no such add-on")
        for uuid in sorted(held - there)
    ]
    ghosts = [
        Leak(uuid, f"is an add-on, and the partner of {service.slug} holds nothing for it")
        for uuid in sorted(there - held)
    ]
    return orphans + ghosts


def _installs(questions: Questions, service: Service) -> set[str]:
    """The live add-ons of a service that its partner has acknowledged, anybody's: as a partner can list them."""
    found: set[str] = set()
    offset = 0
    while True:
        path = f"/api/v3/apps?offset={offset}"
        page = questions.ask("GET", path, authorization=basic(service.slug, service.password))
        if not page:
            return found
        found |= {each["resource"]["uuid"] for each in page}
        offset += len(page)
