"""Several runs as one report: what is not the same in each of them is flaky. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from platform_sim.conformance.rule import Kind, Result
from platform_sim.conformance.run import Report


def combined(reports: Sequence[Report]) -> Report:
    """The first, with what was another kind of result in one of the others as flaky; leaks of all."""
    first = reports[0]
    others = [{each.rule.id: each for each in report.results} for report in reports]
    results = tuple(_one([runs[each.rule.id] for runs in others if each.rule.id in runs]) for each in first.results)
    leaks = tuple(uuid for report in reports for uuid in report.leaks)
    exchanges = tuple(exchange for report in reports for exchange in report.exchanges)
    return replace(first, results=results, leaks=leaks, exchanges=exchanges)


def _one(runs: Sequence[Result]) -> Result:
    kinds = Counter(run.kind for run in runs)
    if len(kinds) == 1:
        return runs[0]
    told = ", ".join(f"{kind} in {count}" for kind, count in sorted(kinds.items()))
    worst = next((run for run in runs if run.kind in (Kind.FAIL, Kind.WARN, Kind.LOST)), runs[0])
    return Result(worst.rule, Kind.FLAKY, worst.problems, f"of {len(runs)} runs: {told}")
