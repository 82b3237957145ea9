"""Plays the platform's side to a partner: what a recorded customer did is done again, and the answers are compared.

The platform is a real one, in memory, whose clock stands still; what the partner calls back it calls there.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from platform_sim.cassettes.compare import differences
from platform_sim.cassettes.kinds import kind_of_heard, kind_of_recorded
from platform_sim.cassettes.matching import Life, lives, plan_of
from platform_sim.cassettes.tape import Recorded, Tape
from platform_sim.cassettes.values import Values
from platform_sim.conformance.home import Home, Instance
from platform_sim.conformance.seen import Heard, NotSeen
from platform_sim.core.model import json_text
from platform_sim.core.model.cassettes import UNKNOWN
from platform_sim.partners.contract import PartnerAnswer, PartnerRequest

Json = dict[str, Any]
NOT_REACHED = ("refused connection", "no connection", "unknown host")
"""Problems after which it is certain that the partner has heard nothing."""


@dataclass(frozen=True)
class Compared:
    """One recorded request, sent again. `says`: what is different now, in sentences."""

    number: int
    about: str
    """The add-on's uuid, as recorded."""
    request: str
    status: int | None
    says: tuple[str, ...]
    unjudged: str = ""
    """Why there is nothing to compare with: it had no answer when it was recorded."""


@dataclass
class Outcome:
    """What became of a whole cassette. `left`: sentences about what was not sent again, and resources that stayed."""

    compared: list[Compared] = field(default_factory=list)
    not_repeated: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    absent: str = ""
    """Why there is no partner at all."""

    @property
    def different(self) -> list[Compared]:
        """Those of which something is to be said."""
        return [each for each in self.compared if each.says]


@dataclass
class _Run:
    """A recorded life as it is lived again."""

    life: Life
    values: Values
    uuid: str = ""
    state: str = ""
    last: PartnerRequest | None = None
    """The order as it was sent: a repeat has the same bytes."""


