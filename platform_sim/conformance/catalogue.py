"""All rules and all scenes, in the order of a partner's life."""

from platform_sim.conformance.rule import Rule
from platform_sim.conformance.rules import (
    callbacks,
    config,
    deprovision,
    drains,
    grants,
    hygiene,
    identity,
    lives,
    logins,
    manifest,
    old,
    plans,
    provision,
    robustness,
    sessions,
    speed,
    transport,
    webhooks,
)
from platform_sim.conformance.scenes import addresses, back, contact, doors, hooks, life, logs, odd, orders, sign_in
from platform_sim.conformance.scenes import identity as identities
from platform_sim.conformance.scenes import lives as life_cycles
from platform_sim.conformance.scenes import old as old_ways
from platform_sim.conformance.scenes import plans as plan_changes
from platform_sim.conformance.scenes.scene import Scene

RULES: tuple[Rule, ...] = (
    *manifest.RULES,
    *transport.RULES,
    *provision.RULES,
    *identity.RULES,
    *config.RULES,
    *plans.RULES,
    *grants.RULES,
    *callbacks.RULES,
    *drains.RULES,
    *webhooks.RULES,
    *old.RULES,
    *logins.RULES,
    *sessions.RULES,
    *deprovision.RULES,
    *robustness.RULES,
    *lives.RULES,
    *speed.RULES,
    *hygiene.RULES,
)
MIDDLE = (
    *back.SCRIPT,
    *plan_changes.SCRIPT,
    *logs.SCRIPT,
    *hooks.SCRIPT,
    *old_ways.SCRIPT,
    *doors.SCRIPT,
    *sign_in.SCRIPT,
    *addresses.SCRIPT,
    *orders.SCRIPT,
    *identities.SCRIPT,
    *odd.SCRIPT,
)
"""Scenes between the first installation and its end."""
_LIFE = {scene.name: scene for scene in life.SCRIPT}
SCENES: tuple[Scene, ...] = (
    *contact.SCRIPT,
    *(_LIFE[name] for name in ("install", "repeat", "second")),
    *MIDDLE,
    *(_LIFE[name] for name in ("unknown", "end")),
    *life_cycles.SCRIPT,
)


def rule_named(number: str) -> Rule | None:
    """The rule with this number, in any spelling of its letters."""
    return next((rule for rule in RULES if rule.id == number.upper()), None)
