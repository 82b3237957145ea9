"""A problem in lines of text, as the reports for people have it."""

from collections.abc import Iterator, Mapping

from platform_sim.conformance.reports.plain import plain
from platform_sim.conformance.reports.shown import shown
from platform_sim.conformance.rule import Problem
from platform_sim.conformance.run import Report


def problem_lines(problem: Problem, report: Report) -> Iterator[str]:
    """What was seen, the request, the answer, and how to see it again. Control characters are shown as such."""
    found = shown(problem, report)
    yield plain(found.sentence)
    if found.request is None:
        return
    yield plain(f"> {found.request}")
    yield from _headers(">", found.request_headers)
    if found.request_body:
        yield plain(f"> {found.request_body}")
    yield plain(f"< {found.answer}")
    yield from _headers("<", found.answer_headers)
    if found.answer_body:
        yield plain(f"< {found.answer_body}")
    yield "To see it again:"
    yield from map(plain, found.curl.splitlines())


def _headers(mark: str, headers: Mapping[str, str] | None) -> Iterator[str]:
    for name, content in (headers or {}).items():
        yield plain(f"{mark} {name}: {content}")
