"""The report for a person at a terminal: grouped by moment, a line a rule, findings in full below."""

from collections.abc import Iterator
from itertools import groupby

from platform_sim.conformance.reports.plain import plain
from platform_sim.conformance.reports.text import problem_lines
from platform_sim.conformance.rule import Kind, Result
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
EXPORTS = (
    'The commands want two variables: export ADDON_PASSWORD="..." ADDON_SSO_SALT="..." with the api.password and',
    "api.sso_salt of the manifest.",
)


def lines(report: Report, *, details: bool = True) -> Iterator[str]:
    """All of it; without `details` only how each rule stands."""
    for moment, results in groupby(report.results, key=lambda result: result.rule.moment):
        yield moment[:1].upper() + moment[1:]
        for result in results:
            yield _line(result)
        yield ""
    for result in report.findings if details else ():
        yield from _finding(result, report)
        yield ""
    if details and any(problem.exchange for result in report.findings for problem in result.problems):
        yield from EXPORTS
    for uuid in report.leaks:
        yield f"LEFT BEHIND: the partner would not delete {uuid}."
    yield closing(report)


def closing(report: Report) -> str:
    """How many of what, in one line."""
    told = [f"{count} {kind}" for kind, count in report.counts().items() if count]
    return f"{len(report.results)} rules: {', '.join(told)}. Seed {report.seed}."


def _line(result: Result) -> str:
    because = f" ({result.because})" if result.because else ""
    return plain(f"  {MARKS[result.kind]:<5} {result.rule.id}  {result.rule.sentence}{because}")


def _finding(result: Result, report: Report) -> Iterator[str]:
    rule = result.rule
    yield f"{MARKS[result.kind]} {rule.id} ({rule.level}, {rule.source}, {rule.mark}): {rule.sentence}"
    if result.because:
        yield plain(f"  {result.because}")
    yield f"  Why: {rule.why}"
    yield f"  Fix: {rule.fix}"
    for problem in result.problems:
        yield from (f"  {line}" for line in problem_lines(problem, report))
