"""Sends what webhooks are owed: reads a delivery, posts it with no transaction open, writes what became of it.

Imports core and partners, never web nor another engine. A webhook's URL is where its traffic goes, on loopback or
not: whoever may subscribe has configured it (design §8 rule 23). Redirects are not followed: they may lead elsewhere.
"""

from platform_sim.engines.webhooks.deliver import webhook_handlers

__all__ = ["webhook_handlers"]
