"""Reports: lines for people, JSON, JUnit; nothing in them that a terminal or a parser would obey."""

from xml.etree import ElementTree as Xml

from platform_sim.scenarios import report
from platform_sim.scenarios.play import Outcome
from platform_sim.scenarios.problems import Place
from platform_sim.scenarios.report import Played, Telling

OUTCOMES = (
    Outcome(0, Place(), "what is given", "ok", checks=("app shop is there",), milliseconds=3),
    Outcome(1, Place(9, 3), "look\x1b[2J", "ok", "A title", "3 of 3", ("a is 1", "b is 2"), milliseconds=1500),
    Outcome(2, Place(11, 3), "leave", "left out", problem="no database"),
    Outcome(3, Place(12, 3), "fail", "failed", problem="f.yaml:14:5: expected <a>\nand more", milliseconds=20),
    Outcome(4, Place(19, 3), "rest", "not played"),
)
PLAYED = Played("f.yaml", "A story", OUTCOMES)


def test_lines_for_people() -> None:
    telling = Telling("A story", "f.yaml")
    told = telling.head() + [line for each in OUTCOMES for line in telling.lines(each)]
    assert told == [
        "A story (f.yaml)",
        "  ok: what is given",
        "      ok: app shop is there",
        "",
        "1. A title",
        "  ok: look?[2J  (1500 ms)",
        "      3 of 3",
        "      ok: a is 1",
        "      ok: b is 2",
        "  left out: leave",
        "      no database",
        "  FAILED: fail  (20 ms)",
        "      f.yaml:14:5: expected <a>",
        "      and more",
    ]
    assert report.end(PLAYED) == "FAILED at f.yaml:12: 1 step, 3 checks, 1 step left out, 1.5 s"
    assert report.end(Played("f", "t", OUTCOMES[:2])) == "All as expected: 1 step, 3 checks, 1.5 s"


def test_json_for_programs() -> None:
    (told,) = report.as_json([PLAYED])
    assert (told["ok"], told["checks"], len(told["steps"])) == (False, 3, 5)
    assert (told["steps"][3]["line"], told["steps"][3]["state"]) == (12, "failed")
    assert told["steps"][3]["problem"] == OUTCOMES[3].problem


def test_junit_for_ci() -> None:
    (suite,) = Xml.fromstring(report.as_junit([PLAYED]))
    assert {name: suite.get(name) for name in ("name", "tests", "failures", "skipped")} == {
        "name": "A story", "tests": "5", "failures": "1", "skipped": "2"
    }  # fmt: skip
    failure = suite[3].find("failure")
    assert failure is not None
    assert failure.get("message") == "f.yaml:14:5: expected <a>"
    assert failure.text == "f.yaml:12\nf.yaml:14:5: expected <a>\nand more"
    assert suite[2].find("skipped") is not None
    assert suite[1].find("failure") is None
