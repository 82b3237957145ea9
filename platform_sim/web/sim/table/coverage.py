"""Of the table: what of the contract was touched."""

from platform_sim.web.sim.table.row import FLAG, NUMBER, TEXT, WHOLE, Row, listed, maybe, ref, shown

SCHEMAS = {
    "Coverage": shown(
        {
            "touched": WHOLE,
            "of": WHOLE,
            "percent": NUMBER,
            "groups": listed(ref("CoverageGroup")),
            "left_out": listed(TEXT),
        }
    ),
    "CoverageGroup": shown(
        {
            "name": TEXT,
            "title": TEXT,
            "touched": WHOLE,
            "of": WHOLE,
            "counts": FLAG,
            "items": listed(shown({"id": TEXT, "sentence": TEXT, "count": WHOLE, "note": maybe(TEXT)})),
        }
    ),
}
ROWS = (
    Row(
        "GET",
        "/sim/coverage",
        "What of the partner contract this run has touched, and what not",
        ref("Coverage"),
        query={
            "api": "`true`: with all links of the Platform API.",
            "scripted": "`true`: with services whose partners are scripted ones or cassettes.",
        },
        errors=(422,),
        more="422 if nobody watches: that begins with `platform-sim up --coverage` (docs/coverage.md).",
    ),
)
