"""The table of the paths of a server of many platforms, as `web.sim.table` has those of a platform."""

from platform_sim.web.sim.table.row import MAP, MOMENT, TEXT, WHOLE, Row, listed, maybe, ref, shown, taken

_FIELDS = {
    "name": TEXT,
    "url": TEXT | {"description": "Its own address: what partners, git, browsers and its apps use."},
    "host_url": TEXT | {"description": "The same behind the shared port; apps are at `http://APP.t-NAME.localhost`."},
    "seed": maybe(WHOLE),
    "created_at": MOMENT,
    "idle_for": WHOLE | {"description": "Seconds since it was last asked something."},
}

SCHEMAS = {"Tenant": shown(_FIELDS), "TenantMade": shown({**_FIELDS, "token": TEXT})}
_ONE = "/sim/tenants/<tenant>"

ROWS = (
    Row("GET", "/sim/tenants", "All platforms", listed(ref("Tenant"))),
    Row(
        "POST",
        "/sim/tenants",
        "Make a platform",
        ref("TenantMade"),
        taken(name=TEXT, seed=WHOLE, frozen_at=MOMENT, settings=MAP),
        status=(201,),
        errors=(409,),
        more="Its token is told once; sent to the shared port it says which platform is meant.",
    ),
    Row("GET", _ONE, "One platform", ref("Tenant")),
    Row(
        "DELETE",
        _ONE,
        "End a platform",
        ref("Tenant"),
        more="With its processes and files; partners are not told: `POST /sim/reset` with its token does that.",
    ),
    Row("GET", "/sim/openapi.json", "The document of these paths", MAP, open=True),
)
