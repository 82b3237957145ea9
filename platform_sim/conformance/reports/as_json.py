"""The report as JSON values: the same for the same partner and seed, so without times and secrets."""

from typing import Any

from platform_sim.conformance.reports.shown import fingerprint, shown, value
from platform_sim.conformance.rule import Result
from platform_sim.conformance.run import Report


def as_json(report: Report) -> dict[str, Any]:
    """The whole report."""
    return {
        "seed": report.seed,
        "counts": {str(kind): count for kind, count in report.counts().items()},
        "leaks": list(report.leaks),
        "results": [_result(result, report) for result in report.results],
    }


def _result(result: Result, report: Report) -> dict[str, Any]:
    rule = result.rule
    problems = [{"fingerprint": fingerprint(result, each)} | value(shown(each, report)) for each in result.problems]
    return {
        "rule": rule.id,
        "kind": str(result.kind),
        "level": str(rule.level),
        "moment": rule.moment,
        "sentence": rule.sentence,
        "source": rule.source,
        "mark": rule.mark,
        "because": result.because,
        "why": rule.why,
        "fix": rule.fix,
        "problems": problems,
    }
