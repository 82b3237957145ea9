"""What became of a scenario: lines for people, JSON for programs, JUnit for CI. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree as Xml

from platform_sim.scenarios.play import Outcome

Json = dict[str, Any]
MARKS = {"ok": "ok", "failed": "FAILED", "left out": "left out", "not played": "-"}


@dataclass(frozen=True)
class Played:
    """One scenario to its end."""

    file: str
    title: str
    outcomes: tuple[Outcome, ...]

    @property
    def failure(self) -> Outcome | None:
        """The step that failed, if one did."""
        return next((each for each in self.outcomes if each.state == "failed"), None)

    @property
    def checks(self) -> int:
        """How many claims hold."""
        return sum(len(each.checks) for each in self.outcomes)


class Telling:
    """Lines as the outcomes come; counts chapters."""

    def __init__(self, title: str, file: str) -> None:
        self._head, self._file = f"{title} ({file})", file
        self._chapters = 0

    def head(self) -> list[str]:
        """The first line."""
        return [self._head]

    def lines(self, outcome: Outcome, *, all_checks: bool = True) -> Iterator[str]:
        """An outcome, with the title of its chapter before it."""
        if outcome.state == "not played":
            return
        if outcome.chapter:
            self._chapters += 1
            yield ""
            yield f"{self._chapters}. {plain(outcome.chapter)}"
        took = f"  ({outcome.milliseconds} ms)" if outcome.milliseconds > 9 else ""
        yield f"  {MARKS[outcome.state]}: {plain(outcome.title)}{took}"
        if outcome.said:
            yield f"      {plain(outcome.said)}"
        for claim in outcome.checks if all_checks else ():
            yield f"      ok: {plain(claim)}"
        for line in outcome.problem.splitlines():
            yield f"      {plain(line)}"


def end(played: Played) -> str:
    """The last line."""
    done = [each for each in played.outcomes if each.number and each.state == "ok"]
    seconds = sum(each.milliseconds for each in played.outcomes) / 1000
    left = sum(each.state == "left out" for each in played.outcomes)
    more = f", {_count(left, 'step')} left out" if left else ""
    counted = f"{_count(len(done), 'step')}, {_count(played.checks, 'check')}{more}, {seconds:.1f} s"
    failed = played.failure
    return f"FAILED at {where(played.file, failed)}: {counted}" if failed else f"All as expected: {counted}"


def _count(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def where(file: str, outcome: Outcome) -> str:
    """`FILE:LINE` of a step."""
    return f"{file}:{outcome.place.line}"


def as_json(played: Sequence[Played]) -> list[Json]:
    """All of it for programs."""
    return [
        {
            "file": each.file,
            "scenario": each.title,
            "ok": each.failure is None,
            "checks": each.checks,
            "steps": [step(outcome) for outcome in each.outcomes],
        }
        for each in played
    ]


def step(outcome: Outcome) -> Json:
    """One outcome."""
    return {
        "number": outcome.number,
        "line": outcome.place.line,
        "column": outcome.place.column,
        "chapter": outcome.chapter,
        "title": outcome.title,
        "state": outcome.state,
        "checks": list(outcome.checks),
        "said": outcome.said,
        "problem": outcome.problem,
        "milliseconds": outcome.milliseconds,
    }


def as_junit(played: Sequence[Played]) -> str:
    """One document: a suite a file, a case a step."""
    suites = Xml.Element("testsuites", name="platform-sim run")
    for each in played:
        states = [outcome.state for outcome in each.outcomes]
        suite = Xml.SubElement(suites, "testsuite", name=plain(each.title), tests=str(len(states)), errors="0")
        suite.set("failures", str(states.count("failed")))
        suite.set("skipped", str(len(states) - states.count("failed") - states.count("ok")))
        suite.set("time", f"{sum(outcome.milliseconds for outcome in each.outcomes) / 1000:.3f}")
        for outcome in each.outcomes:
            name = f"{outcome.number} {plain(outcome.title)}"
            case = Xml.SubElement(suite, "testcase", classname=plain(each.file), name=name)
            case.set("time", f"{outcome.milliseconds / 1000:.3f}")
            if outcome.state == "failed":
                first = plain(outcome.problem.splitlines()[0] if outcome.problem else "")
                text = "\n".join(map(plain, [where(each.file, outcome), *outcome.problem.splitlines()]))
                Xml.SubElement(case, "failure", message=first, type="expectation").text = text
            elif outcome.state != "ok":
                Xml.SubElement(case, "skipped", message=plain(outcome.problem or outcome.state))
    Xml.indent(suites)
    return Xml.tostring(suites, encoding="unicode", xml_declaration=True) + "\n"


def tree_lines(trees: Sequence[Json]) -> list[str]:
    """Trees of the timeline, a line a step, what followed indented."""
    return [line for tree in trees for line in _tree(tree, 0)]


def _tree(tree: Json, depth: int) -> Iterator[str]:
    told = tree["details"]
    ends = f"{tree['from']} → {tree['to']}" if tree["from"] != tree["to"] else tree["from"]
    status = f"  {told.get('status') or told.get('problem') or '...'}" if tree["kind"] == "exchange" else ""
    yield plain(f"{'   ' * depth}{ends}  {tree['title']}{status}")
    for child in tree["children"]:
        yield from _tree(child, depth + 1)


def plain(text: str) -> str:
    """On one line, without what a terminal would obey or XML cannot hold."""
    return "".join(c if c.isprintable() else " " if c in "\n\t" else "?" for c in text)
