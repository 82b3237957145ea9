"""Several runs: the same is the same, what differs is flaky."""

from platform_sim.conformance.repeated import combined
from platform_sim.conformance.rule import Kind
from platform_sim.conformance.run import Report


def test_the_same_in_each_run_stays(bad: Report) -> None:
    assert combined([bad, bad]).results == bad.results


def test_what_differs_is_flaky(good: Report, bad: Report) -> None:
    report = combined([good, bad, good])
    found = {each.rule.id: each for each in report.results}
    assert found["D01"].kind is Kind.FLAKY
    assert found["D01"].because == "of 3 runs: fail in 1, pass in 2"
    assert found["D01"].problems
    assert found["T01"].kind is Kind.PASS
    assert "D01" in {each.rule.id for each in report.findings}
