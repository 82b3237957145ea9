"""Plays the scenes to a partner and judges what was seen by the rules. Leaves nothing behind at the partner."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypedDict, Unpack

from platform_sim.conformance.capabilities import of_behaviour, of_manifest
from platform_sim.conformance.catalogue import RULES, SCENES
from platform_sim.conformance.home import GRACE, Home, another_seed
from platform_sim.conformance.rule import Kind, Result, Rule
from platform_sim.conformance.rules.hygiene import SECRETS
from platform_sim.conformance.rules.manifest import FACT
from platform_sim.conformance.scenes.lives import SCRIPTS
from platform_sim.conformance.scenes.scene import Mode, Scene, Stage
from platform_sim.conformance.seen import Exchange, NotSeen, Seen
from platform_sim.partners.contract import Send
from platform_sim.partners.manifest_check import errors
from platform_sim.partners.mask import SHORTEST

KNOWS_IT = (404, 409, 410, 422)
"""How a first order is answered whose uuid was used in an earlier run: as deleted, mostly."""


@dataclass(frozen=True)
class Target:
    """Whom to check. `local`: where it listens, "" as the manifest says; `client_secret`: what it exchanges grants
    with; `port`: of the private platform, 0 takes a free one."""

    manifest: Any = field(repr=False)
    plans: tuple[str, ...] = ("test",)
    local: str = ""
    client_secret: str | None = field(default=None, repr=False)
    port: int = 0


class Interrupted(KeyboardInterrupt):
    """Somebody has broken off the run. `leaks`: uuids that the partner would not delete."""

    def __init__(self, leaks: tuple[str, ...]) -> None:
        super().__init__()
        self.leaks = leaks


class How(TypedDict, total=False):
    """How a run is made. `patience`: wall seconds for what a partner does of its own accord; `settings`: of the private
    platform; `ready` gets it before anything is asked, `told` hears of each scene; `slowness`: wall seconds that a slow
    platform takes; `restart` is called when the partner has died, and says whether it is back; `scripts`: how many life
    cycles a deep run plays at most."""

    mode: Mode
    rules: Sequence[Rule]
    patience: float
    slowness: float
    settings: Mapping[str, Any] | None
    restart: Callable[[], bool]
    ready: Callable[[Home], None]
    told: Callable[[str], None]
    scripts: int


@dataclass(frozen=True)
class Report:
    """What a run has found. `leaks`: uuids that the partner would not delete. `absent`: why there is no partner."""

    results: tuple[Result, ...]
    seed: int
    leaks: tuple[str, ...] = ()
    exchanges: tuple[Exchange, ...] = field(default=(), repr=False)
    """As they came."""
    absent: str = ""
    manifest: Any = field(default=None, repr=False)
    """What was given; it holds secrets."""

    @property
    def findings(self) -> tuple[Result, ...]:
        """What somebody has to mend, the gravest first."""
        return tuple(sorted((r for r in self.results if r.is_finding), key=lambda r: r.kind is not Kind.FAIL))

    def counts(self) -> dict[Kind, int]:
        """How many rules there are of each kind."""
        return {kind: sum(result.kind is kind for result in self.results) for kind in Kind}


def run(target: Target, send: Send, *, seed: int = 1, **how: Unpack[How]) -> Report:
    """Check a partner. Never raises for what the partner does; Interrupted for KeyboardInterrupt.

    A partner that was checked with this seed before knows its uuids as deleted; then the seed is another one.
    """
    report = _once(target, send, seed, **how)
    first = next((each for each in report.exchanges if each.moment == "provision"), None)
    if first is None or first.status not in KNOWS_IT:
        return report
    again = _once(target, send, seed, afresh=True, **how)
    return again if any(each.moment == "provision" and each.succeeded for each in again.exchanges) else report


def _once(
    target: Target,
    send: Send,
    seed: int,
    *,
    afresh: bool = False,
    mode: Mode = Mode.DEFAULT,
    rules: Sequence[Rule] = RULES,
    patience: float = 10.0,
    slowness: float = 2.0,
    settings: Mapping[str, Any] | None = None,
    restart: Callable[[], bool] = lambda: False,
    ready: Callable[[Home], None] = lambda _: None,
    told: Callable[[str], None] = lambda _: None,
    scripts: int = SCRIPTS,
) -> Report:
    seen, chance = Seen(), seed
    seed = another_seed() if afresh else seed
    seen.facts[FACT] = target.manifest
    if errors(target.manifest):
        reason = NotSeen("the manifest has errors, so it cannot be registered: correct it first")
        seen.miss(reason, *(moment for scene in SCENES for moment in scene.moments))
        return Report(tuple(rule.judged(seen, frozenset()) for rule in _of_manifest(rules, seen)), seed)
    home = Home(
        target.manifest,
        target.plans,
        send,
        local=target.local,
        client_secret=target.client_secret,
        port=target.port,
        seed=seed,
        rules=settings,
    )
    with home:
        ready(home)
        stage = Stage(home, seen, target.plans, patience, slowness=slowness, seed=chance, scripts=scripts)
        try:
            capabilities = _played(stage, of_manifest(home.manifest, target.plans), mode, told, restart)
            leaks = _cleaned(stage)
        except KeyboardInterrupt:
            raise Interrupted(_left_behind(stage)) from None
        seen.facts[SECRETS] = _secrets(home)
        results = tuple(rule.judged(seen, capabilities) for rule in rules)
    return Report(results, seed, leaks, tuple(seen.every()), stage.absent, target.manifest)


def _of_manifest(rules: Sequence[Rule], seen: Seen) -> list[Rule]:
    return [rule for rule in rules if rule.moment == "manifest"]


def _secrets(home: Home) -> list[tuple[str, str]]:
    """What no answer may repeat, each with its name."""
    api = home.manifest["api"]
    found = [("password", str(api["password"])), ("sso_salt", str(api.get("sso_salt") or ""))]
    found.append(("client secret", home.client_secret))
    for heard in home.overheard.calls:
        if heard.place == "/oauth/token" and heard.status == 200:
            tokens = json.loads(heard.answer)
            found += [(name.replace("_", " "), tokens[name]) for name in ("access_token", "refresh_token")]
    return [(name, value) for name, value in found if len(value) >= SHORTEST]


def _played(
    stage: Stage,
    capabilities: frozenset[str],
    mode: Mode,
    told: Callable[[str], None],
    restart: Callable[[], bool],
) -> frozenset[str]:
    """Every scene that this partner and this mode have; -> what it turned out to be able to do."""
    failed: dict[str, NotSeen] = {}
    over: NotSeen | None = None
    for scene in SCENES:
        reason = over or _hindrance(scene, capabilities, mode, failed)
        if reason is None:
            told(scene.name)
            reason = _play(stage, scene)
            if reason is not None and reason.ends and not (reason.lost and restart()):
                over = reason
        if reason is not None:
            failed[scene.name] = reason
        capabilities |= of_behaviour(stage.seen)
        stage.seen.miss(reason or NotSeen("the scene did not come to that"), *scene.moments)
    return capabilities


def _hindrance(scene: Scene, capabilities: frozenset[str], mode: Mode, failed: Mapping[str, NotSeen]) -> NotSeen | None:
    """Why a scene cannot be played; what hindered a scene before it is told, not only that it was hindered."""
    if scene.mode > mode:
        return NotSeen(f"the scene `{scene.name}` is not played in this mode")
    if not scene.needs <= capabilities:
        return NotSeen(f"the partner has no {', '.join(sorted(scene.needs - capabilities))}")
    return next((failed[name] for name in scene.after if name in failed), None)


def _play(stage: Stage, scene: Scene) -> NotSeen | None:
    try:
        scene.play(stage)
    except NotSeen as reason:
        return reason
    return None


def _left_behind(stage: Stage) -> tuple[str, ...]:
    """The same for a run that breaks off, where nobody may know yet what the partner has said yes to."""
    stage.home.asked.let_finish(GRACE)
    for uuid in stage.home.asked.orders:
        stage.made.setdefault(uuid, "interruption")
    return _cleaned(stage)


def _cleaned(stage: Stage) -> tuple[str, ...]:
    """Delete whatever was made and is still there; what cannot be deleted is told."""
    left = []
    late = 0
    for uuid in stage.made:
        if uuid in stage.ended:
            continue
        if late > 1:
            left.append(uuid)
            continue
        answer = stage.home.deliver(stage.request("DELETE", uuid))
        late = late + 1 if answer.problem == "timeout" else 0
        gone = answer.status is not None and (200 <= answer.status < 300 or answer.status in (404, 410))
        if not gone:
            left.append(uuid)
    return tuple(left)
