"""The report as one HTML page that needs nothing else: no script, no file, nothing from a network."""

from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader

from platform_sim.conformance.reports.plain import plain
from platform_sim.coverage.terminal import total

Json = dict[str, Any]


def _visible(value: Any) -> Any:
    """Nothing that a browser would obey or hide: what turns writing around is shown as its code."""
    return plain(value) if type(value) is str else value


_PAGES = Environment(
    loader=ChoiceLoader(
        [PackageLoader("platform_sim.coverage", "."), PackageLoader("platform_sim.conformance", "reports")]
    ),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    finalize=_visible,
)


def as_html(report: Json) -> str:
    """The page. `report`: as JSON."""
    return _PAGES.get_template("page.html").render(report=report, total=total(report))
