"""Life cycles: orders, repeats, plan changes and ends of a few add-ons in an order that chance makes.

After each act the answers are compared with `lifetime.py`. What fails is made as short as it can be.
"""

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from importlib import import_module
from itertools import takewhile

from platform_sim.conformance.lifetime import ONE, OTHERS, Breach, Lifetime
from platform_sim.conformance.scenes.scene import Mode, Script, Stage
from platform_sim.conformance.seen import Exchange, NotSeen
from platform_sim.partners.contract import PartnerAnswer, PartnerRequest, Send

SCRIPT = Script()
scene = SCRIPT.scene
LIVES = "life cycles"
"""The fact that holds by rule what was found, each a sentence and an exchange; and the moment of these exchanges."""
SCRIPTS = 50
"""That are played where nothing fails."""
SHORTER = 100
"""Scripts that are played to make one shorter."""
SECONDS = 60
"""On the wall clock, for all of it: a slow partner is asked less."""
MISSING = 'it needs Hypothesis: pip install "platform-sim[deep]"'
NAMES = "ABC"
METHODS = ("POST", "PUT", "DELETE")
LATE, TWICE, AT_ONCE, MEETS_ITS_END = "late", "twice", "at once", "meets its end"
ACTS = ("", "POST", "PUT", "DELETE", LATE, "PUT", "POST", LATE)
"""As often as they are to come, the simplest first."""
WAYS = ("", "", "", TWICE, "", "", "", AT_ONCE)
"""The same; each bit that is taken away leads to the simplest."""
WHO = (0, 0, 1, 2)
"""Of three add-ons one gets most, so that it lives to see something."""
Bits = Sequence[bool]
Steps = tuple[tuple[int, str, str, int], ...]
"""Who, what is asked and in which way, and which of what there is."""


@scene(LIVES, LIVES, mode=Mode.DEEP, needs="version-3", after="end")
def _lives(stage: Stage) -> None:
    if not stage.scripts:
        raise NotSeen("no life cycles were asked for")
    stage.seen.good("deprovision")
    try:
        search = import_module("platform_sim.conformance.shortest").search
    except ImportError:
        raise NotSeen(MISSING) from None
    hunt = _Hunt(stage)
    while hunt.goes_on():
        search(stage.seed, stage.scripts, hunt.fails)
    if hunt.over is not None:
        raise hunt.over
    if not hunt.complete:
        raise NotSeen("no add-on came to be in any life cycle")
    stage.seen.facts[LIVES] = {
        rule: (play.sentence(breach), replace(breach.exchange, before=play.before(breach)))
        for rule, (play, breach) in hunt.found.items()
    }


