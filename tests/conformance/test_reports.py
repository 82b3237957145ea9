"""Each form of a report: what stands in it, that it can be read by what it is for, and that it holds no secret."""

import json
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import pytest

from platform_sim.conformance.reports import as_json, html, junit, sarif, summary, terminal
from platform_sim.conformance.reports.shown import fingerprint
from platform_sim.conformance.rule import Kind, Problem, Result
from platform_sim.conformance.run import Report
from platform_sim.partners.contract import PartnerAnswer, PartnerRequest

from ..zoo.animal import check
from ..zoo.animals_end import NeverLetsGo
from ..zoo.partner import PASSWORD, SALT, SECRET, Right
from .conftest import SOME

FORMS = {
    "terminal": lambda report: "\n".join(terminal.lines(report)),
    "json": lambda report: json.dumps(as_json.as_json(report)),
    "junit": junit.as_junit,
    "sarif": lambda report: json.dumps(sarif.as_sarif(report, "addon-manifest.json", "1")),
    "html": html.as_html,
    "summary": summary.as_summary,
}
HOSTILE = "<script>alert(1)</script> \x1b[31mred\x1b[0m \x00 \u202e ``` | [a](b) ]]> \ud800"


def hostile(report: Report) -> Report:
    """The same with an answer that would like to be more than text."""
    [broken] = [result for result in report.results if result.kind is Kind.FAIL]
    exchange = broken.problems[0].exchange
    assert exchange is not None
    body = HOSTILE.encode("utf-8", "replace")
    shown = replace(exchange, answer=PartnerAnswer(500, {"content-type": HOSTILE}, body, 1))
    result = Result(broken.rule, Kind.FAIL, (Problem(HOSTILE.replace("\ud800", ""), shown),), HOSTILE[:20])
    return replace(report, results=tuple(result if each is broken else each for each in report.results))


@pytest.mark.parametrize("form", FORMS)
def test_a_finding_is_told_with_why_and_how_to_mend_it(form: str, bad: Report) -> None:
    text = FORMS[form](bad)
    assert "D01" in text
    assert "was answered with HTTP 500" in text
    assert "Else the customer cannot get rid of the add-on." in text
    assert "Answer DELETE with 204" in text
    assert "curl -sS -i -X DELETE" in text.replace("&#39;", "'")


@pytest.mark.parametrize("form", FORMS)
def test_no_report_holds_a_secret(form: str, bad: Report) -> None:
    text = FORMS[form](bad)
    assert not [secret for secret in (PASSWORD, SALT, SECRET) if secret in text]


@pytest.mark.parametrize("form", FORMS)
def test_the_same_seed_makes_the_same_report(form: str, bad: Report) -> None:
    """But for the port of the platform, which a run may choose."""

    def without_port(report: Report) -> str:
        text = FORMS[form](report)
        for exchange in report.exchanges:
            url = str(exchange.sent.get("callback_url", "")).partition("/addons")[0]
            text = text.replace(url, "PLATFORM") if url else text
        return text

    assert without_port(check(NeverLetsGo, rules=SOME)) == without_port(bad)


@pytest.mark.parametrize("form", FORMS)
def test_a_good_partner_has_no_findings(form: str, good: Report) -> None:
    text = FORMS[form](good)
    assert "FAIL" not in text
    assert "curl" not in text


def test_what_a_partner_sends_is_text_in_the_terminal(bad: Report) -> None:
    text = FORMS["terminal"](hostile(bad))
    assert "\x1b" not in text
    assert "\\x1b[31mred" in text


def test_what_a_partner_sends_is_text_in_the_page(bad: Report) -> None:
    page = html.as_html(hostile(bad))
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
    assert "http://" not in page.partition("<body>")[0]


@pytest.mark.parametrize("form", FORMS)
def test_nothing_that_a_partner_sends_is_obeyed(form: str, bad: Report) -> None:
    """By a terminal or a browser; and each report can be written to a file."""
    text = FORMS[form](hostile(bad))
    assert not [each for each in "\x00\x1b\u202e" if each in text]
    text.encode()


