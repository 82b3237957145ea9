"""The report as JUnit XML, which CI servers show: a suite a moment, a case a rule."""

from collections.abc import Iterator
from itertools import groupby
from xml.etree import ElementTree as Xml

from platform_sim.conformance.reports.plain import plain
from platform_sim.conformance.reports.text import problem_lines
from platform_sim.conformance.rule import Kind, Result
from platform_sim.conformance.run import Report

SKIPPED = (Kind.NOT_APPLICABLE, Kind.NOT_EVALUABLE)


def as_junit(report: Report) -> str:
    """One document."""
    suites = Xml.Element("testsuites", name="platform-sim check")
    for moment, group in groupby(report.results, key=lambda result: result.rule.moment):
        results = list(group)
        suite = Xml.SubElement(suites, "testsuite", name=moment, tests=str(len(results)))
        suite.set("failures", str(sum(each.kind in (Kind.FAIL, Kind.FLAKY) for each in results)))
        suite.set("errors", str(sum(each.kind is Kind.LOST for each in results)))
        suite.set("skipped", str(sum(each.kind in SKIPPED for each in results)))
        for result in results:
            _case(suite, result, report)
    Xml.indent(suites)
    return Xml.tostring(suites, encoding="unicode", xml_declaration=True) + "\n"


def _case(suite: Xml.Element, result: Result, report: Report) -> None:
    rule = result.rule
    case = Xml.SubElement(suite, "testcase", classname=rule.id, name=_text(rule.sentence))
    text = _text("\n".join(_told(result, report)))
    first = _text(result.problems[0].sentence if result.problems else result.because)
    if result.kind in (Kind.FAIL, Kind.FLAKY):
        Xml.SubElement(case, "failure", message=first, type=str(rule.level)).text = text
    elif result.kind is Kind.LOST:
        Xml.SubElement(case, "error", message=first).text = text
    elif result.kind in SKIPPED:
        Xml.SubElement(case, "skipped", message=first)
    elif result.kind is Kind.WARN:
        Xml.SubElement(case, "system-out").text = text


def _told(result: Result, report: Report) -> Iterator[str]:
    for problem in result.problems:
        yield from problem_lines(problem, report)
    yield f"Why: {result.rule.why}"
    yield f"Fix: {result.rule.fix}"


def _text(text: str) -> str:
    """Without what XML cannot hold, or what a reader would obey."""
    return "\n".join(map(plain, text.split("\n")))