class Repeat:
    """One cassette against one partner. `patience`: wall seconds for what the partner does of its own accord."""

    def __init__(self, tape: Tape, home: Home, patience: float = 10.0) -> None:
        self._unheard = _unheard(tape)
        sent = tuple(each for each in tape.exchanges if each.number not in self._unheard)
        self._tape, self._home, self._patience = replace(tape, exchanges=sent), home, patience
        self._runs = {life.addon: _Run(life, Values(tape.service, {})) for life in lives(self._tape)}
        self.outcome = Outcome(not_repeated=list(self._unheard.values()))

    def play(self, told: Callable[[str], None] = lambda _: None) -> Outcome:
        """All of it, in the recorded order; what was made and is still there is deleted at the end."""
        for recorded in self._tape.exchanges:
            run = self._runs[recorded.addon]
            if recorded.by_partner or recorded.is_webhook:
                continue
            told(str(run.life.ask_of(recorded)))
            why = self._hindrance(run, recorded)
            if why:
                self.outcome.not_repeated.append(f"{recorded.number} {run.life.ask_of(recorded)}: {why}")
                continue
            self._step(run, recorded)
            if self.outcome.absent:
                return self.outcome
        self._clean()
        return self.outcome

    def _hindrance(self, run: _Run, recorded: Recorded) -> str:
        if run.life.order is None:
            return "the order of its add-on was not recorded"
        if self._tape.sso_url and recorded.url.partition("?")[0] == self._tape.sso_url:
            return "how a login was signed is not in a cassette"
        if not run.uuid and recorded is not run.life.order:
            return "its add-on was not made"
        return ""

    def _step(self, run: _Run, recorded: Recorded) -> None:
        begun = len(self._home.overheard.calls)
        sent = self._sent(run, recorded)
        if sent is None:
            self._keep(run, recorded, None, ["the platform had no reason to send it"])
            return
        request, answer = sent
        if not self.outcome.compared and answer.problem in NOT_REACHED:
            self.outcome.absent = f"nobody answers ({answer.problem})"
            return
        run.values.learn(recorded.sent, _content(request))
        if recorded.status is None:
            self._keep(run, recorded, answer.status, (), f"recorded was {recorded.how_it_ended}")
            return
        says = differences(recorded, answer, run.values)
        if answer.status == recorded.status:
            # Also where the answer has other words: what comes next may have to wait for these calls.
            says += self._calls(run, recorded, begun)
        self._keep(run, recorded, answer.status, says)

    def _keep(self, run: _Run, recorded: Recorded, status: int | None, says: Sequence[str], unjudged: str = "") -> None:
        what = str(run.life.ask_of(recorded))
        self.outcome.compared.append(Compared(recorded.number, recorded.addon, what, status, tuple(says), unjudged))

    def _sent(self, run: _Run, recorded: Recorded) -> tuple[PartnerRequest, PartnerAnswer] | None:
        """The request as it goes out now, and its answer: by what a customer does, or the same again where that would
        have no such effect."""
        plan = plan_of(recorded.sent)
        try:
            if recorded is run.life.order:
                return self._of(run, self._home.install(str(plan), _options(run, recorded)), "POST")
            if recorded.method == "PUT" and plan is not None:
                return self._of(run, self._home.change_plan(run.uuid, plan), "PUT")
            if recorded.method == "DELETE":
                return self._of(run, self._home.destroy(run.uuid), "DELETE")
        except NotSeen:
            # A customer could not do that now, as after a retry; the partner can be asked all the same.
            pass
        request = self._again(run, recorded)
        return request, self._home.deliver(request)

    def _of(self, run: _Run, instance: Instance, method: str) -> tuple[PartnerRequest, PartnerAnswer] | None:
        run.uuid, run.state = instance.uuid, instance.state
        run.values.name(run.life.addon, instance.uuid)
        run.values.name(self._tape.names.get(run.life.addon, ""), instance.name)
        found = next((each for each in instance.talk if each[0].method == method), None)
        if found is not None and (method == "POST" or run.last is None):
            run.last = found[0]
        return found

    def _again(self, run: _Run, recorded: Recorded) -> PartnerRequest:
        assert run.last is not None and run.life.order is not None, "the order has been sent"
        if recorded.method == "POST" and plan_of(recorded.sent) is not None:
            return run.last
        headers = {name: text for name, text in recorded.headers.items() if UNKNOWN not in text}
        right = {"Authorization": run.last.headers["Authorization"]}
        place = run.last.url.rstrip("/") + recorded.url.removeprefix(run.life.order.url.rstrip("/"))
        body = None if recorded.sent is None else _json(run.values.filled(recorded.sent))
        return PartnerRequest(recorded.method, run.values.filled(place), headers | right, body, run.last.timeout)

    def _calls(self, run: _Run, recorded: Recorded, begun: int) -> list[str]:
        """What the partner called then because of that, and what it calls now."""
        wanted = {kind_of_recorded(each, run.life.ids) for each in run.life.caused_by(recorded) if _went_well(each)}
        known = {kind_of_recorded(each, run.life.ids) for each in run.life.exchanges if each.by_partner}

        def came(calls: Sequence[Heard]) -> set[str]:
            kinds = (kind_of_heard(each, run.uuid) for each in list(calls)[begun:] if each.status < 400)
            return {each for each in kinds if each}

        self._home.overheard.wait(lambda calls: wanted <= came(calls), self._patience)
        if "POST /addons/{id}/actions/provision" in wanted:
            run.state = self._home.wait_for_state(run.uuid, ("provisioned",), self._patience).state
        heard = came(self._home.overheard.calls)
        says = [f"it did not call {each}" for each in sorted(wanted - heard)]
        return says + [f"it called {each}, which was not recorded" for each in sorted(heard - known)]

    def _clean(self) -> None:
        for run in self._runs.values():
            if not run.uuid or self._home.look(run.uuid).state == "deprovisioned":
                continue
            try:
                found = self._of(run, self._home.destroy(run.uuid), "DELETE")
            except NotSeen:
                continue
            status = found[1].status if found else None
            if status is None or not (status < 300 or status in (404, 410)):
                self.outcome.left.append(f"{run.uuid} was made for this run, and the partner would not delete it")


def _unheard(tape: Tape) -> dict[int, str]:
    """By number, with a sentence: unanswered requests that are not sent, since the same one was sent again right after
    it, or since the partner cannot have heard them."""
    found: dict[int, str] = {}
    for life in lives(tape):
        for at, each in enumerate(life.asked):
            if each.status is not None:
                continue
            what, follower = life.ask_of(each), next(iter(life.asked[at + 1 :]), None)
            if follower is not None and life.ask_of(follower) == what:
                found[each.number] = (
                    f"{each.number} {what}: it had {each.how_it_ended}; {follower.number} is its repeat"
                )
            elif each.problem in NOT_REACHED:
                found[each.number] = f"{each.number} {what}: it has reached nobody ({each.problem})"
    return found


def _went_well(call: Recorded) -> bool:
    return call.status is not None and call.status < 400


def _options(run: _Run, recorded: Recorded) -> dict[str, str]:
    options = recorded.sent.get("options") if isinstance(recorded.sent, dict) else None
    return {str(name): str(run.values.filled(value)) for name, value in (options or {}).items()}


def _content(request: PartnerRequest) -> Any:
    try:
        return json_text.read(request.body or b"")
    except ValueError:
        return None


def _json(content: Any) -> bytes:
    return content.encode() if isinstance(content, str) else json.dumps(content, separators=(",", ":")).encode()
