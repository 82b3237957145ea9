"""The report as one HTML page that needs nothing else: no script, no file, nothing from a network."""

from itertools import groupby
from typing import Any

from jinja2 import Environment, PackageLoader

from platform_sim.conformance.reports.plain import plain
from platform_sim.conformance.reports.shown import shown
from platform_sim.conformance.reports.terminal import MARKS, closing
from platform_sim.conformance.run import Report


def _visible(value: Any) -> Any:
    """Nothing that a browser would obey or hide: what turns writing around is shown as its code."""
    return "\n".join(map(plain, value.split("\n"))) if type(value) is str else value


_PAGES = Environment(
    loader=PackageLoader("platform_sim.conformance", "reports"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    finalize=_visible,
)


def as_html(report: Report) -> str:
    """The page."""
    moments = [(moment, list(group)) for moment, group in groupby(report.results, key=lambda each: each.rule.moment)]
    findings = [(result, [shown(problem, report) for problem in result.problems]) for result in report.findings]
    page = _PAGES.get_template("page.html")
    return page.render(report=report, moments=moments, findings=findings, marks=MARKS, closing=closing(report))
