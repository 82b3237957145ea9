"""What makes a partner an animal of the zoo: it is right but for one rule, and says which."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from platform_sim.conformance.home import Home, Instance
from platform_sim.conformance.rule import Result
from platform_sim.conformance.rules.manifest import FACT, RULES
from platform_sim.conformance.run import Report, Target, run
from platform_sim.conformance.scenes.scene import Mode
from platform_sim.conformance.seen import Heard, Seen

from .partner import SECRET, Right

PATIENCE = 2.0
"""Wall seconds for what an animal does of its own accord; those that never do it cost as much."""
A_MOMENT = 0.02
FEW = 12
"""Life cycles that are played to right partners, and to animals that are found out by these."""


def check(kind: Callable[[], Right], **more: Any) -> Report:
    """A run against a partner of this kind: whole, but for life cycles, unless its `mode`, `patience`, `settings` or
    `scripts` say else."""
    partner = kind()
    usual: dict[str, Any] = {"mode": Mode.DEEP, "patience": PATIENCE, "settings": None, "scripts": 0}
    usual = {name: getattr(partner, name, value) for name, value in usual.items()}

    def ready(home: Home) -> None:
        partner.platform = home.platform.url
        waits_for_work(home, partner)

    target = Target(partner.manifest, partner.plans, partner.local, SECRET)
    try:
        return run(target, partner, ready=ready, slowness=partner.slowness, **(usual | more))
    finally:
        partner.close()


def waits_for_work(home: Home, partner: Right) -> None:
    """From here on its patience lasts as long as the partner is at work: a busy machine could reach any end of it."""
    state, heard = home.wait_for_state, home.overheard.wait

    def until_state(uuid: str, states: Sequence[str], seconds: float) -> Instance:
        found = state(uuid, states, seconds)
        while seconds and found.state not in states and partner.is_at_work():
            found = state(uuid, states, A_MOMENT)
        return found

    def until_heard(is_enough: Callable[[list[Heard]], bool], seconds: float) -> bool:
        found = heard(is_enough, seconds)
        while seconds and not found and partner.is_at_work():
            found = heard(is_enough, A_MOMENT)
        return found

    home.wait_for_state, home.overheard.wait = until_state, until_heard  # type: ignore[method-assign]


def check_manifest(manifest: Any) -> set[str]:
    """The rules about manifests that this one breaks: those need no partner."""
    seen = Seen(facts={FACT: manifest})
    return {rule.id for rule in RULES if rule.judged(seen, frozenset()).is_finding}


def told(results: Iterable[Result]) -> str:
    """Results in lines, for a test that fails."""
    lines = []
    for result in results:
        lines.append(f"{result.rule.id} {result.kind}: {result.because}")
        lines += [f"    {problem.sentence}" for problem in result.problems]
    return "\n".join(lines)
