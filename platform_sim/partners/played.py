"""Partners that the library plays itself: their answers say so, so that nobody takes them for somebody's service."""

from platform_sim.partners.contract import PartnerAnswer

HEADER = "platform-sim-partner"
SCRIPTED, RECORDED = "scripted", "cassette"
"""Its values."""


def is_played(answer: PartnerAnswer) -> bool:
    """Whether the answer is one of a scripted partner's, or from a cassette."""
    return any(name.lower() == HEADER for name in answer.headers)
