"""Verbs that make things go wrong on purpose (docs/faults.md)."""

from platform_sim.core.model.fault_kind import MATCH_KEYS
from platform_sim.core.model.fault_kinds import KINDS, PROFILES
from platform_sim.scenarios.kinds import Choice, Number, Text, Whole
from platform_sim.scenarios.scene import Json, Scene, Seen
from platform_sim.scenarios.shapes import Either, Field, MapOf, Obj
from platform_sim.scenarios.verb import verb

ALWAYS = "always"
FAULT = {
    "kind": Field(Choice(tuple(KINDS)), "What goes wrong."),
    "match": Field(MapOf(Text(), "key", "|".join(MATCH_KEYS)), "What it is narrowed to, as service, addon or path."),
    "times": Field(Either((Whole(1, 1_000_000), Choice((ALWAYS,)))), "How often; else once."),
    "amount": Field(Number(), "How much, where the kind has an amount."),
}
"""Fields of a fault, of the verb and of the section."""


def fail(scene: Scene, given: Json) -> Seen:
    """Script a fault."""
    wish = dict(given)
    if wish.get("times") == ALWAYS:
        wish["times"] = None
    return scene.seen("POST", "/sim/faults", wish)


def _profile(scene: Scene, given: Json) -> Seen:
    return scene.seen("POST", "/sim/faults/profile", given)


def _clear(scene: Scene, given: Json) -> Seen:
    return scene.seen("DELETE", "/sim/faults")


VERBS = {
    "fail": verb(
        "What is to go wrong next.",
        fail,
        {name: (field.kind, field.sentence) for name, field in FAULT.items()},
        ("kind",),
        short="kind",
    ),
    "use fault profile": verb(
        "Let things go wrong now and then, by a seed.",
        _profile,
        {"name": (Choice(tuple(PROFILES)), "Which profile."), "seed": (Whole(0, 2**31), "Else it is made up.")},
        ("name",),
        short="name",
    ),
    "clear faults": verb("Nothing goes wrong on purpose any more.", _clear, {}),
}
SECTION = Obj(FAULT, ("kind",))
