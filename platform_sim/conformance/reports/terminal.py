"""The report for a person at a terminal: grouped by moment, a line a rule that passes, findings in full below."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from platform_sim.conformance.rule import Kind, Problem, Result
from platform_sim.conformance.run import Report

MARKS = {
    Kind.PASS: "ok",
    Kind.FAIL: "FAIL",
    Kind.WARN: "warn",
    Kind.NOT_APPLICABLE: "-",
    Kind.NOT_EVALUABLE: "?",
    Kind.FLAKY: "FLAKY",
    Kind.LOST: "LOST",
}


def lines(report: Report) -> Iterator[str]:
    """All of it."""
    for moment, results in groupby(report.results, key=lambda result: result.rule.moment):
        yield moment.capitalize()
        for result in results:
            yield from _line(result)
        yield ""
    for result in report.findings:
        yield from _finding(result)
        yield ""
    for uuid in report.leaks:
        yield f"LEFT BEHIND: the partner would not delete {uuid}."
    yield closing(report)


def closing(report: Report) -> str:
    """How many of what, in one line."""
    counts = report.counts()
    told = [f"{count} {kind}" for kind, count in counts.items() if count]
    return f"{len(report.results)} rules: {', '.join(told)}. Seed {report.seed}."


def _line(result: Result) -> Iterable[str]:
    because = f" ({result.because})" if result.because else ""
    yield f"  {MARKS[result.kind]:<5} {result.rule.id}  {result.rule.sentence}{because}"


def _finding(result: Result) -> Iterator[str]:
    rule = result.rule
    yield f"{MARKS[result.kind]} {rule.id} ({rule.level}, {rule.source}, {rule.mark}): {rule.sentence}"
    if result.because:
        yield f"  {result.because}"
    for problem in result.problems:
        yield from _problem(problem)
    yield f"  Why: {rule.why}"
    yield f"  Fix: {rule.fix}"


def _problem(problem: Problem) -> Iterator[str]:
    yield f"  {problem.sentence}"
