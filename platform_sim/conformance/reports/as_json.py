"""The report as JSON values: the same for the same partner and seed, so without times, ports and secrets."""

from typing import Any

from platform_sim.conformance.rule import Result
from platform_sim.conformance.run import Report


def value(report: Report) -> dict[str, Any]:
    """The whole report."""
    return {
        "seed": report.seed,
        "counts": {str(kind): count for kind, count in report.counts().items()},
        "leaks": list(report.leaks),
        "results": [_result(result) for result in report.results],
    }


def _result(result: Result) -> dict[str, Any]:
    rule = result.rule
    return {
        "rule": rule.id,
        "kind": str(result.kind),
        "level": str(rule.level),
        "moment": rule.moment,
        "sentence": rule.sentence,
        "source": rule.source,
        "because": result.because,
        "problems": [problem.sentence for problem in result.problems],
    }
