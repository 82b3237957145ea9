"""The states of an add-on and the ways between them, as data (docs/coverage.md).

`core/actions` keeps to this table: tests hold the one to the other.
"""

from dataclasses import dataclass

from platform_sim.core.model.addons import AddonState

NOTHING = ""
"""Before it is ordered."""
STATES: dict[AddonState, str] = {
    "provisioning": "It is being made: its partner has been asked, and has not said that it is there.",
    "provisioned": "It is there.",
    "deprovisioning": "It is being deleted: its partner has been asked, and has not acknowledged it.",
    "deprovisioned": "It is gone for good, or never came to be.",
}


@dataclass(frozen=True)
class Transition:
    """A way from one state to another, or back to the same."""

    id: str
    before: str
    after: AddonState
    sentence: str


TRANSITIONS = (
    Transition("ordered", NOTHING, "provisioning", "A customer orders it."),
    Transition("made", "provisioning", "provisioned", "Its partner has made it: at once, or later after a 202."),
    Transition(
        "not made",
        "provisioning",
        "deprovisioned",
        "Its partner refuses it, gives it up, answers what cannot be used, or takes too long.",
    ),
    Transition("called off", "provisioning", "deprovisioning", "A customer destroys it while it is being made."),
    Transition("changed", "provisioned", "provisioned", "Its plan is changed, and its partner has agreed."),
    Transition("ended", "provisioned", "deprovisioning", "A customer destroys it, or its app."),
    Transition("gone", "deprovisioning", "deprovisioned", "Its partner has acknowledged that it is deleted."),
)


def transition(before: str, after: str) -> Transition | None:
    """The row for that way; None if there is none."""
    return next((each for each in TRANSITIONS if (each.before, each.after) == (before, after)), None)
