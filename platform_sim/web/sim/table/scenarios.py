"""Of the table: scenario files (docs/scenarios.md)."""

from platform_sim.web.sim.table.row import (
    FLAG,
    ID,
    MAP,
    MOMENT,
    TEXT,
    WHOLE,
    Row,
    among,
    listed,
    ref,
    shown,
    taken,
)

_STEP = shown(
    {
        "number": WHOLE | {"description": "From 1; 0 is what is given."},
        "line": WHOLE,
        "column": WHOLE,
        "chapter": TEXT,
        "title": TEXT,
        "state": among("ok", "failed", "left out", "not played"),
        "checks": listed(TEXT) | {"description": "What was expected, and is so."},
        "said": TEXT,
        "problem": TEXT,
        "milliseconds": WHOLE,
        "timeline": listed(TEXT) | {"description": "Of a step that failed: what has happened last."},
    }
)
SCHEMAS = {
    "ScenarioPlay": shown(
        {
            "id": ID,
            "name": TEXT,
            "title": TEXT,
            "state": among("waiting", "playing", "passed", "failed"),
            "steps": listed(_STEP),
            "checks": WHOLE,
            "problem": TEXT,
            "stopping": FLAG,
            "created_at": MOMENT,
            "updated_at": MOMENT,
        }
    ),
    "ScenarioCheck": shown(
        {
            "title": TEXT,
            "problems": listed(shown({"line": WHOLE, "column": WHOLE, "problem": TEXT})),
        }
    ),
}
_FILE = taken(("text",), text=TEXT | {"description": "The file."}, name=TEXT | {"description": "Its name."})

ROWS = (
    Row("GET", "/sim/scenario.schema.json", "The JSON Schema of scenario files", MAP, open=True),
    Row(
        "GET",
        "/sim/export",
        "The platform as a scenario, as JSON",
        MAP,
        query={
            "secrets": "`true`: with secret values; else with names in their places.",
            "partners": "`scripted`: its partners are scripted ones.",
        },
    ),
    Row("GET", "/sim/scenarios", "What the customer has loaded, the newest first", listed(ref("ScenarioPlay"))),
    Row("POST", "/sim/scenarios", "Load a file: it is played", ref("ScenarioPlay"), _FILE, status=(202,)),
    Row("POST", "/sim/scenarios/check", "Look at a file", ref("ScenarioCheck"), _FILE),
    Row("GET", "/sim/scenarios/<play>", "One playing", ref("ScenarioPlay")),
    Row("POST", "/sim/scenarios/<play>/stop", "End one before its next step", ref("ScenarioPlay"), errors=(422,)),
)
