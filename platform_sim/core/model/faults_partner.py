"""What can go wrong on the way to a partner and back: the kinds, as data. See `faults.py` for how one is added."""

from platform_sim.core.model.fault_kind import Amount, FaultKind

MATCH = ("service", "addon", "app", "method", "path")
"""What is known of a call to a partner."""


def _kind(
    name: str, sentence: str, amount: Amount | None = None, *, gentle: float = 0.0, rough: float = 0.0
) -> FaultKind:
    return FaultKind(name, "partner", sentence, MATCH, amount, gentle, rough)


PARTNER_KINDS = (
    _kind(
        "partner-status",
        "The partner does what it is asked; in place of its answer comes a proxy's page with this status.",
        Amount("status", 502, 500, 599, whole=True),
        gentle=0.05,
        rough=0.1,
    ),
    _kind(
        "partner-lost-answer",
        "The partner does what it is asked and answers; the platform hears nothing, as after a time-out.",
        rough=0.1,
    ),
    _kind("partner-broken-json", "The partner's answer arrives cut in the middle of its JSON.", rough=0.03),
    _kind("partner-wrong-type", "The partner's answer arrives as a JSON list in place of an object.", rough=0.02),
    _kind("partner-html", "The partner's answer arrives as a page of HTML, with its status.", rough=0.02),
)
