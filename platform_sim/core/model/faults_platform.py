"""What can go wrong in the platform itself: the kinds, as data. See `faults.py` for how one is added."""

from platform_sim.core.model.fault_kind import FaultKind

PLATFORM_KINDS: tuple[FaultKind, ...] = ()