BODIES = {
    "nested": b'{"id": ' + b"[" * 500_000 + b"]" * 500_000 + b"}",
    "no UTF-8": b'{"id": "\xff\xed\xa0\x80"}',
    "half a character": b'{"id": "\\ud800", "config": {"ZOO_URL": "\\udfff"}, "message": "\\ud800"}',
    "a long number": b'{"id": ' + b"9" * 5000 + b"}",
    "a list for an id": json.dumps({"id": [HOSTILE], "config": {"ZOO_URL": {"a": [1]}}, "message": [1]}).encode(),
    "odd config": json.dumps({"id": "a\0b/../\n", "config": {HOSTILE: HOSTILE, "": ""}, "message": HOSTILE}).encode(),
}


class Answers(Right):
    """Everything that is asked for with the same body, and headers that want more."""

    body = b""

    def __call__(self, request: PartnerRequest) -> PartnerAnswer:
        headers = dict.fromkeys(("content-type", "location", "set-cookie", "www-authenticate"), HOSTILE)
        return PartnerAnswer(super().__call__(request).status, headers, self.body, 1)


@pytest.mark.parametrize("body", BODIES)
def test_no_answer_breaks_the_run_or_a_report(body: str) -> None:
    report = check(type("Kind", (Answers,), {"body": BODIES[body]}), patience=0.1)
    assert report.findings
    for form in FORMS.values():
        text = form(report)
        text.encode()
        assert not [each for each in ("\x00", "\x1b", "\u202e") if each in text]
    ElementTree.fromstring(junit.as_junit(report))
    assert "<script" not in html.as_html(report)


def test_junit_is_xml_with_a_case_a_rule(bad: Report) -> None:
    root = ElementTree.fromstring(junit.as_junit(hostile(bad)))
    cases = root.findall("./testsuite/testcase")
    assert len(cases) == len(bad.results)
    [failed] = [case for case in cases if case.find("failure") is not None]
    assert failed.get("classname") == "D01"
    assert sum(int(suite.get("failures", "")) for suite in root) == 1
    skipped = sum(each.kind in junit.SKIPPED for each in bad.results)
    assert sum(int(suite.get("skipped", "")) for suite in root) == skipped > 0


def test_sarif_has_stable_fingerprints_at_the_manifest(bad: Report) -> None:
    [run] = sarif.as_sarif(bad, "addon-manifest.json", "1")["runs"]
    [found] = run["results"]
    assert found["ruleId"] == "D01"
    assert found["level"] == "error"
    assert found["partialFingerprints"]["platformSimCheck/v1"]
    assert found["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "addon-manifest.json"
    assert {rule["id"] for rule in run["tool"]["driver"]["rules"]} == {each.rule.id for each in bad.results}


def test_the_summary_cannot_be_broken_out_of(bad: Report) -> None:
    text = summary.as_summary(hostile(bad))
    fences = [line for line in text.splitlines() if line.startswith("````")]
    assert len(fences) == 2


def test_json_is_what_a_program_wants(warned: Report) -> None:
    value = as_json.as_json(warned)
    assert value["counts"]["warn"] == 1
    [found] = [each for each in value["results"] if each["kind"] == "warn"]
    assert found["rule"] == "D04"
    [problem] = found["problems"]
    assert problem["request"].startswith("DELETE https://zoo.example/heroku/resources/")
    assert problem["answer"] == "HTTP 404"
    assert problem["request_headers"]["Authorization"] == "[hidden]"


def test_a_fingerprint_is_of_the_rule_and_the_moment(bad: Report, warned: Report) -> None:
    def marks(report: Report) -> set[Any]:
        return {fingerprint(each, problem) for each in report.findings for problem in each.problems}

    assert marks(bad) == marks(check(NeverLetsGo, rules=SOME))
    assert not marks(bad) & marks(warned)
