"""Of the table: snapshots (docs/snapshots.md)."""

from platform_sim.web.sim.table.row import MOMENT, TEXT, WHOLE, Row, Schema, ref, shown

FILE: Schema = {"contentMediaType": "application/zip", "description": "A snapshot, as docs/snapshots.md tells."}

SCHEMAS = {
    "Restored": shown(
        {
            "now": MOMENT | {"description": "The platform's time, from which it goes on."},
            "apps": WHOLE,
            "addons": WHOLE,
            "new_secrets": WHOLE | {"description": "Secrets that the file did not hold: others were made."},
            "token": TEXT | {"description": "The customer's from now on."},
        }
    )
}
_FLAG = "`true` or `false`, which is the default."

ROWS = (
    Row(
        "GET",
        "/sim/snapshot",
        "Everything as one file",
        FILE,
        query={
            "secrets": f"Whether tokens, passwords, config values and the like are in it: {_FLAG}",
            "files": f"Whether what was pushed is in it, not only named: {_FLAG}",
            "logs": f"Whether the apps' logs and outputs are in it: {_FLAG}",
        },
        errors=(422,),
        media="application/zip",
    ),
    Row(
        "POST",
        "/sim/snapshot",
        "A file in place of everything",
        ref("Restored"),
        FILE,
        more="The body is the file as it is. What runs is ended, then all goes on as the file has it, clock included.",
        takes="application/zip",
    ),
)
