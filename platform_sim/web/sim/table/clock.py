"""Of the table: the clock (docs/clock.md)."""

from platform_sim.web.sim.table.row import FLAG, MOMENT, TEXT, WHOLE, Row, among, listed, maybe, ref, shown, taken

_FIELDS = {
    "now": MOMENT,
    "frozen": FLAG,
    "offset": WHOLE | {"description": "Seconds ahead of the wall."},
    "next": maybe(ref("Due")),
    "waiting": listed(ref("Due")),
}
_CAME = {"came_due": listed(ref("Due"))}

SCHEMAS = {
    "Due": shown(
        {
            "kind": TEXT,
            "subject": TEXT,
            "name": maybe(TEXT),
            "due": MOMENT,
            "bound": FLAG | {"description": "It is there for what may not happen, such as a deadline."},
        }
    ),
    "Clock": shown(_FIELDS),
    "ClockMoved": shown({**_FIELDS, **_CAME}),
    "ClockRun": shown({**_FIELDS, **_CAME, "moves": WHOLE, "done": FLAG, "left": listed(TEXT)}),
}
_LENGTH = TEXT | {"description": "Whole numbers with w, d, h, m, s, the greatest first.", "examples": ["1d12h"]}

ROWS = (
    Row("GET", "/sim/clock", "What the clock shows, and what waits for it", ref("Clock")),
    Row("POST", "/sim/clock/freeze", "Stop the clock, here or at a later time", ref("ClockMoved"), taken(at=MOMENT)),
    Row("POST", "/sim/clock/resume", "Let the clock run", ref("ClockMoved"), taken()),
    Row("POST", "/sim/clock/advance", "Move the clock forward", ref("ClockMoved"), taken(("by",), by=_LENGTH)),
    Row(
        "POST",
        "/sim/clock/run",
        "From one thing that is due to the next",
        ref("ClockRun"),
        taken(until={"anyOf": [among("idle"), MOMENT]}),
        more="Until nothing waits, or to a time. `left`: what was still to do when 25 seconds or 1000 moves were over.",
    ),
)
