"""What is known does not fail a run again; what is new does."""

import json

import pytest

from platform_sim.conformance import baseline
from platform_sim.conformance.rule import Level
from platform_sim.conformance.run import Report


def test_only_what_is_new_counts(bad: Report, warned: Report) -> None:
    known = baseline.read(baseline.written(bad))
    assert baseline.that_count(bad, Level.MUST) != []
    assert baseline.that_count(bad, Level.MUST, known) == []
    assert [each.rule.id for each in baseline.that_count(warned, Level.ADVICE, known)] == ["D04"]


def test_the_level_says_what_counts(bad: Report, warned: Report) -> None:
    assert baseline.that_count(warned, Level.MUST) == []
    assert [each.rule.id for each in baseline.that_count(warned, Level.SHOULD)] == ["D04"]
    assert [each.rule.id for each in baseline.that_count(bad, Level.SHOULD)] == ["D01"]


def test_it_says_what_it_knows(bad: Report) -> None:
    [finding] = json.loads(baseline.written(bad))["findings"]
    assert finding["rule"] == "D01"
    assert finding["sentence"] == "A deprovisioning request is answered with a success."


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "not JSON"),
        ("[]", "must be an object"),
        ('{"version": 2, "findings": []}', '"version": 1'),
        ('{"version": 1}', "findings"),
        ('{"version": 1, "findings": [1]}', "fingerprint"),
    ],
)
def test_what_is_no_baseline(text: str, why: str) -> None:
    with pytest.raises(baseline.BadBaseline, match=why):
        baseline.read(text)
