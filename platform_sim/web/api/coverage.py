"""docs/api-coverage.md from the route table (`python -m platform_sim.web.api.coverage`); a test holds them together."""

import sys

from platform_sim.web.api.routes import LATER, Route, table

HEADINGS = {
    "P0": "P0: the add-on life cycle and what an app needs to run",
    "P1": "P1: daily use",
    "P2": "P2: enterprise, spaces, teams, telemetry, billing",
    LATER: "Not in the published schema",
}


def as_markdown() -> str:
    """The page: counts, then a table a priority."""
    rows = table()
    done = sum(route.simulated for route in rows)
    lines = [
        "# API coverage",
        "",
        f"{done} of {len(rows)} links are simulated; all others answer 501 with the error id `not_simulated`.",
        "`partner` says whether a partner's token may use a link; some only with an ability that an operator gives its",
        "service.",
    ]
    for priority, heading in HEADINGS.items():
        chosen = [route for route in rows if route.priority == priority]
        lines += ["", f"## {heading}", "", f"{sum(r.simulated for r in chosen)} of {len(chosen)}.", ""]
        lines += ["| method | path | what it does | simulated | partner |", "|---|---|---|---|---|"]
        lines += [_line(route) for route in chosen]
    return "\n".join(lines) + "\n"


def _line(route: Route) -> str:
    simulated = "yes" if route.simulated else "no"
    partner = (f"with `{route.ability}`" if route.ability else "yes") if route.partner else ""
    return f"| {route.method} | `{route.path}` | {route.title} | {simulated} | {partner} |"


if __name__ == "__main__":
    sys.stdout.write(as_markdown())
