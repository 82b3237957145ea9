"""Of the table: how the platform stands, what has happened, reset, and the document itself."""

from platform_sim.web.sim.table.row import (
    FLAG,
    ID,
    MAP,
    MOMENT,
    TEXT,
    TEXTS,
    WHOLE,
    Row,
    listed,
    maybe,
    ref,
    shown,
    taken,
)

SCHEMAS = {
    "Status": shown(
        {
            "url": TEXT,
            "boot_id": TEXT,
            "version": TEXT,
            "data": maybe(TEXT) | {"description": "The folder; null in memory."},
            "seed": maybe(WHOLE) | {"description": "What ids, names and tokens come from; null: from chance."},
            "clock": shown({"now": MOMENT, "frozen": FLAG}),
            "jobs": shown({"todo": WHOLE, "doing": WHOLE}),
            "waiting": listed(shown({"kind": TEXT, "subject": TEXT, "due": MOMENT, "attempts": WHOLE})),
        }
    ),
    "Event": shown(
        {
            "id": ID,
            "kind": TEXT,
            "action": TEXT,
            "subject_id": TEXT,
            "seq": WHOLE,
            "app_id": maybe(TEXT),
            "addon_id": maybe(TEXT),
            "actor_id": maybe(TEXT),
            "actor_email": maybe(TEXT),
            "data": MAP,
            "previous": MAP,
            "cause_id": maybe(TEXT),
            "created_at": MOMENT,
        }
    ),
    "Exchange": shown(
        {
            "id": ID,
            "party": TEXT,
            "addon_id": maybe(TEXT),
            "method": TEXT,
            "url": TEXT,
            "request_headers": TEXTS,
            "request_body": TEXT,
            "status": maybe(WHOLE),
            "response_headers": TEXTS,
            "response_body": TEXT,
            "problem": maybe(TEXT),
            "milliseconds": WHOLE,
            "cause_id": maybe(TEXT),
            "created_at": MOMENT,
            "inbound": FLAG,
            "app_id": maybe(TEXT),
            "actor_email": maybe(TEXT),
            "seq": WHOLE,
            "after_event": WHOLE,
        }
    ),
}

ROWS = (
    Row(
        "GET",
        "/sim/status",
        "How the platform stands",
        ref("Status"),
        more="`waiting` is what has not been done yet; `jobs` counts it without deadlines.",
    ),
    Row(
        "GET",
        "/sim/events",
        "The event log",
        listed(ref("Event")),
        more="In an order that does not depend on which thread was quicker. No secret is in it.",
    ),
    Row(
        "GET",
        "/sim/exchanges",
        "What the platform and partners have said to each other",
        listed(ref("Exchange")),
        query={"addon": "Of the add-on with this id alone."},
        more="Requests that the platform has sent, secrets masked. One that is not answered has no `status` yet.",
    ),
    Row(
        "POST",
        "/sim/reset",
        "Back to a platform without apps",
        shown({"apps_destroyed": WHOLE, "addons_left": WHOLE}, seed=WHOLE, token=TEXT),
        taken(seed=WHOLE, at=MOMENT, force=FLAG),
        errors=(409,),
        more="Partners are told of every add-on that ends. `addons_left`: those that no partner has acknowledged yet. "
        "With `seed` everything else is forgotten too, and ids, names and tokens repeat as of a platform that was "
        "started with it; `at` is where its clock then stands. The token you ask with goes on working.",
    ),
    Row("GET", "/sim/openapi.json", "This document", MAP, open=True),
)
