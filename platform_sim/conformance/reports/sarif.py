"""The report as SARIF 2.1.0, which GitHub's code scanning reads: findings with stable fingerprints, at the manifest."""

from typing import Any

from platform_sim.conformance.reports.shown import fingerprint
from platform_sim.conformance.reports.text import problem_lines
from platform_sim.conformance.rule import Level, Problem, Result, Rule
from platform_sim.conformance.run import Report

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
LEVELS = {Level.MUST: "error", Level.SHOULD: "warning", Level.ADVICE: "note"}


def as_sarif(report: Report, manifest_file: str, version: str) -> dict[str, Any]:
    """One run. `manifest_file`: what the findings are shown at, relative to the repository."""
    found = [each for result in report.findings for each in _results(result, report, manifest_file)]
    driver = {
        "name": "platform-sim check",
        "version": version,
        "rules": [_rule(result.rule) for result in report.results],
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": found}]}


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.sentence},
        "fullDescription": {"text": rule.why},
        "help": {"text": f"{rule.fix} ({rule.source})"},
        "defaultConfiguration": {"level": LEVELS[rule.level]},
        "properties": {"moment": rule.moment, "evidence": rule.mark},
    }


def _results(result: Result, report: Report, file: str) -> list[dict[str, Any]]:
    problems: list[Problem | None] = [*result.problems] or [None]
    return [
        {
            "ruleId": result.rule.id,
            "level": LEVELS[result.rule.level],
            "message": {"text": "\n".join(problem_lines(each, report)) if each else result.because},
            "locations": [{"physicalLocation": {"artifactLocation": {"uri": file}, "region": {"startLine": 1}}}],
            "partialFingerprints": {"platformSimCheck/v1": fingerprint(result, each)},
        }
        for each in problems
    ]
