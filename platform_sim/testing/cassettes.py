"""A partner from a cassette, by the name that tests use."""

from platform_sim.cassettes.player import Player as Cassette

__all__ = ["Cassette"]
