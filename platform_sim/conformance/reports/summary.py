"""The report as Markdown, for the step summary of a GitHub workflow."""

import re
from collections.abc import Iterator

from platform_sim.conformance.reports.terminal import MARKS, closing
from platform_sim.conformance.reports.text import problem_lines
from platform_sim.conformance.run import Report


def as_summary(report: Report) -> str:
    """Findings first; all rules behind a fold."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: Report) -> Iterator[str]:
    yield "## platform-sim check"
    yield ""
    yield closing(report)
    for result in report.findings:
        rule = result.rule
        yield ""
        yield f"### {MARKS[result.kind]} {rule.id}: {rule.sentence}"
        yield ""
        if result.because:
            yield _text(result.because)
        for problem in result.problems:
            yield from _fenced("\n".join(problem_lines(problem, report)))
        yield f"{rule.why} **Fix:** {rule.fix} ({rule.level}, {rule.source})"
    yield ""
    yield "<details><summary>All rules</summary>"
    yield ""
    yield "| | rule | |"
    yield "|---|---|---|"
    for result in report.results:
        yield f"| {MARKS[result.kind]} | {result.rule.id} | {result.rule.sentence} {_text(result.because)} |"
    yield ""
    yield "</details>"


def _fenced(text: str) -> Iterator[str]:
    """A block that ends where it should, whatever is in it."""
    longest = max((len(found) for found in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    yield from (fence, text, fence)


def _text(text: str) -> str:
    """As text, whatever a partner has written: no tags, links or cells of its own."""
    return re.sub(r"([\\`*_{}\[\]<>|#])", r"\\\1", text)
