"""The fixtures of the running platform."""

from ..processes.conftest import customer, nothing_left, partner, platform

__all__ = ["customer", "nothing_left", "partner", "platform"]
