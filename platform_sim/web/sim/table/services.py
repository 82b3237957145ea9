"""Of the table: services, plans and manifests (docs/services-file.md says what each field is)."""

from platform_sim.core.model.addons import ABILITIES, PLAN_STATES
from platform_sim.core.model.catalog import MOST_CENTS
from platform_sim.web.sim.table.row import (
    FLAG,
    ID,
    MANIFEST,
    MAP,
    MOMENT,
    TEXT,
    TEXTS,
    WHOLE,
    Row,
    Schema,
    among,
    listed,
    maybe,
    ref,
    shown,
    taken,
)

_ABILITIES = listed(among(*ABILITIES))
_STATE = among("alpha", "beta", "ga", "shutdown")
_PLAN: dict[str, Schema] = {
    "actions": listed(MAP),
    "cents": {"type": "integer", "minimum": 0, "maximum": MOST_CENTS, "description": "A month; 0 is free."},
    "default": FLAG,
    "description": TEXT,
    "human_name": TEXT,
    "name": TEXT,
    "passes": listed(TEXT),
    "state": among(*PLAN_STATES),
}

SCHEMAS = {
    "Plan": shown({**_PLAN, "id": ID, "offered": among(*PLAN_STATES.values())}),
    "PlanWish": taken((), **_PLAN) | {"additionalProperties": False},
    "Service": shown(
        {
            "abilities": _ABILITIES,
            "addons": WHOLE | {"description": "How many live."},
            "calls": TEXTS | {"description": "Where the partner is called."},
            "cli_plugin_name": maybe(TEXT),
            "created_at": MOMENT,
            "human_name": TEXT,
            "id": ID,
            "local": maybe(TEXT),
            "name": TEXT,
            "owner": maybe(TEXT),
            "plans": listed(ref("Plan")),
            "state": _STATE,
            "updated_at": MOMENT,
        }
    ),
    "ServiceWish": taken(
        state=_STATE, local=TEXT, abilities=_ABILITIES, client_secret=TEXT, plans=listed(ref("PlanWish"))
    )
    | {"additionalProperties": False},
    "ClientSecret": shown({"name": TEXT, "client_secret": TEXT}),
    "ManifestVersion": shown({"contents": MANIFEST, "created_at": MOMENT, "id": ID}),
}
_ONE = "/sim/services/<service>"

ROWS = (
    Row("GET", "/sim/services", "All services with their plans", listed(ref("Service"))),
    Row("GET", _ONE, "One service", ref("Service"), more="`service` is its slug or id, here and below."),
    Row(
        "PUT",
        _ONE,
        "Say what a service is like",
        ref("Service"),
        ref("ServiceWish"),
        more="What is left out stays as it is; plans that are not named stay.",
    ),
    Row(
        "PUT",
        f"{_ONE}/plans/<plan>",
        "Make a plan, or say what it is like",
        ref("Plan"),
        ref("PlanWish"),
        status=(200, 201),
        more="`plan` is its slug, which never changes.",
    ),
    Row("GET", f"{_ONE}/client-secret", "The OAuth client secret", ref("ClientSecret")),
    Row(
        "POST",
        f"{_ONE}/client-secret",
        "A new client secret",
        ref("ClientSecret"),
        more="Every access token of the service's add-ons ends at once.",
    ),
    Row("GET", f"{_ONE}/manifests", "All manifests that were pushed, the newest first", listed(ref("ManifestVersion"))),
    Row(
        "POST",
        f"{_ONE}/manifests/differences",
        "How a manifest differs from the stored one",
        listed(TEXT),
        taken(("contents",), contents=MANIFEST),
        more="Lines of a unified diff, without secrets.",
    ),
    Row("GET", f"{_ONE}/manifests/<version>", "One of them", ref("ManifestVersion"), more="Secrets are masked."),
)
