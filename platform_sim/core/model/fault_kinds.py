"""All kinds of faults, and the named mixtures of them."""

from platform_sim.core.model.fault_kind import FaultKind
from platform_sim.core.model.faults_partner import PARTNER_KINDS
from platform_sim.core.model.faults_platform import PLATFORM_KINDS

KINDS: dict[str, FaultKind] = {kind.name: kind for kind in (*PARTNER_KINDS, *PLATFORM_KINDS)}
PROFILES: dict[str, str] = {
    "gentle": "Now and then something is late, comes twice or has to be tried again; nothing is lost for good.",
    "rough": "A bad night: what can go wrong does so every few times, what cannot be repaired too.",
}
"""Names of mixtures: how likely each kind is in one stands with the kind."""


def chance_of(kind: FaultKind, profile: str) -> float:
    """How likely a kind is in a profile, at each of its moments."""
    return kind.gentle if profile == "gentle" else kind.rough