class _Hunt:
    """Looks for one rule that breaks after the other, until no further breaks. `over`: why nothing can be asked."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._end = stage.home.wall_seconds() + SECONDS
        self._hunted = ""
        """The rule whose script is being made shorter."""
        self._left = 0
        self._known: dict[Steps, tuple[_Play, Breach] | None] = {}
        """What became of scripts; None where nothing broke."""
        self._begun = False
        self.found: dict[str, tuple[_Play, Breach]] = {}
        self.over: NotSeen | None = None
        self.complete = False

    def goes_on(self) -> bool:
        """Whether to search (again)."""
        again = not self._begun or bool(self._hunted)
        self._begun, self._hunted, self._left = True, "", SHORTER
        return again and self.over is None and self._stage.home.wall_seconds() < self._end

    def fails(self, script: Sequence[Bits]) -> bool | None:
        """Whether it breaks what is hunted, or anything not found yet; None when it is enough."""
        steps = _steps(script)
        if steps in self._known:
            return self._is_it(self._known[steps])
        for end in range(len(steps)):
            # What comes after something has broken is not played.
            if known := self._known.get(steps[:end]):
                return self._is_it(known)
        if self.over is not None or self._left == 0 or self._stage.home.wall_seconds() >= self._end:
            return None
        play = _Play(self._stage)
        try:
            breach = self._judged(play, steps)
        except NotSeen as reason:
            told = f"{reason} (what was done: {'; '.join(play.words)})"
            self.over = NotSeen(told, lost=reason.lost, ends=reason.ends)
            return None
        self._left -= bool(self._hunted)
        known = self._known[steps] = None if breach is None else (play, breach)
        if known:
            self._known[steps[: play.played]] = known
        return self._is_it(known)

    def _is_it(self, known: "tuple[_Play, Breach] | None") -> bool:
        if known is None:
            return False
        play, breach = known
        if breach.rule != self._hunted and (self._hunted or breach.rule in self.found):
            return False
        self._hunted = breach.rule
        shortest, _ = self.found.get(breach.rule, known)
        if len(play.words) <= len(shortest.words):
            self.found[breach.rule] = known
        return True

    def _judged(self, play: "_Play", steps: Steps) -> Breach | None:
        """What breaks; if others have a part in it, that is when it does not break without them."""
        breach = play.all(steps)
        self.complete = self.complete or any(life.alive for life in play.lives.values())
        if breach is None or breach.rule != ONE or breach.by_itself or len(play.lives) == 1:
            return breach
        alone = _Play(self._stage).all(tuple(step for step in steps if step[0] == play.about))
        if alone is None or alone.rule != ONE:
            return replace(breach, rule=OTHERS)
        return breach


def _number(bits: Bits) -> int:
    return sum(1 << place for place, bit in enumerate(bits) if bit)


def _steps(script: Sequence[Bits]) -> Steps:
    """The same for scripts that differ in nothing that counts."""
    found: list[tuple[int, str, str, int]] = []
    names: dict[int, int] = {}
    for bits in script:
        who, act, way, which = WHO[_number(bits[:2])], ACTS[_number(bits[2:5])], WAYS[_number(bits[5:8])], bits[8:]
        if not act:
            continue
        if who not in names:
            act, way = "POST", way if way == TWICE else ""
        if act == "DELETE" and way == AT_ONCE:
            way = MEETS_ITS_END
        counts = act in ("PUT", LATE) or way == MEETS_ITS_END
        found.append((names.setdefault(who, len(names)), act, way, _number(which) if counts else 0))
    return tuple(found)


class _Play:
    """One script, played to fresh add-ons, all of them deleted after it. `words`: what was done, act by act."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self.lives: dict[int, Lifetime] = {}
        self.words: list[str] = []
        self.about = 0
        """Whom the last act was about."""
        self.played = 0
        """Steps that were come to."""
        self._exchanges: list[Exchange] = []
        self._breach: Breach | None = None

    def all(self, steps: Steps) -> Breach | None:
        """What breaks first; None if all is as it should be."""
        for self.played, (self.about, act, way, which) in enumerate(steps, 1):
            self._act(act, way, which)
            if self._breach is not None or any(life.unsure for life in self.lives.values()):
                break
        self._clean()
        return self._breach

    def sentence(self, breach: Breach) -> str:
        """The script in words and what is wrong at its end."""
        return f"{'; '.join(self.words)}: {breach.sentence}."

    def before(self, breach: Breach) -> tuple[Exchange, ...]:
        """What was sent before the breach was seen."""
        return tuple(takewhile(lambda each: each is not breach.exchange, self._exchanges))

    def _act(self, act: str, way: str, which: int) -> None:
        life = self.lives.get(self.about)
        if life is None:
            life = self.lives[self.about] = Lifetime(NAMES[len(self.lives)])
            self._install(life, way == TWICE)
            return
        request = life.requests[which % len(life.requests)] if act == LATE else self._request(act, life, which)
        if request is None:
            return
        words = _named(life, request)
        if way == TWICE:
            self._send(f"{words}, its answer lost, and again", life, request, request)
        elif way == AT_ONCE:
            self._at_once(life, request, request)
        elif way == MEETS_ITS_END:
            self._at_once(life, request, self._request(METHODS[which % 2], life, which) or life.requests[0])
        else:
            self._send(words, life, request)

    def _request(self, method: str, life: Lifetime, which: int) -> PartnerRequest | None:
        """None for what the platform would not ask for now."""
        if method == "POST":
            return life.requests[0]
        if method == "DELETE":
            return self._stage.request("DELETE", life.uuid)
        plans = self._stage.plans
        if len(plans) < 2 or not self._settled(life):
            return None
        return self._stage.request("PUT", life.uuid, {"plan": plans[(which + 1) % len(plans)]})

    def _settled(self, life: Lifetime) -> bool:
        """Plans change only of what is there."""
        if not life.later or life.dead:
            return True
        states = ("provisioned", "deprovisioned")
        found = self._stage.home.wait_for_state(life.uuid, states, self._stage.patience)
        life.unsure = found.state != "provisioned"
        return not life.unsure

    def _install(self, life: Lifetime, lost: bool) -> None:
        self.words.append(f"provision {life.name}" + (", its answer lost, and again" if lost else ""))
        home = self._stage.home
        calls: list[tuple[PartnerRequest, PartnerAnswer]] = []

        def way(request: PartnerRequest, on: Send) -> PartnerAnswer:
            times = 2 if lost and request.method == "POST" else 1
            calls.extend((request, on(request)) for _ in range(times))
            return calls[-1][1]

        usual, home.way, begun = home.way, way, len(home.talk)
        try:
            life.uuid = home.install(self._stage.plans[0]).uuid
        finally:
            home.way = usual
            del home.talk[begun:]
        if not calls:
            raise NotSeen("the platform did not call the partner")
        for request, answer in calls:
            if request.method == "POST" and life.uuid.encode() in (request.body or b""):
                self._judge(life, request, answer)
            else:
                # The platform did not take the answer and cleans up: of that other rules tell.
                life.unsure = True

    def _send(self, words: str, life: Lifetime, *requests: PartnerRequest) -> None:
        self.words.append(words)
        for request in requests:
            self._judge(life, request, self._stage.home.deliver(request))

    def _at_once(self, life: Lifetime, *requests: PartnerRequest) -> None:
        self.words.append(" and ".join(_named(life, request) for request in requests) + ", both at once")
        with ThreadPoolExecutor(len(requests)) as threads:
            answers = list(threads.map(self._stage.home.deliver, requests))
        # An end that comes with something else may come before or after it: it counts as the later, and what the
        # other is told counts only if it is a failure.
        both = sorted(zip(requests, answers, strict=True), key=lambda each: each[0].method == "DELETE")
        meets_its_end = not life.dead and both[-1][0].method == "DELETE"
        for request, answer in both:
            if meets_its_end and request.method != "DELETE" and answer.status is not None and answer.status < 500:
                self._exchanges.append(self._stage.pass_by(LIVES, request, answer))
            else:
                self._judge(life, request, answer)

    def _judge(self, life: Lifetime, request: PartnerRequest, answer: PartnerAnswer) -> None:
        exchange = self._stage.pass_by(LIVES, request, answer)
        self._exchanges.append(exchange)
        others = [each for each in self.lives.values() if each is not life]
        for breach in life.judge(exchange, others):
            self._breach = self._breach or breach

    def _clean(self) -> None:
        """What the partner would not delete is tried once more at the end of the run, and told."""
        for life in self.lives.values():
            if life.uuid in self._stage.made and life.uuid not in self._stage.ended:
                request = self._stage.request("DELETE", life.uuid)
                self._stage.pass_by(LIVES, request, self._stage.home.deliver(request))


def _named(life: Lifetime, request: PartnerRequest) -> str:
    """A request in words."""
    if request.method == "PUT":
        return f"change {life.name} to {json.loads(request.body or b'{}').get('plan')}"
    return f"provision {life.name} again" if request.method == "POST" else f"deprovision {life.name}"
