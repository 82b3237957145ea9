"""Of the table: the timeline, incidents, lessons."""

from platform_sim.core.model.notices import SEVERITIES, SYSTEMS
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
    maybe,
    ref,
    shown,
    taken,
)

_CHOICE = {
    "app": "Of this app, by name or id.",
    "addon": "Of this add-on, by name or id.",
    "party": "With steps of this party.",
    "limit": "How many trees at most, the newest; 50 if it is not said.",
}
_SEVERITY = among(*SEVERITIES[1:])
_SYSTEMS = listed(among(*SYSTEMS))
_APP = {"app": "The app that the commands of the lessons name."}

SCHEMAS = {
    "Tree": shown(
        {
            "id": TEXT,
            "parent": maybe(TEXT),
            "kind": TEXT,
            "from": maybe(TEXT),
            "to": maybe(TEXT),
            "title": TEXT,
            "sentence": TEXT,
            "section": maybe(TEXT),
            "started": MOMENT,
            "milliseconds": maybe(WHOLE),
            "open": FLAG,
            "app": maybe(TEXT),
            "addon": maybe(TEXT),
            "details": MAP,
            "children": listed(ref("Tree")),
        }
    ),
    "Incident": shown(
        {
            "created_at": MOMENT,
            "full_url": TEXT,
            "id": ID,
            "resolved": FLAG,
            "resolved_at": maybe(MOMENT),
            "severity": _SEVERITY,
            "systems": _SYSTEMS,
            "title": TEXT,
            "updated_at": MOMENT,
            "updates": listed(ref("IncidentUpdate")),
        }
    ),
    "IncidentUpdate": shown(
        {
            "contents": TEXT,
            "created_at": MOMENT,
            "id": ID,
            "incident_id": ID,
            "update_type": TEXT,
            "updated_at": MOMENT,
        }
    ),
    "Course": shown(
        {
            "app": maybe(TEXT),
            "begun_at": maybe(MOMENT),
            "next": maybe(WHOLE),
            "lessons": listed(ref("Lesson")),
        }
    ),
    "Lesson": shown(
        {
            "number": WHOLE,
            "title": TEXT,
            "text": listed(TEXT),
            "commands": listed(TEXT),
            "then": maybe(TEXT),
            "clicks": maybe(TEXT),
            "page": maybe(TEXT),
            "done": FLAG,
            "done_at": maybe(MOMENT),
            "found": maybe(TEXT),
            "timeline": TEXT,
            "question": TEXT,
            "try": TEXT,
            "answer": TEXT,
        }
    ),
}
_INCIDENT = "/sim/incidents/<incident>"

ROWS = (
    Row(
        "GET",
        "/sim/timeline",
        "What followed from what",
        shown({"cursor": TEXT, "trees": listed(ref("Tree"))}),
        query=_CHOICE,
        errors=(404, 422),
    ),
    Row("GET", "/sim/timeline.har", "The same as a HAR file", MAP, query=_CHOICE, errors=(404, 422)),
    Row(
        "GET",
        "/sim/timeline/live",
        "Steps as they come, as server-sent events",
        TEXT,
        query={"since": "A cursor, as /sim/timeline shows it; `Last-Event-ID` is as good."},
        more="Never ends by itself.",
        media="text/event-stream",
    ),
    Row("GET", "/sim/incidents", "All incidents", listed(ref("Incident"))),
    Row(
        "POST",
        "/sim/incidents",
        "Say that something is wrong",
        ref("Incident"),
        taken(("title",), title=TEXT, severity=_SEVERITY, systems=_SYSTEMS, contents=TEXT),
        status=(201,),
        more="`heroku status` shows it, and nothing else feels it.",
    ),
    Row("GET", _INCIDENT, "One incident", ref("Incident")),
    Row(
        "PATCH",
        _INCIDENT,
        "Say more of an incident, or that it is over",
        ref("Incident"),
        taken(contents=TEXT, severity=_SEVERITY, resolved=FLAG),
    ),
    Row("GET", "/sim/lessons", "The lessons, and what has happened of them", ref("Course"), query=_APP, errors=(404,)),
    Row("POST", "/sim/lessons", "Begin to learn", ref("Course"), query=_APP, status=(201,), errors=(404,)),
)
