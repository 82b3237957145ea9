"""Findings that are known already: a file, so that a run fails only for what is new. Pure but for the file's text."""

import json
from collections.abc import Iterable

from platform_sim.conformance.reports.shown import fingerprint
from platform_sim.conformance.rule import WEIGHT, Level, Result
from platform_sim.conformance.run import Report
from platform_sim.core.model import json_text

VERSION = 1


class BadBaseline(ValueError):
    """A text that is no baseline; the message says what is wrong."""


def written(report: Report) -> str:
    """The baseline that knows every finding of a report, as the text of its file."""
    findings = [
        {"rule": result.rule.id, "fingerprint": mark, "sentence": result.rule.sentence}
        for result in report.findings
        for mark in sorted(_marks(result))
    ]
    return json.dumps({"version": VERSION, "findings": findings}, indent=2, ensure_ascii=False) + "\n"


def read(text: str) -> frozenset[str]:
    """The fingerprints of a baseline."""
    try:
        found = json_text.read(text)
    except ValueError as problem:
        raise BadBaseline(f"it is not JSON: {problem}") from None
    if not isinstance(found, dict) or found.get("version") != VERSION or not isinstance(found.get("findings"), list):
        raise BadBaseline(f'it must be an object with "version": {VERSION} and the list "findings": write it anew')
    marks = [each.get("fingerprint") if isinstance(each, dict) else None for each in found["findings"]]
    known = frozenset(mark for mark in marks if isinstance(mark, str))
    if None in marks or len(known) != len(set(map(str, marks))):
        raise BadBaseline('each of its findings must have a "fingerprint": write it anew')
    return known


def that_count(report: Report, level: Level, known: frozenset[str] = frozenset()) -> list[Result]:
    """The findings for which a run fails: of this level or a higher one, and not all of them known."""
    return [each for each in report.findings if WEIGHT[each.rule.level] >= WEIGHT[level] and not _marks(each) <= known]


def _marks(result: Result) -> set[str]:
    problems: Iterable[str] = {fingerprint(result, problem) for problem in result.problems}
    return set(problems) or {fingerprint(result)}
