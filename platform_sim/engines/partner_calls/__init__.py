"""Calls partners for the platform: reads rows, asks with no transaction open, writes what became of it.

Imports core and partners, never web nor another engine. Each handler is safe to repeat: a partner is always asked
with the same uuid, and what the rows say by the time of the answer decides what it still means.
"""

from platform_sim.engines.partner_calls.handlers import partner_handlers

__all__ = ["partner_handlers"]
