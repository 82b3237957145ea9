"""All rules and all scenes, in the order of a partner's life."""

from platform_sim.conformance.rule import Rule
from platform_sim.conformance.rules import callbacks, deprovision, grants, logins, manifest, sessions, transport
from platform_sim.conformance.scenes import back, doors, life, sign_in
from platform_sim.conformance.scenes.scene import Scene

RULES: tuple[Rule, ...] = (
    *manifest.RULES,
    *transport.RULES,
    *grants.RULES,
    *callbacks.RULES,
    *logins.RULES,
    *sessions.RULES,
    *deprovision.RULES,
)
MIDDLE = (
    *back.SCRIPT,
    *doors.SCRIPT,
    *sign_in.SCRIPT,
)
"""Scenes between the first installation and its end."""
_LIFE = {scene.name: scene for scene in life.SCRIPT}
SCENES: tuple[Scene, ...] = (
    *(_LIFE[name] for name in ("install", "repeat", "second")),
    *MIDDLE,
    *(_LIFE[name] for name in ("unknown", "end")),
)


def rule_named(number: str) -> Rule | None:
    """The rule with this number, in any spelling of its letters."""
    return next((rule for rule in RULES if rule.id == number.upper()), None)
