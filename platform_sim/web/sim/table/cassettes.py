"""Of the table: cassettes."""

from platform_sim.core.model.cassettes import FORMAT, PARTNER, PLATFORM, VERSION
from platform_sim.web.sim.table.row import (
    ANY,
    FLAG,
    ID,
    MOMENT,
    TEXT,
    TEXTS,
    WHOLE,
    Row,
    among,
    listed,
    maybe,
    ref,
    shown,
)

SCHEMAS = {
    "Cassette": shown(
        {
            "format": among(FORMAT),
            "version": {"type": "integer", "const": VERSION},
            "service": shown({"name": TEXT, "base_url": TEXT, "sso_url": maybe(TEXT), "config_vars": listed(TEXT)}),
            "recorded_at": MOMENT,
            "since": maybe(MOMENT),
            "missing": maybe(TEXT),
            "addons": listed(shown({"id": ID, "name": TEXT})),
            "exchanges": listed(ref("RecordedExchange")),
        }
    ),
    "RecordedExchange": shown(
        {
            "number": WHOLE,
            "at": MOMENT,
            "from": among(PLATFORM, PARTNER),
            "addon": ID,
            "webhook": FLAG,
            "follows": maybe(WHOLE),
            "request": shown({"method": TEXT, "url": TEXT, "headers": TEXTS, "body": ANY}),
            "answer": shown({"status": maybe(WHOLE), "headers": TEXTS, "body": ANY}),
            "problem": maybe(TEXT),
            "milliseconds": WHOLE,
        }
    ),
}
ROWS = (
    Row(
        "GET",
        "/sim/services/<service>/cassette",
        "What was said with its partner, both directions, to be played again",
        ref("Cassette"),
        query={"since": "Only what began then or later.", "addon": "Only about this one, by its name or id."},
        errors=(422,),
        more="Secrets are placeholders. `missing` says so if older exchanges were dropped (docs/cassettes.md).",
    ),
)
