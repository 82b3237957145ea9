"""What can go wrong on the way to a partner and back: the kinds, as data. See `faults.py` for how one is added."""

from platform_sim.core.model.fault_kind import Amount, FaultKind

MATCH = ("service", "addon", "app", "method", "path")
"""What is known of a call to a partner."""


def _kind(
    name: str, sentence: str, amount: Amount | None = None, *, gentle: float = 0.0, rough: float = 0.0
) -> FaultKind:
    return FaultKind(name, "partner", sentence, MATCH, amount, gentle, rough)


SLOW = "seconds of the wall"
PARTNER_KINDS = (
    _kind(
        "partner-delay",
        "The platform waits that long, by its own clock, before it asks the partner.",
        Amount("seconds", 30, 0, 86_400),
        gentle=0.1,
        rough=0.1,
    ),
    _kind(
        "partner-reorder",
        "The request waits until the next one to the same partner, about another add-on, has been answered; "
        "if none comes, that long by the platform's clock.",
        Amount("seconds", 60, 1, 86_400),
        gentle=0.05,
        rough=0.1,
    ),
    _kind(
        "partner-duplicate",
        "The partner gets the same request a second time once it has answered; the second answer is thrown away.",
        gentle=0.1,
        rough=0.15,
    ),
    _kind("partner-down", "Nothing listens at the partner's address: it is not asked.", gentle=0.05, rough=0.1),
    _kind("partner-cut-before", "The connection ends before the partner has read the request.", gentle=0.05, rough=0.1),
    _kind(
        "partner-cut-after",
        "The partner reads the request and acts; its answer never arrives, the connection has ended instead. "
        "It is waited for as long as any.",
        rough=0.1,
    ),
    _kind(
        "partner-slow-request",
        "The request reaches the partner in drops, over that long.",
        Amount(SLOW, 2, 0, 60),
    ),
    _kind(
        "partner-slow-answer",
        "The partner's answer reaches the platform in drops, over that long; what comes too late is lost.",
        Amount(SLOW, 2, 0, 60),
    ),
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
