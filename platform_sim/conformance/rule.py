"""What a rule is, and what it can find. Pure; the rules themselves stand in `rules/`, a file a moment."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from platform_sim.conformance.seen import Exchange, NotSeen, Seen


class Level(StrEnum):
    """How much a rule counts. Broken, a MUST is a failure; the others are warnings."""

    MUST = "MUST"
    SHOULD = "SHOULD"
    ADVICE = "ADVICE"


MUST, SHOULD, ADVICE = Level.MUST, Level.SHOULD, Level.ADVICE
MOST = 10
"""Sentences that are told of a broken rule: nobody reads a hundred."""
WEIGHT = {ADVICE: 0, SHOULD: 1, MUST: 2}


class Kind(StrEnum):
    """What became of a rule."""

    PASS = "pass"
    FAIL = "fail"
    WARN = "warn"
    NOT_APPLICABLE = "not applicable"
    """The partner does not do such a thing, e.g. it has no sso_url."""
    NOT_EVALUABLE = "not evaluable"
    """Something that must have worked before did not, so a pass would say nothing."""
    FLAKY = "flaky"
    """Not the same in each repetition."""
    LOST = "lost"
    """The service died before it came to that."""


@dataclass(frozen=True)
class Problem:
    """One thing that is not as the rule says: a sentence, and the exchange in which it is seen if there is one."""

    sentence: str
    exchange: Exchange | None = None


Found = Problem | tuple[str, Exchange | None] | str
"""What a rule's function yields: shorthands for a Problem."""
Looks = Callable[[Seen], Iterator[Found]]


@dataclass(frozen=True)
class Rule:
    """A row of the catalogue. Numbers are never given twice, since people quote them.

    `needs`: abilities of the partner without which the rule is not applicable (`capabilities.py`). `mark`: the
    evidence for the rule, as the protocol sheet has it (DC, SRC, 3P, INF, ?); `source`: where it is written.
    """

    id: str
    level: Level
    sentence: str
    source: str
    mark: str
    moment: str
    needs: frozenset[str]
    why: str
    fix: str
    looks: Looks

    def judged(self, seen: Seen, capabilities: frozenset[str]) -> "Result":
        """What this rule makes of what was seen."""
        missing = sorted(self.needs - capabilities)
        if missing:
            return Result(self, Kind.NOT_APPLICABLE, because=f"the partner has no {', '.join(missing)}")
        try:
            problems = tuple(_told_once(_problem(found) for found in self.looks(seen)))
        except NotSeen as reason:
            return Result(self, Kind.LOST if reason.lost else Kind.NOT_EVALUABLE, because=str(reason))
        if not problems:
            return Result(self, Kind.PASS)
        return Result(self, Kind.FAIL if self.level is MUST else Kind.WARN, problems)


@dataclass(frozen=True)
class Result:
    """One rule of one run. `because`: why it was not looked at."""

    rule: Rule
    kind: Kind
    problems: tuple[Problem, ...] = ()
    because: str = ""

    @property
    def is_finding(self) -> bool:
        """Whether somebody has something to mend."""
        return self.kind in (Kind.FAIL, Kind.WARN, Kind.FLAKY, Kind.LOST)


class RuleBook(list[Rule]):
    """The rules of one moment in their order; `@rule(...)` adds a function as one."""

    def __init__(self, moment: str, source: str, needs: str = "") -> None:
        super().__init__()
        self._moment, self._source, self._needs = moment, source, needs

    def rule(
        self,
        number: str,
        level: Level,
        sentence: str,
        *,
        why: str,
        fix: str,
        needs: str = "",
        source: str = "",
        mark: str = "DC",
    ) -> Callable[[Looks], Looks]:
        """See `Rule`; `needs` are words, added to the book's own. Without a `source` the book's own section counts."""

        def add(looks: Looks) -> Looks:
            abilities = frozenset(f"{self._needs} {needs}".split())
            where = source or self._source
            self.append(Rule(number, level, sentence, where, mark, self._moment, abilities, why, fix, looks))
            return looks

        return add


def _told_once(problems: Iterator[Problem]) -> Iterator[Problem]:
    """What is seen in many exchanges is said of the first; of many kinds of it some are enough."""
    told = set[str]()
    for problem in problems:
        if len(told) == MOST:
            yield Problem("There is more of that kind.")
            return
        if problem.sentence not in told:
            told.add(problem.sentence)
            yield problem


def _problem(found: Found) -> Problem:
    if isinstance(found, str):
        return Problem(found)
    return found if isinstance(found, Problem) else Problem(*found)
